import MeterDSP

/// Frequency, magnitude and unbalance in the three verification states.
enum PowerQualitySections {
    static func magnitudes(_ rate: Double) throws -> Section {
        var section = Section(
            title: "IEC 61000-4-30 class A: frequency, magnitude, unbalance",
            words: [
                "One quantity varies, the others are as the verification state says [K]: 1 undisturbed; 2 with h3 10 %, h5 5 %, h29",
                "5 %, an interharmonic of 1 % at 7.5 f, 49 Hz, 73/80/87 % of Udin, Pst 1 (39 changes/min); 3 with h7 10 %, h13 5 %,",
                "h25 5 %, 1 % at 3.5 f, 51 Hz, 152/140/128 %, Pst 4 (110 changes/min). Limits [K]. Udin 230 V; 16 bits, 1 LSB noise,",
                "750 V full scale; crossings are looked for above 5 % of Udin. Window: its length against ten cycles, which IEC",
                "61000-4-7 wants within 0.03 %.",
            ], columns: ["quantity", "state", "limit", "worst", "share"], namingCells: 2)
        let declared = VerificationState.declaredVolts
        for frequency in [42.5, 50.05, 57.5] {
            for state in VerificationState.allCases {
                let supply = state.supply(.all, frequencyHz: frequency, seconds: 40)
                let error = try tenSecondFrequencyError(supply, frequency, rate)
                section.add(
                    [
                        "frequency over 10 s, \(frequency) Hz", "\(state.rawValue)", "10 mHz", "\(figure(error)) mHz",
                        share(error, of: 10),
                    ], passes: error <= 10)
            }
        }
        for percent in [10.0, 45, 80, 115, 150] {
            for state in VerificationState.allCases {
                let supply = state.supply(
                    [.frequency, .harmonics, .interharmonics, .flicker],
                    percent: [percent, percent, percent])
                let (error, length) = try windowErrors(supply, supply.frequencyHz, rate)
                section.add(
                    [
                        "U at \(figure(percent)) % of Udin", "\(state.rawValue)", "0.1 % Udin",
                        "\(figure(error / declared * 100)) %", share(error / declared * 100, of: 0.1),
                    ], passes: error / declared * 100 <= 0.1)
                section.add(
                    [
                        "window length at \(figure(percent)) % of Udin", "\(state.rawValue)", "0.03 %",
                        "\(figure(length)) %", share(length, of: 0.03),
                    ], passes: length <= 0.03)
            }
        }
        for state in VerificationState.allCases {
            for (name, u2, u0) in [("own unbalance", 0.0, 0.0)] + steps {
                let isOwn = name == "own unbalance"
                let influences: VerificationState.Influences =
                    isOwn
                    ? [.frequency, .unbalance, .harmonics, .interharmonics] : [.frequency, .harmonics, .interharmonics]
                var supply = state.supply(influences)
                if !isOwn { addUnbalance(&supply, negative: u2, zero: u0) }
                let (negative, zero) = try unbalanceErrors(supply, rate)
                let worst = max(negative, zero) * 100
                section.add(
                    [
                        "u2 and u0, \(isOwn ? "phases as the state says" : name)", "\(state.rawValue)", "0.15 points",
                        "\(figure(worst)) points", share(worst, of: 0.15),
                    ], passes: worst <= 0.15)
            }
        }
        return section
    }

    private static let steps: [(String, Double, Double)] =
        [0.005, 0.01, 0.02, 0.05].map { ("u2 = \(figure($0 * 100, digits: 1)) %", $0, 0) }
        + [0.005, 0.01, 0.02, 0.05].map { ("u0 = \(figure($0 * 100, digits: 1)) %", 0, $0) }

    private static func tenSecondFrequencyError(_ supply: Supply, _ truth: Double, _ rate: Double) throws -> Double {
        guard var meter = FrequencyMeter(sampleRateHz: rate, nominalHz: 50) else {
            throw ConformanceError("the frequency meter refuses \(rate) Hz; check --rate")
        }
        var worst = 0.0
        var count = 0
        try PowerQualityFrontEnd.simulation(supply, rate: rate).run(seconds: 31) { reading in
            if let interval = meter.add(reading, clockSeconds: reading.endFrame / rate), !interval.isFlagged {
                count += 1
                worst = max(worst, interval.frequencyHz.map { ($0 - truth).magnitude * 1000 } ?? .infinity)
            }
        } onWindow: { _ in
        }
        return count >= 2 ? worst : .infinity
    }

    /// Worst error of U in volt and of the window's length in percent.
    private static func windowErrors(
        _ supply: Supply, _ frequencyHz: Double, _ rate: Double
    ) throws -> (volts: Double, lengthPercent: Double) {
        var worst = 0.0
        var length = 0.0
        let whole = 10 * rate / frequencyHz
        for window in try PowerQualityFrontEnd.simulation(supply, rate: rate).windows(40) {
            for phase in 0..<3 {
                let truth = supply.voltages[phase].rms(over: window.span(rate))
                worst = max(worst, (window.voltageRMS[phase] - truth).magnitude)
            }
            length = max(length, (window.frames - whole).magnitude / whole * 100)
        }
        return (worst, length)
    }

    private static func addUnbalance(_ supply: inout Supply, negative: Double, zero: Double) {
        for phase in 0..<3 {
            let fundamental = supply.voltages[phase].parts[0]
            let turn = 120 * Double(phase) * .pi / 180
            for (share, radians) in [(negative, 0.4 + turn), (zero, -0.9)] where share > 0 {
                supply.voltages[phase].parts.append(
                    .init(
                        frequencyHz: fundamental.frequencyHz, rms: VerificationState.declaredVolts * share,
                        radians: radians))
            }
        }
    }

    private static func unbalanceErrors(_ supply: Supply, _ rate: Double) throws -> (negative: Double, zero: Double) {
        let frequency = supply.frequencyHz
        let truth = SymmetricalComponents(
            ThreePhasePhasors(
                supply.voltages[0].phasor(frequency), supply.voltages[1].phasor(frequency),
                supply.voltages[2].phasor(frequency)))
        var negative = 0.0
        var zero = 0.0
        for window in try PowerQualityFrontEnd.simulation(supply, rate: rate).windows(20) {
            guard let voltages = window.fundamentalVoltages else { return (.infinity, .infinity) }
            let measured = SymmetricalComponents(voltages)
            negative = max(negative, difference(measured.negativeUnbalance, truth.negativeUnbalance))
            zero = max(zero, difference(measured.zeroUnbalance, truth.zeroUnbalance))
        }
        return (negative, zero)
    }

    private static func difference(_ a: Double?, _ b: Double?) -> Double {
        guard let a, let b else { return .infinity }
        return (a - b).magnitude
    }
}

extension Supply {
    /// Of the first voltage's first part: the fundamental.
    var frequencyHz: Double { voltages.first?.parts.first?.frequencyHz ?? 0 }
}
