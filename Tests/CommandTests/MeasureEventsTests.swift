import Foundation
import TestSupport
import Testing

/// `headroom measure --events` on voltages whose events are known.
struct MeasureEventsTests {
    /// 230 V at 49.98 Hz with 10 A in phase; from 4.0 s to 4.3 s 60 %, from 11.5 s to the end 115 %.
    private static let recording: SyntheticRecording = {
        var recording = SyntheticRecording.house
        recording.sampleRateHz = 2000
        recording.frameCount = 24_000
        @Sendable func level(_ seconds: Double) -> Double {
            seconds >= 11.5 ? 1.15 : seconds >= 4 && seconds < 4.3 ? 0.6 : 1
        }
        recording.channels[0].value = { 230 * 2.0.squareRoot() * level($0) * sin(2 * Double.pi * 49.98 * $0) }
        recording.channels[0].scale = 0.02
        recording.channels[1].value = { 10 * 2.0.squareRoot() * sin(2 * Double.pi * 49.98 * $0) }
        return recording
    }()

    private static func run(_ arguments: [String]) throws -> HeadroomProcess.Outcome {
        let folder = try TemporaryFolder()
        let outcome = try HeadroomProcess.run(
            ["measure", try recording.write(to: folder), "--channels", "U1=u,I1=i", "--events"] + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return outcome
    }

    private static func lines(_ type: String, _ outcome: HeadroomProcess.Outcome) throws -> [[String: Any]] {
        try outcome.outputLines.map { try jsonObject($0) }.filter { $0["type"] as? String == type }
    }

    @Test("a dip has its start, depth and duration; what lasts to the end is unfinished")
    func events() throws {
        let outcome = try Self.run(["--json"])
        #expect(try Self.lines("window", outcome).isEmpty, "windows come with --quantities or --harmonics")
        let events = try Self.lines("event", outcome)
        try #require(events.count == 2)
        let dip = events[0]
        #expect(dip["kind"] as? String == "dip" && dip["ended"] as? Bool == true)
        #expect(dip["phases"] as? [String] == ["L1"] && dip["polyphase"] as? Bool == false)
        // Start and end are those of a cycle, known to half a cycle, beside the filter's error at the step.
        #expect(abs(try #require(dip["start_s"] as? Double) - 4) < 0.021)
        #expect(abs(try #require(dip["duration_s"] as? Double) - 0.3) < 0.031)
        #expect(abs(try #require(dip["extreme_rms"] as? Double) - 138) < 1.2)
        #expect(abs(try #require(dip["depth"] as? Double) - 92) < 1.2)
        #expect(dip["declared"] as? Double == 230)
        let swell = events[1]
        #expect(swell["kind"] as? String == "swell" && swell["ended"] as? Bool == false)
        #expect(abs(try #require(swell["start_s"] as? Double) - 11.5) < 0.021)
        #expect(abs(try #require(swell["extreme_rms"] as? Double) - 264.5) < 1.2)
    }

    @Test("frequency comes per 10 s, aggregates per 150 cycles, 10 minutes and 2 hours, flagged where an event fell in")
    func intervals() throws {
        let outcome = try Self.run(["--json"])
        let frequencies = try Self.lines("frequency", outcome)
        #expect(frequencies.count == 1)
        #expect(abs(try #require(frequencies.first?["f_hz"] as? Double) - 49.98) < 2e-3)
        #expect(abs(try #require(frequencies.first?["cycles"] as? Double) - 499) <= 2)
        let aggregates = try Self.lines("aggregate", outcome)
        let short = aggregates.filter { $0["interval"] as? String == "150cycles" }
        #expect(short.count == 4)
        for aggregate in short {
            let start = try #require(aggregate["start_s"] as? Double)
            let end = start + (try #require(aggregate["duration_s"] as? Double))
            let hasEvent = (start < 4.3 && end > 4) || end > 11.5
            #expect(aggregate["flagged"] as? Bool == hasEvent, "\(start) s to \(end) s")
            let phase = try #require((aggregate["phases"] as? [String: [String: Double]])?["L1"])
            #expect(abs(try #require(phase["i_rms"]) - 10) < 0.02)
            if !hasEvent { #expect(abs(try #require(phase["u_rms"]) - 230) < 0.1) }
        }
        for interval in ["10min", "2h"] {
            let found = aggregates.filter { $0["interval"] as? String == interval }
            #expect(found.count == 1 && found.first?["incomplete"] as? Bool == true, "\(interval)")
        }
    }

    @Test("the nominal voltage moves the thresholds, in volt")
    func nominalVoltage() throws {
        let events = try Self.lines("event", try Self.run(["--json", "--nominal-voltage", "264.5"]))
        #expect(events.first?["kind"] as? String == "dip")
        #expect(events.first?["declared"] as? Double == 264.5)
        #expect(!events.contains { $0["kind"] as? String == "swell" })
    }

    @Test("a recording in kilovolt has the same events")
    func kilovolt() throws {
        var recording = Self.recording
        let value = recording.channels[0].value
        recording.channels[0] = ("u", "kV", 2e-5, { value($0) / 1000 })
        let folder = try TemporaryFolder()
        let outcome = try HeadroomProcess.run(
            ["measure", try recording.write(to: folder), "--channels", "U1=u", "--events", "--json"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let events = try Self.lines("event", outcome)
        #expect(events.map { $0["kind"] as? String } == ["dip", "swell"])
        #expect(events.first?["declared"] as? Double == 0.23)
    }

    @Test("as a table, events say what happened, in 80 columns")
    func table() throws {
        let outcome = try Self.run([])
        #expect(outcome.output.contains("dip") && outcome.output.contains("residual 13"), "\(outcome.output)")
        #expect(outcome.output.contains("lasts still") && outcome.output.contains("frequency"))
        #expect(outcome.errors.contains("percent of 230.00 V"), "the choice is said: \(outcome.errors)")
        for line in outcome.outputLines { #expect(line.count <= 80, "\(line)") }
    }

    @Test("events of what cannot have any are refused with the remedy")
    func refusals() throws {
        let folder = try TemporaryFolder()
        var segments = SyntheticRecording.house
        segments.overrides["segment_frames"] = 80
        try HeadroomProcess.run(["measure", try segments.write(to: folder), "--channels", "U1=u", "--events"])
            .expectRefusal(code: 2, saying: ["--events", "segments", "leave"])
        var unknown = SyntheticRecording.house
        unknown.channelOverrides["unit"] = "FS"
        try HeadroomProcess.run(["measure", try unknown.write(to: folder), "--channels", "U1=u", "--events"])
            .expectRefusal(code: 1, saying: ["'FS'", "--events needs volt", "unit and scale"])
    }
}
