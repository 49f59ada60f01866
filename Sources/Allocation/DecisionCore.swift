/// What the allocator keeps of the supply, and the order of the steps of a decision. Memory of fixed size.
struct DecisionCore {
    private(set) var limits: SupplyLimits
    let policy: AllocationPolicy
    private var areSettingsUsable: Bool
    private let isPolicyUsable: Bool
    var alarm: AllocationAlarm = []
    var headroomAmperes = PerPhaseAmperes.zero
    var signals: OutsideSignals
    var interventions = InterventionLog()
    private(set) var fuse: FuseGuard
    private(set) var record = DecisionRecord()
    /// The time at which a station last started.
    private var lastStart = MonotonicTime.never
    private var leastServed = Double.infinity
    private var volts: PerPhaseVolts

    init(limits: SupplyLimits, policy: AllocationPolicy) {
        self.limits = limits
        self.policy = policy
        isPolicyUsable = policy.isUsable
        areSettingsUsable = isPolicyUsable && limits.isUsable
        signals = OutsideSignals(seed: policy.releaseSeed)
        fuse = FuseGuard(areSettingsUsable ? limits.device : nil)
        volts = PerPhaseVolts(policy.assumedVolts, policy.assumedVolts, policy.assumedVolts)
    }

    /// Takes over what outlives a change of settings.
    mutating func inherit(_ old: DecisionCore) {
        alarm = old.alarm
        headroomAmperes = old.headroomAmperes
        signals = old.signals
        interventions = old.interventions
        if limits.device == old.limits.device { fuse = old.fuse }
    }

    mutating func set(_ limits: SupplyLimits) {
        let isOtherDevice = limits.device != self.limits.device
        self.limits = limits
        areSettingsUsable = isPolicyUsable && limits.isUsable
        if isOtherDevice || !areSettingsUsable { fuse = FuseGuard(areSettingsUsable ? limits.device : nil) }
    }

    // MARK: The decisions

    @_noAllocation @_noLocks
    mutating func allocate(
        _ stations: inout MutableSpan<StationState>, _ nodes: inout MutableSpan<NodeState>,
        _ meters: inout MutableSpan<NodeMeter>, _ ranks: inout MutableSpan<Ranked>, reading: SupplyReading,
        nodeReadings: Span<SupplyReading>, reports: Span<StationReport>, now: MonotonicTime
    ) -> Bool {
        guard isUsable(reading, now: now) else {
            if hasExpired(&meters, now: now) {
                return planWithoutMeasurement(&stations, &nodes, reports: reports, now: now)
            }
            for index in stations.indices { stations[index].roomSince = .never }
            // Without an overload too: what comes from outside, and stations that fall silent, wait for no good second.
            return protect(
                &stations, &nodes, &meters, &ranks, reading: reading, reports: reports, now: now, always: true)
        }
        // Room that nobody measured has not lasted.
        let main = NodeState.main
        if reading.time.seconds(since: meters[main].lastReading) > policy.readingExpiresAfterSeconds + 0.5 {
            for index in stations.indices { stations[index].roomSince = .never }
        }
        let time = earlier(reading.time, now)
        meters[main].lastReading = later(meters[main].lastReading, time)
        note(volts: reading.volts)

        alarm = count(&stations, &nodes, reports: reports, now: now, measured: time)
        bound(&nodes, meters: &meters, stations: &stations, now: now)
        measure(reading, at: time, &nodes, &meters)
        measureBranches(nodeReadings, &stations, &nodes, &meters, now: now)
        bearImbalance(&nodes)
        fuse.endOfWindow()

        let plan = share(&stations, &nodes, &ranks, now: now)
        let mayStart = now.seconds(since: lastStart) >= policy.startGapSeconds
        let rise = raise(&stations, &nodes, mayStart: mayStart, now: now, policy: policy)
        if rise.started { lastStart = now }
        alarm.add(.overloadNotSolvable, if: plan.isUnsolvable)
        note(.allocation, reading, nodes[main], now: now)
        return plan.changed || rise.changed
    }

    @_noAllocation @_noLocks
    mutating func protect(
        _ stations: inout MutableSpan<StationState>, _ nodes: inout MutableSpan<NodeState>,
        _ meters: inout MutableSpan<NodeMeter>, _ ranks: inout MutableSpan<Ranked>, reading: SupplyReading,
        reports: Span<StationReport>, now: MonotonicTime, always: Bool = false
    ) -> Bool {
        guard areSettingsUsable else { return planWithoutMeasurement(&stations, &nodes, reports: reports, now: now) }
        let main = NodeState.main
        let time = earlier(reading.time, now)
        if isUsable(reading, now: now) { meters[main].lastReading = later(meters[main].lastReading, time) }
        var counted = PerPhaseAmperes.zero, rated = PerPhaseAmperes.zero
        for place in 0..<3 {
            counted[place] = reading.drawnAmperes(place: place)
            rated[place] = limits.usable(Phase(place: place))
        }
        let overloaded = fuse.protect(
            flowing: reading.flowing, counted: counted, usable: rated, at: reading.time, policy: policy)
        guard always || !overloaded.isNone else { return false }

        let stillBlind = alarm.rawValue & AllocationAlarm.noMeasurement.rawValue
        alarm = count(&stations, &nodes, reports: reports, now: now, measured: time)
        bound(&nodes, meters: &meters, stations: &stations, now: now)
        for place in 0..<3 where overloaded.contains(place: place) {
            headroomAmperes[place] = nodes[main].usable[place] - counted[place]
            meters[main].answerOverload(
                measured: counted[place], usable: nodes[main].usable[place], lane: place, census: nodes[main].census)
        }
        // Before the first window nothing is known of what is not overloaded, and nothing is needed.
        for node in nodes.indices {
            guard let meter = nodes[node].meter else { continue }
            for lane in 0..<4 { nodes[node].base[lane] = meters[meter].base(lane, orZero: true).amperes }
        }
        takeSurplusOffset(&nodes)
        bearImbalance(&nodes)
        let plan = share(&stations, &nodes, &ranks, now: now)
        for index in stations.indices where !stations[index].rating.phases.common(overloaded).isNone {
            stations[index].roomSince = .never
        }
        alarm.add(.overloadNotSolvable, if: plan.isUnsolvable)
        alarm = AllocationAlarm(rawValue: alarm.rawValue | stillBlind)
        note(.protection, reading, nodes[main], now: now)
        return plan.changed
    }

    @_noAllocation @_noLocks
    mutating func expire(
        _ stations: inout MutableSpan<StationState>, _ nodes: inout MutableSpan<NodeState>,
        _ meters: inout MutableSpan<NodeMeter>, reports: Span<StationReport>, now: MonotonicTime
    ) -> Bool {
        hasExpired(&meters, now: now)
            ? planWithoutMeasurement(&stations, &nodes, reports: reports, now: now) : false
    }

    @_noAllocation @_noLocks
    private mutating func planWithoutMeasurement(
        _ stations: inout MutableSpan<StationState>, _ nodes: inout MutableSpan<NodeState>,
        reports: Span<StationReport>, now: MonotonicTime
    ) -> Bool {
        alarm = count(&stations, &nodes, reports: reports, now: now, measured: now)
        alarm.add(.noMeasurement, if: true)
        alarm.add(.settingsUnusable, if: !areSettingsUsable)
        record.time = now
        record.kind = .failSafe
        record.alarm = alarm
        // What comes from outside holds without a measurement too.
        let charging = NodeState.charging
        advanceSignals(&stations, now: now)
        nodes[charging].beginDecision()
        signals.bound(&nodes[charging], main: limits.mainAmperes, volts: volts, now: now, policy: policy)
        interventions.note(signals, withheldWatts: 0, now: now)
        return failSafe(&stations, charging: nodes[charging])
    }

    // MARK: Their steps

    @_noAllocation @_noLocks
    private mutating func count(
        _ stations: inout MutableSpan<StationState>, _ nodes: inout MutableSpan<NodeState>,
        reports: Span<StationReport>, now: MonotonicTime, measured: MonotonicTime
    ) -> AllocationAlarm {
        let moment = Moment(
            now: now, measured: measured, volts: volts, leastServed: leastServed,
            isMinimumEach: signals.isMinimumEach(now: now), policy: policy)
        let counted = takeIn(&stations, &nodes, reports: reports, moment: moment, policy: policy)
        leastServed = counted.leastServed
        return counted.alarm
    }

    /// Fills, for the utility's evidence once without its signal, and lowers at once what is above its share.
    @_noAllocation @_noLocks
    private mutating func share(
        _ stations: inout MutableSpan<StationState>, _ nodes: inout MutableSpan<NodeState>,
        _ ranks: inout MutableSpan<Ranked>, now: MonotonicTime
    ) -> (changed: Bool, isUnsolvable: Bool) {
        let orders = Orders(count: stations.count)
        orders.rank(&stations, &ranks, now: now, policy: policy)
        var withheldWatts = 0.0
        if !(signals.mode == .normal) {
            nodes[NodeState.charging].suspendBounds()
            _ = fill(&stations, &nodes, &ranks, now: now, policy: policy)
            nodes[NodeState.charging].resumeBounds()
            for index in stations.indices where stations[index].role == .car { withheldWatts += stations[index].watts }
        }
        let isUnsolvable = fill(&stations, &nodes, &ranks, now: now, policy: policy)
        if !(signals.mode == .normal) {
            for index in stations.indices where stations[index].role == .car { withheldWatts -= stations[index].watts }
        }
        interventions.note(signals, withheldWatts: withheldWatts, now: now)
        var changed = false
        for index in stations.indices where stations[index].lower() { changed = true }
        return (changed, isUnsolvable)
    }

    /// Lets the signals from outside end, and begin their release from what is planned.
    @_noAllocation @_noLocks
    private mutating func advanceSignals(_ stations: inout MutableSpan<StationState>, now: MonotonicTime) {
        var planned = PerPhaseAmperes.zero
        for index in stations.indices {
            for place in 0..<3 { planned[place] += stations[index].allowed[place] }
        }
        signals.advance(now: now, planned: planned, policy: policy)
    }

    /// Sets what is usable at every node. Each limit is one more minimum; none raises another.
    @_noAllocation @_noLocks
    private mutating func bound(
        _ nodes: inout MutableSpan<NodeState>, meters: inout MutableSpan<NodeMeter>,
        stations: inout MutableSpan<StationState>, now: MonotonicTime
    ) {
        advanceSignals(&stations, now: now)
        for node in nodes.indices {
            nodes[node].beginDecision()
            guard let branch = nodes[node].branch else { continue }
            for place in 0..<3 {
                let usable = branch.limitAmperes[place] - branch.marginAmperes[place]
                nodes[node].bound(place, nodes[node].isUsable ? usable : 0, .branch)
            }
            if let watts = branch.limitWatts { nodes[node].bound(Lanes.power, watts, .powerLimit) }
        }
        let main = NodeState.main
        for place in 0..<3 {
            nodes[main].bound(place, limits.usable(Phase(place: place)), .mainFuse)
            let bearing = fuse.amperesBearing(limits.largestStepAmperes[place], place: place, policy: policy)
            nodes[main].bound(place, bearing, .switchOnReserve)
        }
        if let watts = limits.limitWatts { nodes[main].bound(Lanes.power, watts, .powerLimit) }
        signals.bound(&nodes[NodeState.charging], main: limits.mainAmperes, volts: volts, now: now, policy: policy)
        nodes[NodeState.surplus].bound(Lanes.power, policy.surplusGridWatts, .surplus)
    }

    /// Takes the reading of the main fuse in.
    @_noAllocation @_noLocks
    private mutating func measure(
        _ reading: SupplyReading, at time: MonotonicTime, _ nodes: inout MutableSpan<NodeState>,
        _ meters: inout MutableSpan<NodeMeter>
    ) {
        let main = NodeState.main
        var measured = Lanes()
        var apparentWatts = 0.0
        for place in 0..<3 {
            let usable = limits.usable(Phase(place: place))
            fuse.flow(reading.flowing[place], place: place, at: time)
            let drawn = reading.drawnAmperes(place: place)
            measured[place] = fuse.withoutInrush(drawn, place: place, usable: usable)
            headroomAmperes[place] = usable - measured[place]
            apparentWatts += measured[place] * volts[place]
            record.countedAmperes[place] = measured[place]
        }
        let power = reading.activePowerWatts
        var isPowerKnown = false
        var watts = apparentWatts
        if let power, power > -1e9, power < 1e9 {
            isPowerKnown = true
            watts = power
        }
        measured[Lanes.power] = max(0, watts)
        let lanes = limits.limitWatts == nil ? 0..<3 : 0..<4
        meters[main].update(
            measured, lanes: lanes, at: time, usable: nodes[main].usable, census: nodes[main].census, policy: policy)
        for lane in lanes {
            let base = meters[main].base(lane)
            nodes[main].base[lane] = base.amperes
            nodes[main].highestBase[lane] = base.highest
            if lane < Lanes.power, fuse.hasWaited(place: lane) { nodes[main].highestBase[lane] = .infinity }
        }
        // What a surplus station may use is a question of cost: late reports are waited for, never answered as an
        // overload. Without a power there is none.
        guard let meter = nodes[NodeState.surplus].meter else { return }
        guard isPowerKnown else { return nodes[NodeState.surplus].bound(Lanes.power, -1e9, .surplus) }
        measured[Lanes.power] = watts + NodeMeter.surplusOffsetWatts
        meters[meter].update(
            measured, lanes: Lanes.power..<4, at: time, usable: Lanes(.infinity),
            census: nodes[NodeState.surplus].census, policy: policy)
        let base = meters[meter].base(Lanes.power)
        nodes[NodeState.surplus].base[Lanes.power] = base.amperes
        nodes[NodeState.surplus].highestBase[Lanes.power] = base.highest
        takeSurplusOffset(&nodes)
    }

    @_noAllocation @_noLocks
    private func takeSurplusOffset(_ nodes: inout MutableSpan<NodeState>) {
        guard nodes[NodeState.surplus].meter != nil else { return }
        nodes[NodeState.surplus].base[Lanes.power] -= NodeMeter.surplusOffsetWatts
        nodes[NodeState.surplus].highestBase[Lanes.power] -= NodeMeter.surplusOffsetWatts
    }

    /// Takes the readings of the nodes with a meter in. Where one fails, its stations go to their fail-safe plan.
    @_noAllocation @_noLocks
    private mutating func measureBranches(
        _ readings: Span<SupplyReading>, _ stations: inout MutableSpan<StationState>,
        _ nodes: inout MutableSpan<NodeState>, _ meters: inout MutableSpan<NodeMeter>, now: MonotonicTime
    ) {
        for node in nodes.indices {
            guard nodes[node].kind == .branch, let meter = nodes[node].meter else { continue }
            let place = node - NodeState.firstBranch
            if place < readings.count, isUsable(readings[place], now: now) {
                let time = earlier(readings[place].time, now)
                meters[meter].lastReading = later(meters[meter].lastReading, time)
                var measured = Lanes()
                for line in 0..<3 {
                    measured[line] = readings[place].drawnAmperes(place: line)
                    measured[Lanes.power] += measured[line] * volts[line]
                }
                if let watts = readings[place].activePowerWatts { measured[Lanes.power] = max(0, watts) }
                meters[meter].update(
                    measured, lanes: 0..<4, at: time, usable: nodes[node].usable, census: nodes[node].census,
                    policy: policy)
            } else if meters[meter].lastReading == .never {
                meters[meter].lastReading = now
            }
            let isBlind = now.seconds(since: meters[meter].lastReading) > policy.readingExpiresAfterSeconds
            for lane in 0..<4 {
                let base = meters[meter].base(lane, orZero: isBlind)
                nodes[node].base[lane] = base.amperes
                nodes[node].highestBase[lane] = base.highest
            }
            guard isBlind else { continue }
            alarm.add(.noMeasurement, if: true)
            for index in stations.indices where stations[index].path.contains(node) { stations[index].goBlind() }
        }
    }

    /// Each line may be above the lowest of the others by the limit. What is to count there must be drawn for certain.
    @_noAllocation @_noLocks
    private func bearImbalance(_ nodes: inout MutableSpan<NodeState>) {
        guard let limit = limits.imbalance else { return }
        let main = NodeState.main, node = NodeState.imbalance
        for place in 0..<3 {
            var lowest = Double.infinity
            for other in 0..<3 where other != place {
                let base = limit.countsBuilding && nodes[main].base[other] < .infinity ? nodes[main].base[other] : 0
                let drawn = base + max(0, nodes[node].census.proven[other])
                if drawn < lowest { lowest = drawn }
            }
            nodes[node].bound(place, limit.amperes + lowest, .imbalance)
            guard limit.countsBuilding else { continue }
            nodes[node].base[place] = nodes[main].base[place]
            nodes[node].highestBase[place] = nodes[main].highestBase[place]
        }
    }

    // MARK: What they stand on

    @_noAllocation @_noLocks
    private mutating func note(volts measured: PerPhaseVolts?) {
        for place in 0..<3 {
            var value = 0.0
            if let measured { value = measured[place] }
            volts[place] = value >= 50 && value <= 500 ? value : policy.assumedVolts
        }
    }

    @_noAllocation @_noLocks
    private mutating func note(_ kind: DecisionKind, _ reading: SupplyReading, _ main: NodeState, now: MonotonicTime) {
        record.time = now
        record.kind = kind
        record.measuredAmperes = reading.amperes
        record.activePowerWatts = reading.activePowerWatts
        record.mode = signals.mode
        record.alarm = alarm
        record.secondsToTrip = fuse.secondsToTrip
        for place in 0..<3 {
            if kind == .protection {
                record.countedAmperes[place] = reading.drawnAmperes(place: place)
            }
            record.usableAmperes[place] = main.usable[place]
            record.baseAmperes[place] = main.base[place]
            record.highestBaseAmperes[place] = main.highestBase[place]
        }
    }

    @_noAllocation @_noLocks
    private func hasExpired(_ meters: inout MutableSpan<NodeMeter>, now: MonotonicTime) -> Bool {
        let main = NodeState.main
        if meters[main].lastReading == .never { meters[main].lastReading = now }
        return !areSettingsUsable || now.seconds(since: meters[main].lastReading) > policy.readingExpiresAfterSeconds
    }

    @_noAllocation @_noLocks
    private func isUsable(_ reading: SupplyReading, now: MonotonicTime) -> Bool {
        areSettingsUsable && reading.isUsable && isCurrent(reading.amperes) && reading.time != .never
            && now.seconds(since: reading.time) <= policy.readingExpiresAfterSeconds
    }
}

extension SupplyReading {
    /// The current that counts on the line at `place`: feed-in never adds room.
    @_noAllocation @_noLocks
    fileprivate func drawnAmperes(place: Int) -> Double { feedsIn.contains(place: place) ? 0 : amperes[place] }
}

extension SupplyLimits {
    /// What `validate` says.
    fileprivate var isUsable: Bool {
        do throws(SettingsProblem) {
            try validate()
            return true
        } catch {
            return false
        }
    }
}

extension AllocationPolicy {
    /// What `validate` says.
    fileprivate var isUsable: Bool {
        do throws(SettingsProblem) {
            try validate()
            return true
        } catch {
            return false
        }
    }
}
