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

    public init(
        phases: PhaseSet = .all, minimumAmperes: Double = 6, maximumAmperes: Double, stepAmperes: Double = 1,
        failSafeAmperes: Double? = nil, failSafeAfterSeconds: Double = 60, isManaged: Bool = true
    ) {
        self.phases = phases
        self.minimumAmperes = minimumAmperes
        self.maximumAmperes = maximumAmperes
        self.stepAmperes = stepAmperes
        self.failSafeAmperes = failSafeAmperes
        self.failSafeAfterSeconds = failSafeAfterSeconds
        self.isManaged = isManaged
    }
}
