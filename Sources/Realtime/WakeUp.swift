import CRealtime
import Glibc

/// Lets one thread sleep until another has something for it, over an eventfd.
///
/// `signal()` is one `write` of eight bytes: the only system call that the real-time thread makes for a writer.
public final class WakeUp: Sendable {
    /// The descriptor, for `poll` beside others.
    public let descriptor: CInt

    /// - Returns: nil where the process has no descriptor left.
    public init?() {
        let made = crealtime_eventfd()
        guard made >= 0 else { return nil }
        descriptor = made
    }

    deinit { close(descriptor) }

    /// Wakes the waiting thread, or lets its next wait return at once. Any thread, never blocks.
    public func signal() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Waits for a signal or until the monotonic clock shows `deadline`. Takes the signal away.
    ///
    /// - Returns: true where there was a signal.
    @discardableResult
    public func wait(until deadline: Int64) -> Bool {
        while true {
            let left = max(0, deadline - MonotonicClock.nanoseconds())
            let answer = crealtime_wait_readable(descriptor, left)
            if answer == -EINTR { continue }
            guard answer > 0 else { return false }
            var count: UInt64 = 0
            return read(descriptor, &count, 8) == 8
        }
    }
}
