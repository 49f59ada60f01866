/// Voltages and currents of the three phases.
struct Supply {
    var voltages: [Waveform]
    var currents: [Waveform]

    /// Sines of the phases 120° apart.
    ///
    /// - Parameters:
    ///   - lagDegrees: by which each current lags its voltage.
    ///   - isReversed: L1, L3, L2.
    static func balanced(
        frequencyHz: Double, volts: Double, amperes: Double, lagDegrees: Double = 0, isReversed: Bool = false
    ) -> Supply {
        let angles = (0..<3).map { 17 + (isReversed ? 120 : -120) * Double($0) }
        return Supply(
            voltages: angles.map { .sine(frequencyHz, rms: volts, degrees: $0) },
            currents: angles.map { .sine(frequencyHz, rms: amperes, degrees: $0 - lagDegrees) })
    }

    /// The signal of the core's accuracy targets: 228 to 233 V and 6 to 16 A with harmonics, power factor angles of
    /// 30°, −20° and 60°, and constant parts.
    static func distorted(frequencyHz: Double) -> Supply {
        let ofVoltage: [(order: Double, share: Double, degrees: Double)] = [
            (3, 0.02, 10), (5, 0.04, 170), (7, 0.03, 40), (11, 0.015, 0), (13, 0.01, 90), (25, 0.005, 0),
            (39, 0.003, 0),
        ]
        let ofCurrent: [(order: Double, share: Double, degrees: Double)] = [
            (3, 0.15, 20), (5, 0.10, -60), (7, 0.06, 100), (9, 0.03, 0), (11, 0.02, 45), (13, 0.01, 0),
            (25, 0.006, 0), (39, 0.004, 30),
        ]
        return Supply(
            voltages: (0..<3).map {
                .sine(
                    frequencyHz, rms: [230, 228, 233][$0], degrees: 17 - 120 * Double($0), harmonics: ofVoltage,
                    dc: 1.5)
            },
            currents: (0..<3).map {
                .sine(
                    frequencyHz, rms: [16, 11, 6][$0], degrees: 17 - 120 * Double($0) - [30, -20, 60][$0],
                    harmonics: ofCurrent, dc: 0.2)
            })
    }
}
