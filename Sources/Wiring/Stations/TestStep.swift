/// A small step down of a station's limit, made to find its lines: there, and back after `holdSeconds`.
public struct TestStep: Sendable, Equatable, BitwiseCopyable {
    public var station: Int
    /// What is added to its limit, -1 or -2 A.
    public var amperes: Double

    /// How long it is held: longer than the slowest car needs to follow, and the measurement after.
    public static var holdSeconds: Double { 12 }
    /// The least time between two tests of a station.
    public static var intervalSeconds: Double { 3600 }
    /// How long no limit must have changed before one.
    public static var quietSeconds: Double { 20 }
    static var smallestAmperes: Double { 1 }
    static var largestAmperes: Double { 2 }
    /// No car charges below (IEC 61851-1).
    static var lowestLimitAmperes: Double { 6 }
}
