/// How long to wait between attempts to reach a source again.
public struct ReconnectPolicy: Sendable, Equatable {
    /// Wait before the first attempt, in seconds.
    public var firstDelaySeconds: Double
    /// No wait is longer than this.
    public var longestDelaySeconds: Double
    /// Each wait is this many times the one before; below 1 counts as 1.
    public var factor: Double
    /// Attempts before giving up with the last error; nil: never.
    public var maximumAttempts: Int?

    public init(
        firstDelaySeconds: Double = 0.1, longestDelaySeconds: Double = 5, factor: Double = 2,
        maximumAttempts: Int? = nil
    ) {
        self.firstDelaySeconds = firstDelaySeconds
        self.longestDelaySeconds = longestDelaySeconds
        self.factor = factor
        self.maximumAttempts = maximumAttempts
    }

    /// Seconds to wait before `attempt`, counted from 1. At least 0, at most ``longestDelaySeconds``.
    public func delaySeconds(beforeAttempt attempt: Int) -> Double {
        let longest = longestDelaySeconds > 0 ? longestDelaySeconds : 0
        var delay = min(longest, firstDelaySeconds > 0 ? firstDelaySeconds : 0)
        var step = 1
        while step < attempt, delay < longest, delay > 0, factor > 1 {
            delay = min(longest, delay * factor)
            step += 1
        }
        return delay
    }
}
