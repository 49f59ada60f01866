import Allocation

/// Holds an overload alarm back until it has lasted; every other alarm is shown at once.
///
/// After a start, and whenever a station comes back, it counts at its maximum until it has confirmed a limit. The plan has
/// to reckon with that, and finds an overload that nobody draws. Holding it back delays only what people are told: limits
/// fall at once.
struct LastingOverload: Sendable, BitwiseCopyable {
    /// Longer than a station takes to connect, to be given its limit and to read it back, where it answers in time;
    /// shorter than the 5 s that a car may take to follow, and far shorter than a fuse takes to trip at any overload
    /// that a start can cause.
    static var lastsSeconds: Double { 2 }

    private var since = MonotonicTime.never

    /// What people are to be shown of `alarm`. Call with every alarm, in order of time.
    mutating func shown(_ alarm: AllocationAlarm, now: MonotonicTime) -> AllocationAlarm {
        guard alarm.contains(.overloadNotSolvable) else {
            since = .never
            return alarm
        }
        if since == .never { since = now }
        return now.seconds(since: since) >= Self.lastsSeconds ? alarm : alarm.subtracting(.overloadNotSolvable)
    }
}
