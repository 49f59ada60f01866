import MeterDSP

/// Whether each sensor gives a current at all, and one of mains: a sensor that is open, not shut, or whose lead picks up
/// only noise.
struct SignalCheck: Sendable {
    /// Below it a sensor shows nothing.
    private static var silentAmperes: Double { 0.05 }
    /// Readings in a minute: how long a state must last.
    private static var minute: Int { 60 * WiringReading.perSecond }
    private static var tenSeconds: Int { 10 * WiringReading.perSecond }

    /// For how many readings it has shown nothing while others carry current.
    private var silent = SIMD3<Int>.zero
    /// For how many readings there has been signal without mains.
    private var noisy = SIMD3<Int>.zero
    /// For how many readings neutral and sum have differed; with one sensor silent, and in all.
    private var missing = SIMD3<Int>.zero
    private var unequal = 0

    mutating func add(_ reading: WiringReading) {
        let rms = reading.currentRMS
        let highest = Swift.max(rms[0], Swift.max(rms[1], rms[2]))
        var silentOnes = 0
        for sensor in 0..<3 where rms[sensor] < Swift.max(Self.silentAmperes, 0.01 * highest) { silentOnes += 1 }
        var isUnequal = false
        if let neutral = reading.neutralRMS {
            let difference = (neutral - reading.vectorSumRMS).magnitude
            // Balanced currents leave only the sensors' own errors in their sum: some percent of them, a degree or two.
            let errors = 0.06 * (rms[0] + rms[1] + rms[2])
            isUnequal = difference > 0.25 * Swift.max(neutral, reading.vectorSumRMS) + errors + 0.5 && highest > 2
        }
        unequal = isUnequal ? unequal + 1 : 0
        for sensor in 0..<3 {
            let isSilent = rms[sensor] < Swift.max(Self.silentAmperes, 0.01 * highest)
            silent[sensor] = isSilent && highest > 2 ? silent[sensor] + 1 : 0
            missing[sensor] = isSilent && silentOnes == 1 && isUnequal ? missing[sensor] + 1 : 0
            let isNoise = rms[sensor] > 0.5 && reading.currents[sensor].magnitude < 0.1 * rms[sensor]
            noisy[sensor] = isNoise ? noisy[sensor] + 1 : 0
        }
    }

    /// Nothing for a minute, while another line carries current: an empty line, or an open sensor.
    func isSilent(_ sensor: Int) -> Bool { silent[sensor] >= Self.minute }
    /// Nothing, while the neutral carries what its line must: the sensor is open.
    func isProvenOpen(_ sensor: Int) -> Bool { missing[sensor] >= Self.tenSeconds }
    /// A minute of signal with next to nothing at the mains' frequency.
    func isWithoutMains(_ sensor: Int) -> Bool { noisy[sensor] >= Self.minute }
    /// A minute in which the sum of the lines was not the neutral's current.
    var isSumWrong: Bool { unequal >= Self.minute }
}
