/// The nodes that a station's current passes, the main fuse first.
struct NodePath: BitwiseCopyable {
    private var nodes = InlineArray<12, UInt16>(repeating: 0)
    private var used: UInt8 = 0

    @_noAllocation @_noLocks
    init() {}

    /// False where it is full.
    @_noAllocation @_noLocks
    mutating func append(_ node: Int) -> Bool {
        guard count < nodes.count, node >= 0, node <= Int(UInt16.max) else { return false }
        nodes[count] = UInt16(truncatingIfNeeded: node)
        used += 1
        return true
    }

    @_noAllocation @_noLocks
    mutating func removeAll() { used = 0 }

    var count: Int { @_noAllocation @_noLocks @inline(__always) get { Int(used) } }

    subscript(place: Int) -> Int { @_noAllocation @_noLocks @inline(__always) get { Int(nodes[place]) } }

    @_noAllocation @_noLocks
    func contains(_ node: Int) -> Bool {
        for place in 0..<count where Int(nodes[place]) == node { return true }
        return false
    }
}

/// Everything the allocator keeps of one station. Preallocated, one per station.
struct StationState: BitwiseCopyable {
    let rating: StationRating
    let grid: StationGrid
    let isUsable: Bool
    let path: NodePath
    /// The most that it can draw as far as its settings can be read.
    let maximumAmperes: Double
    /// 1 on the lines that it is wired to.
    let wired: Lanes

    // From decision to decision.
    private(set) var limit = StationLimit()
    /// The limit of each line; 0 on those it is not wired to.
    private(set) var limitAmperes = PerPhaseAmperes.zero
    /// False until its first confirmed limit was taken over as the start.
    var isAdopted = false
    var told: ToldLimits
    /// The same of what was in force at the station, whoever had told it.
    var recentForce = ToldLimits(0)
    /// Since when there has been room above the limit, and the smallest limit that would have fitted all that time.
    var roomSince = MonotonicTime.never
    var smallestRoom = PerPhaseAmperes.zero
    /// The last two reported currents, on the lines that it is wired to.
    var drawn = Lanes()
    var drawnBefore = Lanes()
    var drawnTime = MonotonicTime.never
    /// What the station might have been drawing in good faith when its current was read; whether it drew more.
    var toldWhenDrawnAmperes = 0.0
    var overdraws = false
    /// Whether the last report holds a current.
    var reportsCurrent = false
    var car = CarKnowledge()
    var turn = QueueTurn()
    var switching = PhaseSwitching()
    var ownerLimit: OutsideLimit?
    var phaseTest: OutsideLimit?

    // Of the present decision only; `count` sets them all.
    var role = StationRole.car
    var isSilent = false
    var disobeys = false
    var isCharging = false
    /// The lines that it can load now. Unknown: all that it is wired to.
    private(set) var lines = PhaseSet.none
    /// 1 on those lines.
    private(set) var onLines = Lanes()
    /// The largest current that it has been allowed and may still be using, on each of its lines.
    var inForce = Lanes()
    /// What of the measured current is taken to be this station's.
    var credit = Lanes()
    /// The largest limit it may have now, on the grid, and why.
    var highestAmperes = 0.0
    var highestReason = LimitReason.stationMaximum
    /// Its power on each line follows from these.
    var volts = PerPhaseVolts(0, 0, 0)
    /// The share, on the grid, by line, and what ended it.
    var target = Lanes()
    var targetReason = LimitReason.mainFuse
    /// The node and the lane that ended it; -1: its own maximum.
    var targetNode = -1
    var targetLane = 0
    var isAdmitted = false
    /// What is kept for it while others rise: where it is measured, and where nothing is.
    var keptLoad = Lanes()
    var unseenLoad = Lanes()
    /// The lines on which it still rises in the filling.
    var rising = PhaseSet.none
    /// The load of one ampere on all its lines.
    var riseLoad = Lanes()
    /// Whether it may still take single steps of what rounding left.
    var takesSteps = false
    /// The nodes of its path that bound it: most nodes bound nobody most of the time.
    var bounding = NodePath()

    init(_ rating: StationRating, path: NodePath?) {
        self.rating = rating
        grid = StationGrid(rating)
        wired = Lanes(1, on: rating.phases)
        self.path = path ?? NodePath()
        do throws(SettingsProblem) {
            try rating.validate()
            isUsable = path != nil
        } catch {
            isUsable = false
        }
        let maximum = rating.maximumAmperes
        maximumAmperes = maximum > 0 && maximum < .infinity ? maximum : 0
        told = ToldLimits(maximumAmperes)
    }

    /// The current to which it falls back; its maximum where it has no fall-back.
    var fallBackAmperes: Double {
        @_noAllocation @_noLocks @inline(__always) get { rating.failSafeAmperes ?? maximumAmperes }
    }

    /// The line and the place that ended its share.
    var targetPhase: Phase? {
        @_noAllocation @_noLocks @inline(__always) get { targetNode < 0 ? nil : Lanes.phase(targetLane) }
    }
    var targetPlace: LimitPlace? {
        @_noAllocation @_noLocks @inline(__always) get { targetNode < 0 ? nil : NodeState.place(targetNode) }
    }

    /// The power of its share.
    var watts: Double {
        @_noAllocation @_noLocks @inline(__always) get {
            target[0] * volts.l1 + target[1] * volts.l2 + target[2] * volts.l3
        }
    }

    /// The meter behind which it hangs has failed: it gets no more than it has, and than its fall-back.
    @_noAllocation @_noLocks
    mutating func goBlind() {
        let fallBack = min(limit.amperes, grid.roundedDown(rating.failSafeAmperes ?? grid.lowestAmperes))
        guard fallBack < highestAmperes else { return }
        highestAmperes = max(fallBack, floorAmperes)
        highestReason = .noMeasurement
    }

    /// Settles the lines on which it counts.
    @_noAllocation @_noLocks @inline(__always)
    mutating func count(on lines: PhaseSet) {
        self.lines = lines
        onLines = Lanes(1, on: lines)
    }

    /// Whether it takes part in the sharing; for the others their room is kept.
    var shares: Bool {
        @_noAllocation @_noLocks @inline(__always) get { role == .car || role == .parked }
    }

    /// What it gets at least, come what may.
    var floorAmperes: Double {
        @_noAllocation @_noLocks @inline(__always) get { rating.canBeStopped ? 0 : grid.lowestAmperes }
    }

    /// The current counted on the line at `place`: the largest of what it was told, confirmed and draws.
    @_noAllocation @_noLocks @inline(__always)
    func counted(place: Int) -> Double { largest(inForce[place], credit[place], 0) }

    /// Sets the limit, the same on all lines; true where its current changed.
    @_noAllocation @_noLocks
    mutating func set(_ amperes: Double, _ reason: LimitReason) -> Bool {
        set(.same(amperes, on: rating.phases), reason, nil, nil)
    }

    /// Sets the limit by line; true where its current changed.
    @_noAllocation @_noLocks
    mutating func set(
        _ amperes: PerPhaseAmperes, _ reason: LimitReason, _ phase: Phase?, _ place: LimitPlace?
    ) -> Bool {
        let smallest = amperes.smallest(on: lines.isNone ? rating.phases : lines)
        // A station that takes one number has it on every line that it is wired to; one with a number for each has the
        // smallest on the lines that its car leaves alone, for a 0 there may stop all of it.
        var next = PerPhaseAmperes.same(smallest, on: rating.phases)
        if rating.takesLimitPerLine, smallest > 0 {
            for place in 0..<3 where lines.contains(place: place) { next[place] = amperes[place] }
        }
        let changed = !(next == limitAmperes)
        limitAmperes = next
        var byLine: PerPhaseAmperes?
        if rating.takesLimitPerLine { byLine = next }
        limit = StationLimit(
            amperes: smallest, reason: reason, limitingPhase: phase, lineAmperes: byLine, limitingPlace: place,
            proposedMode: switching.proposed)
        return changed
    }

    /// Changes why the limit is what it is, and not the limit.
    @_noAllocation @_noLocks
    mutating func explain(_ reason: LimitReason, _ phase: Phase?, _ place: LimitPlace?) {
        limit.reason = reason
        limit.limitingPhase = phase
        limit.limitingPlace = place
        limit.proposedMode = switching.proposed
    }

    /// The limit on the lines that it loads.
    var allowed: PerPhaseAmperes {
        @_noAllocation @_noLocks @inline(__always) get {
            PerPhaseAmperes(
                lines.contains(place: 0) ? limitAmperes.l1 : 0, lines.contains(place: 1) ? limitAmperes.l2 : 0,
                lines.contains(place: 2) ? limitAmperes.l3 : 0)
        }
    }

    /// Whether a node of this kind counts it: one that loads all lines alike adds nothing to their difference.
    @_noAllocation @_noLocks @inline(__always)
    func loads(_ kind: NodeKind) -> Bool {
        !(kind == .imbalance) || !car.isBalanced(on: lines)
    }

    /// Whether a node that bounds so much bounds it.
    @_noAllocation @_noLocks @inline(__always)
    func isBounded(by bounds: NodeBounds) -> Bool {
        switch bounds {
        case .none: false
        case .difference: loads(.imbalance)
        case .load: true
        }
    }
}
