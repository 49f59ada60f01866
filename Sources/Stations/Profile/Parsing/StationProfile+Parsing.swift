import StrictYAML

extension StationProfile {
    /// Reads a profile.
    ///
    /// - Parameters:
    ///   - yaml: the text.
    ///   - file: its name, for error messages.
    /// - Throws: `YAMLError` with line, field and remedy: text that is no YAML, a key that is unknown or missing,
    ///   a value outside its range, a register that is not described, settings that contradict each other.
    public static func parse(yaml: String, file: String) throws(YAMLError) -> StationProfile {
        let root = try YAMLNode.parse(yaml, file: file)
        var profile = try StationProfile(root)
        try profile.readVariants(root)
        profile.askWhatIsThere()
        return profile
    }

    /// Reads all but the variants.
    init(_ root: YAMLNode) throws(YAMLError) {
        let top = try root.fields(ProfileKeys.top)
        let connection = try top.required("connection").fields(ProfileKeys.connection)
        let table = try RegisterTable(top.required("registers"), defaults: connection)
        let limitFields = try top.required("limit").fields(ProfileKeys.limit)

        identifier = try Self.identifier(top.required("profile"))
        name = try top.required("name").string()
        manufacturer = try top.required("manufacturer").string()
        sources = []
        for source in try top.required("sources").list() { sources.append(try source.string()) }
        confidence = try top.required("confidence").choice(
            Confidence.allCases.map { ($0.rawValue, $0) }, what: "degree of confidence")
        advice = try top.required("advice").string()

        link = try LinkSettings(connection)
        defaultPort = Int(try connection["port"]?.integer(1...65_535) ?? 502)
        defaultUnitIdentifier = Int(try connection["unit"]?.integer(0...255) ?? 1)
        connectors = try connection["connectors-by"]?.choice(
            ConnectorPlace.allCases.map { ($0.rawValue, $0) }, what: "place of the next connector")
        requestTimeoutSeconds = try connection["request-timeout-s"]?.number(0.05...10) ?? 1
        pollIntervalSeconds = try connection["poll-interval-s"]?.number(0.05...3600) ?? 1
        waitBetweenRequestsSeconds = try connection["wait-between-requests-s"]?.number(0...1) ?? 0
        largestBlockWords = Int(try connection["largest-block"]?.integer(1...125) ?? 125)
        largestGapWords = Int(try connection["largest-gap"]?.integer(0...124) ?? 0)

        limitStepAmperes = try limitFields.required("step-a").number(0.001...16)
        minimumAmperes = try limitFields["minimum-a"]?.number(6...80) ?? 6
        largestAmperes = try limitFields["largest-a"]?.number(minimumAmperes...1000) ?? 80
        limit = try Limit(limitFields, table, minimumAmperes: minimumAmperes)

        registers = table.registers
        statusRules = try Self.statusRules(top.required("status"), table)
        measurements = try Measurements(top["measurements"], table)
        failSafe = try top["fail-safe"].map { node throws(YAMLError) in try FailSafe(node, table) }
        keepAlive = try top["keep-alive"].map { node throws(YAMLError) in try KeepAlive(node, table) }
        startUp = try Self.startUp(top["start-up"], table)
        (identity, identityCheck) = try Self.identity(top["identity"], table)
        faults = try Self.faults(top["faults"], table)
        probe = try Self.probe(top["probe"], table)
        phases = try top["phases"].map { node throws(YAMLError) in try PhaseRegisters(node, table) }
        try checkClocks(top)
    }

    private static func identifier(_ node: YAMLNode) throws(YAMLError) -> String {
        let text = try node.string()
        guard text.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }) else {
            throw node.error("'\(text)' is no identifier", "use lower-case letters, digits and hyphens")
        }
        return text
    }

    /// Signs of life must come at least twice in the station's time-out.
    private func checkClocks(_ top: YAMLFields) throws(YAMLError) {
        guard let keepAlive, let node = top["keep-alive"] else { return }
        let entries = try node.entries()
        switch keepAlive.interval {
        case .shareOfTimeout:
            guard failSafe?.timeout == nil, failSafe?.fixedTimeoutSeconds == nil else { return }
            throw (entries.first { $0.0 == "timeout-share" }?.1 ?? node).error(
                "a share of a fail-safe time-out that is not there", "use every-s, or describe fail-safe.timeout")
        case .seconds(let every):
            guard let failSafe else { return }
            let longest = failSafe.fixedTimeoutSeconds ?? failSafe.timeoutRange.upperBound
            guard every * 2 > longest else { return }
            throw (entries.first { $0.0 == "every-s" }?.1 ?? node).error(
                "a sign of life every \(every) s comes too late for a time-out of at most \(longest) s",
                "set every-s to at most half of it")
        }
    }

    /// A register of which a condition asks whether it is there may be missing, and is read alone.
    private mutating func askWhatIsThere() {
        var conditions = statusRules.flatMap(\.conditions) + probe.flatMap(\.conditions)
        conditions += startUp.flatMap(\.conditions) + variants.flatMap(\.conditions)
        for condition in conditions {
            if case .answers = condition.test { registers[condition.register].isOptional = true }
        }
        for index in variants.indices { variants[index].profile.askWhatIsThere() }
    }
}
