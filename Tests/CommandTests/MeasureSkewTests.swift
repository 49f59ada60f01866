import Foundation
import TestSupport
import Testing

/// Recorders that take one channel after the other say by how much each is later; `measure` makes up for it.
struct MeasureSkewTests {
    private static let skewSeconds = 300e-6

    /// 230 V with 10 A that lag by 0.5 rad, and a fifth harmonic in both; the current sampled later than the frame.
    private static let recording: SyntheticRecording = {
        var recording = SyntheticRecording.house
        recording.frameCount = 8000
        @Sendable func wave(_ t: Double, _ amplitude: Double, _ lag: Double) -> Double {
            amplitude * 2.0.squareRoot()
                * (sin(2 * Double.pi * 50 * t - lag) + 0.1 * sin(2 * Double.pi * 250 * t - lag))
        }
        recording.channels[0].value = { wave($0, 230, 0) }
        recording.channels[0].scale = 0.02
        recording.channels[1].value = { wave($0 + skewSeconds, 10, 0.5) }
        let listed: [[String: any Sendable]] = [
            ["name": "u", "unit": "V", "scale": 0.02], ["name": "i", "unit": "A", "scale": 0.001, "skew_us": 300],
        ]
        recording.overrides["channels"] = listed
        return recording
    }()

    private static func last(_ arguments: [String]) throws -> (power: Double, reactive: Double, errors: String) {
        let folder = try TemporaryFolder()
        let outcome = try HeadroomProcess.run(
            ["measure", try recording.write(to: folder), "--channels", "U1=u,I1=i", "--json"] + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let window = try jsonObject(try #require(outcome.outputLines.last))
        let phase = try #require((window["phases"] as? [String: [String: Any]])?["L1"])
        return (
            try #require(phase["p"] as? Double), try #require(phase["q1"] as? Double), outcome.errors
        )
    }

    /// Active power of both orders, and reactive power of the fundamental, where the current leads by `seconds` more.
    private static func truth(leadSeconds seconds: Double) -> (power: Double, reactive: Double) {
        let lag = 0.5 - 2 * Double.pi * 50 * seconds
        let lagOfFifth = 0.5 - 2 * Double.pi * 250 * seconds
        return (2300 * cos(lag) + 23 * cos(lagOfFifth), 2300 * sin(lag))
    }

    @Test("power and harmonics are those of one instant; --ignore-skew leaves the channels as they are")
    func skew() throws {
        let right = try Self.last([])
        let truth = Self.truth(leadSeconds: 0)
        #expect(abs(right.power - truth.power) < 0.3, "\(right)")
        #expect(abs(right.reactive - truth.reactive) < 0.3, "\(right)")
        #expect(right.errors.contains("300.0 us apart: made up for"), "\(right.errors)")

        let wrong = try Self.last(["--ignore-skew"])
        let skewed = Self.truth(leadSeconds: Self.skewSeconds)
        #expect(abs(wrong.power - skewed.power) < 0.3, "\(wrong)")
        #expect(abs(wrong.reactive - skewed.reactive) < 0.3, "\(wrong)")
        #expect(!wrong.errors.contains("apart"), "\(wrong.errors)")
    }

    /// Where the first current of the picture of window 2 first rises through zero, in milliseconds of its window.
    private static func crossing(_ arguments: [String]) throws -> Double {
        let folder = try TemporaryFolder()
        let picture = folder.path("a.svg")
        let outcome = try HeadroomProcess.run(
            [
                "measure", try recording.write(to: folder), "--channels", "U1=u,I1=i", "--plot", picture, "--window",
                "2",
            ] + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        // Voltage and current of L1 over time come first.
        let curves = folder.text("a.svg").components(separatedBy: "<polyline class=\"curve line1\" points=\"")
            .dropFirst()
        let current = try #require(curves.dropFirst().first).prefix { $0 != "\"" }
        let points = current.split(separator: " ").map { $0.split(separator: ",").compactMap { Double($0) } }
        let heights = points.map { $0[1] }
        let middle = (try #require(heights.min()) + (try #require(heights.max()))) / 2
        let place = try #require(points.indices.dropFirst().first { heights[$0 - 1] > middle && heights[$0] <= middle })
        let share = (heights[place - 1] - middle) / (heights[place - 1] - heights[place])
        // 476 pixels for three cycles.
        return (points[place - 1][0] + share * (points[place][0] - points[place - 1][0])) * 60 / 476
    }

    @Test("the picture shows the channels as of one instant too")
    func plot() throws {
        let later = try Self.crossing([]) - Self.crossing(["--ignore-skew"])
        #expect(abs(later - 0.3) < 0.05, "\(later) ms")
    }
}
