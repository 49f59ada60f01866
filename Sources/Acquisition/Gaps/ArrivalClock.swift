/// Tells how long after its last frame a block was in memory.
///
/// Where the frames carry this machine's monotonic clock that is a difference. Otherwise (another machine's clock, the
/// wall clock, frames counted) it is told against the promptest block: the least difference seen, which may rise by
/// 500 ppm, more than crystals differ by. A constant delay is then not seen. A difference that jumps by more than 2 s is
/// a clock that was set.
struct ArrivalClock: Sendable {
    private static let driftPPM: Int64 = 500
    private static let largestNanoseconds: Int64 = 2_000_000_000
    /// A day: sums with it stay numbers, whatever time a driver tells.
    private static let longestDelay: Int64 = 86_400_000_000_000

    private let isSameClock: Bool
    private var promptest: Int64?
    private var lastDelivery: Int64 = 0

    /// - Parameter isSameClock: the frames' times are of the clock that tells of deliveries.
    init(isSameClock: Bool) { self.isSameClock = isSameClock }

    /// - Parameters:
    ///   - deliveredAt: monotonic nanoseconds of this machine.
    ///   - lastFrameTime: the block's last frame, nanoseconds of any clock.
    /// - Returns: nanoseconds, 0 or more.
    mutating func lateness(deliveredAt: Int64, lastFrameTime: Int64) -> Int64 {
        let difference = deliveredAt &- lastFrameTime
        if isSameClock { return min(Self.longestDelay, max(0, difference)) }
        let elapsed = max(0, deliveredAt &- lastDelivery)
        lastDelivery = deliveredAt
        guard let known = promptest else {
            promptest = difference
            return 0
        }
        let allowed = known &+ min(elapsed, Self.largestNanoseconds) / 1_000_000 * Self.driftPPM
        let late = difference &- allowed
        guard late > 0, late <= Self.largestNanoseconds else {
            promptest = difference
            return 0
        }
        promptest = allowed
        return late
    }
}
