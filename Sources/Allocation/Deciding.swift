/// Raises the limits whose room has lasted.
///
/// Every station counts at the largest of what it was told, confirmed, draws and is going to get; each rise fits
/// beside that, so any number of them together fit.
///
/// - Returns: whether a limit rose, and whether one from 0.
@_noAllocation @_noLocks
func raise(
    _ stations: inout MutableSpan<StationState>, _ nodes: inout MutableSpan<NodeState>, mayStart: Bool,
    now: MonotonicTime, policy: AllocationPolicy
) -> (changed: Bool, started: Bool) {
    for node in nodes.indices { nodes[node].total = nodes[node].highestBase }
    for index in stations.indices { stations[index].keepRoom(&nodes) }
    var changed = false, started = false
    let gap = policy.startGapSeconds > 0
    for index in stations.indices {
        let wasOff = stations[index].limit.amperes == 0
        let isHeldBack = gap && wasOff && (started || !mayStart)
        guard stations[index].raise(&nodes, isHeldBack: isHeldBack, now: now, policy: policy) else { continue }
        changed = true
        if wasOff { started = true }
    }
    return (changed, started)
}

/// Without a measurement: every managed station at its fall-back or its smallest limit, never above what it has, nor what
/// the utility and the owner allow.
@_noAllocation @_noLocks
func failSafe(_ stations: inout MutableSpan<StationState>, charging: NodeState) -> Bool {
    var changed = false
    var left = charging.usable
    left.add(charging.census.held, times: -1)
    for index in stations.indices {
        stations[index].roomSince = .never
        switch stations[index].role {
        case .car, .parked, .held:
            let fallBack = stations[index].rating.failSafeAmperes ?? stations[index].grid.lowestAmperes
            let most = min(fallBack, stations[index].highestAmperes)
            var share = min(stations[index].limit.amperes, stations[index].grid.roundedDown(most))
            let floor = min(stations[index].floorAmperes, stations[index].limit.amperes)
            if stations[index].shares {
                let lines = stations[index].lines, volts = stations[index].volts
                for lane in 0..<4 where lines.loads(lane: lane) {
                    let amperes = max(0, left[lane]) / (lane == Lanes.power ? volts.sum(on: lines) : 1)
                    share = min(share, stations[index].grid.roundedDown(amperes))
                }
                left.add(stations[index].load(max(share, floor), on: lines), times: -1)
            }
            if stations[index].set(max(share, floor), .noMeasurement) { changed = true }
        case .outOfService, .notManaged, .settingsUnusable:
            if stations[index].lower() { changed = true }
        }
    }
    return changed
}

extension StationState {
    /// Brings the limit down to the share, by the full amount. True where its current changed.
    @_noAllocation @_noLocks @inline(__always)
    mutating func lower() -> Bool {
        guard role == .car, !isAbove(target.amperes) else { return lowerByRole() }
        if !isBelow(target.amperes) { explain(targetReason, targetPhase, targetPlace) }
        return false
    }

    @_noAllocation @_noLocks @inline(never)
    private mutating func lowerByRole() -> Bool {
        switch role {
        case .notManaged: return set(grid.highestAmperes, .notManaged)
        case .outOfService: return set(floorAmperes, .outOfService)
        case .settingsUnusable: return set(0, .settingsUnusable)
        case .parked:
            return isAbove(target.amperes) ? set(smaller(target.amperes), .noVehicle, nil, nil) : false
        case .held:
            // A silent station may be back at its fall-back: to write more to it later would be a rise.
            var share = smaller(target.amperes)
            if isSilent { share = smaller(.same(grid.roundedDown(fallBackAmperes), on: rating.phases), than: share) }
            // One that cannot be stopped has what it has to its floor, whoever holds it.
            let floor = PerPhaseAmperes.same(floorAmperes, on: rating.phases)
            share = smaller(larger(floor, than: share))
            roomSince = .never
            return set(share, heldReason(share), targetPhase, targetPlace)
        case .car:
            roomSince = .never
            return set(smaller(target.amperes), targetReason, targetPhase, targetPlace)
        }
    }

    // A call from a `mutating` function to one that is not copies the whole station, unless it is inlined.

    /// Whether the limit of some line that it uses is above `other`.
    @_noAllocation @_noLocks @inline(__always)
    private func isAbove(_ other: PerPhaseAmperes) -> Bool {
        for place in 0..<3 where lines.contains(place: place) && limitAmperes[place] > other[place] { return true }
        return false
    }

    @_noAllocation @_noLocks @inline(__always)
    private func isBelow(_ other: PerPhaseAmperes) -> Bool {
        for place in 0..<3 where lines.contains(place: place) && limitAmperes[place] < other[place] { return true }
        return false
    }

    /// By line, the smaller of `share` and the limit, or `other`.
    @_noAllocation @_noLocks @inline(__always)
    private func smaller(_ share: PerPhaseAmperes, than other: PerPhaseAmperes? = nil) -> PerPhaseAmperes {
        let other = other ?? limitAmperes
        return PerPhaseAmperes(min(share.l1, other.l1), min(share.l2, other.l2), min(share.l3, other.l3))
    }

    @_noAllocation @_noLocks @inline(__always)
    private func heldReason(_ share: PerPhaseAmperes) -> LimitReason {
        if disobeys { return .stationDisobeys }
        if isSilent || share == limitAmperes { return .stationSilent }
        return share.largest(on: lines) > 0 ? targetReason : .belowMinimum
    }

    /// Settles what is kept for it at the nodes while others rise. Where nothing is measured, a car also counts at what
    /// was in force within its reaction time: nobody sees whether it has followed.
    @_noAllocation @_noLocks
    fileprivate mutating func keepRoom(_ nodes: inout MutableSpan<NodeState>) {
        keptLoad = inForce.larger(credit).larger(Lanes())
        if shares { keptLoad = keptLoad.larger(target) }
        unseenLoad = keptLoad.larger(onLines.scaled(max(told.highestAmperes, recentForce.highestAmperes)))
        keptLoad.reckonPower(volts)
        unseenLoad.reckonPower(volts)
        for step in 0..<bounding.count {
            let node = bounding[step]
            nodes[node].total.add(keptLoad(isMeasured: nodes[node].meter != nil))
        }
    }

    /// The load that is kept for it at a node.
    @_noAllocation @_noLocks @inline(__always)
    fileprivate func keptLoad(isMeasured: Bool) -> Lanes { isMeasured ? keptLoad : unseenLoad }

    /// What it may have on the lines of `some` beside all that is kept for others, and what bounds it.
    @_noAllocation @_noLocks
    private mutating func room(
        on some: PhaseSet, _ nodes: inout MutableSpan<NodeState>, withHighestBase: Bool = true
    ) -> (amperes: PerPhaseAmperes, node: Int, lane: Int) {
        let perAmpere = volts.sum(on: some)
        var room = PerPhaseAmperes.same(.infinity, on: some)
        var least = Double.infinity
        var tightest = (node: 0, lane: 0)
        for step in 0..<bounding.count {
            let node = bounding[step]
            let load = keptLoad(isMeasured: nodes[node].meter != nil)
            for lane in 0..<4 where some.loads(lane: lane) {
                var free = nodes[node].usable[lane] - nodes[node].total[lane] + load[lane]
                if !withHighestBase { free += nodes[node].highestBase[lane] - nodes[node].base[lane] }
                if lane == Lanes.power { free /= perAmpere }
                if nodes[node].kind == .surplus, rating.energySource == .gridMinimumAndSurplus {
                    free = max(free, grid.lowestAmperes)
                }
                if free < least {
                    least = free
                    tightest = (node, lane)
                }
                for place in 0..<3 where lane == place || lane == Lanes.power {
                    if free < room[place] { room[place] = free }
                }
            }
        }
        if !rating.takesLimitPerLine { room = .same(least, on: some) }
        return (room, tightest.node, tightest.lane)
    }

    /// `room` on the grid, at most the share; the same on all lines unless it takes a limit per line.
    @_noAllocation @_noLocks @inline(__always)
    private func fitting(_ room: PerPhaseAmperes) -> PerPhaseAmperes {
        var fitting = PerPhaseAmperes.zero
        for place in 0..<3 where lines.contains(place: place) {
            fitting[place] = grid.roundedDown(min(target[place], room[place]))
        }
        // One line at 0 is no charging: all lines or none.
        return fitting.smallest(on: lines) > 0 ? fitting : .zero
    }

    @_noAllocation @_noLocks @inline(__always)
    fileprivate mutating func raise(
        _ nodes: inout MutableSpan<NodeState>, isHeldBack: Bool, now: MonotonicTime, policy: AllocationPolicy
    ) -> Bool {
        if rating.switchesPhases, role == .car { weighPhases(&nodes, now: now, policy: policy) }
        guard shares, isBelow(target.amperes) else {
            roomSince = .never
            if role == .parked { explain(.noVehicle, nil, nil) }
            return false
        }
        return rise(&nodes, isHeldBack: isHeldBack, now: now, policy: policy)
    }

    /// Raises the limit to what there has been room for.
    @_noAllocation @_noLocks @inline(never)
    private mutating func rise(
        _ nodes: inout MutableSpan<NodeState>, isHeldBack: Bool, now: MonotonicTime, policy: AllocationPolicy
    ) -> Bool {
        let (room, node, lane) = room(on: lines, &nodes)
        var fitting = fitting(room)
        // Not while it still has or draws more than there is room for.
        for place in 0..<3
        where lines.contains(place: place) && room[place] < counted(place: place) - StationGrid.toleranceAmperes {
            fitting = .zero
        }
        let isTight = room.smallest(on: lines) < target.amperes.smallest(on: lines)
        let phase = isTight ? Lanes.phase(lane) : targetPhase
        let place = isTight ? NodeState.place(node) : targetPlace
        guard isBelow(fitting) else {
            roomSince = .never
            let byBase = self.fitting(self.room(on: lines, &nodes, withHighestBase: false).amperes)
            explain(isBelow(byBase) ? .waitingForRoomToLast : .waitingForOthers, phase, place)
            return false
        }
        if roomSince == .never {
            roomSince = now
            smallestRoom = fitting
        }
        smallestRoom = smaller(fitting, than: smallestRoom)
        // What a car gave back has lasted all the while.
        let wait = car.hasReturned(within: policy.raiseAfterSeconds, now: now) ? 0 : policy.raiseAfterSeconds
        guard now.seconds(since: roomSince) >= wait else {
            explain(.waitingForRoomToLast, phase, place)
            return false
        }
        guard !isHeldBack else {
            explain(.staggeredStart, nil, nil)
            return false
        }
        roomSince = .never
        let next = larger(smallestRoom)
        let isAll = !next.isBelow(target.amperes, on: lines)
        let reason: LimitReason = role == .parked ? .noVehicle : isAll ? targetReason : .waitingForRoomToLast
        return set(next, reason, phase, place)
    }

    /// By line, the larger of `other` and the limit (a line that lacks room keeps what it has), or `share`.
    @_noAllocation @_noLocks @inline(__always)
    private func larger(_ other: PerPhaseAmperes, than share: PerPhaseAmperes? = nil) -> PerPhaseAmperes {
        let share = share ?? limitAmperes
        return PerPhaseAmperes(max(share.l1, other.l1), max(share.l2, other.l2), max(share.l3, other.l3))
    }

    /// Compares what it could charge with on one line and on three.
    @_noAllocation @_noLocks
    private mutating func weighPhases(
        _ nodes: inout MutableSpan<NodeState>, now: MonotonicTime, policy: AllocationPolicy
    ) {
        // A car that uses one line gains nothing by either.
        guard !car.isSinglePhase, !(switching.isThree && lines.lineCount == 1) else { return switching.rest() }
        let first = PhaseSet(rating.rotation.first).common(rating.phases)
        let single = min(room(on: first, &nodes).amperes.smallest(on: first), highestAmperes)
        let three = min(room(on: rating.phases, &nodes).amperes.smallest(on: rating.phases), highestAmperes)
        switching.weigh(
            singleWatts: grid.roundedDown(single) * volts.sum(on: first),
            threeWatts: grid.roundedDown(three) * volts.sum(on: rating.phases), now: now, policy: policy)
    }
}

extension PerPhaseAmperes {
    /// Whether some line of `phases` is below that of `other`.
    @_noAllocation @_noLocks
    fileprivate func isBelow(_ other: PerPhaseAmperes, on phases: PhaseSet) -> Bool {
        for place in 0..<3 where phases.contains(place: place) && self[place] < other[place] { return true }
        return false
    }
}
