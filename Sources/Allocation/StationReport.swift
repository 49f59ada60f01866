/// What a station is doing, as its registers say.
public enum StationStatus: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// Not known, or the registers hold nothing that the profile names.
    case unknown
    /// No car.
    case free
    /// A car is attached and draws nothing.
    case occupied
    case charging
    case discharging
    /// Fault, switched off or reserved by its operator.
    case outOfService

    // The one that comes with the raw value is generic, which no decision may call.
    @_noAllocation @_noLocks
    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
}

/// What is known of a station at a moment. Currents in ampere RMS, by supply line (rotation already undone).
public struct StationReport: Sendable, Equatable, BitwiseCopyable {
    public var status: StationStatus
    /// The last exchange of messages succeeded.
    public var isAnswering: Bool
    /// End of the last exchange that succeeded; `never` since the start: none yet.
    public var lastContact: MonotonicTime
    /// The limit that the station confirmed (by read-back, also before it was told any; else by accepting the write);
    /// nil: none known, it may then be at its maximum.
    public var acceptedAmperes: Double?
    /// The limit sent and not yet confirmed; nil: none on its way.
    public var inFlightAmperes: Double?
    /// The current that the station says it draws.
    public var drawnAmperes: PerPhaseAmperes
    /// When `drawnAmperes` was read; `never`: the station reports no current.
    public var drawnTime: MonotonicTime
    /// False: it does not keep the current and time-out to which it is to fall back by itself, so that it counts at its
    /// maximum when it falls silent. Without meaning where `StationRating.failSafeAmperes` is nil.
    public var keepsFailSafe: Bool
    /// For a station that takes one limit per line: what it confirmed on each supply line; nil: `acceptedAmperes` on all.
    public var acceptedLineAmperes: PerPhaseAmperes?
    /// The supply lines that its car uses, where that is known from elsewhere; nil: as its current shows.
    public var carPhases: PhaseSet?
    /// The most that its car takes, in ampere per line, where that is known from elsewhere; nil: not known.
    public var carMaximumAmperes: Double?
    /// How a station that switches phases is switched now; nil: not known, it counts on all lines.
    public var phaseMode: PhaseMode?

    @_noAllocation @_noLocks
    public init(
        status: StationStatus = .unknown, isAnswering: Bool = false, lastContact: MonotonicTime = .never,
        acceptedAmperes: Double? = nil, inFlightAmperes: Double? = nil, drawnAmperes: PerPhaseAmperes = .zero,
        drawnTime: MonotonicTime = .never, keepsFailSafe: Bool = true, acceptedLineAmperes: PerPhaseAmperes? = nil,
        carPhases: PhaseSet? = nil, carMaximumAmperes: Double? = nil, phaseMode: PhaseMode? = nil
    ) {
        self.status = status
        self.isAnswering = isAnswering
        self.lastContact = lastContact
        self.acceptedAmperes = acceptedAmperes
        self.inFlightAmperes = inFlightAmperes
        self.drawnAmperes = drawnAmperes
        self.drawnTime = drawnTime
        self.keepsFailSafe = keepsFailSafe
        self.acceptedLineAmperes = acceptedLineAmperes
        self.carPhases = carPhases
        self.carMaximumAmperes = carMaximumAmperes
        self.phaseMode = phaseMode
    }
}

/// How a station that can switch charges.
public enum PhaseMode: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// On its first terminal only.
    case single
    /// On all its lines.
    case three

    // The one that comes with the raw value is generic, which no decision may call.
    @_noAllocation @_noLocks
    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
}
