import Foundation
import TestSupport
import Testing

/// `headroom measure --json` on recordings whose truth is known to the last digit.
struct MeasureJSONTests {
    private static let keys: Set = [
        "u_rms", "i_rms", "p", "s", "pf", "q1", "u_dc", "i_dc", "thd_u", "thd_i", "crest_i",
    ]

    private static func house(hz: Double = 50) -> SyntheticRecording {
        let (voltage, current) = signals(hz: hz)
        return SyntheticRecording(channels: [
            ("u", "V", 0.015, { voltage.value($0) }), ("i", "A", 0.0006, { current.value($0) }),
            ("u2", "V", 0.015, { voltage.value($0 - 1 / 150) * 0.9 }),
        ])
    }

    private static func signals(hz: Double) -> (voltage: TestSignal, current: TestSignal) {
        (
            TestSignal(frequencyHz: hz, rms: 230, phaseDegrees: 40, harmonics: [.init(5, 0.04, 20)]),
            TestSignal(
                frequencyHz: hz, rms: 10, phaseDegrees: 10, dc: 0.25, harmonics: [.init(3, 0.2, 50), .init(5, 0.1)])
        )
    }

    @Test(
        "each line is JSON with exactly the documented keys, for any subset of inputs",
        arguments: [
            (["U1=u,I1=i"], ["L1"]), (["U1=u"], ["L1"]), (["I1=i"], ["L1"]), (["I3=i"], ["L3"]),
            (["U1=u,U2=u2,I2=i"], ["L1", "L2"]), (["U1=u,I1=i", "U1=u2,I1=i"], ["L1"]), (["U1=u,IN=i"], ["L1"]),
        ] as [([String], [String])])
    func linesHaveTheDocumentedKeys(sets: [String], phases: [String]) throws {
        let folder = try TemporaryFolder()
        let outcome = try HeadroomProcess.run(
            ["measure", try Self.house().write(to: folder), "--json"] + sets.flatMap { ["--channels", $0] })
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(outcome.outputLines.count == 4 * sets.count)
        for (index, line) in outcome.outputLines.enumerated() {
            let object = try jsonObject(line)
            #expect(
                Set(object.keys)
                    == Set(["type", "first_frame", "frames", "f_hz", "phases", "flags"]).union(
                        sets.count > 1 ? ["set"] : []))
            if sets.count > 1 { #expect(object["set"] as? Int == index / 4 + 1) }
            let found = try #require(object["phases"] as? [String: [String: Any]])
            #expect(Set(found.keys) == Set(phases))
            for phase in found.values { #expect(Set(phase.keys) == Self.keys) }
            #expect((object["flags"] as? [String])?.isEmpty == true)
        }
        let first = try #require(try MeasuredWindow.lines(outcome.output).first)
        for (name, phase) in first.phases {
            let digit = name.dropFirst()
            let both = sets[0].contains("U\(digit)=") && sets[0].contains("I\(digit)=")
            #expect((phase.u_rms != nil) == sets[0].contains("U\(digit)="))
            #expect((phase.i_rms != nil) == sets[0].contains("I\(digit)="))
            for value in [phase.p, phase.s, phase.pf, phase.q1] { #expect((value != nil) == both) }
        }
    }

    @Test(
        "every printed quantity is the exact one of a distorted signal",
        arguments: [(50.0, 50), (49.7, 50), (60.02, 60)])
    func quantitiesAreExact(hz: Double, nominal: Int) throws {
        let folder = try TemporaryFolder()
        var recording = Self.house(hz: hz)
        recording.overrides["nominal_hz"] = SyntheticRecording.Removed()
        let outcome = try HeadroomProcess.run([
            "measure", try recording.write(to: folder), "--channels", "U1=u,I1=i", "--json", "--nominal", "\(nominal)",
        ])
        let windows = try MeasuredWindow.lines(outcome.output)
        #expect(windows.count >= 3, "\(outcome.errors)")
        let (voltage, current) = Self.signals(hz: hz)
        let s = voltage.rms * current.rms
        let peak = (0..<2000).map { abs(current.value(Double($0) / 2000 / hz) - 0.25) }.max() ?? 0
        for (index, window) in windows.enumerated() {
            // The first window's start is found on a repetition of the opening, whose seam leaves 0.03 frames.
            let slack = index == 0 ? 20.0 : 1
            let phase = try #require(window.phases["L1"])
            let cycles = nominal == 50 ? 10.0 : 12
            #expect(abs(window.frames * hz / 4000 - cycles) < slack * 1e-4)
            #expect(abs(try #require(window.f_hz) - hz) < slack * 2e-4)
            #expect(abs(try #require(phase.u_rms) / voltage.rms - 1) < 1e-4)
            #expect(abs(try #require(phase.i_rms) / current.rms - 1) < 1e-4)
            #expect(abs(try #require(phase.p) - voltage.activePower(with: current)) < 2e-4 * s)
            #expect(abs(try #require(phase.s) / s - 1) < 2e-4)
            #expect(abs(try #require(phase.pf) - voltage.activePower(with: current) / s) < 2e-4)
            #expect(abs(try #require(phase.q1) - 2300 * sin(Double.pi / 6)) < 2e-4 * 2300)
            #expect(abs(try #require(phase.u_dc)) < 0.01)
            #expect(abs(try #require(phase.i_dc) - 0.25) < 2e-3)
            #expect(abs(try #require(phase.thd_u) - 0.04) < 2e-4)
            #expect(abs(try #require(phase.thd_i) - 0.05.squareRoot()) < 4e-4)
            // Of 80 samples per cycle the largest lies up to 1/160 of a cycle beside the peak.
            #expect(abs(try #require(phase.crest_i) / (peak / current.rms) - 1) < 0.01)
        }
    }

    @Test("a Rogowski coil's voltage in millivolt gives the exact current", arguments: [0.45, 100])
    func rogowskiCoil(microvolts: Double) throws {
        let (voltage, current) = Self.signals(hz: 50.03)
        let recording = SyntheticRecording(channels: [
            ("u", "V", 0.015, { voltage.value($0) }),
            // Sensitivity per ampere and hertz; derivative / 2π is ampere times hertz. A constant part is no current.
            ("coil", "mV", microvolts * 1e-4, { microvolts * 1e-3 * (current.derivative($0) / (2 * Double.pi) + 7) }),
        ])
        let folder = try TemporaryFolder()
        let outcome = try HeadroomProcess.run([
            "measure", try recording.write(to: folder), "--channels", "U1=u,I1=coil", "--rogowski", "I1",
            "--sensitivity", "\(microvolts)", "--json",
        ])
        let windows = try MeasuredWindow.lines(outcome.output)
        #expect(windows.count >= 3, "\(outcome.errors)")
        let s = voltage.rms * current.rms
        for window in windows {
            let phase = try #require(window.phases["L1"])
            #expect(abs(try #require(phase.i_rms) / current.rms - 1) < 1e-3)
            #expect(abs(try #require(phase.p) - voltage.activePower(with: current)) < 1e-3 * s)
            #expect(abs(try #require(phase.thd_i) - 0.05.squareRoot()) < 1e-3)
            #expect(abs(try #require(phase.q1) - 2300 * sin(Double.pi / 6)) < 1e-3 * 2300)
            #expect(phase.i_dc == 0)
        }
    }

    @Test("without --json a table comes on stdout, and remarks only on stderr")
    func tableForPeople() throws {
        let folder = try TemporaryFolder()
        let outcome = try HeadroomProcess.run(["measure", try Self.house().write(to: folder)])
        #expect(outcome.code == 0)
        #expect(outcome.outputLines.first?.contains("THDu%") == true)
        #expect(outcome.outputLines.count == 1 + 4 * 2)
        #expect(outcome.errors.contains("U1=u,U2=u2,I1=i"), "the guess is said: \(outcome.errors)")
        #expect(outcome.outputLines.dropFirst().allSatisfy { $0.count <= 80 })
    }
}
