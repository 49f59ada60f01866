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
}

/// One station's part of the plan.
public struct StationLimit: Sendable, Equatable, BitwiseCopyable {
    /// The limit in ampere per used phase: 0, or from the station's minimum to its maximum in whole steps.
    public var amperes: Double
    /// nil: the same on all lines; otherwise per supply line, for stations that take one number per phase.
    public var lineAmperes: PerPhaseAmperes?
    public var reason: LimitReason
    /// The supply line that decided, where `reason` is about one.
    public var limitingPhase: Phase?

    @_noAllocation @_noLocks
    public init(
        amperes: Double = 0, reason: LimitReason = .notDecided, limitingPhase: Phase? = nil,
        lineAmperes: PerPhaseAmperes? = nil
    ) {
        self.amperes = amperes
        self.reason = reason
        self.limitingPhase = limitingPhase
        self.lineAmperes = lineAmperes
    }
}
