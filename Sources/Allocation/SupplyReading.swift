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

    public init(amperes: PerPhaseAmperes, feedsIn: PhaseSet = [], time: MonotonicTime, isUsable: Bool = true) {
        self.amperes = amperes
        self.feedsIn = feedsIn
        self.time = time
        self.isUsable = isUsable
    }
}

/// What the building's connection bears, in ampere RMS per line.
public struct SupplyLimits: Sendable, Equatable, BitwiseCopyable {
    /// The rating of the main fuse.
    public var mainAmperes: PerPhaseAmperes
    /// Kept free below it, 0 or more and less than the rating.
    public var marginAmperes: PerPhaseAmperes

    public init(mainAmperes: PerPhaseAmperes, marginAmperes: PerPhaseAmperes) {
        self.mainAmperes = mainAmperes
        self.marginAmperes = marginAmperes
    }

    /// What base load and stations may draw together.
    @_noAllocation @_noLocks
    public func usable(_ phase: Phase) -> Double { mainAmperes[phase] - marginAmperes[phase] }
}
