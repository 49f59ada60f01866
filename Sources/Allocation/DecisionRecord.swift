/// Which of the three decisions was made.
public enum DecisionKind: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// In both directions, on a window's reading.
    case allocation
    /// Only downward, on a half cycle's reading.
    case protection
    /// Without a usable reading.
    case failSafe

    // The one that comes with the raw value is generic, which no decision may call.
    @_noAllocation @_noLocks
    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
}

/// What a decision saw of the site and what it held to be true. Of fixed size: a ring of them can be kept, and with the
/// `StationRecord`s it tells why each station had its limit.
public struct DecisionRecord: Sendable, BitwiseCopyable {
    public var time = MonotonicTime.never
    public var kind = DecisionKind.allocation
    /// As it was given.
    public var measuredAmperes = PerPhaseAmperes.zero
    /// As it counted: without what is fed in, and without an inrush that was waited for.
    public var countedAmperes = PerPhaseAmperes.zero
    public var activePowerWatts: Double?
    /// What base load and stations might draw together at the main fuse.
    public var usableAmperes = PerPhaseAmperes.zero
    /// Base load as it was held to be, for lowering, and at most, for raising. Infinite: not known yet.
    public var baseAmperes = PerPhaseAmperes.zero
    public var highestBaseAmperes = PerPhaseAmperes.zero
    public var mode = SignalMode.normal
    public var alarm = AllocationAlarm(rawValue: 0)
    /// Until the main fuse may trip at the current measured.
    public var secondsToTrip = PerPhaseSeconds(.infinity)

    @_noAllocation @_noLocks
    public init() {}
}

/// What a station may take part in at one decision.
public enum StationRole: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// Shares what is free.
    case car
    /// No car: parked at its smallest limit where that is left over.
    case parked
    /// Cannot be relied on to follow: its room is kept for it, its own limit only falls.
    case held
    /// Gets 0.
    case outOfService
    /// Gets its maximum.
    case notManaged
    /// Gets 0.
    case settingsUnusable

    // The one that comes with the raw value is generic, which no decision may call.
    @_noAllocation @_noLocks
    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
}

/// One station's part in the last decision.
public struct StationRecord: Sendable, BitwiseCopyable {
    public var role: StationRole
    /// The lines on which it was counted.
    public var phases: PhaseSet
    /// What it might still have been drawing by all that it was told, on each of its lines.
    public var inForceAmperes: PerPhaseAmperes
    /// The part of the measured current that was taken to be its own; negative where it discharges.
    public var creditedAmperes: PerPhaseAmperes
    /// The share, and what ended it.
    public var shareAmperes: PerPhaseAmperes
    public var shareReason: LimitReason
    public var sharePhase: Phase?
    public var sharePlace: LimitPlace?
    /// The most it might have.
    public var highestAmperes: Double
    /// What it has had since its car came, over all lines and by its weight, in ampere-seconds; the queue goes by it.
    public var servedAmpereSeconds: Double
    /// How a station that switches phases said to be switched; nil: it does not switch, or does not tell.
    public var phaseMode: PhaseMode?
    /// The plan.
    public var limit: StationLimit
}

extension StationState {
    var record: StationRecord {
        StationRecord(
            role: role, phases: lines, inForceAmperes: inForce.amperes, creditedAmperes: credit.amperes,
            shareAmperes: target.amperes, shareReason: targetReason, sharePhase: targetPhase, sharePlace: targetPlace,
            highestAmperes: highestAmperes, servedAmpereSeconds: turn.served, phaseMode: switching.reported,
            limit: limit)
    }
}

/// A node of the installation as of the last decision in both directions.
public struct NodeRecord: Sendable, BitwiseCopyable {
    /// What base load and stations might draw together; infinite: not limited.
    public var usableAmperes: PerPhaseAmperes
    public var usableWatts: Double
    /// Base load, at most, and what is kept for stations.
    public var keptAmperes: PerPhaseAmperes
    public var keptWatts: Double

    @_noAllocation @_noLocks
    init(usableAmperes: PerPhaseAmperes, usableWatts: Double, keptAmperes: PerPhaseAmperes, keptWatts: Double) {
        self.usableAmperes = usableAmperes
        self.usableWatts = usableWatts
        self.keptAmperes = keptAmperes
        self.keptWatts = keptWatts
    }
}

extension NodeState {
    var record: NodeRecord {
        @_noAllocation @_noLocks get {
            NodeRecord(
                usableAmperes: PerPhaseAmperes(usable[0], usable[1], usable[2]), usableWatts: usable[Lanes.power],
                keptAmperes: PerPhaseAmperes(total[0], total[1], total[2]), keptWatts: total[Lanes.power])
        }
    }
}
