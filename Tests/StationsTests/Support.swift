import Allocation
import Glibc
import Testing

@testable import Stations

/// Waits until `condition` holds; generous, so that only what never happens fails.
func eventually(
    _ what: Comment, within seconds: Double = 60, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(seconds)
    while !condition() {
        guard clock.now < deadline else {
            Issue.record(what, sourceLocation: sourceLocation)
            return
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Where a file beside the tests is.
func fixturePath(_ name: String) -> String { #filePath.dropLast("Support.swift".count) + "Fixtures/" + name }

/// The text of a file beside the tests.
func fixture(_ name: String) throws -> String {
    let path = fixturePath(name)
    guard let file = fopen(path, "r") else { throw SystemError(text: "cannot read \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let got = fread(&chunk, 1, chunk.count, file), got > 0 { bytes += chunk[0..<got] }
    return String(decoding: bytes, as: UTF8.self)
}

func builtIn(_ name: String) throws -> StationProfile { try #require(StationProfile.builtIn(named: name)) }

/// The generic profile with some of its text replaced, polling fast.
func genericProfile(_ edits: [(String, String)] = []) throws -> StationProfile {
    var text = String(decoding: PackageResources.generic_modbus_yaml, as: UTF8.self)
    for (old, new) in [("poll-interval-s: 1", "poll-interval-s: 0.05"), ("acts-within-s: 3", "acts-within-s: 0.2")]
        + edits
    {
        let parts = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2, "the generic profile has no '\(old)'")
        text = parts.joined(separator: new)
    }
    return try StationProfile.parse(yaml: text, file: "edited.yaml")
}

func configuration(
    _ profile: StationProfile, port: Int, phases: [Phase] = [.l1, .l2, .l3], isManaged: Bool = true
) -> StationConfiguration {
    StationConfiguration(
        name: "Parkplatz 2", profile: profile, host: "127.0.0.1", port: port, unitIdentifier: 1, supplyPhases: phases,
        maximumAmperes: 16, failSafeAmperes: 6, failSafeAfterSeconds: 60, isManaged: isManaged)
}

/// The generic station's registers: charging, 10 A, 0 A, 5 A, its limit at 32 A.
let genericRegisters: [Int: UInt16] = [
    0: 2, 1: 100, 2: 0, 3: 50, 10: 320, 11: 320, 20: 0, 21: 0, 30: 1, 31: 2,
]

/// The active limit follows the limit.
let followsLimit: ScriptedStation.WriteHook = { registers, _ in registers[11] = registers[10] }

/// SplitMix64: a seed names every draw.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
