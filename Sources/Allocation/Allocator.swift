/// Shares what the main fuse leaves among the charging stations, so that it never trips.
///
/// Values in, values out: it knows no clock, no network and no meter. It owns all its memory from `init` on;
/// `allocate`, `protect` and `expire` neither allocate nor lock (the compiler enforces it on all that they call).
/// One thread owns it. Times are those of one monotonic clock.
public struct Allocator: ~Copyable {
    private var core: DecisionCore
    private var stations: [StationState]
    private var nodes: [NodeState]
    private var meters: [NodeMeter]
    private var ranks: [Ranked]
    private var branches: [LimitNode]

    /// Allocates. Settings are taken as they are: see `SettingsProblem` for what happens with unusable ones.
    ///
    /// - Parameters:
    ///   - stations: in the order of the subscript and of the reports.
    ///   - nodes: what the installation bears behind the main fuse; see `LimitNode`.
    public init(
        limits: SupplyLimits, stations: [StationRating], policy: AllocationPolicy = .init(), nodes: [LimitNode] = []
    ) {
        core = DecisionCore(limits: limits, policy: policy)
        branches = nodes
        let tree = LimitTree(limits: limits, branches: nodes, stations: stations)
        self.nodes = tree.nodes
        meters = tree.meters
        self.stations = zip(stations, tree.paths).map { StationState($0, path: $1) }
        ranks = Orders(count: stations.count).memory
    }

    /// Takes changed settings over. Allocates.
    ///
    /// With the same stations and nodes every limit stays until the next decision. With others, all limits start anew
    /// from what the stations have confirmed: decide once before the plan is published.
    public mutating func replace(
        limits: SupplyLimits, stations: [StationRating], policy: AllocationPolicy, nodes: [LimitNode] = []
    ) {
        var next = DecisionCore(limits: limits, policy: policy)
        next.inherit(core)
        let hadImbalance = core.limits.imbalance != nil
        core = next
        guard stations != self.stations.map(\.rating) || nodes != branches || hadImbalance != (limits.imbalance != nil)
        else { return }
        let tree = LimitTree(limits: limits, branches: nodes, stations: stations)
        var main = meters[NodeState.main]
        main.forget()
        self.nodes = tree.nodes
        meters = tree.meters
        meters[NodeState.main] = main
        branches = nodes
        let ownerLimits = self.stations.map(\.ownerLimit)
        self.stations = zip(stations, tree.paths).map { StationState($0, path: $1) }
        for index in self.stations.indices where index < ownerLimits.count {
            self.stations[index].ownerLimit = ownerLimits[index]
        }
        ranks = Orders(count: stations.count).memory
    }

    /// What the building's connection bears. A change acts at the next decision. Whether there is an imbalance limit at
    /// all is settled by `init` and `replace`.
    public var limits: SupplyLimits {
        get { core.limits }
        set { core.set(newValue) }
    }

    /// The times that it keeps.
    public var policy: AllocationPolicy { core.policy }

    /// What a person should look at, as of the last decision.
    public var alarm: AllocationAlarm { core.alarm }

    /// What the supply can still carry below fuse and margin, as last measured; negative in an overload.
    public var headroomAmperes: PerPhaseAmperes { core.headroomAmperes }

    /// Seconds until the main fuse may trip at the current last measured, by line; infinite where it does not, or where
    /// `SupplyLimits.device` is nil.
    public var secondsToTrip: PerPhaseSeconds { core.fuse.secondsToTrip }

    /// How much of the warmth that the main fuse bears is used, by line: 0 none, 1 all.
    public var fuseUsedShare: PerPhaseShare { core.fuse.usedShare }

    /// A limit on all stations together, by who sets it; nil: none. It acts at the next decision, takes itself back when
    /// it expires, and is only ever one more minimum.
    public subscript(signal source: SignalSource) -> OutsideLimit? {
        get { core.signals[source] }
        set { core.signals[source] = newValue }
    }

    /// The utility's signal as of the last decision.
    public var signalMode: SignalMode { core.signals.mode }

    /// The stretch of a signal that lasts; nil: none.
    public var intervention: Intervention? { core.interventions.current }

    /// The last one that ended, and how many have: look once a second, and none is missed.
    public var lastIntervention: Intervention? { core.interventions.lastEnded }
    public var endedInterventionCount: Int { core.interventions.endedCount }

    /// What the last decision saw and held to be true.
    public var record: DecisionRecord { core.record }

    /// One station's part in it. Complexity: O(1). Does not allocate.
    public func record(station: Int) -> StationRecord { stations[station].record }

    /// The node at `index` of the list that was given. Complexity: O(1). Does not allocate.
    public func record(node index: Int) -> NodeRecord { nodes[NodeState.firstBranch + index].record }

    /// The owner's limit on one station; nil: none. It acts at the next decision.
    public subscript(ownerLimit station: Int) -> OutsideLimit? {
        get { stations[station].ownerLimit }
        set { stations[station].ownerLimit = newValue }
    }

    /// A small step down of one station, which ends by itself and shows on which lines its car draws; nil: none. It never
    /// stops a car: it goes no lower than the station's smallest current. It acts at the next decision, where
    /// `policy.testsPhases`.
    public subscript(phaseTest station: Int) -> OutsideLimit? {
        get { stations[station].phaseTest }
        set { stations[station].phaseTest = newValue }
    }

    /// The number of stations.
    public var stationCount: Int { stations.count }

    /// The plan for `station`, 0 to `stationCount` - 1; another index is a programming error and traps.
    public subscript(station: Int) -> StationLimit { stations[station].limit }

    /// Decides in both directions. Call once a second or more often, with the 10/12-cycle reading.
    ///
    /// A reading that is flagged unusable, holds no current (negative, infinite or no number) or is older than
    /// `readingExpiresAfterSeconds` only lowers.
    ///
    /// - Parameters:
    ///   - reports: one for each station; a missing one is that of a station never heard of.
    ///   - now: the present time, from which all ages count.
    /// - Returns: true where the current of some limit changed.
    /// - Complexity: O(stations × nodes). Does not allocate.
    public mutating func allocate(
        _ reading: SupplyReading, reports: Span<StationReport>, now: MonotonicTime
    ) -> Bool {
        let none: [SupplyReading] = []
        return Self.allocate(&core, &stations, &nodes, &meters, &ranks, reading, none.span, reports, now)
    }

    /// Decides in both directions, with the readings of the nodes that have a meter.
    ///
    /// - Parameter nodeReadings: one for each node, in their order; of one without a meter it does not matter. A missing
    ///   one is a meter that has failed.
    /// - Returns: true where the current of some limit changed.
    /// - Complexity: O(stations × nodes). Does not allocate.
    public mutating func allocate(
        _ reading: SupplyReading, nodeReadings: Span<SupplyReading>, reports: Span<StationReport>, now: MonotonicTime
    ) -> Bool {
        Self.allocate(&core, &stations, &nodes, &meters, &ranks, reading, nodeReadings, reports, now)
    }

    /// Only lowers. Call every half cycle, with the half-cycle reading; costs next to nothing without an overload.
    ///
    /// Where the main fuse is known (`SupplyLimits.device`) and bears the overload for as long as cars and stations take
    /// to follow, it waits for `inrushSeconds` whether the overload lasts.
    ///
    /// - Returns: true where the current of some limit changed.
    /// - Complexity: O(1) without an overload, else O(stations × nodes). Does not allocate.
    public mutating func protect(
        _ reading: SupplyReading, reports: Span<StationReport>, now: MonotonicTime
    ) -> Bool {
        Self.protect(&core, &stations, &nodes, &meters, &ranks, reading, reports, now)
    }

    /// Goes over to the fail-safe plan where the last usable reading has expired. Call when time passes without one.
    ///
    /// - Returns: true where the current of some limit changed.
    /// - Complexity: O(1) before the reading has expired, else O(stations). Does not allocate.
    public mutating func expire(now: MonotonicTime, reports: Span<StationReport>) -> Bool {
        Self.expire(&core, &stations, &nodes, &meters, reports, now)
    }

    // The stored properties go in one by one: a span over one of them otherwise holds all of `self`.

    private static func allocate(
        _ core: inout DecisionCore, _ stations: inout [StationState], _ nodes: inout [NodeState],
        _ meters: inout [NodeMeter], _ ranks: inout [Ranked], _ reading: SupplyReading,
        _ nodeReadings: Span<SupplyReading>, _ reports: Span<StationReport>, _ now: MonotonicTime
    ) -> Bool {
        var stations = stations.mutableSpan, nodes = nodes.mutableSpan, meters = meters.mutableSpan
        var ranks = ranks.mutableSpan
        return core.allocate(
            &stations, &nodes, &meters, &ranks, reading: reading, nodeReadings: nodeReadings, reports: reports,
            now: now)
    }

    private static func protect(
        _ core: inout DecisionCore, _ stations: inout [StationState], _ nodes: inout [NodeState],
        _ meters: inout [NodeMeter], _ ranks: inout [Ranked], _ reading: SupplyReading,
        _ reports: Span<StationReport>, _ now: MonotonicTime
    ) -> Bool {
        var stations = stations.mutableSpan, nodes = nodes.mutableSpan, meters = meters.mutableSpan
        var ranks = ranks.mutableSpan
        return core.protect(&stations, &nodes, &meters, &ranks, reading: reading, reports: reports, now: now)
    }

    private static func expire(
        _ core: inout DecisionCore, _ stations: inout [StationState], _ nodes: inout [NodeState],
        _ meters: inout [NodeMeter], _ reports: Span<StationReport>, _ now: MonotonicTime
    ) -> Bool {
        var stations = stations.mutableSpan, nodes = nodes.mutableSpan, meters = meters.mutableSpan
        return core.expire(&stations, &nodes, &meters, reports: reports, now: now)
    }
}
