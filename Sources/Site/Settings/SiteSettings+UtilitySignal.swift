import Allocation
import StrictYAML

/// The utility's receiver.
extension SiteSettings {
    private static let active: [(String, InputMeaning)] = [("reduced", .reduced), ("locked", .locked)]
    private static let meanings: [(String, InputMeaning)] =
        [("normal", .normal)] + active + [("fault", .fault)]
    private static let wirings = ["make-contact", "break-contact", "reduce-and-lock", "complementary", "sg-ready"]

    static func utilitySignal(_ node: YAMLNode?) throws(YAMLError) -> UtilitySignalSettings? {
        guard let node else { return nil }
        let fields = try node.fields([
            "inputs", "wiring", "active-means", "patterns", "debounce-ms", "reduced", "locked-means", "safe-mode",
        ])
        var inputs: [UtilitySignalSettings.Input] = []
        var isInverted: [Bool] = []
        let list = try fields.required("inputs")
        for entry in try list.list() {
            let input = try Self.input(entry)
            if inputs.contains(input.place) { throw entry.error("an input twice", "name each input once") }
            inputs.append(input.place)
            isInverted.append(input.isInverted)
        }
        guard (1...4).contains(inputs.count) else {
            throw list.error("\(inputs.count) inputs", "name one to four")
        }
        let wiring = try Self.wiring(fields, inputCount: inputs.count)
        if let needed = wiring.inputCount, needed != inputs.count {
            throw list.error("\(inputs.count) inputs, and the wiring has \(needed)", "name \(needed), or use patterns")
        }
        return UtilitySignalSettings(
            inputs: inputs, isInverted: isInverted, wiring: wiring,
            debounceSeconds: try (fields["debounce-ms"]?.number(20...10_000) ?? 500) / 1000,
            reducedLimit: try limitValue(fields.required("reduced")),
            lockedLimit: try fields["locked-means"]?.choice(
                [("pause", .locked), ("minimum", .minimumEach)], what: "meaning of Locked") ?? .locked,
            safeMeaning: try fields["safe-mode"]?.choice(active, what: "safe mode") ?? .reduced)
    }

    private static func input(
        _ node: YAMLNode
    ) throws(YAMLError) -> (place: UtilitySignalSettings.Input, isInverted: Bool) {
        let fields = try node.fields(["chip", "line", "file", "inverted"])
        let isInverted = try fields["inverted"]?.boolean() ?? false
        if let file = fields["file"] {
            if let extra = fields["chip"] ?? fields["line"] {
                throw extra.error("beside a file", "name a chip and a line, or a file")
            }
            return (.file(try path(file)), isInverted)
        }
        let line = UInt32(try fields.required("line").integer(0...1023))
        return (.gpio(chip: try path(fields.required("chip")), line: line), isInverted)
    }

    private static func path(_ node: YAMLNode) throws(YAMLError) -> String {
        let path = try node.string()
        guard path.hasPrefix("/") else { throw node.error("'\(path)' is no absolute path", "begin it with /") }
        return path
    }

    private static func wiring(
        _ fields: YAMLFields, inputCount: Int
    ) throws(YAMLError) -> UtilitySignalSettings.Wiring {
        if let node = fields["patterns"] {
            if let extra = fields["wiring"] ?? fields["active-means"] {
                throw extra.error("beside patterns", "keep one of them")
            }
            return try patterns(node, inputCount: inputCount)
        }
        let word = try fields.required("wiring").choice(wirings.map { ($0, $0) }, what: "wiring")
        let means = fields["active-means"]
        switch word {
        case "reduce-and-lock", "sg-ready":
            if let means { throw means.error("\(word) says what each input means", "remove it") }
            return word == "sg-ready" ? .sgReady : .reduceAndLock
        default:
            let meaning = try fields.required("active-means").choice(active, what: "meaning of the signal")
            return word == "make-contact"
                ? .makeContact(meaning) : word == "break-contact" ? .breakContact(meaning) : .complementary(meaning)
        }
    }

    /// `"10": reduced`: the first figure is the first input.
    private static func patterns(
        _ node: YAMLNode, inputCount: Int
    ) throws(YAMLError) -> UtilitySignalSettings.Wiring {
        var found = [InputMeaning](repeating: .fault, count: 1 << inputCount)
        for (key, entry) in try node.entries() {
            guard key.count == inputCount, key.allSatisfy({ $0 == "0" || $0 == "1" }) else {
                throw entry.error("'\(key)' is no pattern", "write a 0 or 1 for each input, the first one first")
            }
            var pattern = 0
            for (place, figure) in key.enumerated() where figure == "1" { pattern |= 1 << place }
            found[pattern] = try entry.choice(meanings, what: "meaning")
        }
        guard found.contains(.normal) else {
            throw node.error("no pattern means normal", "say which one does, or nobody will ever charge freely")
        }
        return .patterns(found)
    }

    /// One key with its unit: there is no unit that goes without saying.
    private static func limitValue(_ node: YAMLNode) throws(YAMLError) -> LimitValue {
        let fields = try node.fields(["ampere", "kilowatt", "kilowatt-per-line", "percent"])
        guard fields.entries.count == 1 else {
            throw node.error(
                "\(fields.entries.count) limits",
                "write one of ampere, kilowatt, kilowatt-per-line, percent (of main-limit-a)")
        }
        if let entry = fields["ampere"] { return .amperes(try perPhase(entry, 0...6300)) }
        if let entry = fields["kilowatt"] { return .watts(try entry.number(0...1_000_000) * 1000) }
        if let entry = fields["kilowatt-per-line"] { return .wattsPerLine(try entry.number(0...1_000_000) * 1000) }
        return .shareOfMain(try fields.required("percent").number(0...100) / 100)
    }

    // MARK: As YAML

    /// The receiver as YAML, which `parse` reads back to the same values; an explanation where there is none.
    var utilitySignalLines: [String] {
        let explanation = [
            "# The utility's receiver on digital inputs; without it: leave out.",
            "#   utility-signal:",
            "#     inputs: [{chip: /dev/gpiochip0, line: 17}]   # or {file: PATH} with 0 or 1; inverted: true turns one round",
            "#     wiring: break-contact      # make-contact, break-contact, reduce-and-lock, complementary, sg-ready; or",
            "#                                # patterns: {\"00\": normal, \"10\": reduced, \"01\": locked}, the rest is a fault",
            "#     active-means: reduced      # or locked; with make-contact, break-contact, complementary",
            "#     reduced: {ampere: 10}      # all stations together; or kilowatt, kilowatt-per-line, percent",
            "#     locked-means: pause        # or minimum: every car keeps its smallest current",
            "#     safe-mode: reduced         # where the inputs cannot be read or cannot be; or locked",
        ]
        guard let signal = utilitySignal else { return explanation + [""] }
        var lines = explanation + ["utility-signal:", "  inputs:"]
        for (input, isInverted) in zip(signal.inputs, signal.isInverted) {
            let place =
                switch input {
                case .gpio(let chip, let line): "chip: \(quoted(chip)), line: \(line)"
                case .file(let path): "file: \(quoted(path))"
                }
            lines.append("    - {\(place)\(isInverted ? ", inverted: true" : "")}")
        }
        lines += wiringLines(signal)
        lines += [
            "  debounce-ms: \(number(signal.debounceSeconds, times: 1000))",
            "  reduced: {\(words(signal.reducedLimit))}",
            "  locked-means: \(signal.lockedLimit == .minimumEach ? "minimum" : "pause")",
            "  safe-mode: \(signal.safeMeaning == .locked ? "locked" : "reduced")",
            "",
        ]
        return lines
    }

    private func wiringLines(_ signal: UtilitySignalSettings) -> [String] {
        func word(_ meaning: InputMeaning) -> String { Self.meanings.first { $0.1 == meaning }?.0 ?? "fault" }
        func lines(_ wiring: String, _ active: InputMeaning) -> [String] {
            ["  wiring: \(wiring)", "  active-means: \(word(active))"]
        }
        switch signal.wiring {
        case .makeContact(let active): return lines("make-contact", active)
        case .breakContact(let active): return lines("break-contact", active)
        case .complementary(let active): return lines("complementary", active)
        case .reduceAndLock: return ["  wiring: reduce-and-lock"]
        case .sgReady: return ["  wiring: sg-ready"]
        case .patterns(let meanings):
            let list = meanings.enumerated().map { pattern, meaning in
                let figures = (0..<signal.inputs.count).map { pattern & (1 << $0) == 0 ? "0" : "1" }.joined()
                return "\"\(figures)\": \(word(meaning))"
            }
            return ["  patterns: {\(list.joined(separator: ", "))}"]
        }
    }

    private func words(_ limit: LimitValue) -> String {
        switch limit {
        case .amperes(let amperes): "ampere: \(list(amperes))"
        case .watts(let watts): "kilowatt: \(kilo(watts))"
        case .wattsPerLine(let watts): "kilowatt-per-line: \(kilo(watts))"
        case .shareOfMain(let share): "percent: \(number(share, times: 100))"
        // Not what Reduced can mean.
        case .locked, .minimumEach: "ampere: 0"
        }
    }
}
