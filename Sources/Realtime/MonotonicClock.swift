import Glibc

/// The one clock of the control path.
public enum MonotonicClock {
    /// Nanoseconds of CLOCK_MONOTONIC: never jumps, counts from an unspecified start. No system call (vDSO).
    public static func nanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Sleeps until the clock shows `deadline` nanoseconds; returns at once where it has passed.
    public static func sleep(until deadline: Int64) {
        var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}
