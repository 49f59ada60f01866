/// The time after a failure in which nothing of its kind is sent; each is longer than the one before.
struct Pause: Sendable {
    /// Monotonic nanoseconds.
    private(set) var end: Int64 = .min
    /// No server asked for it and no refusal caused it.
    private(set) var mayBeBroken = true
    private var wait: CloudWait

    init(longestSeconds: Double) { wait = CloudWait(shortestSeconds: 1, longestSeconds: longestSeconds) }

    mutating func begin(_ now: Int64, atLeastSeconds least: Double) {
        end = now + max(wait.next(), CloudWait.nanoseconds(least))
        mayBeBroken = least == 0
    }

    mutating func reset() {
        end = .min
        mayBeBroken = true
        wait.reset()
    }
}

/// A wait that doubles, in nanoseconds.
struct CloudWait: Sendable {
    let shortest: Int64
    let longest: Int64
    private var upcoming: Int64

    init(shortestSeconds: Double, longestSeconds: Double) {
        shortest = Self.nanoseconds(shortestSeconds)
        longest = Self.nanoseconds(longestSeconds)
        upcoming = shortest
    }

    static func nanoseconds(_ seconds: Double) -> Int64 { Int64(min(max(seconds, 0), 1e9) * 1e9) }

    mutating func next() -> Int64 {
        defer { upcoming = min(upcoming * 2, longest) }
        return upcoming
    }

    mutating func reset() { upcoming = shortest }
}
