/// Shares what is left: sets each station's `target`. The one rule of this room.
///
/// Progressive filling: the limits of all admitted cars rise together, each in proportion to its weight, from its
/// smallest current. Where a lane of a node is used up, the stations on it stop; one that has all it may have stops by
/// itself. Held stations stop with the others and use nothing up, for their room is kept already. What rounding leaves
/// goes out in single steps; cars that have shown to take nothing, then parked stations, get what is left over. The
/// outcome is the weighted max-min fair share (D. Bertsekas, R. Gallager, Data Networks, 6.5.2), rounded.
///
/// - Parameter ranks: as `Orders.rank` left them.
/// - Returns: true where base load and what cannot be lowered are above a fuse or cable.
/// - Complexity: O(stations × nodes). Does not allocate.
@_noAllocation @_noLocks
func fill(
    _ stations: inout MutableSpan<StationState>, _ nodes: inout MutableSpan<NodeState>,
    _ ranks: inout MutableSpan<Ranked>, now: MonotonicTime, policy: AllocationPolicy
) -> Bool {
    var isUnsolvable = false
    for node in nodes.indices where nodes[node].beginFilling() { isUnsolvable = true }
    for index in stations.indices {
        stations[index].beginFilling(&nodes)
        // What cannot be stopped comes out of the room before anything is given.
        guard stations[index].floorAmperes > 0, stations[index].grid.highestAmperes > 0, stations[index].shares else {
            continue
        }
        stations[index].admit(&nodes)
        for step in 0..<stations[index].path.count {
            let node = stations[index].path[step]
            guard nodes[node].kind == .main || nodes[node].kind == .branch else { continue }
            for lane in 0..<4 where nodes[node].left[lane] < -StationGrid.toleranceAmperes { isUnsolvable = true }
        }
    }
    let orders = Orders(count: stations.count)
    var someStandAside = false
    for place in orders.queue {
        let index = Int(ranks[place].station)
        guard stations[index].role == .car, !stations[index].isAdmitted else { continue }
        guard !stations[index].standsAside else {
            someStandAside = true
            continue
        }
        stations[index].tryToAdmit(&nodes, now: now, policy: policy)
    }
    for index in stations.indices where stations[index].role == .held { stations[index].tryToHold(&nodes) }
    raiseTogether(&stations, &nodes, &ranks)
    for index in stations.indices where stations[index].isAdmitted { stations[index].roundDown(&nodes) }
    // One step each in turn, so that equals stay within a step. Rounding frees less than a step of each, which is gone
    // after a few turns but where fine steps share with coarse ones.
    for _ in 0..<16 {
        var hasTaken = false
        for index in stations.indices where stations[index].role == .car && stations[index].takesSteps {
            if stations[index].takeStep(&nodes) { hasTaken = true }
        }
        guard hasTaken else { break }
    }
    // A car that takes nothing gets its smallest current too where that is left over, so that it can show that it wants
    // to again.
    for place in someStandAside ? orders.queue : 0..<0 {
        let index = Int(ranks[place].station)
        guard stations[index].role == .car, !stations[index].isAdmitted, stations[index].standsAside else { continue }
        stations[index].tryToAdmit(&nodes, now: now, policy: policy)
    }
    guard policy.parksAtMinimum else { return isUnsolvable }
    for index in stations.indices where stations[index].role == .parked && !stations[index].isAdmitted {
        stations[index].tryToAdmit(&nodes, now: now, policy: policy)
    }
    return isUnsolvable
}

@_noAllocation @_noLocks
private func raiseTogether(
    _ stations: inout MutableSpan<StationState>, _ nodes: inout MutableSpan<NodeState>,
    _ ranks: inout MutableSpan<Ranked>
) {
    for node in nodes.indices { nodes[node].beginRising() }
    // The level up to which lanes were filled, and the last of all.
    var level = 0.0, end = 0.0
    for place in Orders(count: stations.count).events {
        let event = ranks[place]
        let index = Int(event.station)
        guard stations[index].isAdmitted, stations[index].role == .car || stations[index].role == .held else {
            continue
        }
        end = event.key
        guard event.isBegin || !stations[index].rising.isNone else { continue }
        // Lanes that are used up on the way to this level; none where it is the level already.
        while event.key > level {
            var first = event.key
            var found = -1
            for node in nodes.indices {
                nodes[node].foresee()
                guard nodes[node].fullAt < first else { continue }
                first = nodes[node].fullAt
                found = node
            }
            guard found >= 0 else { break }
            let lane = nodes[found].fill()
            for other in stations.indices { stations[other].stop(by: found, lane, at: first, &nodes) }
        }
        level = event.key
        if event.isBegin {
            stations[index].beginRising(at: level, &nodes)
        } else {
            stations[index].stop(stations[index].rising, at: level, &nodes)
        }
    }
    for node in nodes.indices { nodes[node].endRising(at: end) }
}
