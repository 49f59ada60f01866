/// What is settled about a station before it runs. Currents in ampere RMS.
public struct StationRating: Sendable, Equatable, BitwiseCopyable {
    /// The supply lines that the station can load. Unknown: all.
    public var phases: PhaseSet
    /// The smallest current that a car accepts: 6 A (IEC 61851-1).
    public var minimumAmperes: Double
    /// The largest limit that the station may be given: of the station, its cable and its branch.
    public var maximumAmperes: Double
    /// The station takes whole multiples of this; limits are rounded down to it.
    public var stepAmperes: Double
    /// The current to which the station falls back by itself when it is no longer spoken to; nil: it has no
    /// fall-back, and a silent station counts at `maximumAmperes`.
    public var failSafeAmperes: Double?
    /// Seconds without contact after which it falls back.
    public var failSafeAfterSeconds: Double
    /// False: the owner switched load management off; the station counts at what it draws, at most its maximum,
    /// and gets its maximum as limit.
    public var isManaged: Bool
    /// Its share beside the others': with 2 it gets twice the current of a station with 1, and twice the turns in the
    /// queue. More than 0, to 1000.
    public var weight: Double
    /// True: it is admitted before all that have no such guarantee.
    public var guaranteesMinimum: Bool
    /// False: it takes no 0 A; its floor is `minimumAmperes`, come what may.
    public var canBeStopped: Bool
    /// True: it takes one limit per line, so that a line that is used up stops only that line.
    public var takesLimitPerLine: Bool
    /// True: it can be told to charge on its first terminal only, or on all three.
    public var switchesPhases: Bool
    /// Which supply line each of its terminals is wired to.
    public var rotation: PhaseRotation
    /// What it may charge with.
    public var energySource: EnergySource
    /// Index of the `LimitNode` that it hangs on; nil: on the main fuse.
    public var node: Int?

    public init(
        phases: PhaseSet = .all, minimumAmperes: Double = 6, maximumAmperes: Double, stepAmperes: Double = 1,
        failSafeAmperes: Double? = nil, failSafeAfterSeconds: Double = 60, isManaged: Bool = true,
        weight: Double = 1, guaranteesMinimum: Bool = false, canBeStopped: Bool = true,
        takesLimitPerLine: Bool = false, switchesPhases: Bool = false, rotation: PhaseRotation = .l1l2l3,
        energySource: EnergySource = .grid, node: Int? = nil
    ) {
        self.phases = phases
        self.minimumAmperes = minimumAmperes
        self.maximumAmperes = maximumAmperes
        self.stepAmperes = stepAmperes
        self.failSafeAmperes = failSafeAmperes
        self.failSafeAfterSeconds = failSafeAfterSeconds
        self.isManaged = isManaged
        self.weight = weight
        self.guaranteesMinimum = guaranteesMinimum
        self.canBeStopped = canBeStopped
        self.takesLimitPerLine = takesLimitPerLine
        self.switchesPhases = switchesPhases
        self.rotation = rotation
        self.energySource = energySource
        self.node = node
    }
}

/// What a station may charge with. The fuse bounds every one of them.
public enum EnergySource: UInt8, Sendable, CaseIterable, BitwiseCopyable {
    /// All that the connection leaves.
    case grid
    /// Only what the building would feed in; once on, its minimum for the minimum time on.
    case surplus
    /// Its minimum always, and beyond it what the building would feed in.
    case gridMinimumAndSurplus

    // The one that comes with the raw value is generic, which no decision may call.
    @_noAllocation @_noLocks
    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
}
