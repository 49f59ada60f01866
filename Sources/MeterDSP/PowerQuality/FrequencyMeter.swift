/// The mains frequency over one 10 s interval of the clock: whole cycles over their duration (IEC 61000-4-30).
public struct FrequencyReading: Sendable, Equatable, BitwiseCopyable {
    /// Whole cycles in the interval over the time they took, hertz; nil where there was none.
    public internal(set) var frequencyHz: Double?
    /// Start of the interval on the clock that ``FrequencyMeter/add(_:clockSeconds:)`` was given, a multiple of 10 s.
    public internal(set) var startClockSeconds: Double
    /// Whole cycles counted. Those across an interval's edge count nowhere.
    public internal(set) var cycles: Int
    /// True where cycles went uncounted in between or at an end: frames lost, no signal, the synchronising phase changed,
    /// or the meter started within the interval.
    public internal(set) var isFlagged: Bool
}

/// Counts whole cycles in each 10 s interval of the clock. A value of fixed size that allocates nothing.
public struct FrequencyMeter: Sendable, BitwiseCopyable {
    /// The interval, seconds.
    public static var intervalSeconds: Double { @_noAllocation @_noLocks get { 10 } }
    /// A step back of the clock that flags nothing, seconds.
    private static var clockToleranceSeconds: Double { @_noAllocation @_noLocks get { 0.02 } }

    private let sampleRateHz: Double
    private let nominalHalfCycleFrames: Double
    private var interval: Double?
    private var isFlagged = true
    // The stretch that runs: boundaries half a cycle apart, the first a cycle's start.
    private var stretchStart: Double?
    private var stretchLast = 0.0
    private var stretchHalfCycles = 0
    private var stretchWholeEnd = 0.0
    // Stretches of this interval that have ended.
    private var cycles = 0
    private var cycleFrames = 0.0

    /// - Parameters:
    ///   - sampleRateHz: of the meter that gives the readings; its error is the frequency's.
    ///   - nominalHz: 50 or 60.
    /// - Returns: nil where the rate is not above 0 or the nominal frequency not within 40 to 70 Hz.
    public init?(sampleRateHz: Double, nominalHz: Double) {
        guard sampleRateHz > 0, sampleRateHz.isFinite, nominalHz >= 40, nominalHz <= 70 else { return nil }
        self.sampleRateHz = sampleRateHz
        nominalHalfCycleFrames = sampleRateHz / nominalHz / 2
    }

    /// Takes the end of the next half cycle.
    ///
    /// - Parameters:
    ///   - reading: each half cycle once, in order.
    ///   - clockSeconds: what the clock showed at `reading.endFrame`, seconds, UTC for IEC 61000-4-30. The clock only
    ///     tells the intervals apart; durations are counted in frames. No number or beyond 1e15: as if lost.
    /// - Returns: the interval that ended before this half cycle's end, if one did.
    @_noAllocation @_noLocks
    public mutating func add(_ reading: HalfCycleReading, clockSeconds: Double) -> FrequencyReading? {
        guard clockSeconds.magnitude <= 1e15 else {
            breakStretch()
            return nil
        }
        var start = Double(wholeFrames(clockSeconds / Self.intervalSeconds)) * Self.intervalSeconds
        var done: FrequencyReading?
        if let interval, start < interval, interval - clockSeconds < Self.intervalSeconds {
            // A clock set back a little does not start an interval a second time.
            if interval - clockSeconds > Self.clockToleranceSeconds { isFlagged = true }
            start = interval
        }
        if let interval, start != interval {
            endStretch()
            done = FrequencyReading(
                frequencyHz: cycles > 0 ? Double(cycles) * sampleRateHz / cycleFrames : nil,
                startClockSeconds: interval, cycles: cycles, isFlagged: isFlagged)
            cycles = 0
            cycleFrames = 0
            // An interval that the clock skipped, or went back to, is not whole.
            isFlagged = start != interval + Self.intervalSeconds
        }
        interval = start
        count(reading)
        return done
    }

    @_noAllocation @_noLocks
    private mutating func count(_ reading: HalfCycleReading) {
        guard !reading.flags.has(.gap), !reading.flags.has(.unsynchronised) else {
            breakStretch()
            return
        }
        guard stretchStart != nil else {
            stretchStart = reading.endFrame
            stretchLast = reading.endFrame
            stretchWholeEnd = reading.endFrame
            stretchHalfCycles = 0
            return
        }
        // A jump to the crossings of another phase is at least a third of a half cycle; 42.5 to 57.5 Hz is within ±18 %.
        let half = (reading.endFrame - stretchLast) / nominalHalfCycleFrames
        guard half > 0.75, half < 1.25 else {
            breakStretch()
            stretchStart = reading.endFrame
            stretchLast = reading.endFrame
            stretchWholeEnd = reading.endFrame
            return
        }
        stretchLast = reading.endFrame
        stretchHalfCycles += 1
        if stretchHalfCycles % 2 == 0 { stretchWholeEnd = reading.endFrame }
    }

    @_noAllocation @_noLocks
    private mutating func endStretch() {
        if let stretchStart {
            cycles += stretchHalfCycles / 2
            cycleFrames += stretchWholeEnd - stretchStart
        }
        stretchStart = nil
        stretchHalfCycles = 0
    }

    @_noAllocation @_noLocks
    private mutating func breakStretch() {
        endStretch()
        isFlagged = true
    }
}
