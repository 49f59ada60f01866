/// By how much a phase's own zero crossings lie before the boundaries that all phases share, and so where its own cycles
/// are cut: as IEC 61000-4-30 asks, each channel's at its own crossings.
///
/// A lag is an angle: it stays while the frequency changes. It follows the phase's crossings; one that is further from
/// where it is due than 0.1 % of a cycle and four times further than usual was shifted by a dip or swell, and moves no
/// cut, unless more than eight in a row are, in the end all alike: then the phase has another angle. Without crossings the
/// last known angle stays, at first that of L1, L2, L3 in this order.
struct PhaseLag: BitwiseCopyable {
    /// Behind which share of a half cycle before the boundary an earlier cut is taken: above 1, so that a phase whose
    /// crossings fall upon the boundaries always has the same one.
    static var most: Double { @_noAllocation @_noLocks get { 1.1 } }

    /// In half cycles; of the boundaries numbered even and odd, because even harmonics shift rising and falling crossings
    /// apart.
    private var lags = SIMD2<Double>.zero
    private var isKnown = false
    /// The boundaries are the phase's own crossings: no other needs to be noted.
    private(set) var isLeading = false
    /// The two crossings last seen, the later one first, in frames.
    private var lastCrossing = -Double.infinity
    private var crossingBefore = -Double.infinity
    /// How far crossings usually are from where they are due, how far the last one was, and by how much those that were
    /// not followed differ, in half cycles.
    private var jitter = 0.0
    private var lastOff = 0.0
    private var heldJitter = 0.0
    /// Crossings that were not followed since two in a row were, and whether the last one was.
    private var held = 0
    private var wasDue = true
    /// Crossings to follow whatever they say.
    private var free = 2

    @_noAllocation @_noLocks
    init() {}

    /// Notes a crossing of the phase's filtered voltage. Noise may cross more than once: the first counts.
    @_noAllocation @_noLocks
    mutating func note(_ crossing: Double, halfCycle: Double) {
        guard crossing > lastCrossing + 0.6 * halfCycle else { return }
        crossingBefore = lastCrossing
        lastCrossing = crossing
    }

    /// Takes a new boundary. It may have moved to another signal's crossings, or with a jump of the phase: the cuts have
    /// not.
    @_noAllocation @_noLocks
    mutating func follow(_ boundary: SharedBoundary) {
        if (boundary.step - 1).magnitude > 0.003 { lags += boundary.step - 1 }
    }

    /// Brings the lag up to `boundary` by the phase's crossing that belongs to it.
    ///
    /// - Parameter isPresent: the phase has a voltage, whose crossings count.
    /// - Returns: the lag: below 0 the cut is still to come, from ``most`` on there is a later one.
    @_noAllocation @_noLocks
    mutating func update(_ boundary: SharedBoundary, isPresent: Bool) -> Double {
        isLeading = false
        if isPresent { measure(boundary) }
        return lags[boundary.parity]
    }

    @_noAllocation @_noLocks
    private mutating func measure(_ boundary: SharedBoundary) {
        guard let off = offset(boundary) else { return }
        guard isKnown else {
            lags = SIMD2(repeating: lags[boundary.parity] - off)
            isKnown = true
            return
        }
        guard free == 0, boundary.isSettled else {
            if free > 0 { free -= 1 }
            held = 0
            lags[boundary.parity] -= off
            return
        }
        let allowed = Swift.max(0.002, 4 * jitter)
        if off.magnitude <= allowed {
            if wasDue { held = 0 }
            wasDue = true
            jitter += 0.0625 * (off.magnitude - jitter)
            lags[boundary.parity] -= 0.25 * off
        } else {
            hold(off, allowed: allowed)
        }
        lastOff = off
    }

    /// How much later than due the crossing came that belongs to `boundary`, in half cycles; nil where none did.
    @_noAllocation @_noLocks
    private mutating func offset(_ boundary: SharedBoundary) -> Double? {
        let due = boundary.position - lags[boundary.parity] * boundary.halfCycle
        let last = (lastCrossing - due) / boundary.halfCycle
        let earlier = (crossingBefore - due) / boundary.halfCycle
        let off = last.magnitude <= earlier.magnitude ? last : earlier
        return off.magnitude <= 0.5 ? off : nil
    }

    @_noAllocation @_noLocks
    private mutating func hold(_ off: Double, allowed: Double) {
        held += 1
        wasDue = false
        heldJitter = 0.5 * (heldJitter + (off - lastOff).magnitude)
        // What a step stirs up has passed when crossings come as far off as the last ones did: the phase has another angle.
        // Or they scatter for good.
        guard held > 24 || (held > 8 && heldJitter < 0.004) else { return }
        if heldJitter > allowed { jitter = Swift.min(heldJitter, 0.02) }
        lags -= off
        held = 0
        free = 1
    }

    /// No cut with this boundary: the one that is due lies behind it, and comes with the next.
    @_noAllocation @_noLocks
    mutating func wait() { lags = SIMD2(lags[1] + 1, lags[0] + 1) }

    /// One more cut with this boundary: the one that would have come with the next.
    ///
    /// - Returns: its lag.
    @_noAllocation @_noLocks
    mutating func catchUp(_ parity: Int) -> Double {
        lags = SIMD2(lags[1] - 1, lags[0] - 1)
        return lags[parity]
    }

    /// Takes the boundaries, which are this phase's own crossings, for its cuts. Not where they came to lie far from where
    /// those are due, as after an interruption whose end has shifted a crossing.
    ///
    /// - Returns: the lag as it was; nil: the boundaries are not taken.
    @_noAllocation @_noLocks
    mutating func lead(_ boundary: SharedBoundary) -> Double? {
        let lag = lags[boundary.parity]
        isLeading = !isKnown || lag.magnitude < 0.01 || (lag - 1).magnitude < 0.01
        guard isLeading else { return nil }
        lags = .zero
        isKnown = true
        held = 0
        free = 0
        return lag
    }

    /// Until a crossing shows the angle: one of `thirds` of a half cycle.
    @_noAllocation @_noLocks
    mutating func assume(thirds: Int) {
        guard !isKnown else { return }
        lags = SIMD2(repeating: Double(thirds) / 3)
    }
}

/// A boundary that all phases share, as the phases' own cuts are found from it.
struct SharedBoundary: BitwiseCopyable {
    /// In frames.
    let position: Double
    /// Half a cycle as last known, in frames; above 0.
    let halfCycle: Double
    /// From the boundary before to this one, in half cycles.
    let step: Double
    /// 0 and 1 in turns.
    let parity: Int
    /// Whether crossings are those of a filter that has settled.
    let isSettled: Bool

    @_noAllocation @_noLocks
    init(position: Double, halfCycle: Double, step: Double, parity: Int, isSettled: Bool) {
        self.position = position
        self.halfCycle = halfCycle
        self.step = step
        self.parity = parity
        self.isSettled = isSettled
    }
}
