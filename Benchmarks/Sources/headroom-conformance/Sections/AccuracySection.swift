import MeterDSP

/// The core's own error against its targets, over both frequency ranges, per sample rate.
struct AccuracySection {
    private struct Case {
        var name: String
        var frontEnd: FrontEnd
        /// U, I, P in percent, frequency in millihertz.
        var limits: [Double]
    }

    private struct Worst {
        var error = 0.0
        var frequencyHz = 0.0
        mutating func take(_ error: Double, at frequencyHz: Double) {
            if error > self.error || !error.isFinite { (self.error, self.frequencyHz) = (error, frequencyHz) }
        }
    }

    private static let frequencies: [(nominalHz: Double, all: [Double])] = [
        (50, [42.5, 44, 46, 47.5, 49, 49.9, 50, 50.3, 51.2, 52.5, 54, 55.5, 57.5]),
        (60, [51, 53, 55, 57, 58.8, 60, 60.4, 62, 64, 66.5, 69]),
    ]
    private static let windows = 12

    private static var cases: [Case] {
        let direct = FrontEnd(bits: 16, noiseCodes: 1, voltsFullScale: 500, amperesFullScale: 60)
        var coil = direct
        coil.sensor = .coil(0.45e-6)
        var cleanDirect = direct
        cleanDirect.bits = 32
        cleanDirect.noiseCodes = 0
        var cleanCoil = coil
        cleanCoil.bits = 32
        cleanCoil.noiseCodes = 0
        var fine = direct
        fine.bits = 24
        fine.noiseCodes = 20
        var fineCoil = coil
        fineCoil.bits = 24
        fineCoil.noiseCodes = 20
        let limits = [0.001, 0.001, 0.005, 0.02]
        let coilLimits = [0.001, 0.005, 0.01, 0.02]
        return [
            Case(name: "transformer, 16 bits", frontEnd: direct, limits: limits),
            Case(name: "coil, 16 bits", frontEnd: coil, limits: coilLimits),
            Case(name: "transformer, 24 bits", frontEnd: fine, limits: limits),
            Case(name: "coil, 24 bits", frontEnd: fineCoil, limits: coilLimits),
            Case(name: "transformer, clean", frontEnd: cleanDirect, limits: [0.0001, 0.0001, 0.0001, 0.02]),
            Case(name: "coil, clean", frontEnd: cleanCoil, limits: [0.0001, 0.005, 0.01, 0.02]),
        ]
    }

    static func run(rates: [Double]) throws -> Section {
        var section = Section(
            title: "Accuracy of the core",
            words: [
                "Worst error of any phase in any of \(windows) windows of 10/12 cycles at any of "
                    + "\(frequencies.map { $0.all.count }.reduce(0, +)) frequencies from 42.5 to 57.5 and 51 to 69 Hz; P at "
                    + "power factors 0.87, 0.94 and 0.5.",
                "Signal: 228, 230, 233 V and 16, 11, 6 A with harmonics to the 39th (voltage 2 % 3rd, 4 % 5th, 3 % 7th, 1.5 %",
                "11th, 1 % 13th, 0.5 % 25th, 0.3 % 39th; current 15 % 3rd, 10 % 5th, 6 % 7th, 3 % 9th, 2 % 11th, 1 % 13th,",
                "0.6 % 25th, 0.4 % 39th) and constant parts. Full scale 500 V and 60 A. 16 bits: 1 LSB RMS noise; 24 bits: 20 LSB;",
                "clean: 32-bit codes without noise. *Converter alone*: what the converter's noise and rounding do to a window whose",
                "edges are known, by 4 standard deviations (some thousands of values are looked at): no method has less. Where that is above the target, the converter is",
                "too coarse for it at this rate; the point then passes where it stays below that, and says so.",
            ],
            columns: ["front end, rate", "quantity", "target", "worst", "converter alone", "share", "worst at Hz"],
            namingCells: 2)
        for rate in rates {
            for testCase in cases {
                let worst = try measure(testCase, rate)
                for (index, name) in ["U", "I", "P", "f"].enumerated() {
                    let unit = index < 3 ? "%" : "mHz"
                    let floor = index < 3 ? converterAlone(testCase.frontEnd, rate)[index] : 0
                    let target = testCase.limits[index]
                    let holds = worst[index].error <= target
                    let isCoarse = !holds && floor > target && worst[index].error <= floor
                    section.add(
                        [
                            "\(testCase.name), \(kilohertz(rate)) kHz", name,
                            "\(figure(target, digits: 1)) \(unit)",
                            "\(figure(worst[index].error)) \(unit)", index < 3 ? "\(figure(floor)) %" : "",
                            share(worst[index].error, of: target) + (isCoarse ? ", converter too coarse" : ""),
                            "\(worst[index].frequencyHz)",
                        ], passes: holds || isCoarse)
                }
            }
        }
        return section
    }

    private static func measure(_ testCase: Case, _ rate: Double) throws -> [Worst] {
        var worst = [Worst](repeating: Worst(), count: 4)
        for (nominalHz, all) in frequencies {
            for frequency in all {
                let supply = Supply.distorted(frequencyHz: frequency)
                let simulation = Simulation(
                    supply: supply, frontEnd: testCase.frontEnd, sampleRateHz: rate, nominalHz: nominalHz,
                    thresholdVolts: 23, seed: UInt64(frequency * 1000))
                for window in try simulation.windows(windows) {
                    for phase in 0..<3 {
                        let u = supply.voltages[phase]
                        let i = supply.currents[phase]
                        worst[0].take(relative(window.voltageRMS[phase], u.rms), at: frequency)
                        worst[1].take(relative(window.currentRMS[phase], i.rms), at: frequency)
                        worst[2].take(relative(window.activePower[phase], u.meanProduct(with: i)), at: frequency)
                    }
                    let error = window.frequencyHz.map { ($0 - frequency).magnitude * 1000 } ?? .infinity
                    worst[3].take(error, at: frequency)
                }
            }
        }
        return worst
    }

    /// U, I, P in percent: 4 standard deviations of the worst phase at the worst frequency.
    private static func converterAlone(_ frontEnd: FrontEnd, _ rate: Double) -> [Double] {
        // Rounding adds the variance of a uniform distribution; without noise there is none to speak of here.
        let codes = frontEnd.noiseCodes > 0 ? (frontEnd.noiseCodes * frontEnd.noiseCodes + 1.0 / 12).squareRoot() : 0
        var worst = [0.0, 0, 0]
        for (nominalHz, all) in frequencies {
            for frequency in all {
                let supply = Supply.distorted(frequencyHz: frequency)
                let root = (rate * (nominalHz < 55 ? 10 : 12) / frequency).squareRoot()
                for phase in 0..<3 {
                    let u = supply.voltages[phase]
                    let i = supply.currents[phase]
                    let ofU = codes * frontEnd.scales.voltage / u.rms / root
                    // Of a coil's noise what counts is that at the fundamental, integrated as the signal is.
                    var ofI = codes * frontEnd.scales.current / i.rms / root
                    if case .coil(let sensitivity) = frontEnd.sensor { ofI /= sensitivity * frequency }
                    let powerFactor = u.meanProduct(with: i) / (u.rms * i.rms)
                    for (index, value) in [ofU, ofI, (ofU * ofU + ofI * ofI).squareRoot() / powerFactor].enumerated() {
                        worst[index] = max(worst[index], 400 * value)
                    }
                }
            }
        }
        return worst
    }

    private static func relative(_ value: Double, _ truth: Double) -> Double {
        ((value - truth) / truth).magnitude * 100
    }
}
