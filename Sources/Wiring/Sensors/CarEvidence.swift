import MeterDSP

/// What charging tells of the sensors: cars draw at PF 1, and the stations say when and how much. Line and direction of a
/// sensor follow, with feed-in or without; so does whether a sensor reads all of the current.
///
/// Stations are read a second late or two, so states 10 s apart are compared.
///
/// - Complexity: O(1) per reading, no heap.
struct CarEvidence: Sendable {
    private struct Second: Sendable, BitwiseCopyable {
        var currents = CurrentVectors()
        var drawn = SIMD3<Double>.zero
    }

    private static var length: Int { 12 }
    /// Smaller steps of a car are lost among other loads.
    static var smallestAmperes: Double { 3 }
    /// Changes until the evidence counts in full, and over which it forgets.
    private static var fullCount: Double { 2 }
    private static var memory: Double { 6 }

    private var ring = InlineArray<12, Second>(repeating: Second())
    private var count = 0
    private var sum = Second()
    private var summed = 0
    private var restsFor = 0
    /// Mean by [sensor · 6 + line · 2 + reversed], and of how many changes.
    private var means = InlineArray<18, Double>(repeating: 0)
    private var counts = SIMD3<Double>.zero
    /// Changes, one behind the other, in which a sensor saw less than it should and another all of it; and the mean of
    /// what it saw of them.
    private(set) var lowCounts = SIMD3<Double>.zero
    private(set) var shares = SIMD3<Double>.zero

    mutating func restart() {
        count = 0
        summed = 0
        sum = Second()
    }

    /// Adds a reading; `drawn` is what the stations say.
    mutating func add(_ reading: TurnedReading, drawn: SIMD3<Double>) {
        sum.currents += reading.currents
        sum.drawn += drawn
        summed += 1
        guard summed == WiringReading.perSecond else { return }
        let share = 1 / Double(summed)
        ring[count % Self.length] = Second(currents: sum.currents * share, drawn: sum.drawn * share)
        count += 1
        sum = Second()
        summed = 0
        if restsFor > 0 { restsFor -= 1 }
        guard count >= Self.length, restsFor == 0 else { return }
        compare(reading.voltages)
    }

    private func second(_ age: Int) -> Second { ring[(count + age) % Self.length] }

    private mutating func compare(_ voltages: ThreePhasePhasors) {
        let first = second(0), next = second(1), previous = second(Self.length - 2), last = second(Self.length - 1)
        let step = last.drawn - first.drawn
        let size = Self.largest(step)
        guard size >= Self.smallestAmperes, Self.largest(next.drawn - first.drawn) < 0.3,
            Self.largest(last.drawn - previous.drawn) < 0.3
        else { return }
        restsFor = Self.length
        let unrest = (next.currents - first.currents).squaredMagnitude
        let unrestAfter = (last.currents - previous.currents).squaredMagnitude
        // As of a rise: what the cars take more.
        let direction = step[0] + step[1] + step[2] > 0 ? 1.0 : -1.0
        let change = ((last.currents + previous.currents) - (first.currents + next.currents)) * (0.5 * direction)
        let allowed = 0.15 * size * 0.15 * size
        for sensor in 0..<3 where unrest[sensor] < allowed && unrestAfter[sensor] < allowed {
            let amperes = change[sensor].magnitude
            // More or less than that is other loads'.
            guard amperes > 0.6 * size, amperes < 1.4 * size else { continue }
            note(change[sensor], sensor: sensor, voltages: voltages)
        }
        noteShares(change, step: step * direction, isSteady: unrest .< allowed .& unrestAfter .< allowed)
    }

    private mutating func note(_ change: Phasor, sensor: Int, voltages: ThreePhasePhasors) {
        counts[sensor] = Swift.min(counts[sensor] + 1, Self.memory)
        let share = 1 / counts[sensor]
        for line in 0..<3 {
            let lag = lagDegrees(change, behind: voltages[line])
            let place = sensor * 6 + line * 2
            means[place] += (Self.plausibility(lag) - means[place]) * share
            means[place + 1] += (Self.plausibility(turned(lag)) - means[place + 1]) * share
        }
    }

    /// Only a change that is the same on all lines tells what each sensor should have seen, for the station may be
    /// connected otherwise than the settings say.
    private mutating func noteShares(_ change: CurrentVectors, step: SIMD3<Double>, isSteady: SIMDMask<SIMD3<Int64>>) {
        let size = Self.largest(step)
        let smallest = Swift.min(step[0], Swift.min(step[1], step[2]))
        guard smallest > 0.9 * size, isSteady[0], isSteady[1], isSteady[2] else { return }
        for sensor in 0..<3 {
            let share = change[sensor].magnitude / size
            let one = change[(sensor + 1) % 3].magnitude / size, two = change[(sensor + 2) % 3].magnitude / size
            guard Self.seesAll.contains(one) || Self.seesAll.contains(two) else { continue }
            if share < 0.8 {
                lowCounts[sensor] = Swift.min(lowCounts[sensor] + 1, Self.memory)
                shares[sensor] += (share - shares[sensor]) / lowCounts[sensor]
            } else {
                lowCounts[sensor] = 0
                shares[sensor] = 0
            }
        }
    }

    /// A station's own meter may be off by some percent, and by more where it reports whole amperes.
    private static var seesAll: ClosedRange<Double> { 0.85...1.2 }

    /// In nats; 0 is the best that can be.
    func nats(sensor: Int, line: Int, isReversed: Bool) -> Double {
        means[sensor * 6 + line * 2 + (isReversed ? 1 : 0)] * Swift.min(1, counts[sensor] / Self.fullCount)
    }

    func isComplete(sensor: Int) -> Bool { counts[sensor] >= Self.fullCount }

    /// Lines and directions are 60° apart; a car is within some 15°. One change in several may be spoilt by another load.
    private static func plausibility(_ lag: Double) -> Double {
        let size = lag.magnitude
        return size <= 20 ? 0 : size >= 40 ? -10 : -(size - 20) / 2
    }

    private static func largest(_ step: SIMD3<Double>) -> Double {
        Swift.max(step[0].magnitude, Swift.max(step[1].magnitude, step[2].magnitude))
    }
}
