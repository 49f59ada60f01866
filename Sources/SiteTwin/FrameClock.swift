/// Frames against the monotonic clock: frame n exists from `start` + n / `rate` on.
struct FrameClock: Sendable {
    /// Monotonic nanoseconds of frame 0.
    var start: Int64
    /// Frames in a second.
    let rate: Int

    /// When `frame` comes into being, rounded up to whole nanoseconds.
    func nanoseconds(ofFrame frame: Int64) -> Int64 {
        let rate = Int64(rate)
        return start + frame / rate * 1_000_000_000 + (frame % rate * 1_000_000_000 + rate - 1) / rate
    }

    /// How many frames exist at `nanoseconds`: the number of the first that does not yet.
    func frameCount(at nanoseconds: Int64) -> Int64 {
        let since = nanoseconds - start
        guard since >= 0 else { return 0 }
        return since / 1_000_000_000 * Int64(rate) + since % 1_000_000_000 * Int64(rate) / 1_000_000_000 + 1
    }
}
