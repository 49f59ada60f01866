// One station in the filling.
extension StationState {
    @_noAllocation @_noLocks
    mutating func beginFilling() {
        target = .zero
        targetReason = highestReason
        targetNode = -1
        isAdmitted = false
        rising = .none
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

    /// Whether its smallest current need not come from the building's own surplus.
    @_noAllocation @_noLocks
    private func hasMinimumFromGrid(now: MonotonicTime, policy: AllocationPolicy) -> Bool {
        rating.energySource == .gridMinimumAndSurplus || turn.isInMinimumTimeOn(now: now, policy: policy)
    }

    /// Gives it its smallest current.
    @_noAllocation @_noLocks
    mutating func admit(_ nodes: inout MutableSpan<NodeState>) {
        isAdmitted = true
        target = .same(grid.lowestAmperes, on: lines)
        take(load(grid.lowestAmperes, on: lines), from: &nodes)
    }

    @_noAllocation @_noLocks @inline(__always)
    private func take(_ load: Lanes, times factor: Double = 1, from nodes: inout MutableSpan<NodeState>) {
        for step in 0..<path.count where isBounded(by: nodes[path[step]].bounds) {
            nodes[path[step]].take(load, times: factor)
        }
    }

    /// Admits it where all nodes have its smallest current, else leaves it at 0 for the lane that lacks most.
    @_noAllocation @_noLocks
    mutating func tryToAdmit(_ nodes: inout MutableSpan<NodeState>, now: MonotonicTime, policy: AllocationPolicy) {
        guard highestAmperes > 0 else { return }
        let need = load(grid.lowestAmperes, on: lines)
        var least = 0.0
        var isLacking = false
        for step in 0..<path.count where isBounded(by: nodes[path[step]].bounds) {
            let node = path[step]
            guard nodes[node].left.lack(need) else { continue }
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
        guard !isLacking else { return }
        guard !turn.isInMinimumTimeOff(now: now, policy: policy) || role == .parked else {
            targetReason = .minimumTimeOff
            return
        }
        isAdmitted = true
        target = .same(grid.lowestAmperes, on: lines)
        take(need, from: &nodes)
    }

    /// A held station may go on where nothing is lacking on its lines.
    @_noAllocation @_noLocks
    mutating func tryToHold(_ nodes: inout MutableSpan<NodeState>) {
        guard highestAmperes > 0 else { return }
        isAdmitted = true
        for step in 0..<path.count
        where isBounded(by: nodes[path[step]].bounds) && !(nodes[path[step]].kind == .surplus) {
            for lane in 0..<4
            where lines.loads(lane: lane) && nodes[path[step]].left[lane] < -StationGrid.toleranceAmperes {
                isAdmitted = false
                explain(nodes[path[step]].reason(lane), path[step], lane)
            }
        }
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
        target = .same(grid.lowestAmperes, on: lines)
        changeRising(lines, times: rating.weight, at: level, &nodes)
        for step in 0..<path.count where nodes[path[step]].isFullSomewhere && isBounded(by: nodes[path[step]].bounds) {
            for lane in 0..<4 where rising.loads(lane: lane) && nodes[path[step]].isFull(lane) {
                stop(by: path[step], lane, at: level, &nodes)
            }
        }
    }

    /// Stops it where `lane` of `node` is used up and bounds it: on all lines, or on that one where it takes a limit per
    /// line.
    @_noAllocation @_noLocks
    mutating func stop(by node: Int, _ lane: Int, at level: Double, _ nodes: inout MutableSpan<NodeState>) {
        guard !rising.isNone, rising.loads(lane: lane), path.contains(node), isBounded(by: nodes[node].bounds) else {
            return
        }
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
        let amperes = max(level * rating.weight, grid.lowestAmperes)
        for place in 0..<3 where stopped.contains(place: place) { target[place] = min(amperes, highestAmperes) }
        rising = rising.without(stopped)
        changeRising(stopped, times: -rating.weight, at: level, &nodes)
    }

    @_noAllocation @_noLocks @inline(__always)
    private func changeRising(
        _ some: PhaseSet, times factor: Double, at level: Double, _ nodes: inout MutableSpan<NodeState>
    ) {
        guard role == .car, !some.isNone else { return }
        let load = load(1, on: some)
        for step in 0..<path.count where isBounded(by: nodes[path[step]].bounds) {
            nodes[path[step]].rise(load, times: factor, at: level)
        }
    }

    /// Rounds the share down and gives the rest back.
    @_noAllocation @_noLocks
    mutating func roundDown(_ nodes: inout MutableSpan<NodeState>) {
        var rest = PerPhaseAmperes.zero
        for place in 0..<3 where lines.contains(place: place) {
            let rounded = grid.roundedDown(min(target[place], highestAmperes))
            rest[place] = target[place] - rounded
            target[place] = rounded
        }
        guard role == .car else { return }
        take(Lanes(rest, volts: volts), times: -1, from: &nodes)
    }

    /// Takes one step more on all its lines where what rounding left has room for it; else the lane that has not is the
    /// reason.
    ///
    /// - Returns: true where it took one.
    @_noAllocation @_noLocks
    mutating func takeStep(_ nodes: inout MutableSpan<NodeState>) -> Bool {
        guard isAdmitted,
            target.largest(on: lines) + rating.stepAmperes <= highestAmperes + StationGrid.toleranceAmperes
        else { return false }
        let step = load(rating.stepAmperes, on: lines)
        var blocking = (node: -1, lane: 0)
        for place in 0..<path.count where isBounded(by: nodes[path[place]].bounds) {
            let node = path[place]
            guard nodes[node].left.lack(step) else { continue }
            for lane in 0..<4
            where step[lane] > 0 && nodes[node].left[lane] < step[lane] - StationGrid.toleranceAmperes {
                // The one that stopped it in the filling stays the reason where it still is one.
                if node == targetNode, lane == targetLane { return false }
                if blocking.node < 0 { blocking = (node, lane) }
            }
        }
        guard blocking.node < 0 else {
            explain(nodes[blocking.node].reason(blocking.lane), blocking.node, blocking.lane)
            return false
        }
        for place in 0..<3 where lines.contains(place: place) {
            target[place] = grid.roundedDown(target[place] + rating.stepAmperes)
        }
        if target.largest(on: lines) >= highestAmperes {
            targetReason = highestReason
            targetNode = -1
        }
        take(step, from: &nodes)
        return true
    }
}
