import Foundation
import Site
import Stations
import StrictYAML
import Testing

/// Where a station is and how it is reached, as the installer writes it.
@Suite struct StationSettingsTests {
    /// A model with everything that settings can refer to.
    static let profileText = """
        profile: many-ways
        name: Many ways
        manufacturer: any
        sources: [this test]
        confidence: assumed
        advice: none
        connection:
          transports: [tcp, rtu-over-tcp, serial]
          port: 1502
          unit: 5
          connectors-by: port
          serial: {baud: 19200, parity: even, stop-bits: 2}
        registers:
          state: {address: 0, type: u16}
          serial: {address: 1, type: ascii, length: 4}
          limit: {address: 10, type: u16}
        status: [{when: {state: 0}, is: free}]
        limit: {register: limit, step-a: 1, largest-a: 32}
        identity: {check: {serial-number: serial}}
        """

    static func profile(_ edits: [(String, String)] = []) throws -> StationProfile {
        let text = edits.reduce(profileText) { $0.replacing($1.0, with: $1.1) }
        return try StationProfile.parse(yaml: text, file: "many-ways.yaml")
    }

    private static func settings(
        _ entry: String, profile: StationProfile? = nil, file: String = "site.yaml", top: String = ""
    ) throws -> SiteSettings {
        let text = try #require(SiteSettings.example().yaml.components(separatedBy: "\nstations:").first)
        return try SiteSettings.parse(
            yaml: text + "\n\(top)\nstations:\n  - {name: S, type: many-ways, limit-a: 16, \(entry)}\n", file: file,
            profiles: [try profile ?? Self.profile()])
    }

    private static func station(_ entry: String, profile: StationProfile? = nil) throws -> StationConfiguration {
        try #require(try settings(entry, profile: profile).stations.first)
    }

    @Test("without a word the profile's first transport, port and unit count")
    func usual() throws {
        let station = try Self.station("host: 10.0.0.5")
        #expect(station.transport == .tcp && station.host == "10.0.0.5" && station.port == 1502)
        #expect(station.unitIdentifier == 5 && station.serial == nil && station.addressOffset == 0)
    }

    @Test("what may switch between one phase and three says so, and only where its profile knows how")
    func phaseSwitching() throws {
        let usual = try Self.station("host: 10.0.0.5")
        #expect(!usual.switchesPhases && !usual.rating.switchesPhases)
        let able = try Self.profile([
            ("  limit: {address: 10", "  phases: {address: 11, type: u16}\n  limit: {address: 10"),
            ("identity:", "phases: {switch: {register: phases, one: 1, three: 3}}\nidentity:"),
        ])
        #expect(try Self.station("host: 10.0.0.5, phase-switching: true", profile: able).rating.switchesPhases)
        let unwatched = "host: 10.0.0.5, phase-switching: true, load-management: false"
        #expect(!(try Self.station(unwatched, profile: able).rating.switchesPhases))
        let error = #expect(throws: YAMLError.self) { try Self.station("host: 10.0.0.5, phase-switching: true") }
        #expect(error?.description.contains("phase-switching: the profile of Many ways knows no register") == true)
        let read = try Self.settings("host: 10.0.0.5, phase-switching: true", profile: able)
        let back = try SiteSettings.parse(yaml: read.yaml, file: "back.yaml", profiles: [able])
        #expect(back.stations.first?.switchesPhases == true)
    }

    @Test("a serial line begins with the factory setting of the station")
    func serial() throws {
        let factory = try Self.station("transport: serial, device: /dev/ttyUSB0, unit: 3")
        #expect(factory.serial == SerialSettings(device: "/dev/ttyUSB0", baud: 19_200, parity: .even, stopBits: 2))
        let other = try Self.station(
            "transport: serial, device: /dev/ttyS1, baud: 9600, parity: none, stop-bits: 1, unit: 3")
        #expect(other.serial == SerialSettings(device: "/dev/ttyS1"))
    }

    @Test("connector, address offset and serial number reach the station, and are written back")
    func rest() throws {
        let settings = try Self.settings(
            "host: wallbox, connector: 2, address-offset: 1000, serial-number: \"AB \\\"12\", transport: rtu-over-tcp")
        let station = try #require(settings.stations.first)
        #expect(station.port == 1503 && station.addressOffset == 1000 && station.serialNumber == "AB \"12")
        for settings in [settings, try Self.settings("transport: serial, device: /dev/ttyUSB0, baud: 4800")] {
            let again = try SiteSettings.parse(
                yaml: settings.yaml, file: "again.yaml", profiles: [try Self.profile()])
            #expect(again.yaml == settings.yaml)
            #expect(again.stations.first?.transport == settings.stations.first?.transport)
        }
        let byUnit = try Self.station(
            "host: a, connector: 3", profile: Self.profile([("connectors-by: port", "connectors-by: unit")]))
        #expect(byUnit.port == 1502 && byUnit.unitIdentifier == 7)
    }

    static let refused: [(entry: String, edits: [(String, String)], field: String, says: String)] = [
        ("host: a, device: /dev/ttyUSB0", [], "device", "not used with transport tcp"),
        ("host: a, baud: 9600", [], "baud", "not used with transport tcp"),
        ("transport: serial, device: /dev/ttyUSB0, host: a", [], "host", "not used with transport serial"),
        ("transport: serial", [], "", "'device' is missing"),
        ("transport: serial, device: /dev/ttyUSB0, baud: 1", [], "baud", "no whole number from 300"),
        ("transport: serial, device: /dev/ttyUSB0, parity: mark", [], "parity", "no parity"),
        ("transport: serial, device: /dev/ttyUSB0, connector: 2", [], "connector", "one connector"),
        (
            "host: a, transport: serial",
            [("[tcp, rtu-over-tcp, serial]", "[tcp]"), ("\n  serial: {baud: 19200, parity: even, stop-bits: 2}", "")],
            "transport", "no transport of Many ways"
        ),
        ("host: a, connector: 2", [("\n  connectors-by: port", "")], "connector", "one connector"),
        ("host: a, port: 65535, connector: 2", [], "connector", "beyond the last port"),
        ("host: a, address-offset: -1", [], "address-offset", "outside 0 to 65535"),
        (
            "host: a, serial-number: X", [("identity: {check: {serial-number: serial}}", "")], "serial-number",
            "does not tell its serial number"
        ),
        (
            "host: a, fail-safe-after-s: 60",
            [("identity:", "fail-safe: {fixed-timeout-s: 300, fixed-current-a: 6}\nidentity:")], "fail-safe-after-s",
            "by its own 300.0 s"
        ),
        (
            "host: a, fail-safe-a: 10",
            [("identity:", "fail-safe: {fixed-timeout-s: 300, fixed-current-a: 6}\nidentity:")], "fail-safe-a",
            "by its own 6.0 A"
        ),
    ]

    @Test("what makes no sense is refused at its key", arguments: refused.indices)
    func refuses(index: Int) throws {
        let (entry, edits, field, says) = Self.refused[index]
        let error = try #require(throws: YAMLError.self) {
            _ = try Self.settings(entry, profile: Self.profile(edits))
        }
        #expect(error.field == (field.isEmpty ? "stations[0]" : "stations[0].\(field)"))
        #expect(error.description.contains(says), "\(error)")
    }

    @Test("a station's own fail-safe needs no word in the settings, and may be written down as it is")
    func fixedFailSafe() throws {
        let profile = try Self.profile([
            ("identity:", "fail-safe: {fixed-timeout-s: 300, fixed-current-a: 0}\nidentity:")
        ])
        for entry in ["host: a", "host: a, fail-safe-a: 0, fail-safe-after-s: 300"] {
            let station = try Self.station(entry, profile: profile)
            #expect(station.failSafeAmperes == 0 && station.failSafeAfterSeconds == 300)
        }
    }

    @Test("two stations on one serial line have different units; the same unit at another offset is another station")
    func samePlace() throws {
        func both(_ first: String, _ second: String) throws {
            let line = "transport: serial, device: /dev/ttyUSB0"
            _ = try Self.settings("\(line), \(first)}\n  - {name: T, type: many-ways, limit-a: 16, \(line), \(second)")
        }
        try both("unit: 1", "unit: 2")
        try both("unit: 1", "unit: 1, address-offset: 1000")
        let error = #expect(throws: YAMLError.self) { try both("unit: 1", "unit: 1") }
        #expect(error?.problem.contains("same address /dev/ttyUSB0 unit 1") == true)
    }

    @Test("profiles of a folder beside the settings can be named as types")
    func folder() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "headroom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: place.appending(path: "mine"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        try Self.profileText.replacing("profile: many-ways", with: "profile: my-own").write(
            to: place.appending(path: "mine/my-own.yaml"), atomically: true, encoding: .utf8)
        let file = place.appending(path: "site.yaml").path
        let settings = try Self.settings(
            "host: a}\n  - {name: T, type: my-own, host: b, limit-a: 16", file: file, top: "station-profiles: mine")
        #expect(settings.stations.last?.profile.identifier == "my-own" && settings.stationProfilesFolder == "mine")
        #expect(
            try SiteSettings.parse(yaml: settings.yaml, file: file, profiles: [try Self.profile()]).stations.count == 2)
        let error = #expect(throws: YAMLError.self) {
            _ = try Self.settings("host: a", file: file, top: "station-profiles: theirs")
        }
        #expect(error?.file.hasSuffix("/theirs") == true)
    }
}
