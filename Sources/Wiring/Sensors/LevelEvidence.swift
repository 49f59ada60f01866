import MeterDSP

/// What the steady flow says about line and direction, where nothing in the building feeds in: power then flows towards
/// the consumers, whatever the loads are.
struct LevelEvidence: Sendable {
    /// Below it a sensor's own angle error is too large.
    static var smallestAmperes: Double { 0.3 }
    /// Readings until it counts in full (20 s), and over which the mean forgets (5 min): a lift that feeds its braking
    /// energy back is over sooner.
    private static var fullCount: Int { 100 }
    private static var memory: Int { 1500 }

    /// Mean by [sensor · 6 + line · 2 + reversed].
    private var means = InlineArray<18, Double>(repeating: 0)
    private var counts = SIMD3<Int>.zero

    mutating func add(_ reading: TurnedReading) {
        for sensor in 0..<3 {
            let current = reading.currents[sensor]
            guard current.magnitude >= Self.smallestAmperes else { continue }
            counts[sensor] = Swift.min(counts[sensor] + 1, Self.memory)
            let share = 1 / Double(counts[sensor])
            for line in 0..<3 {
                let lag = lagDegrees(current, behind: reading.voltages[line])
                let place = sensor * 6 + line * 2
                means[place] += (Self.plausibility(lag) - means[place]) * share
                means[place + 1] += (Self.plausibility(turned(lag)) - means[place + 1]) * share
            }
        }
    }

    /// In nats; 0 is the best that can be.
    func nats(sensor: Int, line: Int, isReversed: Bool) -> Double {
        means[sensor * 6 + line * 2 + (isReversed ? 1 : 0)]
            * Swift.min(1, Double(counts[sensor]) / Double(Self.fullCount))
    }

    func isComplete(sensor: Int) -> Bool { counts[sensor] >= Self.fullCount }

    /// A lag or lead of less than 100° is a load of some kind; more is power towards the supply, which cannot be.
    private static func plausibility(_ lag: Double) -> Double {
        let size = lag.magnitude
        if size <= 20 { return 0 }
        if size <= 88 { return lag > 0 ? -1 : -1.2 }
        if size <= 100 { return -2 }
        return size >= 115 ? -13 : -2 - 11 * (size - 100) / 15
    }
}
