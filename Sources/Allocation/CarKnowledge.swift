/// What a car has shown by its current: which lines it uses, and how much it takes of what it may.
struct CarKnowledge: BitwiseCopyable {
    /// The lines that it uses; nil: not shown yet.
    private(set) var phases: PhaseSet?
    private var candidate = PhaseSet.none
    private var candidateSince = MonotonicTime.never
    /// The most that is any use to it; infinite: it has not shown that it takes less than it may.
    private(set) var demandAmperes = Double.infinity
    private var unusedSince = MonotonicTime.never
    private var turnsUntilRetry: Int8 = 1
    private var peakAmperes = 0.0
    /// When it last showed that it wants more again.
    private(set) var wantedMore = MonotonicTime.never

    /// A line with less than this is not used; with more than three times this, it is.
    private static var unusedLineAmperes: Double { @_noAllocation @_noLocks get { 0.5 } }

    @_noAllocation @_noLocks
    init() {}

    /// True where it has shown, or others have, that it uses all three lines.
    @_noAllocation @_noLocks
    func isBalanced(on lines: PhaseSet) -> Bool {
        guard let phases else { return false }
        return phases.rawValue & lines.rawValue & 7 == 7
    }

    /// True where it has shown that it uses one line of several.
    var isSinglePhase: Bool {
        @_noAllocation @_noLocks get {
            guard let phases else { return false }
            return phases.lineCount == 1
        }
    }

    /// Whether it was shown to take nothing to speak of.
    @_noAllocation @_noLocks
    func isIdle(lowest: Double) -> Bool { demandAmperes <= lowest }

    /// Whether it wanted more within the last `seconds`: what it gave back returns to it at once.
    @_noAllocation @_noLocks
    func hasReturned(within seconds: Double, now: MonotonicTime) -> Bool { now.seconds(since: wantedMore) <= seconds }

    @_noAllocation @_noLocks
    mutating func forget() { self = CarKnowledge() }

    /// Takes a new reported current in.
    ///
    /// - Parameters:
    ///   - drawn: on the lines of the station.
    ///   - allowed: what it could have drawn, as the station confirmed it.
    ///   - showsPhases: false: it was offered one line only, which says nothing of the others.
    @_noAllocation @_noLocks @inline(__always)
    mutating func learn(
        drawn: Lanes, allowed: Double, lowest: Double, showsPhases: Bool, now: MonotonicTime, policy: AllocationPolicy
    ) {
        if showsPhases {
            learnPhases(drawn, now: now, policy: policy)
        } else {
            candidateSince = .never
        }
        learnDemand(drawn.maximum, allowed: allowed, lowest: lowest, now: now, policy: policy)
    }

    @_noAllocation @_noLocks @inline(__always)
    private mutating func learnPhases(_ drawn: Lanes, now: MonotonicTime, policy: AllocationPolicy) {
        let used = drawn.lines(above: Self.unusedLineAmperes)
        let isClear = !drawn.isSomewhereBetween(Self.unusedLineAmperes, 3 * Self.unusedLineAmperes)
        // A line more than it was thought to use: at once all are possible again.
        if let phases, !used.without(phases).isNone { self.phases = nil }
        guard isClear, !used.isNone else {
            if !isClear { candidateSince = .never }
            return
        }
        if used.rawValue != candidate.rawValue || candidateSince == .never {
            candidate = used
            candidateSince = now
        }
        if now.seconds(since: candidateSince) >= policy.phasesShownAfterSeconds { phases = used }
    }

    @_noAllocation @_noLocks
    private mutating func learnDemand(
        _ amperes: Double, allowed: Double, lowest: Double, now: MonotonicTime, policy: AllocationPolicy
    ) {
        let reserve = policy.unusedReserveAmperes
        if demandAmperes < .infinity, amperes > demandAmperes - reserve / 2 {
            demandAmperes = .infinity
            wantedMore = now
            unusedSince = .never
            turnsUntilRetry = 1
            return
        }
        if amperes > lowest / 2 { turnsUntilRetry = 1 }
        // Nothing is shown by a car that is not allowed to charge, or that uses what it may.
        guard allowed >= lowest, amperes < allowed - reserve else {
            if demandAmperes == .infinity { unusedSince = .never }
            return
        }
        if unusedSince == .never {
            unusedSince = now
            peakAmperes = amperes
        }
        if amperes > peakAmperes { peakAmperes = amperes }
        guard now.seconds(since: unusedSince) >= policy.unusedAfterSeconds else { return }
        demandAmperes = max(lowest, peakAmperes + reserve)
        unusedSince = .never
    }

    /// A car that was shown to take nothing and is off gets another chance to show that it does: after a turn, and where
    /// it had its chance in vain, after twice as many, four at most. A full car holds the others up less and less.
    @_noAllocation @_noLocks
    mutating func retry(offSeconds: Double, policy: AllocationPolicy) {
        guard demandAmperes < .infinity, offSeconds > policy.rotationSeconds * Double(turnsUntilRetry) else { return }
        demandAmperes = .infinity
        unusedSince = .never
        if turnsUntilRetry < 4 { turnsUntilRetry *= 2 }
    }
}
