import MeterDSP

/// The verification states of IEC 61000-4-30 (IEC 62586-2): what else the supply does while one quantity is tested.
enum VerificationState: Int, CaseIterable {
    case one = 1
    case two, three

    static let declaredVolts = 230.0

    var frequencyHz: Double {
        switch self {
        case .one: 50
        case .two: 49
        case .three: 51
        }
    }

    /// Each phase's voltage in percent of the declared one.
    var phasePercent: [Double] {
        switch self {
        case .one: [100, 100, 100]
        case .two: [73, 80, 87]
        case .three: [152, 140, 128]
        }
    }

    /// Shares of the declared voltage. Angles are read against the fundamental's zero crossing.
    var harmonics: [(order: Double, share: Double, degrees: Double)] {
        switch self {
        case .one: []
        case .two: [(3, 0.10, 0), (5, 0.05, 0), (29, 0.05, 0)]
        case .three: [(7, 0.10, 180), (13, 0.05, 0), (25, 0.05, 0)]
        }
    }

    /// In orders of the actual fundamental, so that it stays between the harmonics.
    var interharmonic: (order: Double, share: Double)? {
        switch self {
        case .one: nil
        case .two: (7.5, 0.01)
        case .three: (3.5, 0.01)
        }
    }

    /// Rectangular: changes per minute and their size, Pst 1 and 4.
    var flicker: (changesPerMinute: Double, relativeChange: Double)? {
        switch self {
        case .one: nil
        case .two: (39, 0.00894)
        case .three: (110, 4 * 0.00722)
        }
    }

    /// What of a state a test takes with it.
    struct Influences: OptionSet {
        let rawValue: Int
        static let frequency = Influences(rawValue: 1)
        static let unbalance = Influences(rawValue: 2)
        static let harmonics = Influences(rawValue: 4)
        static let interharmonics = Influences(rawValue: 8)
        static let flicker = Influences(rawValue: 16)
        static let all: Influences = [.frequency, .unbalance, .harmonics, .interharmonics, .flicker]
    }

    /// Three voltages in this state; no currents.
    ///
    /// - Parameters:
    ///   - influences: the others are as in state 1.
    ///   - frequencyHz: in place of the state's own.
    ///   - percent: of the declared voltage, in place of the state's own.
    func supply(
        _ influences: Influences, frequencyHz: Double? = nil, percent: [Double]? = nil, seconds: Double = 30
    ) -> Supply {
        let frequency = frequencyHz ?? (influences.contains(.frequency) ? self.frequencyHz : 50)
        let percent = percent ?? (influences.contains(.unbalance) ? phasePercent : [100, 100, 100])
        var supply = Supply(voltages: [], currents: [Waveform](repeating: Waveform(), count: 3))
        for phase in 0..<3 {
            let angle = 11 - 120 * Double(phase)
            var wave = Waveform.sine(frequency, rms: Self.declaredVolts * percent[phase] / 100, degrees: angle)
            var more: [(order: Double, share: Double, degrees: Double)] = []
            if influences.contains(.harmonics) { more += harmonics }
            if influences.contains(.interharmonics), let interharmonic {
                more.append((interharmonic.order, interharmonic.share, 30))
            }
            wave.parts += Waveform.sine(frequency, rms: Self.declaredVolts, degrees: angle, harmonics: more)
                .parts.dropFirst()
            if influences.contains(.flicker), let flicker {
                let step = 60 / flicker.changesPerMinute
                wave.envelope = (0..<Int(seconds / step) + 2).map {
                    .init(
                        seconds: step * Double($0),
                        factor: 1 + ($0 % 2 == 0 ? 0.5 : -0.5) * flicker.relativeChange)
                }
            }
            supply.voltages.append(wave)
        }
        return supply
    }
}

/// The front end of the power-quality tests: 16 bits, 1 LSB noise, 750 V peak: 152 % of 230 V with 20 % harmonics.
enum PowerQualityFrontEnd {
    static let frontEnd = FrontEnd(bits: 16, noiseCodes: 1, voltsFullScale: 750, amperesFullScale: 60)

    static func simulation(_ supply: Supply, rate: Double, seed: UInt64 = 5) -> Simulation {
        Simulation(supply: supply, frontEnd: frontEnd, sampleRateHz: rate, seed: seed)
    }
}
