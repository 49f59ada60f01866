/// A moment on the monotonic clock. Wall time never enters a decision.
public struct MonotonicTime: Sendable, Comparable, BitwiseCopyable {
    public var nanoseconds: Int64
    @_noAllocation @_noLocks
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Before every other moment: something that has not happened yet.
    public static var never: MonotonicTime {
        @_noAllocation @_noLocks get { MonotonicTime(nanoseconds: .min) }
    }

    @_noAllocation @_noLocks
    public static func == (left: Self, right: Self) -> Bool { left.nanoseconds == right.nanoseconds }
    @_noAllocation @_noLocks
    public static func != (left: Self, right: Self) -> Bool { left.nanoseconds != right.nanoseconds }
    @_noAllocation @_noLocks
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Seconds from `earlier` to `self`; infinite where `earlier` is `never`.
    @_noAllocation @_noLocks
    public func seconds(since earlier: MonotonicTime) -> Double {
        if earlier == .never { return .infinity }
        let (difference, overflows) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
        return overflows ? (Double(nanoseconds) - Double(earlier.nanoseconds)) / 1e9 : Double(difference) / 1e9
    }

    /// The moment `seconds` later (earlier where negative), at most as far as the clock can count; `never` stays
    /// `never`, and a number of seconds that is none moves nothing.
    @_noAllocation @_noLocks
    public func advanced(bySeconds seconds: Double) -> MonotonicTime {
        advanced(byNanoseconds: Self.nanoseconds(seconds))
    }

    /// The step that `advanced(bySeconds:)` makes.
    @_noAllocation @_noLocks
    static func nanoseconds(_ seconds: Double) -> Int64 {
        seconds == seconds ? Int64(Swift.min(Swift.max(seconds, -9e9), 9e9) * 1e9) : 0
    }

    @_noAllocation @_noLocks @inline(__always)
    func advanced(byNanoseconds step: Int64) -> MonotonicTime {
        guard self != .never else { return self }
        let (sum, overflows) = nanoseconds.addingReportingOverflow(step)
        return MonotonicTime(nanoseconds: overflows ? (step > 0 ? .max : .min + 1) : sum)
    }
}
