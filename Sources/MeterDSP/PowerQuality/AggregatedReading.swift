/// Values of one interval, made of one or more windows: root of the mean of squares for RMS and unbalance, mean for
/// active power, windows weighed by their cycles (IEC 61000-4-30 §4.5).
///
/// Lanes 0, 1, 2 of each vector are the phases L1, L2, L3. Never a NaN.
public struct AggregatedReading: Sendable, Equatable, BitwiseCopyable {
    /// Start of the first window, on the clock given with it, seconds.
    public internal(set) var startClockSeconds = 0.0
    /// End of the last window, on the clock given with it, seconds.
    public internal(set) var endClockSeconds = 0.0
    /// Windows in it.
    public internal(set) var windows = 0
    /// Half cycles in them.
    public internal(set) var halfCycles = 0
    /// Volt.
    public internal(set) var voltageRMS = SIMD3<Double>.zero
    /// Ampere.
    public internal(set) var currentRMS = SIMD3<Double>.zero
    /// Mean, watt: positive towards the consumers.
    public internal(set) var activePower = SIMD3<Double>.zero
    /// Ampere; nil where no window had it.
    public internal(set) var neutralCurrentRMS: Double?
    /// u₂ of those windows that had it; nil where none had.
    public internal(set) var negativeUnbalance: Double?
    /// u₀ of those windows that had it; nil where none had.
    public internal(set) var zeroUnbalance: Double?
    /// A dip, swell or interruption falls into the interval: its values may count an event twice.
    public internal(set) var isFlagged = false
    /// Less than the whole interval is covered: the meter started within it, frames were lost, or the clock was set.
    public internal(set) var isIncomplete = false
    /// All flags of the windows.
    public internal(set) var flags = ReadingFlags(rawValue: 0)

    /// A reading of nothing.
    @_noAllocation @_noLocks
    init() {}
}

/// What one window gives to an aggregation.
public struct AggregationInput: Sendable, BitwiseCopyable {
    public var voltageRMS: SIMD3<Double>
    public var currentRMS: SIMD3<Double>
    public var activePower: SIMD3<Double>
    public var neutralCurrentRMS: Double?
    /// u₂ and u₀ where they are known; see ``SymmetricalComponents``.
    public var negativeUnbalance: Double?
    public var zeroUnbalance: Double?
    /// Half cycles in the window, 1 or more: its weight.
    public var halfCycles: Int
    /// Whether a dip, swell or interruption falls into the window.
    public var isFlagged: Bool
    public var flags: ReadingFlags

    /// - Parameters:
    ///   - window: the window that gives.
    ///   - negativeUnbalance: u₂ of it, where known.
    ///   - zeroUnbalance: u₀ of it, where known.
    ///   - isFlagged: whether a dip, swell or interruption falls into the window.
    @_noAllocation @_noLocks
    public init(
        _ window: WindowReading, negativeUnbalance: Double? = nil, zeroUnbalance: Double? = nil, isFlagged: Bool
    ) {
        voltageRMS = window.voltageRMS
        currentRMS = window.currentRMS
        activePower = window.activePower
        neutralCurrentRMS = window.neutralCurrentRMS
        self.negativeUnbalance = negativeUnbalance
        self.zeroUnbalance = zeroUnbalance
        halfCycles = window.halfCycles
        self.isFlagged = isFlagged
        flags = window.flags
    }

    var isMeasurable: Bool {
        @_noAllocation @_noLocks get {
            MeterDSP.isMeasurable(rms: voltageRMS) && MeterDSP.isMeasurable(rms: currentRMS)
                && MeterDSP.isMeasurable(activePower[0]) && MeterDSP.isMeasurable(activePower[1])
                && MeterDSP.isMeasurable(activePower[2]) && MeterDSP.isMeasurable(rms: neutralCurrentRMS ?? 0)
                && MeterDSP.isMeasurable(rms: negativeUnbalance ?? 0)
                && MeterDSP.isMeasurable(rms: zeroUnbalance ?? 0) && halfCycles > 0
        }
    }
}
