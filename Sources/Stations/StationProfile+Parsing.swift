import Allocation
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
        let top = try root.fields([
            "profile", "name", "manufacturer", "sources", "confidence", "advice", "connection", "registers", "status",
            "measurements", "limit", "fail-safe", "keep-alive", "start-up", "identity", "faults",
        ])
        let connection = try top.required("connection").fields([
            "transport", "port", "unit", "request-timeout-s", "poll-interval-s", "wait-between-requests-s",
            "address-base", "largest-block", "largest-gap", "word-order", "byte-order", "read-function",
            "write-function",
        ])
        try connection["transport"]?.choice([("tcp", ())], what: "transport that is supported")
        let registers = try RegisterTable(top.required("registers"), defaults: connection)

        var sources: [String] = []
        for source in try top.required("sources").list() { sources.append(try source.string()) }
        let limitFields = try top.required("limit").fields([
            "register", "step-a", "minimum-a", "largest-a", "pause-a", "read-back", "acts-within-s", "refresh-s",
        ])
        let minimum = try limitFields["minimum-a"]?.number(6...80) ?? 6
        var profile = StationProfile(
            identifier: try identifier(top.required("profile")), name: try top.required("name").string(),
            manufacturer: try top.required("manufacturer").string(), sources: sources,
            confidence: try top.required("confidence").choice(
                Confidence.allCases.map { ($0.rawValue, $0) }, what: "degree of confidence"),
            advice: try top.required("advice").string(),
            defaultPort: Int(try connection["port"]?.integer(1...65_535) ?? 502),
            defaultUnitIdentifier: Int(try connection["unit"]?.integer(0...255) ?? 1),
            requestTimeoutSeconds: try connection["request-timeout-s"]?.number(0.05...10) ?? 1,
            pollIntervalSeconds: try connection["poll-interval-s"]?.number(0.05...3600) ?? 1,
            limitStepAmperes: try limitFields.required("step-a").number(0.001...16), minimumAmperes: minimum,
            largestAmperes: try limitFields["largest-a"]?.number(minimum...1000) ?? 80,
            waitBetweenRequestsSeconds: try connection["wait-between-requests-s"]?.number(0...1) ?? 0,
            largestBlockWords: Int(try connection["largest-block"]?.integer(1...125) ?? 125),
            largestGapWords: Int(try connection["largest-gap"]?.integer(0...124) ?? 0),
            registers: registers.registers, statusRules: try statusRules(top.required("status"), registers),
            limit: try limit(limitFields, registers, minimum: minimum),
            measurements: try measurements(top["measurements"], registers),
            failSafe: try failSafe(top["fail-safe"], registers), keepAlive: try keepAlive(top["keep-alive"], registers),
            startUp: [], identity: [], faults: try faults(top["faults"], registers))
        if let node = top["start-up"] {
            for step in try node.list() {
                profile.startUp.append((try registerValue(step, registers), step.line ?? 0))
            }
        }
        if let node = top["identity"] {
            for (label, entry) in try node.entries() { profile.identity.append((label, try registers.index(entry))) }
        }
        try profile.checkClocks(top)
        return profile
    }

    private static func identifier(_ node: YAMLNode) throws(YAMLError) -> String {
        let text = try node.string()
        guard text.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }) else {
            throw node.error("'\(text)' is no identifier", "use lower-case letters, digits and hyphens")
        }
        return text
    }

    private func checkClocks(_ top: YAMLFields) throws(YAMLError) {
        guard let keepAlive, let node = top["keep-alive"], let failSafe else { return }
        guard keepAlive.everySeconds * 2 <= failSafe.timeoutRange.upperBound else {
            let every = try node.entries().first { $0.0 == "every-s" }?.1
            throw (every ?? node).error(
                "a sign of life every \(keepAlive.everySeconds) s comes too late for a time-out of at most "
                    + "\(failSafe.timeoutRange.upperBound) s", "set every-s to at most half of it")
        }
    }
}
