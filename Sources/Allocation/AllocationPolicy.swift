/// The times of the allocator, in seconds, and what it forgives.
public struct AllocationPolicy: Sendable, Equatable, BitwiseCopyable {
    /// Room must have lasted this long before a limit rises. 0 or more.
    public var raiseAfterSeconds: Double
    /// Without a usable reading for longer than this the fail-safe plan holds. More than 0.
    public var readingExpiresAfterSeconds: Double
    /// A rise of the current below the usable one is held to be a car using its limit for at most this long, until
    /// the stations have reported; for at most twice as long where reports show that a car did rise. 0 to 5.
    public var attributionSeconds: Double
    /// A station's report shows what it drew up to this long before it was read. 0 or more.
    public var reportLagSeconds: Double
    /// A car and its station have followed a lower limit after this long. IEC 61851-1 gives the car 5 s. 0 or more.
    public var reactionSeconds: Double
    /// Drawing more than it was told by up to this, or confirming more by up to half of it, is no disobedience
    /// (what is drawn is counted all the same). 0 or more.
    public var disobedienceAmperes: Double
    /// An overload that the fuse bears meanwhile is answered only when it has lasted this long, so that a motor that
    /// starts does not cut charging. 0 to 1. Without meaning where `SupplyLimits.device` is nil.
    public var inrushSeconds: Double
    /// A station has passed a lower limit on after this long at worst. With `reactionSeconds`, what the fuse must bear.
    /// 0 or more.
    public var stationAnswerSeconds: Double
    /// A car that draws less than it may for this long has shown that it takes no more. More than 0.
    public var unusedAfterSeconds: Double
    /// What such a car keeps above its current, in ampere: by using half of it, it shows that it wants more. More than 0.
    public var unusedReserveAmperes: Double
    /// A car that draws on some of its lines only for this long has shown which it uses. More than 0.
    public var phasesShownAfterSeconds: Double
    /// A station that was switched on stays on before others for this long. 0 or more.
    public var minimumOnSeconds: Double
    /// A station that was switched off for want of room stays off for this long. 0 or more.
    public var minimumOffSeconds: Double
    /// Where not all can charge, each gets turns of this length. 0 or more.
    public var rotationSeconds: Double
    /// Stations start one after the other, this far apart. 0 or more.
    public var startGapSeconds: Double
    /// Another number of phases must have been better for this long before it is proposed. 0 or more.
    public var phaseSwitchAfterSeconds: Double
    /// The shortest time between two proposals for a station. 0 or more.
    public var phaseSwitchGapSeconds: Double
    /// What surplus charging may draw from the grid, in watt; negative: what it leaves to it. -1000000 to 1000000.
    public var surplusGridWatts: Double
    /// Where no voltage is measured, limits in watt reckon with this: 230 V + 10 %, so that they err downwards. 50 to 500.
    public var assumedVolts: Double
    /// True: a station without a car keeps its smallest limit where that is left over, so that a car starts at once and
    /// a dead link leaves the station there. False: it gets 0.
    public var parksAtMinimum: Bool
    /// Whether a station may be given a small step down for some seconds to find its lines (`Allocator[phaseTest:]`).
    public var testsPhases: Bool
    /// When the utility's signal ends, its limit holds on for a random time up to this, so that a quarter does not switch
    /// on at once. 0 to 3600.
    public var releaseDelaySeconds: Double
    /// Then it rises by this share of the main fuse's rating a minute. More than 0; infinite: at once.
    public var releaseRampPerMinute: Double
    /// Makes the random time. Different for each device.
    public var releaseSeed: UInt64

    public init(
        raiseAfterSeconds: Double = 10, readingExpiresAfterSeconds: Double = 1, attributionSeconds: Double = 3,
        reportLagSeconds: Double = 1, reactionSeconds: Double = 5, disobedienceAmperes: Double = 1,
        inrushSeconds: Double = 0.3,
        stationAnswerSeconds: Double = 10,
        unusedAfterSeconds: Double = 120,
        unusedReserveAmperes: Double = 2,
        phasesShownAfterSeconds: Double = 30,
        minimumOnSeconds: Double = 300,
        minimumOffSeconds: Double = 60,
        rotationSeconds: Double = 900,
        startGapSeconds: Double = 0,
        phaseSwitchAfterSeconds: Double = 120,
        phaseSwitchGapSeconds: Double = 600,
        surplusGridWatts: Double = 0,
        assumedVolts: Double = 253,
        parksAtMinimum: Bool = true, testsPhases: Bool = true,
        releaseDelaySeconds: Double = 120, releaseRampPerMinute: Double = 0.1, releaseSeed: UInt64 = 1
    ) {
        self.raiseAfterSeconds = raiseAfterSeconds
        self.readingExpiresAfterSeconds = readingExpiresAfterSeconds
        self.attributionSeconds = attributionSeconds
        self.reportLagSeconds = reportLagSeconds
        self.reactionSeconds = reactionSeconds
        self.disobedienceAmperes = disobedienceAmperes
        self.inrushSeconds = inrushSeconds
        self.stationAnswerSeconds = stationAnswerSeconds
        self.unusedAfterSeconds = unusedAfterSeconds
        self.unusedReserveAmperes = unusedReserveAmperes
        self.phasesShownAfterSeconds = phasesShownAfterSeconds
        self.minimumOnSeconds = minimumOnSeconds
        self.minimumOffSeconds = minimumOffSeconds
        self.rotationSeconds = rotationSeconds
        self.startGapSeconds = startGapSeconds
        self.phaseSwitchAfterSeconds = phaseSwitchAfterSeconds
        self.phaseSwitchGapSeconds = phaseSwitchGapSeconds
        self.surplusGridWatts = surplusGridWatts
        self.assumedVolts = assumedVolts
        self.parksAtMinimum = parksAtMinimum
        self.testsPhases = testsPhases
        self.releaseDelaySeconds = releaseDelaySeconds
        self.releaseRampPerMinute = releaseRampPerMinute
        self.releaseSeed = releaseSeed
    }
}
