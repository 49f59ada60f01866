import Allocation
import Stations
import StrictYAML

/// The allocator's times, and how each station is served beside the others.
extension SiteSettings {
    private static let allocationKeys = [
        "raise-after-s", "inrush-ms", "minimum-on-s", "minimum-off-s", "rotation-s", "start-gap-s", "parking",
        "phase-switch-after-s", "phase-switch-gap-s", "phase-tests",
        "surplus-grid-kw", "release-delay-s", "release-ramp-percent-per-min",
    ]

    static func policy(_ node: YAMLNode?) throws(YAMLError) -> AllocationPolicy {
        var policy = AllocationPolicy()
        guard let fields = try node?.fields(allocationKeys) else { return policy }
        func set(
            _ property: WritableKeyPath<AllocationPolicy, Double>, _ key: String, _ range: ClosedRange<Double>,
            times factor: Double = 1
        ) throws(YAMLError) {
            if let value = try fields[key]?.number(range) { policy[keyPath: property] = value / factor }
        }
        try set(\.raiseAfterSeconds, "raise-after-s", 2...3600)
        try set(\.inrushSeconds, "inrush-ms", 0...1000, times: 1000)
        try set(\.minimumOnSeconds, "minimum-on-s", 0...86_400)
        try set(\.minimumOffSeconds, "minimum-off-s", 0...86_400)
        try set(\.rotationSeconds, "rotation-s", 0...86_400)
        try set(\.startGapSeconds, "start-gap-s", 0...3600)
        try set(\.phaseSwitchAfterSeconds, "phase-switch-after-s", 0...86_400)
        try set(\.phaseSwitchGapSeconds, "phase-switch-gap-s", 0...86_400)
        try set(\.releaseDelaySeconds, "release-delay-s", 0...3600)
        try set(\.releaseRampPerMinute, "release-ramp-percent-per-min", 0.1...1_000_000, times: 100)
        if let kilowatts = try fields["surplus-grid-kw"]?.number(-1000...1000) {
            policy.surplusGridWatts = kilowatts * 1000
        }
        policy.parksAtMinimum =
            try fields["parking"]?.choice([("minimum", true), ("off", false)], what: "way to park") ?? true
        policy.testsPhases = try fields["phase-tests"]?.boolean() ?? true
        return policy
    }

    /// The times as YAML, which `parse` reads back to the same values.
    var allocationLines: [String] {
        [
            "allocation:",
            "  raise-after-s: \(number(policy.raiseAfterSeconds))   # room must have lasted this long before a limit rises",
            "  inrush-ms: \(number(policy.inrushSeconds, times: 1000))      # so long an overload is waited for where the main fuse bears it",
            "  # Where not all can charge: once on, at least so long; once off for want of room, at least so long; and turns",
            "  # of this length.",
            "  minimum-on-s: \(number(policy.minimumOnSeconds))",
            "  minimum-off-s: \(number(policy.minimumOffSeconds))",
            "  rotation-s: \(number(policy.rotationSeconds))",
            "  start-gap-s: \(number(policy.startGapSeconds))      # stations start one after the other, this far apart",
            "  # A station with phase-switching changes to one phase or three where that gives more power for so long,",
            "  # and not again within the gap.",
            "  phase-switch-after-s: \(number(policy.phaseSwitchAfterSeconds))",
            "  phase-switch-gap-s: \(number(policy.phaseSwitchGapSeconds))",
            "  phase-tests: \(policy.testsPhases)   # 1 to 2 A less for 12 s, once an hour at most, until it shows on which lines a car draws",
            "  parking: \(policy.parksAtMinimum ? "minimum" : "off")    # a station without a car keeps its smallest limit where it is left over, or is off",
            "  surplus-grid-kw: \(kilo(policy.surplusGridWatts))   # what surplus charging may draw from the grid; negative: leaves to it",
            "  # When the utility's signal ends: its limit holds on for a random time up to this, then rises by this share of",
            "  # the main limit.",
            "  release-delay-s: \(number(policy.releaseDelaySeconds))",
            "  release-ramp-percent-per-min: \(number(policy.releaseRampPerMinute, times: 100))",
            "",
        ]
    }

    // MARK: One station

    static let sharingKeys = ["group", "weight", "guaranteed-minimum", "owner-limit-a", "source"]

    private static let sources: [(String, EnergySource)] = [
        ("grid", .grid), ("surplus", .surplus), ("minimum-and-surplus", .gridMinimumAndSurplus),
    ]

    /// - Parameter limit: the station's own, in ampere.
    static func sharing(
        _ fields: YAMLFields, _ groups: [SiteGroup], limit: Double, feedsIn: Bool
    ) throws(YAMLError) -> StationSharing {
        let source = try fields["source"]?.choice(sources, what: "source of energy") ?? .grid
        if source != .grid, !feedsIn, let node = fields["source"] {
            throw node.error(
                "charging from the surplus where the building may not feed in",
                "set supply.feed-in to true, or write source: grid")
        }
        return StationSharing(
            weight: try fields["weight"]?.number(0.001...1000) ?? 1,
            guaranteesMinimum: try fields["guaranteed-minimum"]?.boolean() ?? false,
            ownerLimitAmperes: try fields["owner-limit-a"]?.number(0...limit), energySource: source,
            node: try place(fields["group"], in: groups, what: "group of this site"))
    }

    /// What is as usual goes without saying.
    func lines(of sharing: StationSharing) -> [String] {
        var lines: [String] = []
        if let node = sharing.node, groups.indices.contains(node) {
            lines.append("    group: \(quoted(groups[node].name))")
        }
        if sharing.weight != 1 { lines.append("    weight: \(number(sharing.weight))") }
        if sharing.guaranteesMinimum { lines.append("    guaranteed-minimum: true") }
        if let limit = sharing.ownerLimitAmperes { lines.append("    owner-limit-a: \(number(limit))") }
        if let word = Self.sources.first(where: { $0.1 == sharing.energySource })?.0, sharing.energySource != .grid {
            lines.append("    source: \(word)")
        }
        return lines
    }
}
