/// Aggregates windows of 10/12 cycles into intervals of 150/180 cycles, 10 minutes and 2 hours (IEC 61000-4-30).
///
/// Windows follow one another without gap or overlap, and a window belongs to the 10 minutes in which it starts, so
/// that each counts once; the windows are not started anew at each 10-minute tick as class A wants (class S does not).
/// Two-hour intervals are made of 10-minute ones; 150/180 cycles are counted without regard to the clock.
///
/// A value of fixed size that allocates nothing: fit for the real-time thread.
public struct Aggregator: Sendable, BitwiseCopyable {
    /// The intervals that ended with one window; most of the time none.
    public struct Ended: Sendable, Equatable, BitwiseCopyable {
        /// 15 windows; incomplete where one was cut short or frames were lost.
        public internal(set) var cycles150Or180: AggregatedReading?
        /// One 10-minute interval of the clock.
        public internal(set) var tenMinutes: AggregatedReading?
        /// One 2-hour interval of the clock.
        public internal(set) var twoHours: AggregatedReading?
    }

    private static var tenMinuteSeconds: Double { @_noAllocation @_noLocks get { 600 } }
    private static var windowsOfShort: Int { @_noAllocation @_noLocks get { 15 } }
    private static var intervalsOfTwoHours: Int64 { @_noAllocation @_noLocks get { 12 } }

    private var short = IntervalSum()
    private var tenMinutes = IntervalSum()
    private var twoHours = IntervalSum()
    /// The 10 minutes that run, counted from the clock's 0.
    private var tenMinuteIndex: Int64?
    private var tenMinutesIncomplete = true
    private var tenMinutesInTwoHours: Int64 = 0

    /// An aggregation of nothing.
    @_noAllocation @_noLocks
    public init() {}

    /// Takes the next window.
    ///
    /// - Parameters:
    ///   - window: each window once, in order.
    ///   - startClockSeconds: what the clock showed at the window's start, seconds; UTC for IEC 61000-4-30.
    ///   - endClockSeconds: the same at its end.
    /// - Returns: what had ended before this window, or with it (150/180 cycles); nil, and nothing counted, where a value
    ///   is no number or absurd, or there is no half cycle in the window.
    @_noAllocation @_noLocks
    public mutating func add(
        _ window: AggregationInput, startClockSeconds: Double, endClockSeconds: Double
    ) -> Ended? {
        guard window.isMeasurable, startClockSeconds.magnitude <= 1e15, endClockSeconds.magnitude <= 1e15 else {
            return nil
        }
        var ended = Ended()
        moveClock(to: wholeFrames(startClockSeconds / Self.tenMinuteSeconds), at: startClockSeconds, &ended)
        tenMinutes.add(window, startClockSeconds: startClockSeconds, endClockSeconds: endClockSeconds)
        if window.flags.has(.gap) { tenMinutesIncomplete = true }

        short.add(window, startClockSeconds: startClockSeconds, endClockSeconds: endClockSeconds)
        if short.windows == Self.windowsOfShort {
            ended.cycles150Or180 = short.reading(isIncomplete: short.hasShortWindow)
            short = IntervalSum()
        }
        return ended
    }

    /// Ends all intervals that run, as incomplete: before the program stops, or when a stretch of data ends.
    @_noAllocation @_noLocks
    public mutating func finish() -> Ended {
        var ended = Ended()
        ended.cycles150Or180 = short.reading(isIncomplete: true)
        ended.tenMinutes = tenMinutes.reading(isIncomplete: true)
        twoHours.merge(tenMinutes, isIncomplete: true)
        ended.twoHours = twoHours.reading(isIncomplete: true)
        self = Aggregator()
        return ended
    }

    @_noAllocation @_noLocks
    private mutating func moveClock(to index: Int64, at clockSeconds: Double, _ ended: inout Ended) {
        guard let running = tenMinuteIndex else {
            startTenMinutes(index, isIncomplete: true)
            return
        }
        // A clock set back by less than an interval does not start one a second time.
        let isBackALittle =
            index < running && Double(running) * Self.tenMinuteSeconds - clockSeconds < Self.tenMinuteSeconds
        guard index != running, !isBackALittle else { return }
        let follows = index == running + 1
        let isIncomplete = tenMinutesIncomplete || !follows
        ended.tenMinutes = tenMinutes.reading(isIncomplete: isIncomplete)
        twoHours.merge(tenMinutes, isIncomplete: isIncomplete)
        tenMinutesInTwoHours += 1
        if block(index) != block(running) {
            ended.twoHours = twoHours.reading(isIncomplete: tenMinutesInTwoHours < Self.intervalsOfTwoHours)
            twoHours = IntervalSum()
            tenMinutesInTwoHours = 0
        }
        startTenMinutes(index, isIncomplete: !follows)
    }

    @_noAllocation @_noLocks
    private mutating func startTenMinutes(_ index: Int64, isIncomplete: Bool) {
        tenMinutes = IntervalSum()
        tenMinuteIndex = index
        tenMinutesIncomplete = isIncomplete
    }

    /// The two hours in which 10-minute interval `index` lies.
    @_noAllocation @_noLocks
    private func block(_ index: Int64) -> Int64 {
        wholeFrames(Double(index) / Double(Self.intervalsOfTwoHours))
    }
}
