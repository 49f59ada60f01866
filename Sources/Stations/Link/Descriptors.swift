import Glibc
import Realtime

/// What may end or interrupt a station's wait besides its answer.
struct Attention {
    /// Signalled when there is something new for the station; nil: nothing can.
    var wake: WakeUp?
    /// Monotonic nanoseconds by which every wait has to end.
    var latest: () -> Int64 = { .max }
}

extension WakeUp {
    /// Takes the signal away without waiting.
    func take() { wait(until: 0) }
}

/// Waiting for descriptors with `poll`, whose number has no limit, unlike `select`'s 1024.
enum Descriptors {
    struct Ready {
        /// The descriptor can be used, or has failed: using it tells.
        var isReady = false
        var isWoken = false
    }

    /// Waits until `descriptor` shows `events`, `wake` is signalled, or the monotonic clock shows `end`. The signal is
    /// left where it is. May return early with neither.
    static func wait(for descriptor: CInt, _ events: CInt, wake: WakeUp?, until end: Int64) -> Ready {
        let left = end - MonotonicClock.nanoseconds()
        // Whole milliseconds, rounded up: no turn is lost to waking too early.
        let milliseconds = left <= 0 ? 0 : CInt(min((left - 1) / 1_000_000 + 1, 60_000))
        // A negative descriptor is passed over.
        var first = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        guard let wake else {
            let count = poll(&first, 1, milliseconds)
            return Ready(isReady: count > 0, isWoken: false)
        }
        return withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { items in
            items[0] = first
            items[1] = pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(items.baseAddress, 2, milliseconds) > 0 else { return Ready() }
            return Ready(isReady: items[0].revents != 0, isWoken: items[1].revents != 0)
        }
    }
}

extension Descriptors {
    /// True where the other end of `descriptor` has gone.
    static func hasHungUp(_ descriptor: CInt) -> Bool {
        var item = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&item, 1, 0) > 0 && CInt(item.revents) & (POLLHUP | POLLERR | POLLNVAL) != 0
    }
}
