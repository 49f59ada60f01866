import Allocation
import Site
import Stations

/// What `check` says of the main fuse, the groups and the utility's receiver.
extension CheckCommand {
    static func limitLines(_ settings: SiteSettings) -> [String] {
        let limits = settings.supply.limits
        var lines: [String] = []
        if let device = limits.device {
            lines.append("  fuse  \(device.words); its time to trip is reckoned by the lower edge of its standard")
            if limits.largestStepAmperes.maximum > 0 {
                lines.append(
                    "        a load of \(amperes(limits.largestStepAmperes.maximum)) may switch on at any time")
            }
        }
        if let watts = limits.limitWatts { lines.append("  power all lines together at most \(kilowatts(watts))") }
        if let imbalance = limits.imbalance {
            lines.append(
                "  lines of \(imbalance.countsBuilding ? "the building" : "the stations") differ by at most "
                    + amperes(imbalance.amperes))
        }
        if !settings.groups.isEmpty { lines += ["", "Groups"] }
        for group in settings.groups { lines.append("  \(group.name): " + words(of: group, settings)) }
        guard let signal = settings.utilitySignal else { return lines }
        return lines + [
            "",
            "Signal  \(signal.inputs.count) input\(signal.inputs.count == 1 ? "" : "s"); reduced: "
                + "\(signal.reducedLimit.words); locked: \(signal.lockedLimit.words); where the inputs cannot be: "
                + (signal.safeMeaning == .locked ? "locked" : "reduced"),
        ]
    }

    private static func words(of group: SiteGroup, _ settings: SiteSettings) -> String {
        var parts: [String] = []
        let node = group.node
        for phase in Phase.allCases where node.limitAmperes[phase] < .infinity {
            parts.append("\(phase.name) \(amperes(node.limitAmperes[phase] - node.marginAmperes[phase]))")
        }
        if let watts = node.limitWatts { parts.append(kilowatts(watts)) }
        if let parent = node.parent, settings.groups.indices.contains(parent) {
            parts.append("behind \(settings.groups[parent].name)")
        }
        return parts.joined(separator: ", ")
    }

    /// A group whose stations may draw more than it bears when this device is gone.
    static func groupRemarks(_ settings: SiteSettings) -> [String] {
        let stations =
            settings.stations.map {
                ($0.sharing.node, $0.supplyPhases, $0.isManaged ? $0.failSafeAmperes : $0.maximumAmperes)
            }
            + settings.cloudStations.map {
                ($0.sharing.node, $0.supplyPhases, $0.isManaged ? $0.failSafeAmperes : $0.maximumAmperes)
            }
        var remarks: [String] = []
        for (index, group) in settings.groups.enumerated() {
            let behind = stations.filter { isBehind(index, $0.0, settings.groups) }
            if behind.isEmpty { remarks.append("\(group.name): no station names it; it limits nothing") }
            for phase in Phase.allCases {
                let together = behind.reduce(0) { $0 + ($1.1.contains(phase) ? $1.2 : 0) }
                let usable = group.node.limitAmperes[phase] - group.node.marginAmperes[phase]
                guard together > usable else { continue }
                remarks.append(
                    "\(group.name) \(phase.name): without this device its stations may draw \(amperes(together)), more "
                        + "than its \(amperes(usable)); lower fail-safe-a")
            }
        }
        return remarks
    }

    private static func isBehind(_ group: Int, _ node: Int?, _ groups: [SiteGroup]) -> Bool {
        var next = node
        var steps = 0
        while let index = next, groups.indices.contains(index), steps < groups.count {
            if index == group { return true }
            next = groups[index].node.parent
            steps += 1
        }
        return false
    }

    /// When a station changes between one phase and three; nil: it does not.
    static func phaseSwitchWords(_ station: StationConfiguration, _ policy: AllocationPolicy) -> String? {
        guard station.switchesPhases else { return nil }
        guard station.isManaged, let first = station.supplyPhases.first else {
            return "phase-switching without effect: load management is off for it"
        }
        return "switches between one phase (\(first.name)) and three: to what has given more power for "
            + "\(duration(policy.phaseSwitchAfterSeconds)), at most every \(duration(policy.phaseSwitchGapSeconds)), "
            + "in a pause of its car"
    }

    /// What is settled about a station beside the others; nil: nothing out of the ordinary.
    static func sharingWords(_ sharing: StationSharing, _ groups: [SiteGroup]) -> String? {
        var parts: [String] = []
        if let node = sharing.node, groups.indices.contains(node) { parts.append("in \(groups[node].name)") }
        if sharing.weight != 1 { parts.append("weight \(sharing.weight)") }
        if sharing.guaranteesMinimum { parts.append("its minimum is guaranteed") }
        if let limit = sharing.ownerLimitAmperes { parts.append("its owner allows \(amperes(limit))") }
        switch sharing.energySource {
        case .grid: break
        case .surplus: parts.append("charges from the surplus only")
        case .gridMinimumAndSurplus: parts.append("charges at its minimum, and beyond it from the surplus")
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private static func kilowatts(_ watts: Double) -> String { "\((watts / 10).rounded() / 100) kW" }
}
