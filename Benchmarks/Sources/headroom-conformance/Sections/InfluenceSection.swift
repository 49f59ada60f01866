import Glibc
import MeterDSP

/// The influence quantities of IEC 62053-22 that a core can have an error of: by how much the error changes.
struct InfluenceSection {
    private struct Influence {
        var name: String
        var limit: Double
        var mark: String
        var reference: Supply
        var changed: [Supply]
    }

    static func run(rate: Double, windowCount: Int) throws -> Section {
        var section = Section(
            title: "Influence quantities, IEC 62053-22 class 0.2S",
            words: [
                "Change of the error (of the total) against the undisturbed load. Rule: at most one tenth of the change that",
                "class 0.2S allows [K]. ‡: no figure of the standard at hand, that of the sub-harmonics taken. Temperature,",
                "magnetic and radio fields act on sensors and converter, not on the core. Fired currents are limited to the",
                "39th order, as an anti-aliasing filter does.",
            ], columns: ["influence", "limit %"] + EnergyFrontEnds.all.map { "\($0.name) %" } + ["share"])
        for influence in influences {
            var cells = [influence.name, "\(influence.limit)\(influence.mark)"]
            var deciding = 0.0
            for (number, column) in EnergyFrontEnds.all.enumerated() {
                func error(_ supply: Supply) throws -> Double {
                    try EnergyMeasurement(supply, column.frontEnd, rate: rate, windowCount: windowCount).totalPercent
                }
                let reference = try error(influence.reference)
                var worst = 0.0
                for supply in influence.changed { worst = max(worst, (try error(supply) - reference).magnitude) }
                cells.append(figure(worst))
                if EnergyFrontEnds.deciding.contains(number) { deciding = max(deciding, worst) }
            }
            section.add(cells + [share(deciding, of: influence.limit)], passes: deciding <= influence.limit / 10)
        }
        return section
    }

    private static var influences: [Influence] {
        let rated = EnergyFrontEnds.ratedAmperes
        let volts = EnergyFrontEnds.ratedVolts
        let half = EnergyFrontEnds.maximumAmperes / 2
        var all: [Influence] = []
        for (factor, limit) in [(EnergySection.unity, 0.1), (EnergySection.halfInductive, 0.2)] {
            for share in factor.lagDegrees == 0 ? [0.05, 1, 1.2] : [0.1, 1, 1.2] {
                func load(_ volts: Double, _ hertz: Double) -> Supply {
                    .load(amperes: share * rated, lagDegrees: factor.lagDegrees, volts: volts, frequencyHz: hertz)
                }
                let name = "\(share) In, PF \(factor.name)"
                all.append(
                    Influence(
                        name: "0.9 and 1.1 Un, \(name)", limit: limit, mark: " [K]", reference: load(volts, 50),
                        changed: [load(0.9 * volts, 50), load(1.1 * volts, 50)]))
                all.append(
                    Influence(
                        name: "49 and 51 Hz, \(name)", limit: 0.1, mark: " [K]", reference: load(volts, 50),
                        changed: [load(volts, 49), load(volts, 51)]))
            }
        }
        let plain = Supply.load(amperes: rated)
        all.append(
            Influence(
                name: "reversed phase sequence, 0.1 In", limit: 0.05, mark: " [K]",
                reference: .load(amperes: 0.1 * rated),
                changed: [.load(amperes: 0.1 * rated, isReversed: true)]))
        all.append(
            Influence(
                name: "one phase missing (each), In", limit: 0.5, mark: " [K]", reference: plain,
                changed: (0..<3).map { plain.missing([$0]) }))
        all.append(
            Influence(
                name: "two phases missing (each), In", limit: 0.5, mark: " [K]", reference: plain,
                changed: [plain.missing([0, 1]), plain.missing([1, 2]), plain.missing([0, 2])]))
        all.append(
            Influence(
                name: "5th harmonic, 10 % in U, 40 % in I, P = 1.04 P1, 0.5 Imax", limit: 0.4, mark: " [K]",
                reference: .load(amperes: half), changed: [fifthHarmonic(half)]))
        all.append(
            Influence(
                name: "sub-harmonics, two cycles on, two off, 0.5 Imax", limit: 0.6, mark: " [K]",
                reference: .load(amperes: half), changed: [bursts(half)]))
        all.append(
            Influence(
                name: "current fired at 90°, 0.5 Imax", limit: 0.6, mark: " ‡", reference: .load(amperes: half),
                changed: [shaped(half, firedParts)]))
        all.append(
            Influence(
                name: "half-wave current with DC, Imax/√2", limit: 0.6, mark: " ‡",
                reference: .load(amperes: EnergyFrontEnds.maximumAmperes / 2.0.squareRoot()),
                changed: [shaped(EnergyFrontEnds.maximumAmperes, halfWaveParts, dc: 2.0.squareRoot() / .pi)]))
        return all
    }

    /// In phase at the zero crossing: the 5th harmonics' angles are five times the fundamental's.
    private static func fifthHarmonic(_ amperes: Double) -> Supply {
        var supply = Supply.load(amperes: amperes)
        for phase in 0..<3 {
            let angle = 17 - 120 * Double(phase)
            supply.voltages[phase] = .sine(
                50, rms: EnergyFrontEnds.ratedVolts, degrees: angle, harmonics: [(5, 0.1, 0)])
            supply.currents[phase] = .sine(50, rms: amperes, degrees: angle, harmonics: [(5, 0.4, 0)])
        }
        return supply
    }

    /// Switched at the zero crossings of each phase's own current.
    private static func bursts(_ amperes: Double) -> Supply {
        var supply = Supply.load(amperes: amperes)
        for phase in 0..<3 {
            let radians = supply.currents[phase].parts[0].radians
            let firstZero = (1 - radians / (2 * .pi)) / 50
            supply.currents[phase].envelope = (0..<2000).map {
                Waveform.Step(seconds: firstZero + 0.04 * Double($0), factor: $0 % 2 == 0 ? 0 : 1)
            }
        }
        return supply
    }

    /// A current of shape `parts`, given as (order, cosine, sine) amplitudes of a sine of amplitude 1.
    private static func shaped(
        _ amperes: Double, _ parts: [(order: Int, cosine: Double, sine: Double)], dc: Double = 0
    ) -> Supply {
        var supply = Supply.load(amperes: amperes)
        for phase in 0..<3 {
            let angle = supply.currents[phase].parts[0].radians
            supply.currents[phase] = Waveform(
                parts: parts.map { part in
                    Waveform.Part(
                        frequencyHz: 50 * Double(part.order),
                        rms: amperes * (part.cosine * part.cosine + part.sine * part.sine).squareRoot(),
                        radians: Double(part.order) * angle + atan2(part.cosine, part.sine))
                }, dc: amperes * dc)
        }
        return supply
    }

    /// sin θ from 90° to 180° and from 270° to 360°, else 0, to the 39th order.
    private static var firedParts: [(order: Int, cosine: Double, sine: Double)] {
        stride(from: 1, through: 39, by: 2).map { order in
            let n = Double(order)
            guard order > 1 else { return (1, -1 / .pi, 0.5) }
            // (2/π)·∫ sin θ·cos nθ and (2/π)·∫ sin θ·sin nθ from 90° to 180°.
            func primitiveCosine(_ x: Double) -> Double {
                -cos((n + 1) * x) / (2 * (n + 1)) + cos((n - 1) * x) / (2 * (n - 1))
            }
            func primitiveSine(_ x: Double) -> Double {
                sin((n - 1) * x) / (2 * (n - 1)) - sin((n + 1) * x) / (2 * (n + 1))
            }
            return (
                order, 2 / .pi * (primitiveCosine(.pi) - primitiveCosine(.pi / 2)),
                2 / .pi * (primitiveSine(.pi) - primitiveSine(.pi / 2))
            )
        }
    }

    /// The positive half waves of sin θ, to the 38th order, without the constant part 1/π.
    private static var halfWaveParts: [(order: Int, cosine: Double, sine: Double)] {
        [(1, 0, 0.5)]
            + stride(from: 2, through: 38, by: 2).map { ($0, -2 / (.pi * Double($0 * $0 - 1)), 0) }
    }
}
