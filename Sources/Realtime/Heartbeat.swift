import Synchronization

/// The sign of life of one thread, for those who must not go on with its last word when it hangs.
public final class Heartbeat: Sendable {
    /// Without a beat for so long it is silent, in nanoseconds.
    public let silentAfter: Int64
    private let last: Atomic<Int64>

    /// - Parameters:
    ///   - silentAfterSeconds: longer than the thread ever waits at a time. More than 0.
    ///   - now: from when its silence counts.
    public init(silentAfterSeconds: Double, now: Int64 = MonotonicClock.nanoseconds()) {
        silentAfter = Int64(silentAfterSeconds * 1e9)
        last = Atomic(now)
    }

    /// Tells that the thread lives. No allocation, lock or system call.
    public func beat(at now: Int64) { last.store(now, ordering: .releasing) }

    /// When it beat last, in monotonic nanoseconds.
    public var lastBeat: Int64 { last.load(ordering: .acquiring) }

    /// From when on it is silent, in monotonic nanoseconds, should it not beat again.
    public var silentFrom: Int64 { lastBeat + silentAfter }

    public func isSilent(at now: Int64 = MonotonicClock.nanoseconds()) -> Bool { now >= silentFrom }
}
