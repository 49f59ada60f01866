import Testing

@testable import Stations

/// The read-only probe: right, sparing, and without a write.
struct ProbeTests {
    private func reader(_ station: ScriptedStation, unit: Int = 1) throws -> RegisterReader {
        try RegisterReader(StationPlace(host: "127.0.0.1", port: station.port, unitIdentifier: unit))
    }

    @Test("a station that answers nothing but exceptions fits no profile, and nothing is written to it")
    func empty() throws {
        let station = try ScriptedStation(registers: [:])
        defer { station.stop() }
        var probe = StationProbe(try reader(station))
        let findings = probe.findings(StationProfile.builtIn, unit: nil)
        #expect(findings.count == StationProfile.builtIn.count)
        #expect(!findings.contains { $0.verdict == .fits })
        let (hasHeardNothing, requestCount) = (probe.hasHeardNothing, probe.requestCount)
        #expect(!hasHeardNothing)
        #expect(station.requests.allSatisfy { $0.values.isEmpty && (1...4).contains($0.function) })
        #expect(station.requests.count == requestCount)
    }

    @Test("no question is put twice, and one connection serves all units")
    func sparing() throws {
        let station = try ScriptedStation(
            registers: Dictionary(uniqueKeysWithValues: (0..<65_536).map { ($0, UInt16(7)) }))
        defer { station.stop() }
        var probe = StationProbe(try reader(station))
        _ = probe.findings(StationProfile.builtIn, unit: nil)
        let questions = station.requests.map { "\($0.unit) \($0.function) \($0.address) \($0.count)" }
        #expect(Set(questions).count == questions.count)
        #expect(station.acceptedConnections == 1)
        #expect(
            Set(station.requests.map(\.unit))
                == Set(StationProfile.builtIn.filter(\.canBeRecognised).map { UInt8($0.defaultUnitIdentifier) }))
    }

    @Test("a silent unit is asked a few times, not once for each profile")
    func silent() throws {
        let station = try ScriptedStation(registers: [:], script: { _, _ in .silence })
        defer { station.stop() }
        var probe = StationProbe(try reader(station))
        let profiles = StationProfile.builtIn.filter(\.canBeRecognised)
        let findings = probe.findings(profiles, unit: 1)
        #expect(findings.allSatisfy { $0.verdict == .silent })
        let hasHeardNothing = probe.hasHeardNothing
        #expect(hasHeardNothing)
        #expect(station.requests.count <= 2)
    }

    @Test("a profile without a probe is neither taken nor refused")
    func cannotTell() throws {
        let station = try ScriptedStation(registers: genericRegisters)
        defer { station.stop() }
        var probe = StationProbe(try reader(station))
        let findings = probe.findings([try builtIn("generic-modbus")], unit: nil)
        #expect(findings.map(\.verdict) == [.cannotTell])
    }

    @Test("a reading tells what the registers hold, and writes nothing")
    func reading() throws {
        let station = try ScriptedStation(registers: genericRegisters)
        defer { station.stop() }
        var reader = try reader(station)
        let reading = try reader.reading(of: try builtIn("generic-modbus"), phaseCount: 3)
        #expect(reading.status == .charging)
        #expect(reading.amperes == [10, 0, 5])
        #expect(reading.limitAmperes == [32])
        station.set(0, 1)
        let second = try reader.reading(of: try builtIn("generic-modbus"), phaseCount: 3)
        #expect(second.status == .occupied)
        #expect(station.requests.allSatisfy { $0.values.isEmpty })
    }
}
