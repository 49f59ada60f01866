// One station in the filling.
extension StationState {
    @_noAllocation @_noLocks
    mutating func beginFilling(_ nodes: inout MutableSpan<NodeState>) {
        target = Lanes()
        targetReason = highestReason
        targetNode = -1
        isAdmitted = false
        takesSteps = true
        rising = .none
        bounding.removeAll()
        for step in 0..<path.count where isBounded(by: nodes[path[step]].bounds) { _ = bounding.append(path[step]) }
    }

    /// Whether the others rise before it gets its smallest current.
    var standsAside: Bool {
        @_noAllocation @_noLocks get {
            car.isIdle(lowest: grid.lowestAmperes) && !rating.guaranteesMinimum && rating.canBeStopped
        }
    }

    /// The load of `amperes` on each line that it uses.
    @_noAllocation @_noLocks @inline(__always)
    func load(_ amperes: Double, on some: PhaseSet) -> Lanes { Lanes(.same(amperes, on: some), volts: volts) }

    /// The same on all that it uses.
    @_noAllocation @_noLocks @inline(__always)
    private func load(_ amperes: Double) -> Lanes {
        var load = onLines.scaled(amperes)
        load.reckonPower(volts)
        return load
    }

    /// `amperes` on each line that it uses.
    @_noAllocation @_noLocks @inline(__always)
    private func same(_ amperes: Double) -> Lanes { onLines.scaled(amperes) }

    /// Whether its smallest current need not come from the building's own surplus.
    @_noAllocation @_noLocks
    private func hasMinimumFromGrid(now: MonotonicTime, policy: AllocationPolicy) -> Bool {
        rating.energySource == .gridMinimumAndSurplus || turn.isInMinimumTimeOn(now: now, policy: policy)
    }

    /// Gives it its smallest current.
    @_noAllocation @_noLocks
    mutating func admit(_ nodes: inout MutableSpan<NodeState>) {
        isAdmitted = true
        target = same(grid.lowestAmperes)
        take(load(grid.lowestAmperes), from: &nodes)
    }

    @_noAllocation @_noLocks @inline(__always)
    private mutating func take(_ load: Lanes, times factor: Double = 1, from nodes: inout MutableSpan<NodeState>) {
        for step in 0..<bounding.count { nodes[bounding[step]].take(load, times: factor) }
    }

    /// Admits it where all nodes have its smallest current, else leaves it at 0 for the lane that lacks most.
    @_noAllocation @_noLocks
    mutating func tryToAdmit(_ nodes: inout MutableSpan<NodeState>, now: MonotonicTime, policy: AllocationPolicy) {
        guard highestAmperes > 0 else { return }
        let need = load(grid.lowestAmperes)
        guard fits(need, &nodes) || !lacks(need, &nodes, now: now, policy: policy) else { return }
        guard !turn.isInMinimumTimeOff(now: now, policy: policy) || role == .parked else {
            targetReason = .minimumTimeOff
            return
        }
        isAdmitted = true
        target = same(grid.lowestAmperes)
        take(need, from: &nodes)
    }

    /// Whether all that bounds it has `load` left.
    @_noAllocation @_noLocks @inline(__always)
    private mutating func fits(_ load: Lanes, _ nodes: inout MutableSpan<NodeState>) -> Bool {
        let least = load.leastLeft
        for step in 0..<bounding.count where nodes[bounding[step]].left.isBelow(least) { return false }
        return true
    }

    /// Whether something of its smallest current is lacking; the lane that lacks most is the reason.
    @_noAllocation @_noLocks
    private mutating func lacks(
        _ need: Lanes, _ nodes: inout MutableSpan<NodeState>, now: MonotonicTime, policy: AllocationPolicy
    ) -> Bool {
        var least = 0.0
        var isLacking = false
        for step in 0..<bounding.count {
            let node = bounding[step]
            guard nodes[node].left.isBelow(need.leastLeft) else { continue }
            if nodes[node].kind == .surplus, hasMinimumFromGrid(now: now, policy: policy) { continue }
            for lane in 0..<4 where need[lane] > 0 {
                let rest = nodes[node].left[lane] - need[lane]
                guard rest < -StationGrid.toleranceAmperes else { continue }
                // In parts of what it needs, so that ampere and watt compare.
                let lack = rest / need[lane]
                guard lack < least else { continue }
                least = lack
                isLacking = true
                explain(nodes[node].reason(lane), node, lane)
                if targetReason == .mainFuse || targetReason == .branch { targetReason = .belowMinimum }
                if nodes[node].room[lane] >= need[lane] - StationGrid.toleranceAmperes { targetReason = .queued }
            }
        }
        return isLacking
    }

    /// A held station may go on where nothing is lacking on its lines.
    @_noAllocation @_noLocks
    mutating func tryToHold(_ nodes: inout MutableSpan<NodeState>) {
        guard highestAmperes > 0 else { return }
        isAdmitted = true
        for step in 0..<bounding.count {
            let node = bounding[step]
            guard !(nodes[node].kind == .surplus) else { continue }
            for lane in 0..<4 where lines.loads(lane: lane) && nodes[node].left[lane] < -StationGrid.toleranceAmperes {
                isAdmitted = false
                explain(nodes[node].reason(lane), node, lane)
            }
        }
        if isAdmitted { target = same(grid.lowestAmperes) }
    }

    @_noAllocation @_noLocks
    private mutating func explain(_ reason: LimitReason, _ node: Int, _ lane: Int) {
        targetReason = reason
        targetNode = node
        targetLane = lane
    }

    @_noAllocation @_noLocks
    mutating func beginRising(at level: Double, _ nodes: inout MutableSpan<NodeState>) {
        rising = lines
        riseLoad = load(1)
        changeRising(lines, times: rating.weight, at: level, &nodes)
        var isFullSomewhere = false
        for step in 0..<bounding.count where nodes[bounding[step]].isFullSomewhere { isFullSomewhere = true }
        if isFullSomewhere { stopWhereFull(at: level, &nodes) }
    }

    @_noAllocation @_noLocks @inline(never)
    private mutating func stopWhereFull(at level: Double, _ nodes: inout MutableSpan<NodeState>) {
        for step in 0..<bounding.count {
            let node = bounding[step]
            for lane in 0..<4 where rising.loads(lane: lane) && nodes[node].isFull(lane) {
                stop(by: node, lane, at: level, &nodes)
            }
        }
    }

    /// Stops it where `lane` of `node` is used up and bounds it: on all lines, or on that one where it takes a limit per
    /// line.
    @_noAllocation @_noLocks
    mutating func stop(by node: Int, _ lane: Int, at level: Double, _ nodes: inout MutableSpan<NodeState>) {
        guard !rising.isNone, rising.loads(lane: lane), bounding.contains(node) else { return }
        let isFirst = rising.rawValue == lines.rawValue
        var stopped = rising
        if rating.takesLimitPerLine, lane < Lanes.power {
            stopped = .none
            stopped.add(place: lane)
        }
        if isFirst {
            let isForced = !rating.canBeStopped && nodes[node].left[lane] < -StationGrid.toleranceAmperes
            explain(isForced ? .cannotBeStopped : nodes[node].reason(lane), node, lane)
        }
        stop(stopped, at: level, &nodes)
    }

    @_noAllocation @_noLocks
    mutating func stop(_ stopped: PhaseSet, at level: Double, _ nodes: inout MutableSpan<NodeState>) {
        let reached = level * rating.weight
        let amperes = min(reached > grid.lowestAmperes ? reached : grid.lowestAmperes, highestAmperes)
        for place in 0..<3 where stopped.contains(place: place) { target[place] = amperes }
        rising = rising.without(stopped)
        changeRising(stopped, times: -rating.weight, at: level, &nodes)
    }

    @_noAllocation @_noLocks @inline(__always)
    private mutating func changeRising(
        _ some: PhaseSet, times factor: Double, at level: Double, _ nodes: inout MutableSpan<NodeState>
    ) {
        guard role == .car, !some.isNone else { return }
        let load = some.rawValue == lines.rawValue ? riseLoad : load(1, on: some)
        for step in 0..<bounding.count { nodes[bounding[step]].rise(load, times: factor, at: level) }
    }

    /// Rounds the share down and gives the rest back.
    @_noAllocation @_noLocks
    mutating func roundDown(_ nodes: inout MutableSpan<NodeState>) {
        let before = target
        round(upBy: 0)
        guard role == .car else { return }
        var rest = before - target
        rest.reckonPower(volts)
        take(rest, times: -1, from: &nodes)
    }

    /// Brings the share and `amperes` more onto the grid; lines that stopped together are rounded together.
    @_noAllocation @_noLocks @inline(__always)
    private mutating func round(upBy amperes: Double) {
        guard rating.takesLimitPerLine else {
            target = same(grid.roundedDown(min(target.maximum + amperes, highestAmperes)))
            return
        }
        for place in 0..<3 where lines.contains(place: place) {
            target[place] = grid.roundedDown(min(target[place] + amperes, highestAmperes))
        }
    }

    /// Takes one step more on all its lines where what rounding left has room for it; else the lane that has not is the
    /// reason. What is left only falls from turn to turn: who could not take a step once need not be asked again.
    ///
    /// - Returns: true where it took one.
    @_noAllocation @_noLocks
    mutating func takeStep(_ nodes: inout MutableSpan<NodeState>) -> Bool {
        takesSteps = tryStep(&nodes)
        return takesSteps
    }

    @_noAllocation @_noLocks
    private mutating func tryStep(_ nodes: inout MutableSpan<NodeState>) -> Bool {
        guard isAdmitted,
            target.maximum + rating.stepAmperes <= highestAmperes + StationGrid.toleranceAmperes
        else { return false }
        // The lane that stopped it in the filling stays the reason where it still is one.
        if targetNode >= 0, targetLane < Lanes.power,
            nodes[targetNode].left[targetLane] < rating.stepAmperes - StationGrid.toleranceAmperes
        {
            return false
        }
        let step = load(rating.stepAmperes)
        guard fits(step, &nodes) else {
            explainLack(of: step, &nodes)
            return false
        }
        round(upBy: rating.stepAmperes)
        if target.maximum >= highestAmperes {
            targetReason = highestReason
            targetNode = -1
        }
        take(step, from: &nodes)
        return true
    }

    /// The first lane that has less than `step` is the reason, unless that which stopped it in the filling still is one.
    @_noAllocation @_noLocks @inline(never)
    private mutating func explainLack(of step: Lanes, _ nodes: inout MutableSpan<NodeState>) {
        var blocking = (node: -1, lane: 0)
        for place in 0..<bounding.count {
            let node = bounding[place]
            for lane in 0..<4
            where step[lane] > 0 && nodes[node].left[lane] < step[lane] - StationGrid.toleranceAmperes {
                if node == targetNode, lane == targetLane { return }
                if blocking.node < 0 { blocking = (node, lane) }
            }
        }
        explain(nodes[blocking.node].reason(blocking.lane), blocking.node, blocking.lane)
    }
}
