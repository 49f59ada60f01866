/// When a station that can switch should charge on one line or on three.
struct PhaseSwitching: BitwiseCopyable {
    /// What the plan proposes; nil: nothing, or it is so already.
    private(set) var proposed: PhaseMode?
    /// What the station says.
    private(set) var reported: PhaseMode?
    private var betterSince = MonotonicTime.never
    /// Since when what is proposed has not been better.
    private var worseSince = MonotonicTime.never
    private var lastProposal = MonotonicTime.never

    @_noAllocation @_noLocks
    init() {}

    /// True where it surely loads one line only: before a switch to three it counts on all, so that its limit fits there
    /// already when it switches.
    var isSingle: Bool {
        @_noAllocation @_noLocks get {
            guard let reported, reported == .single else { return false }
            guard let proposed else { return true }
            return proposed == .single
        }
    }

    /// True where it says that it charges on all its lines.
    var isThree: Bool {
        @_noAllocation @_noLocks get {
            guard let reported else { return false }
            return reported == .three
        }
    }

    @_noAllocation @_noLocks
    mutating func note(_ mode: PhaseMode?) {
        reported = mode
        guard let mode, let wanted = proposed, mode == wanted else { return }
        proposed = nil
    }

    /// Nothing is proposed.
    @_noAllocation @_noLocks
    mutating func rest() {
        betterSince = .never
        worseSince = .never
        proposed = nil
    }

    /// Proposes the mode with the larger power when it has been so for long enough. Withdraws a proposal likewise: for a
    /// moment of its pause, what the car drew looks like base load.
    @_noAllocation @_noLocks
    mutating func weigh(singleWatts: Double, threeWatts: Double, now: MonotonicTime, policy: AllocationPolicy) {
        guard let reported else { return }
        let better: PhaseMode = singleWatts > threeWatts ? .single : .three
        guard !(better == reported), singleWatts > 0 || threeWatts > 0 else {
            if worseSince == .never { worseSince = now }
            let lasting = max(policy.phaseSwitchAfterSeconds, policy.reactionSeconds + policy.reportLagSeconds)
            guard case .some = proposed, now.seconds(since: worseSince) < lasting else { return rest() }
            return
        }
        worseSince = .never
        if betterSince == .never { betterSince = now }
        if case .some = proposed { return }
        guard now.seconds(since: betterSince) >= policy.phaseSwitchAfterSeconds,
            now.seconds(since: lastProposal) >= policy.phaseSwitchGapSeconds
        else { return }
        proposed = better
        lastProposal = now
    }
}
