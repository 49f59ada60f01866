import Foundation
import FoundationXML
import TestSupport
import Testing

/// The forms of `headroom measure`: tables of 80 columns, JSON whose keys are documented, a picture.
struct MeasureOutputTests {
    private static let all = ["--quantities", "--harmonics", "--events"]

    /// Three voltages, two currents: L3 has none, nor has the neutral.
    private static let recording: SyntheticRecording = {
        var recording = SyntheticRecording(channels: [])
        for phase in 0..<3 {
            let shift = Double(phase) * 2 * Double.pi / 3
            recording.channels.append(
                ("u\(phase + 1)", "V", 0.02, { 325 * sin(2 * Double.pi * 50 * $0 - shift) }))
        }
        recording.channels.append(("i1", "A", 0.001, { 14 * sin(2 * Double.pi * 50 * $0) }))
        // No current flows: power factor, distortion and angle have no meaning.
        recording.channels.append(("i2", "A", 0.001, { 0 * $0 }))
        return recording
    }()

    private static let map = "U1=u1,U2=u2,U3=u3,I1=i1,I2=i2"

    private static func run(_ arguments: [String]) throws -> HeadroomProcess.Outcome {
        let folder = try TemporaryFolder()
        let outcome = try HeadroomProcess.run(
            ["measure", try recording.write(to: folder), "--channels", map] + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return outcome
    }

    @Test("no table is wider than 80 columns, nor holds what is no number; what was not recorded is said")
    func tables() throws {
        let outcome = try Self.run(Self.all)
        for line in outcome.outputLines { #expect(line.count <= 80, "\(line.count): \(line)") }
        let words = outcome.output.lowercased()
        #expect(!words.contains("nan") && !words.contains("inf"))
        #expect(outcome.output.contains("not recorded: I3, IN"))
        let current = try #require(outcome.outputLines.first { $0.hasPrefix("I  ") })
        #expect(current.hasSuffix("not recorded"), "\(current)")
        let factor = try #require(outcome.outputLines.first { $0.hasPrefix("PF = P/S ") })
        #expect(factor.contains("1.0000") && factor.contains("–"), "\(factor)")
        #expect(outcome.output.contains("THD U 0.0") && outcome.output.contains("THD I not recorded"))
    }

    @Test("without current or voltage quantities are null, and no number is missing a meaning")
    func undefinedIsNull() throws {
        let lines = try Self.run(Self.all + ["--json"]).outputLines.map { try jsonObject($0) }
        let window = try #require(lines.last { $0["type"] as? String == "window" })
        let quantities = try #require(window["quantities"] as? [String: Any])
        let phases = try #require(quantities["phases"] as? [String: [String: Any]])
        for key in ["i_rms", "p", "s", "pf", "k_factor", "crest_i", "thd_i", "i1_deg"] {
            #expect(phases["L3"]?[key] is NSNull, "L3 \(key) was not recorded")
        }
        for key in ["pf", "cos_phi1", "crest_i", "harmonic_pollution"] {
            #expect(phases["L2"]?[key] is NSNull, "L2 \(key): no current flows")
        }
        #expect(phases["L2"]?["i_rms"] as? Double == 0 && phases["L2"]?["p"] as? Double == 0)
        let sum = try #require(quantities["sum"] as? [String: Any])
        #expect(sum["p"] is NSNull, "a sum without L3 would be wrong")
        let supply = try #require(quantities["supply"] as? [String: Any])
        for (key, value) in supply { #expect(value is NSNull, "\(key) needs three currents") }
        let sequences = try #require(quantities["sequences"] as? [String: [String: Any]])
        #expect(sequences["i"]?["positive"] is NSNull)
        #expect(abs(try #require(sequences["u"]?["positive"] as? Double) - 325 / 2.0.squareRoot()) < 0.1)
        let lineVoltages = try #require(quantities["lines"] as? [String: Double])
        for value in lineVoltages.values { #expect(abs(value - 325 * 1.5.squareRoot()) < 0.1) }
    }

    @Test("every key of every JSON line stands in the command's README")
    func keysAreDocumented() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "Sources/headroom/README.md"), encoding: .utf8)
        var keys: Set<String> = []
        func collect(_ value: Any) {
            if let object = value as? [String: Any] {
                keys.formUnion(object.keys)
                object.values.forEach(collect)
            }
            if let array = value as? [Any] { array.forEach(collect) }
        }
        try Self.run(Self.all + ["--json"]).outputLines.forEach { collect(try jsonObject($0)) }
        #expect(keys.count > 80)
        let phases: Set = ["L2", "L3"]
        for key in keys.subtracting(phases).sorted() { #expect(readme.contains("`\(key)`"), "\(key)") }
    }

    @Test("--plot draws one well-formed picture that needs nothing else, with units, light and dark")
    func plot() throws {
        let folder = try TemporaryFolder()
        let picture = folder.path("out.svg")
        let outcome = try HeadroomProcess.run([
            "measure", try Self.recording.write(to: folder), "--channels", Self.map, "--plot", picture, "--window", "2",
        ])
        #expect(outcome.code == 0 && outcome.errors.contains("window 2 drawn"), "\(outcome.errors)")
        let text = folder.text("out.svg")
        #expect(XMLParser(data: Data(text.utf8)).parse())
        for word in ["voltage / V", "current / A", "time in the window / ms", "order", "prefers-color-scheme:dark"] {
            #expect(text.contains(word), "\(word)")
        }
        #expect(!text.contains("nan") && !text.contains("href"))
        // Three voltages, two currents, each as a curve of its phase.
        #expect(text.components(separatedBy: "class=\"curve ").count == 6)
        try HeadroomProcess.run(["measure", folder.path("house.json"), "--plot", folder.path("house.json")])
            .expectRefusal(code: 2, saying: ["--plot", "house.json", "ends in .svg"])
        try HeadroomProcess.run([
            "measure", folder.path("house.json"), "--channels", "U1=u1", "--plot", "no/a.svg", "--events", "--json",
        ])
        .expectFailure(code: 1, saying: ["no/a.svg", "No such file", "folder"])
    }

    @Test(
        "options that say nothing are refused",
        arguments: [
            (["--orders", "9"], ["--orders", "--harmonics"]),
            (["--harmonics", "--orders", "128"], ["128", "1 to 127"]),
            (["--harmonics", "--orders", "0"], ["1 to 127"]), (["--window", "0"], ["--window 0", "from 1"]),
            (["--three-wire"], ["--three-wire", "--quantities"]),
            (["--nominal-voltage", "230"], ["--nominal-voltage", "--events"]),
            (["--events", "--nominal-voltage", "-1"], ["--nominal-voltage", "more than 0"]),
            (["--plot", "a.svg", "--channels", "U1=u1", "--channels", "U1=u2"], ["--plot", "--channels once"]),
        ] as [([String], [String])])
    func refusals(arguments: [String], says: [String]) throws {
        let folder = try TemporaryFolder()
        try HeadroomProcess.run(["measure", try Self.recording.write(to: folder)] + arguments)
            .expectRefusal(code: 2, saying: says)
    }

    @Test("units follow from the recording; phases in different units are brought to volt")
    func units() throws {
        let folder = try TemporaryFolder()
        var recording = SyntheticRecording.house
        recording.channels = [
            ("a", "kV", 0.00002, { 0.325 * sin(2 * Double.pi * 50 * $0) }),
            ("b", "V", 0.02, { 325 * sin(2 * Double.pi * 50 * $0 - 2 * Double.pi / 3) }),
            ("i", "mA", 0.5, { 1400 * sin(2 * Double.pi * 50 * $0) }),
        ]
        let path = try recording.write(to: folder)
        for (map, volt, power) in [("U1=a,U2=b,I1=i", "V", "mW"), ("U1=a,I1=i", "kV", "W")] {
            let outcome = try HeadroomProcess.run(["measure", path, "--channels", map, "--quantities", "--json"])
            let window = try jsonObject(try #require(outcome.outputLines.first))
            #expect(
                window["units"] as? [String: String] == [
                    "u": volt, "i": "mA", "p": power, "q": power == "W" ? "var" : "mvar",
                    "s": power == "W" ? "VA" : "mVA",
                ])
            let phases = try #require(window["phases"] as? [String: [String: Any]])
            let unit = volt == "V" ? 1 : 0.001
            for phase in phases.values {
                #expect(abs(try #require(phase["u_rms"] as? Double) - unit * 325 / 2.0.squareRoot()) < 0.05 * unit)
            }
            #expect(abs(try #require(phases["L1"]?["p"] as? Double) - unit * 325 * 1400 / 2) < 50 * unit)
        }
    }

    @Test("a window that is not there is an error that says how many there are")
    func windowBeyond() throws {
        let folder = try TemporaryFolder()
        try HeadroomProcess.run([
            "measure", try Self.recording.write(to: folder), "--channels", Self.map, "--window", "9", "--json",
        ]).expectRefusal(code: 1, saying: ["--window 9", "4 windows", "1 to 4"])
    }

    @Test("the same signal as native, COMTRADE (ASCII, binary) and WAV gives the same quantities")
    func formatsAgree() throws {
        let folder = try TemporaryFolder()
        let native = try Self.recording.write(to: folder)
        let others = try RecordingFormats.write(Self.recording, to: folder)
        func quantities(_ path: String) throws -> [[String: Any]] {
            let outcome = try HeadroomProcess.run(
                ["measure", path, "--channels", Self.map, "--quantities", "--harmonics", "--json"])
            #expect(outcome.code == 0, "\(path): \(outcome.errors)")
            return try outcome.outputLines.map { try jsonObject($0) }
        }
        let expected = try quantities(native)
        #expect(expected.count == 5)
        for path in others {
            let found = try quantities(path)
            #expect(found.count == expected.count, "\(path)")
            for (one, other) in zip(found, expected) {
                #expect(NSDictionary(dictionary: one).isNear(NSDictionary(dictionary: other)), "\(path)")
            }
        }
    }
}

extension HeadroomProcess.Outcome {
    /// As `expectRefusal`, where remarks came before the error.
    func expectFailure(code: Int32, saying words: [String]) {
        #expect(!wasSignalled && self.code == code, "code \(self.code): \(errors)")
        for word in words { #expect(errorLines.last?.contains(word) == true, "'\(word)' is not in: \(errors)") }
    }
}

extension NSDictionary {
    /// Same keys, numbers alike to nine digits or to a billionth.
    fileprivate func isNear(_ other: NSDictionary) -> Bool { Self.isNear(self, other) }

    private static func isNear(_ a: Any, _ b: Any) -> Bool {
        if let a = a as? [String: Any], let b = b as? [String: Any] {
            return a.count == b.count && a.allSatisfy { key, value in b[key].map { isNear(value, $0) } ?? false }
        }
        if let a = a as? [Any], let b = b as? [Any] {
            return a.count == b.count && zip(a, b).allSatisfy { isNear($0, $1) }
        }
        if let a = a as? Double, let b = b as? Double { return abs(a - b) <= 1e-9 * Swift.max(1, abs(a)) }
        return "\(a)" == "\(b)"
    }
}
