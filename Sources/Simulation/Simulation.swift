import Allocation

/// A site in virtual time: the device's allocator against stations, cars, household and faults, second by second.
///
/// Pure and deterministic: the same input gives the same output, bit by bit. One step costs microseconds.
public struct Simulation: ~Copyable {
    public let site: SimulatedSite
    public let began: WallTime
    private let seed: UInt64
    private var allocator: Allocator
    private var stations: [SimulatedStation]
    private var reports: [StationReport]
    private var player: LoadPlayer
    private let visits: [CarVisit]
    private var nextVisit = 0
    private var events: EventCalendar
    private var fuse: FuseObserver

    /// Seconds since the beginning; the next step goes through the second that begins here.
    public private(set) var second = 0
    /// Of the last second, in milliampere per line; negative: fed in.
    public private(set) var baseMilliamperes = SIMD3<Int32>.zero
    public private(set) var loadMilliamperes = SIMD3<Int32>.zero
    /// What became of the cars that have left, in the order in which they did.
    public private(set) var results: [VisitResult] = []
    /// Cars that found no free station.
    public private(set) var turnedAway: [CarVisit] = []
    public private(set) var ledger = Ledger()
    public private(set) var overload: OverloadJudge
    /// Station-seconds with a car that wants current, by `LimitReason.rawValue`.
    public private(set) var wantingSecondsByReason: [Int]
    public private(set) var interventions: [Intervention] = []

    /// - Parameters:
    ///   - visits: by arrival.
    ///   - began: the wall time of second 0.
    ///   - seed: of all chance.
    public init(
        _ site: SimulatedSite, load: BaseLoad, visits: [CarVisit], events: [SiteEvent] = [], began: WallTime,
        seed: UInt64
    ) {
        self.site = site
        self.began = began
        self.seed = seed
        self.visits = visits
        self.events = EventCalendar(events)
        var nodes = site.nodes
        // Nothing but stations is simulated behind a sub-distribution: their sum is its reading.
        for index in nodes.indices { nodes[index].isMetered = false }
        allocator = Allocator(
            limits: site.limits, stations: site.stations.map(\.rating), policy: site.policy, nodes: nodes)
        for (index, station) in site.stations.enumerated() {
            guard let amperes = station.ownerLimitAmperes else { continue }
            allocator[ownerLimit: index] = OutsideLimit(.amperes(PerPhaseAmperes(amperes)))
        }
        stations = site.stations.map { SimulatedStation($0) }
        reports = Array(repeating: StationReport(), count: site.stations.count)
        player = LoadPlayer(load, seed: seed, began: began)
        fuse = FuseObserver(site.limits)
        overload = OverloadJudge(site)
        wantingSecondsByReason = Array(repeating: 0, count: LimitReason.allCases.count)
    }

    static func time(_ second: Int) -> MonotonicTime { MonotonicTime(nanoseconds: Int64(second) * 1_000_000_000) }

    // MARK: What it shows

    /// Wall time of the beginning of the last second.
    public var lastTime: WallTime { began.advanced(bySeconds: Int64(second - 1)) }
    public var alarm: AllocationAlarm { allocator.alarm }
    public var signalMode: SignalMode { allocator.signalMode }
    public var headroomAmperes: PerPhaseAmperes { allocator.headroomAmperes }
    /// Seconds until the main fuse may trip at the last second's current; infinite: never.
    public var secondsToTrip: Double { fuse.secondsToTrip }
    /// The smallest of them so far.
    public var leastSecondsToTrip: Double { fuse.leastSecondsToTrip }
    /// The most of the warmth that the main fuse bears which was used, 0 to 1; 1: it may have tripped.
    public var mostFuseUsedShare: Double { fuse.mostUsedShare }
    public var observedDevice: ProtectiveDevice? { fuse.device }
    public var stationCount: Int { stations.count }

    /// A station at the end of the last second.
    public struct StationView: Sendable {
        public var limit: StationLimit
        /// In milliampere per line.
        public var drawn: SIMD3<Int32>
        public var report: StationReport
        /// A car is attached; it is not full; it draws nothing though it wants to.
        public var hasCar: Bool
        public var wantsCurrent: Bool
        public var waits: Bool { wantsCurrent && drawn == .zero }
        /// How it charges; nil: it does not switch phases.
        public var phaseMode: PhaseMode?
        /// How often it was switched between one phase and three so far.
        public var phaseSwitchCount: Int
    }

    public func station(_ index: Int) -> StationView {
        StationView(
            limit: allocator[index], drawn: stations[index].drawn, report: reports[index],
            hasCar: stations[index].stay != nil, wantsCurrent: stations[index].stay?.wantsCurrent ?? false,
            phaseMode: site.stations[index].rating.switchesPhases ? stations[index].phaseMode : nil,
            phaseSwitchCount: stations[index].phaseSwitchCount)
    }

    // MARK: What it does

    /// Goes through one second.
    public mutating func step() {
        let now = second
        apply(events.changes(at: now), at: now)
        letCarsComeAndGo(at: now)
        var base = player.next(at: began.advanced(bySeconds: Int64(now)))
        base &+= events.loadMilliamperes
        var drawn = SIMD3<Int32>.zero
        var faulty = SIMD3<Int32>.zero
        for index in stations.indices {
            stations[index].exchange(at: now)
            stations[index].advance(at: now, volts: site.volts)
            reports[index] = stations[index].report
            drawn &+= stations[index].drawn
            if stations[index].isFaulty(at: now) { faulty &+= stations[index].drawn }
        }
        let load = base &+ drawn
        baseMilliamperes = base
        loadMilliamperes = load
        ledger.note(base: base, stations: drawn, load: load)
        overload.note(uncontrolled: base &+ faulty, controlled: drawn &- faulty)
        decide(load, at: now)
        fuse.flow(reading(load, at: Self.time(now + 1)), now: Self.time(now + 1))
        for station in stations.indices where stations[station].stay?.wantsCurrent == true {
            wantingSecondsByReason[Int(allocator[station].reason.rawValue)] += 1
        }
        second = now + 1
    }

    /// Unplugs the cars that are still there, for the account at the end.
    public mutating func finish() {
        for index in stations.indices {
            if let result = stations[index].unplug(station: index, at: second, volts: site.volts) {
                results.append(result)
            }
        }
    }

    /// What the device does within the second: protection by half cycles where it is needed, allocation at its end.
    private mutating func decide(_ load: SIMD3<Int32>, at now: Int) {
        let end = Self.time(now + 1)
        guard !events.isMeterLost else {
            if Self.expire(&allocator, reports, end) { publish(at: now) }
            return
        }
        if overload.isAboveUsable {
            // The first half cycles, and those after the time for which an inrush is waited for.
            for milliseconds in [10, 20, 310, 320] as [Int64] {
                let time = MonotonicTime(nanoseconds: (Int64(now) * 1000 + milliseconds) * 1_000_000)
                if Self.protect(&allocator, reports, reading(load, at: time), time) { publish(at: now) }
            }
        }
        // Even unchanged limits: another number of phases may be proposed, and the first plan is new to the stations.
        _ = Self.allocate(&allocator, reports, reading(load, at: end), end)
        publish(at: now)
        if allocator.endedInterventionCount > interventions.count, let last = allocator.lastIntervention {
            interventions.append(last)
        }
    }

    private func reading(_ load: SIMD3<Int32>, at time: MonotonicTime) -> SupplyReading {
        var feedsIn: PhaseSet = []
        for (line, phase) in [Phase.l1, .l2, .l3].enumerated() where site.feedsIn && load[line] < 0 {
            feedsIn.insert(PhaseSet(phase))
        }
        let amperes = PerPhaseAmperes(
            abs(Double(load[0])) / 1000, abs(Double(load[1])) / 1000, abs(Double(load[2])) / 1000)
        return SupplyReading(
            amperes: amperes, feedsIn: feedsIn, time: time, volts: PerPhaseVolts(site.volts, site.volts, site.volts),
            activePowerWatts: Double(Int(load[0]) + Int(load[1]) + Int(load[2])) / 1000 * site.volts)
    }

    private mutating func publish(at now: Int) {
        for index in stations.indices { stations[index].publish(allocator[index], at: now) }
    }

    private mutating func letCarsComeAndGo(at now: Int) {
        for index in stations.indices {
            guard let stay = stations[index].stay, stay.visit.departureSecond <= now else { continue }
            if let result = stations[index].unplug(station: index, at: now, volts: site.volts) {
                results.append(result)
            }
        }
        while nextVisit < visits.count, visits[nextVisit].arrivalSecond <= now {
            let visit = visits[nextVisit]
            if let index = freeStation(for: visit) {
                stations[index].plugIn(visit, seed: seed, stream: 1 << 40 + UInt64(nextVisit))
            } else {
                turnedAway.append(visit)
            }
            nextVisit += 1
        }
    }

    /// Its own, or the one that has been free the longest.
    private func freeStation(for visit: CarVisit) -> Int? {
        var found: Int?
        for index in stations.indices where stations[index].stay == nil {
            if let name = visit.stationName, name != stations[index].model.name { continue }
            if let best = found, stations[best].freeSince <= stations[index].freeSince { continue }
            found = index
        }
        return found
    }

    private mutating func apply(_ changed: Bool, at now: Int) {
        guard changed else { return }
        for index in stations.indices {
            stations[index].isSilent = events.isSilent(index)
            stations[index].disobey(events.disobeys(index))
            if events.reboots(index, at: now) { stations[index].reboot(at: now) }
        }
        let limits = events.signals
        for (source, place) in zip([SignalSource.digitalInput, .utilityNetwork, .localControl], 0...) {
            allocator[signal: source] = place < limits.count ? OutsideLimit(limits[place]) : nil
        }
        allocator[signal: .owner] = events.ownerLimit.map { OutsideLimit($0) }
    }

    // The stored properties go in one by one: a span over one of them otherwise holds all of `self`.

    private static func allocate(
        _ allocator: inout Allocator, _ reports: [StationReport], _ reading: SupplyReading, _ now: MonotonicTime
    ) -> Bool { allocator.allocate(reading, reports: reports.span, now: now) }

    private static func protect(
        _ allocator: inout Allocator, _ reports: [StationReport], _ reading: SupplyReading, _ now: MonotonicTime
    ) -> Bool { allocator.protect(reading, reports: reports.span, now: now) }

    private static func expire(
        _ allocator: inout Allocator, _ reports: [StationReport], _ now: MonotonicTime
    ) -> Bool { allocator.expire(now: now, reports: reports.span) }
}
