import Allocation
import StrictYAML

/// What the building's connection bears.
extension SiteSettings.Supply {
    init(_ node: YAMLNode) throws(YAMLError) {
        let fields = try node.fields([
            "nominal-hz", "nominal-v", "main-limit-a", "security-margin-a", "feed-in", "main-fuse", "largest-step-a",
            "limit-kw", "imbalance-a", "imbalance-of",
        ])
        nominalHz = try fields["nominal-hz"]?.choice([("50", 50), ("60", 60)], what: "nominal frequency") ?? 50
        feedsIn = try fields["feed-in"]?.boolean() ?? false
        nominalVolts = try fields["nominal-v"]?.number(50...500) ?? 230
        let limit = try perPhase(fields.required("main-limit-a"), 1...6300)
        let marginNode = fields["security-margin-a"]
        let margin = try marginNode.map { node throws(YAMLError) in try perPhase(node, 0...6300) } ?? .zero
        try requireMargin(margin, below: limit, of: "main limit", marginNode ?? node)
        limits = SupplyLimits(
            mainAmperes: limit, marginAmperes: margin, limitWatts: try SiteSettings.watts(fields["limit-kw"]),
            device: try fields["main-fuse"].map { node throws(YAMLError) in try Self.device(node, limit) },
            imbalance: try Self.imbalance(fields))
        if let step = fields["largest-step-a"] {
            guard limits.device != nil else {
                throw step.error("not used without main-fuse", "add main-fuse, or remove it")
            }
            limits.largestStepAmperes = try perPhase(step, 0...6300)
        }
    }

    private static let kinds: [(String, ProtectiveDevice.Kind)] = [
        ("gG", .fuseGG), ("B", .breakerB), ("C", .breakerC),
    ]

    private static func device(_ node: YAMLNode, _ limit: PerPhaseAmperes) throws(YAMLError) -> ProtectiveDevice {
        let fields = try node.fields(["type", "rated-a", "bears-multiple", "bears-s"])
        let kind = try fields.required("type").choice(kinds, what: "kind of fuse or breaker")
        let rating = try fields.required("rated-a")
        let rated = try rating.number(2...1250)
        guard rated >= limit.maximum else {
            throw rating.error(
                "\(amperes(rated)) is less than the main limit of \(amperes(limit.maximum))",
                "enter the rating of the fuse in main-limit-a too, or correct it here")
        }
        var device = ProtectiveDevice(kind, ratedAmperes: rated)
        switch (fields["bears-multiple"], fields["bears-s"]) {
        case (nil, nil): break
        case (let multiple?, let seconds?):
            device.boundMultiple = try multiple.number(1.61...10)
            device.boundSeconds = try seconds.number(0.001...1000)
        case (let node?, nil), (nil, let node?):
            throw node.error(
                "one of bears-multiple and bears-s",
                "give both: the fuse bears this multiple of its rating for this long, from cold")
        }
        return device
    }

    private static func imbalance(_ fields: YAMLFields) throws(YAMLError) -> ImbalanceLimit? {
        let counts = try fields["imbalance-of"]?.choice([("stations", false), ("building", true)], what: "load")
        guard let entry = fields["imbalance-a"] else {
            if let node = fields["imbalance-of"] { throw node.error("without imbalance-a", "add it, or remove this") }
            return nil
        }
        return ImbalanceLimit(amperes: try entry.number(1...1000), countsBuilding: counts ?? false)
    }
}

extension SiteSettings {
    /// The connection as YAML, which `parse` reads back to the same values.
    var supplyLines: [String] {
        let limits = supply.limits
        var lines = [
            "# The building's connection.",
            "supply:",
            "  nominal-hz: \(number(supply.nominalHz))          # 50 or 60",
            "  nominal-v: \(number(supply.nominalVolts))          # phase against neutral",
            "  # What base load and cars may draw, mostly the rating of the main fuse: one number, or L1, L2, L3.",
            "  main-limit-a: \(list(limits.mainAmperes))",
            "  # Kept free below it, for what the cars need to follow a new limit.",
            "  security-margin-a: \(list(limits.marginAmperes))",
            "  # The main fuse (gG) or breaker (B, C) and its rating, for its time to trip; without it every overload is",
            "  # answered at once. bears-multiple, bears-s: from its maker's curve, instead of the standard's lower edge.",
        ]
        if let device = limits.device {
            let kind = Supply.name(of: device.kind)
            let bears =
                device.boundSeconds.map {
                    ", bears-multiple: \(number(device.boundMultiple)), bears-s: \(number($0))"
                } ?? ""
            lines += [
                "  main-fuse: {type: \(kind), rated-a: \(number(device.ratedAmperes))\(bears)}",
                "  # The largest load that may switch on by itself: so much stays free that the fuse bears it until the",
                "  # cars have followed.",
                "  largest-step-a: \(list(limits.largestStepAmperes))",
            ]
        }
        lines.append("  # limit-kw: all lines together, where the contract says so.")
        if let watts = limits.limitWatts { lines.append("  limit-kw: \(kilo(watts))") }
        lines.append("  # imbalance-a: largest difference between two lines, of the stations or of the whole building.")
        if let imbalance = limits.imbalance {
            lines += [
                "  imbalance-a: \(number(imbalance.amperes))",
                "  imbalance-of: \(imbalance.countsBuilding ? "building" : "stations")",
            ]
        }
        return lines + [
            "  # true where photovoltaics or another source may feed in; else power towards the grid is a wiring fault.",
            "  feed-in: \(supply.feedsIn)",
            "",
        ]
    }
}

extension SiteSettings.Supply {
    fileprivate static func name(of kind: ProtectiveDevice.Kind) -> String {
        switch kind {
        case .fuseGG: "gG"
        case .breakerB: "B"
        case .breakerC: "C"
        }
    }
}

/// One number for all lines, or a list of three.
func perPhase(_ node: YAMLNode, _ range: ClosedRange<Double>) throws(YAMLError) -> PerPhaseAmperes {
    let values = try node.listOrOne()
    guard values.count == 1 || values.count == 3 else {
        throw node.error("\(values.count) values", "write one number for all lines, or three for L1, L2, L3")
    }
    var numbers: [Double] = []
    for value in values { numbers.append(try value.number(range)) }
    return numbers.count == 1
        ? PerPhaseAmperes(numbers[0]) : PerPhaseAmperes(numbers[0], numbers[1], numbers[2])
}
