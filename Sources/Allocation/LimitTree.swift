/// The nodes of a site and the path of each station through them, made once from the settings.
struct LimitTree {
    private(set) var nodes: [NodeState]
    private(set) var meters: [NodeMeter]
    /// nil: the station's node is not in the list, or too deep.
    private(set) var paths: [NodePath?]

    init(limits: SupplyLimits, branches: [LimitNode], stations: [StationRating]) {
        let hasSurplus = stations.contains { !($0.energySource == .grid) }
        var meterCount = hasSurplus ? 2 : 1
        nodes = [
            NodeState(kind: .main, index: NodeState.main, meter: 0),
            NodeState(kind: .charging, index: NodeState.charging, meter: nil),
            NodeState(kind: .surplus, index: NodeState.surplus, meter: hasSurplus ? 1 : nil),
            NodeState(kind: .imbalance, index: NodeState.imbalance, meter: nil),
        ]
        for (index, branch) in branches.enumerated() {
            var isUsable = true
            do throws(SettingsProblem) { try branch.validate(index: index) } catch { isUsable = false }
            let meter = branch.isMetered ? meterCount : nil
            if branch.isMetered { meterCount += 1 }
            nodes.append(
                NodeState(
                    kind: .branch, index: NodeState.firstBranch + index, meter: meter, branch: branch,
                    isUsable: isUsable))
        }
        meters = (0..<meterCount).map { _ in NodeMeter() }
        paths = stations.map { Self.path(of: $0, branches, hasImbalance: limits.imbalance != nil) }
    }

    private static func path(of station: StationRating, _ branches: [LimitNode], hasImbalance: Bool) -> NodePath? {
        var path = NodePath()
        guard path.append(NodeState.main), path.append(NodeState.charging) else { return nil }
        if !(station.energySource == .grid), !path.append(NodeState.surplus) { return nil }
        if hasImbalance, !path.append(NodeState.imbalance) { return nil }
        var next = station.node
        var steps = 0
        while let index = next {
            guard branches.indices.contains(index), steps < LimitNode.deepest,
                path.append(NodeState.firstBranch + index)
            else {
                return nil
            }
            let parent = branches[index].parent
            if let parent, parent >= index { return nil }
            next = parent
            steps += 1
        }
        return path
    }
}
