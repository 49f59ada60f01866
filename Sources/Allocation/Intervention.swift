/// One stretch of a utility's signal: the evidence of what it cost.
public struct Intervention: Sendable, BitwiseCopyable {
    public var start: MonotonicTime
    /// nil: it lasts.
    public var end: MonotonicTime?
    public var mode: SignalMode
    public var source: SignalSource
    public var limit: LimitValue
    /// What the stations would have been given without the signal beyond what they were given, by the same sharing, in
    /// watt-hours. An upper bound of what the cars lacked: they may have taken less.
    public var withheldWattHours: Double

    @_noAllocation @_noLocks
    init(start: MonotonicTime, mode: SignalMode, source: SignalSource, limit: LimitValue) {
        self.start = start
        end = nil
        self.mode = mode
        self.source = source
        self.limit = limit
        withheldWattHours = 0
    }
}

/// Follows the mode from decision to decision. At most one intervention ends at a decision.
struct InterventionLog: BitwiseCopyable {
    private(set) var current: Intervention?
    private(set) var lastEnded: Intervention?
    private(set) var endedCount = 0
    private var lastTime = MonotonicTime.never
    /// What the plan of that time withheld: it holds until the next.
    private var lastWatts = 0.0

    @_noAllocation @_noLocks
    init() {}

    @_noAllocation @_noLocks
    mutating func note(_ signals: OutsideSignals, withheldWatts: Double, now: MonotonicTime) {
        let seconds = lastTime == .never ? 0 : now.seconds(since: lastTime)
        let watts = lastWatts
        lastTime = now
        lastWatts = withheldWatts
        if var running = current {
            if seconds > 0, watts > 0 { running.withheldWattHours += watts * seconds / 3600 }
            current = running
            guard !(signals.mode == running.mode && signals.source == running.source && signals.value == running.limit)
            else { return }
            running.end = now
            lastEnded = running
            endedCount += 1
            current = nil
        }
        guard !(signals.mode == .normal) else { return }
        current = Intervention(start: now, mode: signals.mode, source: signals.source, limit: signals.value)
    }
}
