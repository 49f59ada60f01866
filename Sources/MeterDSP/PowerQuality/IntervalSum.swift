/// Sums of squares over the windows of one interval. Weights are half cycles.
struct IntervalSum: BitwiseCopyable {
    private var startClockSeconds = 0.0
    private var endClockSeconds = 0.0
    private(set) var windows = 0
    private(set) var halfCycles = 0
    private var voltage = SIMD3<Double>.zero
    private var current = SIMD3<Double>.zero
    private var power = SIMD3<Double>.zero
    private var neutral = WeightedSquares()
    private var negative = WeightedSquares()
    private var zero = WeightedSquares()
    private var isFlagged = false
    private var isIncomplete = false
    private var flags = ReadingFlags(rawValue: 0)

    @_noAllocation @_noLocks
    init() {}

    @_noAllocation @_noLocks
    mutating func add(_ input: AggregationInput, startClockSeconds: Double, endClockSeconds: Double) {
        let weight = Double(input.halfCycles)
        if windows == 0 { self.startClockSeconds = startClockSeconds }
        self.endClockSeconds = endClockSeconds
        windows += 1
        halfCycles += input.halfCycles
        voltage += weight * (input.voltageRMS * input.voltageRMS)
        current += weight * (input.currentRMS * input.currentRMS)
        power += weight * input.activePower
        neutral.add(input.neutralCurrentRMS, weight)
        negative.add(input.negativeUnbalance, weight)
        zero.add(input.zeroUnbalance, weight)
        if input.isFlagged { isFlagged = true }
        flags.mark(input.flags)
    }

    /// Appends the next interval.
    @_noAllocation @_noLocks
    mutating func merge(_ next: IntervalSum, isIncomplete nextIsIncomplete: Bool) {
        guard next.windows > 0 else { return }
        if windows == 0 { startClockSeconds = next.startClockSeconds }
        endClockSeconds = next.endClockSeconds
        windows += next.windows
        halfCycles += next.halfCycles
        voltage += next.voltage
        current += next.current
        power += next.power
        neutral.merge(next.neutral)
        negative.merge(next.negative)
        zero.merge(next.zero)
        if next.isFlagged { isFlagged = true }
        if nextIsIncomplete { isIncomplete = true }
        flags.mark(next.flags)
    }

    /// True where a window is not as long as its kind should be, or borders on lost frames.
    var hasShortWindow: Bool { @_noAllocation @_noLocks get { flags.has(.partial) || flags.has(.gap) } }

    /// - Returns: nil without a window.
    @_noAllocation @_noLocks
    func reading(isIncomplete endsIncomplete: Bool) -> AggregatedReading? {
        guard halfCycles > 0 else { return nil }
        let weight = Double(halfCycles)
        var reading = AggregatedReading()
        reading.startClockSeconds = startClockSeconds
        reading.endClockSeconds = endClockSeconds
        reading.windows = windows
        reading.halfCycles = halfCycles
        reading.voltageRMS = squareRoot(voltage / weight)
        reading.currentRMS = squareRoot(current / weight)
        reading.activePower = power / weight
        reading.neutralCurrentRMS = neutral.rootOfMean
        reading.negativeUnbalance = negative.rootOfMean
        reading.zeroUnbalance = zero.rootOfMean
        reading.isFlagged = isFlagged
        reading.isIncomplete = isIncomplete || endsIncomplete
        reading.flags = flags
        return reading
    }
}

/// Σ weight·x² and Σ weight of values that may be absent.
private struct WeightedSquares: BitwiseCopyable {
    private var sum = 0.0
    private var weight = 0.0

    @_noAllocation @_noLocks
    init() {}

    @_noAllocation @_noLocks
    mutating func add(_ value: Double?, _ weight: Double) {
        guard let value else { return }
        sum += weight * value * value
        self.weight += weight
    }

    @_noAllocation @_noLocks
    mutating func merge(_ next: WeightedSquares) {
        sum += next.sum
        weight += next.weight
    }

    var rootOfMean: Double? { @_noAllocation @_noLocks get { weight > 0 ? squareRoot(sum / weight) : nil } }
}
