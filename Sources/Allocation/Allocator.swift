/// Shares what the main fuse leaves among the charging stations, so that it never trips.
///
/// Values in, values out: it knows no clock, no network and no meter. It owns all its memory from `init` on;
/// `allocate`, `protect` and `expire` neither allocate nor lock (the compiler enforces it on all that they call).
/// One thread owns it. Times are those of one monotonic clock.
public struct Allocator: ~Copyable {
    private var core: DecisionCore
    private var stations: [StationState]
    private var events: [FillingEvent]

    /// Allocates. Settings are taken as they are: see `SettingsProblem` for what happens with unusable ones.
    ///
    /// - Parameter stations: in the order of the subscript and of the reports.
    public init(limits: SupplyLimits, stations: [StationRating], policy: AllocationPolicy = .init()) {
        core = DecisionCore(limits: limits, policy: policy)
        self.stations = stations.map { StationState($0) }
        events = FillingEvent.sorted(self.stations)
    }

    /// Takes changed settings over. Allocates.
    ///
    /// With the same stations every limit stays until the next decision. With others, all limits start anew from
    /// what the stations have confirmed: decide once before the plan is published.
    public mutating func replace(limits: SupplyLimits, stations: [StationRating], policy: AllocationPolicy) {
        var next = DecisionCore(limits: limits, policy: policy)
        next.alarm = core.alarm
        next.headroomAmperes = core.headroomAmperes
        next.baseLoads = core.baseLoads
        next.lastReading = core.lastReading
        core = next
        guard stations != self.stations.map(\.rating) else { return }
        self.stations = stations.map { StationState($0) }
        events = FillingEvent.sorted(self.stations)
        for place in 0..<3 { core.baseLoads[place].forget() }
    }

    /// What the building's connection bears. A change acts at the next decision.
    public var limits: SupplyLimits {
        get { core.limits }
        set { core.limits = newValue }
    }

    /// The times that it keeps.
    public var policy: AllocationPolicy { core.policy }

    /// What a person should look at, as of the last decision.
    public var alarm: AllocationAlarm { core.alarm }

    /// What the supply can still carry below fuse and margin, as last measured; negative in an overload.
    public var headroomAmperes: PerPhaseAmperes { core.headroomAmperes }

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
    /// - Complexity: O(stations). Does not allocate.
    public mutating func allocate(
        _ reading: SupplyReading, reports: Span<StationReport>, now: MonotonicTime
    ) -> Bool {
        Self.allocate(&core, &stations, events, reading, reports, now)
    }

    /// Only lowers. Call every half cycle, with the half-cycle reading; costs next to nothing without an overload.
    ///
    /// - Returns: true where the current of some limit changed.
    /// - Complexity: O(1) without an overload, else O(stations). Does not allocate.
    public mutating func protect(
        _ reading: SupplyReading, reports: Span<StationReport>, now: MonotonicTime
    ) -> Bool {
        Self.protect(&core, &stations, events, reading, reports, now)
    }

    /// Goes over to the fail-safe plan where the last usable reading has expired. Call when time passes without one.
    ///
    /// - Returns: true where the current of some limit changed.
    /// - Complexity: O(1) before the reading has expired, else O(stations). Does not allocate.
    public mutating func expire(now: MonotonicTime, reports: Span<StationReport>) -> Bool {
        Self.expire(&core, &stations, reports, now)
    }

    // The stored properties go in one by one: a span over one of them otherwise holds all of `self`.

    private static func allocate(
        _ core: inout DecisionCore, _ stations: inout [StationState], _ events: [FillingEvent],
        _ reading: SupplyReading, _ reports: Span<StationReport>, _ now: MonotonicTime
    ) -> Bool {
        var span = stations.mutableSpan
        return core.allocate(&span, events: events.span, reading: reading, reports: reports, now: now)
    }

    private static func protect(
        _ core: inout DecisionCore, _ stations: inout [StationState], _ events: [FillingEvent],
        _ reading: SupplyReading, _ reports: Span<StationReport>, _ now: MonotonicTime
    ) -> Bool {
        var span = stations.mutableSpan
        return core.protect(&span, events: events.span, reading: reading, reports: reports, now: now)
    }

    private static func expire(
        _ core: inout DecisionCore, _ stations: inout [StationState], _ reports: Span<StationReport>,
        _ now: MonotonicTime
    ) -> Bool {
        var span = stations.mutableSpan
        return core.expire(&span, reports: reports, now: now)
    }
}
