import MeterDSP
import Spectrum

/// Voltage harmonics and interharmonics as subgroups of IEC 61000-4-7, in the three verification states.
struct HarmonicSection {
    private static let orders = Array(2...50)
    private static let interharmonicOrders = [1, 2, 3, 7, 13, 25, 40, 49]

    static func run(rate: Double) throws -> Section {
        var section = Section(
            title: "IEC 61000-4-30 class A: harmonics and interharmonics of the voltage",
            words: [
                "One order at a time at that level, 2 to 50, beside what the state has (frequency, harmonics, interharmonics,",
                "flicker, phases as in the section before). Truth: the Fourier integral of the signal over the window. Limit [K]: 5 %",
                "of reading from 1 % of Udin on, else 0.05 % of Udin; the table gives the worst share of any subgroup, those that",
                "were not varied included.",
            ], columns: ["quantity", "state", "limit", "worst of any order", "at order", "share"], namingCells: 2)
        for state in VerificationState.allCases {
            for level in [0.002, 0.01, 0.10] {
                var worst = Worst()
                for order in orders {
                    try measure(
                        state, adding: (Double(order), level), rate, orders: [order, order == 2 ? 3 : order - 1],
                        isInterharmonic: false, &worst)
                }
                section.add(
                    row("harmonics, \(figure(level * 100, digits: 1)) % of Udin", state, worst),
                    passes: worst.share <= 1)
            }
            for level in [0.002, 0.01, 0.05] {
                var worst = Worst()
                for order in interharmonicOrders {
                    try measure(
                        state, adding: (Double(order) + 0.5, level), rate, orders: [order], isInterharmonic: true,
                        &worst)
                }
                section.add(
                    row(
                        "interharmonics half way between orders, \(figure(level * 100, digits: 1)) % of Udin", state,
                        worst),
                    passes: worst.share <= 1)
            }
        }
        return section
    }

    private struct Worst {
        var share = 0.0
        var words = ""
        var order = 0
        var limitWords = ""
    }

    private static func row(_ name: String, _ state: VerificationState, _ worst: Worst) -> [String] {
        [name, "\(state.rawValue)", worst.limitWords, worst.words, "\(worst.order)", figure(100 * worst.share) + " %"]
    }

    private static func measure(
        _ state: VerificationState, adding part: (order: Double, level: Double), _ rate: Double, orders: [Int],
        isInterharmonic: Bool, _ worst: inout Worst
    ) throws {
        var supply = state.supply([.frequency, .unbalance, .harmonics, .interharmonics, .flicker], seconds: 3)
        let frequency = supply.frequencyHz
        let declared = VerificationState.declaredVolts
        for phase in 0..<3 {
            supply.voltages[phase].parts.append(
                .init(frequencyHz: part.order * frequency, rms: part.level * declared, radians: 0.7))
        }
        var simulation = PowerQualityFrontEnd.simulation(supply, rate: rate, seed: UInt64(part.order * 10))
        simulation.keepsVoltage = true
        var windows: [WindowReading] = []
        let samples = try simulation.run(seconds: 0.5) { window in
            if window.firstFrame > 0.6 * rate, window.flags.isEmpty { windows.append(window) }
        }
        var analyser = HarmonicAnalyser(maximumOrder: 50)
        var count = 0
        for window in windows {
            guard
                let spectrum = analyser.groupedSpectrum(
                    samples.span, start: window.firstFrame, length: window.frames, cycles: 10)
            else { continue }
            count += 1
            let span = window.span(rate)
            for order in orders {
                let measured = isInterharmonic ? spectrum.interharmonicSubgroup(order) : spectrum.subgroup(order)
                let bins = isInterharmonic ? 10 * order + 2...10 * order + 8 : 10 * order - 1...10 * order + 1
                let step = 1 / (span.upperBound - span.lowerBound)
                let truth = bins.reduce(0.0) {
                    $0 + supply.voltages[0].lineSquared(Double($1) * step, over: span)
                }.squareRoot()
                let isLarge = truth >= 0.01 * declared
                let limit = isLarge ? 0.05 * truth : 0.0005 * declared
                let error = ((measured ?? .infinity) - truth).magnitude
                guard error / limit > worst.share || !error.isFinite else { continue }
                worst = Worst(
                    share: error / limit,
                    words: isLarge
                        ? "\(figure(100 * error / truth)) % of reading" : "\(figure(100 * error / declared)) % Udin",
                    order: order, limitWords: isLarge ? "5 %" : "0.05 % Udin")
            }
        }
        guard count > 0 else { throw ConformanceError("no window to analyse at order \(part.order)") }
    }
}
