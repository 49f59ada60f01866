import Foundation
import Testing

/// Recordings of real mains by third parties and the reference values beside them, where they are at hand.
enum RecordedMains {
    static let folder: URL? = {
        let package = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
        let root =
            ProcessInfo.processInfo.environment["HEADROOM_DATA"].map { URL(filePath: $0) }
            ?? package.deletingLastPathComponent().appending(path: "shared/data")
        let folder = root.appending(path: "waveforms")
        return FileManager.default.fileExists(atPath: folder.appending(path: "reference.json").path) ? folder : nil
    }()
    static let word: Comment = "needs the recordings: set HEADROOM_DATA to their folder"

    static func path(_ name: String) throws -> String {
        try #require(folder).appending(path: "\(name).json").path
    }

    /// What the reference computed over whole samples, RMS and P with their constant parts.
    struct Window: Decodable {
        var start: Int
        var N: Int
        var cycles: Int
        var f_hz: Double
        var U_rms: Double
        var U_dc: Double
        var I_rms: Double
        var I_dc: Double
        var P: Double
        var S: Double
        var PF: Double
        var Q1: Double
        var THD_U_pct: Double
        var THD_I_pct: Double
    }

    struct Segment: Decodable {
        var U_rms: Double
        var I_rms: Double
        var P: Double
        var THD_U_pct: Double
        var THD_I_pct: Double
        var crest_I: Double
    }

    struct Current: Decodable {
        var f_hz: Double
        var N: Int
        var I_rms: Double
    }

    /// The reference of one record: `windows`, `segments`, or one current for each of a, b, c.
    static func reference<Value: Decodable>(_ name: String, _: Value.Type) throws -> Value {
        let data = try Data(contentsOf: try #require(folder).appending(path: "reference.json"))
        let all = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let part = try JSONSerialization.data(withJSONObject: try #require(all[name]))
        return try JSONDecoder().decode(Value.self, from: part)
    }
}

/// One three-phase set of a recording: what the command line names, and where the reference keeps it.
struct RecordedSet: CustomTestStringConvertible {
    var record: String
    var name: String
    var voltages: [String]
    var currents: [String]
    var references: [String]

    var testDescription: String { "\(record) \(name)" }

    var channels: String {
        (0..<3).map { "U\($0 + 1)=\(voltages[$0]),I\($0 + 1)=\(currents[$0])" }.joined(separator: ",")
    }

    static let all: [RecordedSet] =
        ["GC1", "GC2"].map { bay in
            RecordedSet(
                record: "gen3ph_60hz_5760sps", name: bay, voltages: ["A", "B", "C"].map { "V\($0)_\(bay)" },
                currents: ["A", "B", "C"].map { "I\($0)_\(bay)" }, references: ["A", "B", "C"].map { "\($0)_\(bay)" })
        }
        + [(1, 2), (2, 2), (3, 1)].map { feeder, bus in
            RecordedSet(
                record: "substation3ph_50hz_1200sps", name: "feeder\(feeder)",
                voltages: ["a", "b", "c"].map { "U\($0)_bus\(bus)" },
                currents: ["a", "b", "c"].map { "I\($0)_feeder\(feeder)_on_bus\(bus)" },
                references: ["a", "b", "c"].map { "feeder\(feeder)_\($0)" })
        }

    private struct Windows: Decodable { var windows: [RecordedMains.Window] }

    func reference(_ phase: Int) throws -> [RecordedMains.Window] {
        try RecordedMains.reference("\(record)/\(references[phase])", Windows.self).windows
    }

    /// The windows that the command prints for this set; skewed as in the reference file.
    func measure() throws -> [MeasuredWindow] {
        let outcome = try HeadroomProcess.run([
            "measure", try RecordedMains.path(record), "--channels", channels, "--ignore-skew", "--json",
        ])
        try #require(outcome.code == 0, "\(outcome.errors)")
        return try MeasuredWindow.lines(outcome.output)
    }
}
