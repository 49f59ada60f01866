import MeterDSP

/// The front ends of the energy tests: a meter of In = 5 A and Imax = 1.2 In.
enum EnergyFrontEnds {
    static let ratedAmperes = 5.0
    static let maximumAmperes = 6.0
    static let ratedVolts = 230.0
    /// Peak of Imax and a quarter of it above, for currents that are no sine.
    static let amperesFullScale = 10.6
    static let voltsFullScale = 500.0
    static let sensitivity = 0.45e-6

    static let all: [(name: String, frontEnd: FrontEnd)] = {
        let direct = FrontEnd(
            bits: 16, noiseCodes: 1, voltsFullScale: voltsFullScale, amperesFullScale: amperesFullScale)
        var coil = direct
        coil.sensor = .coil(sensitivity)
        var fine = direct
        fine.bits = 24
        fine.noiseCodes = 20
        var fineCoil = fine
        fineCoil.sensor = .coil(sensitivity)
        return [("CT 16", direct), ("coil 16", coil), ("CT 24", fine), ("coil 24", fineCoil)]
    }()
    /// Those that decide; the others are shown beside them.
    static let deciding = 0..<2
}

/// The error of the energy that was registered while a supply ran.
struct EnergyMeasurement {
    /// Percent of the true energy, all phases together.
    var totalPercent = 0.0
    /// The worst of total and phases that are loaded, without its sign.
    var worstPercent = 0.0
    /// Net energy over time, watt.
    var registeredWatts = 0.0
    /// The larger of import and export of any phase over time, watt.
    var largestDirectionWatts = 0.0

    /// - Parameter windowCount: windows of 10 cycles that are registered; even, so that bursts of two cycles on and
    ///   two off are whole.
    init(_ supply: Supply, _ frontEnd: FrontEnd, rate: Double, windowCount: Int, seed: UInt64 = 7) throws {
        let windows = try Simulation(supply: supply, frontEnd: frontEnd, sampleRateHz: rate, seed: seed)
            .windows(windowCount)
        var register = EnergyRegister()
        var truth = SIMD3<Double>.zero
        for window in windows {
            register.add(window)
            let span = window.span(rate)
            let seconds = span.upperBound - span.lowerBound
            for phase in 0..<3 {
                truth[phase] +=
                    seconds * supply.voltages[phase].covariance(with: supply.currents[phase], over: span)
            }
        }
        let registered = register.imported - register.exported
        let seconds = windows.reduce(0) { $0 + $1.frames } / rate
        registeredWatts = registered.sum() / seconds
        for phase in 0..<3 {
            largestDirectionWatts = max(
                largestDirectionWatts, register.imported[phase] / seconds, register.exported[phase] / seconds)
            if supply.currents[phase].rms > 0, supply.voltages[phase].rms > 0 {
                worstPercent = max(worstPercent, ((registered[phase] - truth[phase]) / truth[phase]).magnitude * 100)
            }
        }
        if truth.sum() != 0 {
            totalPercent = (registered.sum() - truth.sum()) / truth.sum() * 100
            worstPercent = max(worstPercent, totalPercent.magnitude)
        }
    }
}

extension Supply {
    /// The supply of an energy test: 50 Hz unless said.
    static func load(
        amperes: Double, lagDegrees: Double = 0, volts: Double = EnergyFrontEnds.ratedVolts, frequencyHz: Double = 50,
        isReversed: Bool = false
    ) -> Supply {
        .balanced(
            frequencyHz: frequencyHz, volts: volts, amperes: amperes, lagDegrees: lagDegrees, isReversed: isReversed)
    }

    /// The same with current in one phase only.
    func loading(onlyPhase phase: Int) -> Supply {
        var copy = self
        for other in 0..<3 where other != phase { copy.currents[other] = Waveform() }
        return copy
    }

    /// The same without the voltages and currents of `phases`.
    func missing(_ phases: [Int]) -> Supply {
        var copy = self
        for phase in phases {
            copy.voltages[phase] = Waveform()
            copy.currents[phase] = Waveform()
        }
        return copy
    }
}
