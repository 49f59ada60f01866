/// Where the next boundary lies if the frequency stays: what tells a crossing that a step of the voltage has shifted from
/// one that has moved with the frequency.
///
/// A dip shifts the crossings of a band-passed voltage by up to 2 % of a cycle for some cycles, and the RMS of cycles
/// between them by half of that. A crossing further than 0.1 % of a cycle from where it is due, and four times further
/// than crossings usually are, is therefore replaced by its prediction, for eight half cycles in a row at most: then the
/// phase has really jumped, and is followed. A frequency that changes by 1 Hz/s stays within.
struct CyclePrediction: BitwiseCopyable {
    /// Length of a cycle in frames, as of the crossings that were followed.
    private(set) var cycle: Double
    private let nominalCycle: Double
    /// The boundary before the last one: of the same direction as the next, so that even harmonics and DC, which shift
    /// rising and falling crossings apart, do not matter.
    private var boundaryBefore = 0.0
    private var hasBoundaryBefore = false
    /// The two crossings last seen, followed or not, the later one first.
    private var lastCrossing = 0.0
    private var crossingBefore = 0.0
    private var crossings = 0
    /// How far crossings usually are from where they are due, and how far the last one was, in frames.
    private var jitter = 0.0
    private var lastOff = 0.0
    private var heldJitter = 0.0
    /// Crossings that were not followed, since two in a row were.
    private var held = 0
    /// Whether the last crossing was followed: one that is due says nothing of those in the other direction.
    private var wasDue = true
    /// Crossings to follow whatever they say.
    private var free = 2
    /// The cycle as it was one, two, three, four crossings ago: a step spoils some before it is seen.
    private var earlier = SIMD4<Double>.zero

    /// - Parameter nominalCycle: in frames.
    @_noAllocation @_noLocks
    init(nominalCycle: Double) {
        cycle = nominalCycle
        self.nominalCycle = nominalCycle
    }

    var halfCycle: Double { @_noAllocation @_noLocks get { 0.5 * cycle } }

    /// The boundary to set for a crossing.
    @_noAllocation @_noLocks
    mutating func boundary(atCrossing crossing: Double, lastBoundary: Double, isSettled: Bool) -> Double {
        let measured = crossing - crossingBefore
        let hasMeasured = crossings >= 2 && measured > 0.6 * nominalCycle && measured < 1.6 * nominalCycle
        crossingBefore = lastCrossing
        lastCrossing = crossing
        crossings = Swift.min(crossings + 1, 2)
        guard isSettled, hasBoundaryBefore, free == 0 else {
            if free > 0 { free -= 1 }
            held = 0
            // Before the filter has settled each cycle is better than the one before.
            if !isSettled, hasMeasured { cycle = measured }
            earlier = SIMD4(repeating: cycle)
            return next(crossing, lastBoundary)
        }
        let due = boundaryBefore + cycle
        let off = crossing - due
        let allowed = Swift.max(0.001 * cycle, 4 * jitter)
        if off.magnitude <= allowed {
            if wasDue { held = 0 }
            wasDue = true
            jitter += 0.0625 * (off.magnitude - jitter)
            lastOff = off
            earlier = SIMD4(cycle, earlier[0], earlier[1], earlier[2])
            if hasMeasured {
                let most = 0.0005 * cycle
                cycle += Swift.min(most, Swift.max(-most, 0.25 * (measured - cycle)))
            }
            return next(crossing, lastBoundary)
        }
        if held == 0 { cycle = earlier[3] }
        held += 1
        wasDue = false
        heldJitter = 0.5 * (heldJitter + (off - lastOff).magnitude)
        lastOff = off
        guard held > 8 else { return next(boundaryBefore + cycle, lastBoundary) }
        // What a step stirs up has passed: the phase or the frequency is another one, or crossings scatter for good.
        if hasMeasured, heldJitter < 0.002 * cycle { cycle = measured }
        if heldJitter > allowed { jitter = Swift.min(heldJitter, 0.01 * cycle) }
        earlier = SIMD4(repeating: cycle)
        held = 0
        free = 1
        return next(crossing, lastBoundary)
    }

    /// The boundary where no crossing came.
    @_noAllocation @_noLocks
    mutating func boundary(afterLast lastBoundary: Double) -> Double {
        crossings = 0
        let due = hasBoundaryBefore ? boundaryBefore + cycle : lastBoundary + halfCycle
        return next(due > lastBoundary + 0.5 * halfCycle ? due : lastBoundary + halfCycle, lastBoundary)
    }

    @_noAllocation @_noLocks
    private mutating func next(_ boundary: Double, _ lastBoundary: Double) -> Double {
        boundaryBefore = lastBoundary
        hasBoundaryBefore = true
        return boundary
    }

    /// Another signal gives the crossings from now on: the cycle stays, its phase is new.
    @_noAllocation @_noLocks
    mutating func forgetPhase() {
        crossings = 0
        held = 0
        free = 2
        hasBoundaryBefore = false
    }
}
