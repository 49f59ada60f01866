/// A moment on the monotonic clock. Wall time never enters a decision.
public struct MonotonicTime: Sendable, Comparable, BitwiseCopyable {
    public var nanoseconds: Int64
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Before every other moment: something that has not happened yet.
    public static let never = MonotonicTime(nanoseconds: .min)

    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Seconds from `earlier` to `self`; infinite where `earlier` is `never`.
    public func seconds(since earlier: MonotonicTime) -> Double {
        earlier == .never ? .infinity : Double(nanoseconds - earlier.nanoseconds) / 1e9
    }

    /// The moment `seconds` later.
    public func advanced(bySeconds seconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: nanoseconds + Int64(seconds * 1e9))
    }
}
