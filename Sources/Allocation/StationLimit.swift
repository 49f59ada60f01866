/// Why a station has the limit it has. The page and the log show it in words.
public enum LimitReason: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// No decision yet.
    case notDecided
    /// The station, its cable or its branch takes no more.
    case stationMaximum
    /// The main fuse less the security margin, shared with the others, on the phase named beside it.
    case mainFuse
    /// There is room, and it has not lasted long enough yet.
    case waitingForRoomToLast
    /// Others have not yet given back what they had.
    case waitingForOthers
    /// Not enough is left for the smallest current a car accepts.
    case belowMinimum
    /// No car is attached; the station is parked.
    case noVehicle
    /// The station does not answer; it is counted at its fail-safe current.
    case stationSilent
    /// There is no usable measurement: the fail-safe plan.
    case noMeasurement
    /// The owner switched load management off for this station.
    case notManaged
    /// Fault, switched off or reserved by its operator: it gets nothing.
    case outOfService
    /// It holds or draws more than it was told: not raised until it follows.
    case stationDisobeys
    /// The settings of this station or of the supply cannot be used; `SettingsProblem` says which and why.
    case settingsUnusable
    /// The node of the installation that is named beside it, on the phase beside it.
    case branch
    /// A limit in kilowatt, of the connection or of the node beside it.
    case powerLimit
    /// The utility's signal, or another limit from outside, on all stations together.
    case utilitySignal
    /// The owner's limit, on this station or on all together.
    case ownerLimit
    /// The car takes no more.
    case carMaximum
    /// The car has not used what it had; the rest is with the others until it wants more.
    case carUsesLess
    /// Only what the building would feed in.
    case surplus
    /// The difference between the lines.
    case imbalance
    /// There is room for some, and others are before it in the queue.
    case queued
    /// It was stopped a moment ago and stays so for the minimum time off.
    case minimumTimeOff
    /// Room kept on the phase beside it for the largest load that may switch on, as the fuse would trip before the
    /// cars can follow.
    case switchOnReserve
    /// Stations start one after the other.
    case staggeredStart
    /// Cannot be stopped, and has its minimum though there is too little.
    case cannotBeStopped
    /// A small step down for some seconds, which shows on which lines the car draws.
    case phaseTest

    // The one that comes with the raw value is generic, which no decision may call.
    @_noAllocation @_noLocks
    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
}

/// One station's part of the plan.
public struct StationLimit: Sendable, Equatable, BitwiseCopyable {
    /// The limit in ampere per used phase: 0, or from the station's minimum to its maximum in whole steps. Where
    /// `lineAmperes` is set, the smallest of them.
    public var amperes: Double
    /// nil: the same on all lines; otherwise per supply line, for stations that take one number per phase.
    public var lineAmperes: PerPhaseAmperes?
    public var reason: LimitReason
    /// The supply line that decided, where `reason` is about one.
    public var limitingPhase: Phase?

    /// The place of the installation that decided, where `reason` is about one.
    public var limitingPlace: LimitPlace?
    /// For a station that switches phases: how it should be switched; nil: as it is.
    public var proposedMode: PhaseMode?

    @_noAllocation @_noLocks
    public init(
        amperes: Double = 0, reason: LimitReason = .notDecided, limitingPhase: Phase? = nil,
        lineAmperes: PerPhaseAmperes? = nil, limitingPlace: LimitPlace? = nil, proposedMode: PhaseMode? = nil
    ) {
        self.amperes = amperes
        self.reason = reason
        self.limitingPhase = limitingPhase
        self.lineAmperes = lineAmperes
        self.limitingPlace = limitingPlace
        self.proposedMode = proposedMode
    }
}
