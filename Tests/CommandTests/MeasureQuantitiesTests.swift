import Foundation
import MeterDSP
import TestSupport
import Testing

/// `headroom measure --quantities` and `--harmonics` against truth that is known to the last digit.
struct MeasureQuantitiesTests {
    private static let signal = ThreePhaseSignal(frequencyHz: 50.02)
    private static let map = "U1=u1,U2=u2,U3=u3,I1=i1,I2=i2,I3=i3"

    private static func recording(_ signal: ThreePhaseSignal = signal, seconds: Double = 0.7) -> SyntheticRecording {
        var recording = SyntheticRecording(channels: [])
        for phase in 0..<3 {
            let (u, i) = (signal.voltages[phase], signal.currents[phase])
            recording.channels.append(("u\(phase + 1)", "V", 1, { u.value($0) }))
            recording.channels.append(("i\(phase + 1)", "A", 1, { i.value($0) }))
        }
        recording.sampleRateHz = 12_800
        recording.frameCount = Int(seconds * recording.sampleRateHz)
        recording.isFloat = true
        return recording
    }

    private static func windows(_ arguments: [String]) throws -> [[String: Any]] {
        let folder = try TemporaryFolder()
        let outcome = try HeadroomProcess.run(
            ["measure", try recording().write(to: folder), "--channels", map, "--json"] + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return try outcome.outputLines.map { try jsonObject($0) }
    }

    /// Arrays by phase and key; nil for null.
    private static func harmonics(_ window: [String: Any]) throws -> [String: [String: [Double?]]] {
        try #require(window["harmonics"] as? [String: [String: [Any]]])
            .mapValues { $0.mapValues { $0.map { $0 as? Double } } }
    }

    /// Compares where there is a truth, relative to `scale`, else to the truth itself.
    private static func compare(
        _ found: [String: Any]?, _ truth: [String: Double], within share: Double, of scale: Double? = nil,
        keys: [String]? = nil
    ) throws {
        for key in keys ?? truth.keys.sorted() {
            let expected = try #require(truth[key])
            let value = try #require(found?[key] as? Double, "\(key) is missing")
            #expect(abs(value - expected) <= share * (scale ?? abs(expected)), "\(key): \(value), not \(expected)")
        }
    }

    @Test("every quantity of IEEE 1459, per phase and of the supply, is the exact one")
    func quantitiesAreExact() throws {
        let truth = SupplyTruth(Self.signal)
        let windows = try Self.windows(["--quantities"]).filter { $0["type"] as? String == "window" }
        #expect(windows.count == 3)
        let quantities = try #require(windows.last?["quantities"] as? [String: Any]).compactMapValues {
            $0 as? [String: Any]
        }
        let apparent = try #require(truth.supply["se"])
        for phase in 0..<3 {
            let found = quantities["phases"]?["L\(phase + 1)"] as? [String: Any]
            let exact = truth.phase(phase)
            // A quantity made of small differences of large ones is held against the apparent power.
            let powers = ["p", "p1", "ph", "q1", "s", "s1", "sn", "di", "dv", "sh", "n"]
            try Self.compare(found, exact, within: 1e-4, of: exact["s"], keys: powers)
            try Self.compare(
                found, exact, within: 2e-4,
                keys: ["u_rms", "i_rms", "u1", "i1", "pf", "cos_phi1", "thd_u", "thd_i", "k_factor"])
        }
        let exact = truth.supply
        try Self.compare(quantities["lines"], exact, within: 1e-4, keys: ["u12", "u23", "u31"])
        try Self.compare(quantities["neutral"], exact, within: 1e-4, keys: ["i_vector_sum"])
        #expect(quantities["neutral"]?["i_rms"] is NSNull, "no neutral was recorded")
        try Self.compare(
            quantities["supply"], exact, within: 1e-4, of: apparent,
            keys: [
                "se", "se1", "dei", "dev", "seh", "s_arithmetic", "s1_positive", "p1_positive", "q1_positive", "su1",
            ])
        try Self.compare(quantities["supply"], exact, within: 1e-4, keys: ["ue", "ie", "ue1", "ie1", "pf"])
        for (symbol, phasors) in [("u", truth.u), ("i", truth.i)] {
            let found = quantities["sequences"]?[symbol] as? [String: Double]
            let sizes = (0..<3).map { truth.component(phasors, $0).magnitude }
            for (index, key) in ["zero", "positive", "negative"].enumerated() {
                #expect(abs(try #require(found?[key]) - sizes[index]) < 1e-4 * sizes[1], "\(symbol) \(key)")
            }
            #expect(abs(try #require(found?["negative_unbalance"]) - sizes[2] / sizes[1]) < 1e-4)
            #expect(abs(try #require(found?["zero_unbalance"]) - sizes[0] / sizes[1]) < 1e-4)
        }
        let all = windows.last?["quantities"] as? [String: Any]
        #expect(all?["rotation"] as? String == "L1 L2 L3")
    }

    @Test("harmonics have the exact amounts, angles and powers, and the direction of their power")
    func harmonicsAreExact() throws {
        let truth = SupplyTruth(Self.signal)
        let window = try #require(try Self.windows(["--harmonics", "--orders", "39", "--window", "2"]).first)
        let harmonics = try Self.harmonics(window)
        for phase in 0..<3 {
            let found = try #require(harmonics["L\(phase + 1)"])
            let reference = try #require(truth.u[phase][1])
            let s = try #require(truth.phase(phase)["s"])
            for (key, phasors) in [("u", truth.u[phase]), ("i", truth.i[phase])] {
                let amounts = try #require(found[key])
                let angles = try #require(found["\(key)_deg"])
                #expect(amounts.count == 40)
                let size = try #require(phasors[1]).magnitude
                for order in 1..<40 {
                    let exact = phasors[order] ?? .zero
                    #expect(abs(try #require(amounts[order]) - exact.magnitude) < 1e-4 * size, "\(key)\(order)")
                    guard exact.magnitude > 1e-3 * size else { continue }
                    let turns = (exact.radians - Double(order) * reference.radians) / (2 * .pi)
                    let off = (try #require(angles[order]) / 360 - turns)
                    #expect(abs(off - off.rounded()) * 360 < 1, "\(key)\(order)_deg")
                }
            }
            for order in 1..<40 {
                let exact = truth.power(phase, order)
                #expect(abs(try #require(found["p"]?[order]) - exact.real) < 1e-4 * s)
                #expect(abs(try #require(found["q"]?[order]) - exact.imaginary) < 1e-4 * s)
            }
            for order in 0..<40 { #expect(try #require(found["u_interharmonic"]?[order]) < 0.05) }
        }
    }

    @Test("what flows between two harmonics stands in the interharmonic subgroup between them")
    func interharmonics() throws {
        var recording = SyntheticRecording.house
        recording.channels[0].scale = 0.02
        recording.channels[0].value = {
            230 * 2.0.squareRoot() * (sin(2 * Double.pi * 50 * $0) + 0.05 * sin(2 * Double.pi * 375 * $0))
        }
        let folder = try TemporaryFolder()
        let outcome = try HeadroomProcess.run([
            "measure", try recording.write(to: folder), "--channels", "U1=u", "--harmonics", "--json",
        ])
        let windows = try outcome.outputLines.map { try jsonObject($0) }
        #expect(windows.count == 4, "\(outcome.errors)")
        for window in windows.dropFirst() {
            let all = try Self.harmonics(window)
            let found = try #require(all["L1"]?["u_interharmonic"])
            for (order, value) in found.prefix(34).enumerated() {
                #expect(abs(try #require(value) - (order == 7 ? 0.05 * 230 : 0)) < 0.02, "order \(order)")
            }
        }
    }

    @Test("energy is counted per phase and in sum, by direction and quadrant")
    func energyByQuadrant() throws {
        // L1 takes active and inductive power, L2 gives active and takes reactive, L3 takes and is capacitive.
        var signal = ThreePhaseSignal(frequencyHz: 50)
        let angles = [30.0, 150, -60]
        for phase in 0..<3 {
            signal.voltages[phase] = TestSignal(frequencyHz: 50, rms: 230, phaseDegrees: -120 * Double(phase))
            signal.currents[phase] = TestSignal(
                frequencyHz: 50, rms: 10, phaseDegrees: -120 * Double(phase) - angles[phase])
        }
        let folder = try TemporaryFolder()
        let outcome = try HeadroomProcess.run([
            "measure", try Self.recording(signal, seconds: 1.1).write(to: folder), "--channels", Self.map,
            "--quantities", "--json",
        ])
        let energy = try jsonObject(try #require(outcome.outputLines.last))
        #expect(energy["type"] as? String == "energy" && energy["unit"] as? String == "Wh")
        let hours =
            (try #require(energy["seconds"] as? Double)
                - (try #require(energy["seconds_without_reactive"] as? Double))) / 3600
        #expect(hours * 3600 > 0.7 && hours * 3600 < 1.1)
        let phases = try #require(energy["phases"] as? [String: [String: Double]])
        let p = angles.map { 2300 * cos($0 * .pi / 180) }
        let q = angles.map { 2300 * sin($0 * .pi / 180) }
        let quadrants = ["q1", "q2", "q4"]
        for phase in 0..<3 {
            let found = try #require(phases["L\(phase + 1)"])
            // Active energy counts the short stretches without a fundamental, too.
            #expect(abs((found["imported"] ?? 0) / (hours * max(p[phase], 0) + 1e-9) - 1) < 0.2 || p[phase] < 0)
            #expect(abs((found["exported"] ?? 0) / (hours * max(-p[phase], 0) + 1e-9) - 1) < 0.2 || p[phase] > 0)
            for key in ["q1", "q2", "q3", "q4"] {
                let expected = key == quadrants[phase] ? abs(q[phase]) * hours : 0
                #expect(abs((found[key] ?? -1) - expected) < 0.01 * 2300 * hours, "L\(phase + 1) \(key)")
            }
        }
        let sum = try #require(energy["sum"] as? [String: Double])
        #expect(abs((sum["q1"] ?? 0) - (q[0] + q[1] + q[2]) * hours) < 0.01 * 2300 * hours || q[0] + q[1] + q[2] < 0)
        #expect((sum["imported"] ?? 0) > 0.9 * (p[0] + p[1] + p[2]) * hours && sum["exported"] ?? 1 < 1e-3)
    }
}
