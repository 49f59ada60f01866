/// What the meter saw of the supply, in ampere RMS.
public struct SupplyReading: Sendable, Equatable, BitwiseCopyable {
    /// The current of each line at the main fuse.
    public var amperes: PerPhaseAmperes
    /// The lines whose active power flows towards the grid.
    public var feedsIn: PhaseSet
    /// When the last frame of the reading was delivered.
    public var time: MonotonicTime
    /// False where the reading is flagged: gap, clipped, not synchronised. Such a reading only ever lowers.
    public var isUsable: Bool
    /// The voltage of each line; nil: not measured, limits in watt then reckon with `AllocationPolicy.assumedVolts`.
    public var volts: PerPhaseVolts?
    /// The active power of all three lines together, in watt, negative towards the grid; nil: not measured, there is
    /// then no surplus.
    public var activePowerWatts: Double?
    /// What flows through the main fuse, whichever way, and warms it; nil: `amperes`.
    public var flowingAmperes: PerPhaseAmperes?

    public init(
        amperes: PerPhaseAmperes, feedsIn: PhaseSet = [], time: MonotonicTime, isUsable: Bool = true,
        volts: PerPhaseVolts? = nil, activePowerWatts: Double? = nil, flowingAmperes: PerPhaseAmperes? = nil
    ) {
        self.amperes = amperes
        self.feedsIn = feedsIn
        self.time = time
        self.isUsable = isUsable
        self.volts = volts
        self.activePowerWatts = activePowerWatts
        self.flowingAmperes = flowingAmperes
    }

    var flowing: PerPhaseAmperes { @_noAllocation @_noLocks get { flowingAmperes ?? amperes } }
}

/// What the building's connection bears, in ampere RMS per line.
public struct SupplyLimits: Sendable, Equatable, BitwiseCopyable {
    /// The rating of the main fuse.
    public var mainAmperes: PerPhaseAmperes
    /// Kept free below it, 0 or more and less than the rating.
    public var marginAmperes: PerPhaseAmperes
    /// What all three lines together may draw, in watt; nil: not limited.
    public var limitWatts: Double?
    /// The main fuse itself, for its time to trip; nil: not known, every overload is answered at once.
    public var device: ProtectiveDevice?
    /// The largest load that may switch on by itself, in ampere on each line; the plan keeps so much free that `device`
    /// does not trip before the cars have followed. 0: none. Without meaning where `device` is nil.
    public var largestStepAmperes: PerPhaseAmperes
    /// Largest difference between two lines, in ampere; nil: not limited.
    public var imbalance: ImbalanceLimit?

    public init(
        mainAmperes: PerPhaseAmperes, marginAmperes: PerPhaseAmperes, limitWatts: Double? = nil,
        device: ProtectiveDevice? = nil, largestStepAmperes: PerPhaseAmperes = .zero, imbalance: ImbalanceLimit? = nil
    ) {
        self.mainAmperes = mainAmperes
        self.marginAmperes = marginAmperes
        self.limitWatts = limitWatts
        self.device = device
        self.largestStepAmperes = largestStepAmperes
        self.imbalance = imbalance
    }

    /// What base load and stations may draw together.
    @_noAllocation @_noLocks
    public func usable(_ phase: Phase) -> Double { mainAmperes[phase] - marginAmperes[phase] }
}

/// How far the lines may differ: 16 A or 20 A in most grid codes.
public struct ImbalanceLimit: Sendable, Equatable, BitwiseCopyable {
    /// Largest difference between two lines, in ampere. More than 0.
    public var amperes: Double
    /// True: the whole building counts. False: the stations alone.
    public var countsBuilding: Bool

    public init(amperes: Double, countsBuilding: Bool = false) {
        self.amperes = amperes
        self.countsBuilding = countsBuilding
    }
}
