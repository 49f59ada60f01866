/// Short-term flicker of one phase over one interval, ten minutes by IEC 61000-4-15.
public struct FlickerReading: Sendable, Equatable, BitwiseCopyable {
    /// P_st; nil where nothing was classified. About 1: irritating.
    public internal(set) var shortTermSeverity: Double?
    /// P_inst,max; 1: just seen.
    public internal(set) var maximumSensation: Double
    /// Signal that was classified, seconds. Less than the interval where the meter settled within it.
    public internal(set) var seconds: Double
    /// True where the value is not to be compared: the caller said so (dip, swell, interruption, lost frames), the meter
    /// settled within the interval, the voltage was below a tenth of the declared one, or samples were no numbers.
    public internal(set) var isFlagged: Bool

    @_noAllocation @_noLocks
    init(shortTermSeverity: Double?, maximumSensation: Double, seconds: Double, isFlagged: Bool) {
        self.shortTermSeverity = shortTermSeverity
        self.maximumSensation = maximumSensation
        self.seconds = seconds
        self.isFlagged = isFlagged
    }
}

/// Long-term flicker of one phase: the cubic mean of twelve short-term values, two hours.
public struct LongTermFlicker: Sendable, BitwiseCopyable {
    /// P_lt and whether any of its twelve values was flagged or missing.
    public struct Reading: Sendable, Equatable, BitwiseCopyable {
        /// P_lt; nil where no short-term value was there.
        public internal(set) var severity: Double?
        /// True where a short-term value was flagged or missing.
        public internal(set) var isFlagged: Bool
    }

    /// Short-term values in a long-term one.
    public static var intervals: Int { @_noAllocation @_noLocks get { 12 } }

    private var cubes = 0.0
    private var count = 0
    private var added = 0
    private var isFlagged = false

    /// Begins a first interval.
    public init() {}

    /// Takes the next short-term value.
    ///
    /// - Returns: the long-term value at every twelfth. A missing one counts in no mean, and flags it.
    @_noAllocation @_noLocks
    public mutating func add(_ reading: FlickerReading) -> Reading? {
        added += 1
        if reading.isFlagged { isFlagged = true }
        if let value = reading.shortTermSeverity {
            cubes += value * value * value
            count += 1
        } else {
            isFlagged = true
        }
        return added == Self.intervals ? close() : nil
    }

    /// Ends the interval early, as where the clock's two hours end, and begins the next; flagged unless it held twelve.
    @_noAllocation @_noLocks
    public mutating func close() -> Reading {
        let reading = Reading(
            severity: count > 0 ? cubeRoot(cubes / Double(count)) : nil,
            isFlagged: isFlagged || added != Self.intervals)
        cubes = 0
        count = 0
        added = 0
        isFlagged = false
        return reading
    }
}

/// ∛x to within some units in the last place for x from 1e-290 to 1e290; 0 beyond and for no number. Newton's method from
/// a third of the exponent.
@_noAllocation @_noLocks
private func cubeRoot(_ x: Double) -> Double {
    guard x > 1e-290, x < 1e290 else { return 0 }
    var root = Double(bitPattern: x.bitPattern / 3 + 0x2AA0_0000_0000_0000)
    var step = 0
    while step < 6 {
        root -= (root - x / (root * root)) / 3
        step += 1
    }
    return root
}
