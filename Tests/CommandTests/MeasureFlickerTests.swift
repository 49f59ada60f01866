import Foundation
import TestSupport
import Testing

/// `headroom measure --events` on voltages whose flicker is known.
struct MeasureFlickerTests {
    /// `nominal` in `unit` at 50 Hz whose amplitude jumps as IEC 61000-4-15 has it for P_st = 1: 110 and 39 changes
    /// per minute.
    private static func recording(rate: Double = 1000, seconds: Double = 90, unit: String = "V", nominal: Double = 230)
        -> SyntheticRecording
    {
        var recording = SyntheticRecording.house
        recording.sampleRateHz = rate
        recording.frameCount = Int(seconds * rate)
        func rectangle(_ changesPerMinute: Double, _ percent: Double) -> @Sendable (Double) -> Double {
            {
                let turn = changesPerMinute / 120 * $0
                let level = 1 + percent / 200 * (turn - turn.rounded(.down) < 0.5 ? 1 : -1)
                return nominal * 2.0.squareRoot() * level * sin(2 * Double.pi * 50 * $0)
            }
        }
        recording.channels = [
            ("a", unit, nominal / 20_000, rectangle(110, 0.722)), ("b", unit, nominal / 20_000, rectangle(39, 0.894)),
        ]
        return recording
    }

    private static func run(_ recording: SyntheticRecording, _ arguments: [String]) throws -> HeadroomProcess.Outcome {
        let folder = try TemporaryFolder()
        let outcome = try HeadroomProcess.run(
            ["measure", try recording.write(to: folder), "--channels", "U1=a,U3=b", "--events"] + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return outcome
    }

    private static func lines(_ outcome: HeadroomProcess.Outcome) throws -> [[String: Any]] {
        try outcome.outputLines.map { try jsonObject($0) }.filter { $0["type"] as? String == "flicker" }
    }

    @Test(
        "the standard's fluctuations read 1 in each recorded phase, in any unit; a short recording is incomplete",
        arguments: [("V", 230.0), ("kV", 11.5)])
    func standardPoints(unit: String, nominal: Double) throws {
        let found = try Self.lines(try Self.run(Self.recording(unit: unit, nominal: nominal), ["--json"]))
        try #require(found.count == 1)
        let line = found[0]
        #expect(line["start_s"] as? Double == 0 && line["duration_s"] as? Double == 90)
        #expect(line["incomplete"] as? Bool == true && line["flagged"] as? Bool == true)
        #expect(line["lamp"] as? String == "230 V 50 Hz")
        let phases = try #require(line["phases"] as? [String: [String: Double]])
        #expect(Set(phases.keys) == ["L1", "L3"])
        for (name, phase) in phases {
            // 5 % is what the standard allows a meter.
            #expect(abs(try #require(phase["pst"]) - 1) < 0.05, "\(name): \(phase)")
            #expect(abs(try #require(phase["classified_s"]) - 70) < 0.01, "\(name): \(phase)")
            #expect(try #require(phase["p_inst_max"]) > 1, "\(name): \(phase)")
        }
    }

    @Test("as text, flicker is one line and its flags another, in 80 columns")
    func table() throws {
        let outcome = try Self.run(Self.recording(seconds: 40), [])
        let place = try #require(outcome.outputLines.firstIndex { $0.contains("flicker") })
        let line = outcome.outputLines[place]
        #expect(line.contains("Pst  L1 ") && line.contains("  L3 ") && !line.contains("L2"), "\(line)")
        #expect(outcome.outputLines[place + 1].hasSuffix("[incomplete flagged]"), "\(outcome.output)")
        for line in outcome.outputLines { #expect(line.count <= 80, "\(line)") }
        #expect(!outcome.errors.contains("no flicker"))
    }

    @Test("where there is no flicker it is said: too few samples per second, or less time than the meter settles in")
    func without() throws {
        let slow = try Self.run(Self.recording(rate: 990, seconds: 30), [])
        #expect(!slow.output.contains("flicker") && slow.errors.contains("1000 to 1000000 samples per second"))
        #expect(try Self.lines(try Self.run(Self.recording(rate: 990, seconds: 30), ["--json"])).isEmpty)
        let short = try Self.run(Self.recording(seconds: 15), [])
        #expect(short.errors.contains("settles for 20 s"), "\(short.errors)")
        let line = try #require(try Self.lines(try Self.run(Self.recording(seconds: 15), ["--json"])).first)
        let phase = try #require((line["phases"] as? [String: [String: Any]])?["L1"])
        #expect(phase["pst"] is NSNull && phase["p_inst_max"] is NSNull && phase["classified_s"] as? Double == 0)
    }
}
