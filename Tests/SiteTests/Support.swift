import Allocation
import Glibc
import Realtime
import Site
import SiteTwin
import Stations
import Testing

/// Waits until `condition` holds; generous, so that only what never happens fails.
@discardableResult
func eventually(
    _ what: Comment, within seconds: Double = 150, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () -> Bool
) async throws -> Bool {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(seconds)
    while !condition() {
        guard clock.now < deadline else {
            Issue.record(what, sourceLocation: sourceLocation)
            return false
        }
        try await Task.sleep(for: .milliseconds(5))
    }
    return true
}

/// A building whose only load besides its cars is 5 A on each line, for ever. The first cars come at once.
func quietBuilding(stations: Int = 2) -> TwinOptions {
    var options = TwinOptions()
    options.stationCount = stations
    // Enough for the meter, and easy on the machine that runs many tests at a time.
    options.sampleRateHz = 8000
    options.appliances = [
        Appliance(
            name: "base load", phases: [0, 1, 2], kind: .resistive, amperes: 5, meanOnSeconds: 3600, meanOffSeconds: 0)
    ]
    options.steps = []
    options.firstArrivalSeconds = 0...0.5
    return options
}

/// What an installer would write down of a twin, but room has to last 2 s only and a pause 5 s: where frames are lost to a
/// busy machine nobody may charge for a moment, and a minute's pause after it would be the longest part of a test. Limits
/// stand still where nothing happens: no phase tests.
func settings(_ twin: TwinDescription) throws -> SiteSettings {
    let inputs = twin.channels.filter { $0.channel != .aux }.map { channel in
        SiteSettings.Input(
            channel: channel.channel, name: channel.identifier,
            rogowskiVoltsPerAmpereHertz: [.i1, .i2, .i3].contains(channel.channel)
                ? twin.rogowskiVoltsPerAmpereHertz : nil)
    }
    let stations = try twin.stations.map { station in
        StationConfiguration(
            name: station.name, profile: try #require(StationProfile.builtIn(named: station.profileIdentifier)),
            host: station.host, port: station.port, unitIdentifier: station.unitIdentifier,
            supplyPhases: station.supplyPhases.compactMap { Phase(rawValue: UInt8($0)) },
            maximumAmperes: station.maximumAmperes, failSafeAmperes: 6, failSafeAfterSeconds: 10)
    }
    return SiteSettings(
        name: "test",
        supply: .init(
            nominalHz: twin.nominalHz,
            limits: SupplyLimits(mainAmperes: .init(twin.mainLimitAmperes), marginAmperes: .init(twin.marginAmperes))),
        // 10 s of blocks: a test that is held up for less loses no frame.
        meter: .init(uri: twin.iioURI, device: twin.deviceName, kernelBuffers: 1000, inputs: inputs),
        realtime: .init(priority: nil, locksMemory: false),
        policy: AllocationPolicy(raiseAfterSeconds: 2, minimumOffSeconds: 5, testsPhases: false),
        stations: stations)
}

/// Runs a device on a twin; both have ended when it returns.
func withSite(
    _ options: TwinOptions, change: (inout SiteSettings) throws -> Void = { _ in },
    _ body: (SiteTwin, SiteDevice) async throws -> Void
) async throws {
    let twin = try SiteTwin(options)
    var settings = try settings(twin.description)
    try change(&settings)
    try twin.start()
    defer { twin.stop() }
    let device = SiteDevice(settings)
    try device.start()
    defer { device.stop() }
    try await body(twin, device)
}

/// Waits until every station has been given a limit above its fail-safe, and nothing is wrong.
func reachSteadyState(
    _ twin: SiteTwin, _ device: SiteDevice, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    try await eventually("limits above the fail-safe", sourceLocation: sourceLocation) {
        twin.observation().stations.allSatisfy { !$0.receivedLimits.isEmpty && $0.commandedAmperes > 6 }
            && device.snapshot().window.frames > 0 && device.snapshot().alarm.isEmpty
    }
}

extension SiteTwin {
    /// The limit last written to each station.
    var commandedAmperes: [Double] { observation().stations.map(\.commandedAmperes) }
}

/// The limits that no car understands: above 0 and below 6 A.
func limitsThatCannotBe(_ observation: TwinObservation) -> [Double] {
    observation.stations.flatMap(\.receivedLimits).map(\.amperes).filter { $0 != 0 && $0 < 6 }
}

/// The names of this process's threads that belong to a device.
func deviceThreads() -> [String] {
    var names: [String] = []
    guard let folder = opendir("/proc/self/task") else { return ["/proc is not readable"] }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
        let task = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        guard let file = fopen("/proc/self/task/\(task)/comm", "r") else { continue }
        defer { fclose(file) }
        var text = [UInt8](repeating: 0, count: 32)
        let count = fread(&text, 1, text.count, file)
        let name = String(decoding: text[..<count].prefix { $0 != 10 }, as: UTF8.self)
        if ["measure", "watch", "station"].contains(name) { names.append(name) }
    }
    return names
}
