/// The highest limit that a station was told within the reaction time: what it may still be drawing in good faith.
///
/// Three buckets of half the reaction time each, so that it remembers for 1 to 1.5 reaction times.
struct ToldLimits: BitwiseCopyable {
    private var current: Double
    private var before: Double
    private var earlier: Double
    private var currentSince = MonotonicTime.never

    @_noAllocation @_noLocks
    init(_ amperes: Double) {
        current = amperes
        before = amperes
        earlier = amperes
    }

    var highestAmperes: Double {
        @_noAllocation @_noLocks get { largest(current, before, earlier) }
    }

    /// Call at every decision, with the limit that stands before it.
    @_noAllocation @_noLocks @inline(__always)
    mutating func note(_ amperes: Double, now: MonotonicTime, reactionSeconds: Double) {
        if currentSince == .never { currentSince = now }
        let age = now.seconds(since: currentSince)
        if age >= reactionSeconds / 2 {
            // After a long pause both older buckets lie before the reaction time.
            earlier = age >= reactionSeconds ? current : before
            before = current
            current = amperes
            currentSince = now
        } else if amperes > current {
            current = amperes
        }
    }
}
