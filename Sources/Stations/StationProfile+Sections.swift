import Allocation
import StrictYAML

/// Reading the sections of a profile that refer to its registers.
extension StationProfile {
    static func statusRules(_ node: YAMLNode, _ registers: RegisterTable) throws(YAMLError) -> [StatusRule] {
        var rules: [StatusRule] = []
        for rule in try node.list() {
            let fields = try rule.fields(["when", "is"])
            var conditions: [(register: RegisterIndex, test: StatusRule.Test)] = []
            for (name, condition) in try fields.required("when").entries() {
                let register = try registers.index(named: name, condition)
                guard registers.registers[register].format.type.isNumeric,
                    registers.registers[register].format.type != .f32
                else { throw condition.error("'\(name)' is no whole number", "decide by an integer register") }
                conditions.append((register, try test(condition)))
            }
            guard !conditions.isEmpty else { throw rule.error("no condition", "write 'when: {register: value}'") }
            let status = try fields.required("is").choice(
                [
                    ("free", StationStatus.free), ("occupied", .occupied), ("charging", .charging),
                    ("discharging", .discharging), ("out-of-service", .outOfService), ("unknown", .unknown),
                ], what: "status")
            rules.append(StatusRule(conditions: conditions, status: status))
        }
        guard !rules.isEmpty else { throw node.error("no rule", "write '- {when: {register: value}, is: free}'") }
        return rules
    }

    private static func test(_ node: YAMLNode) throws(YAMLError) -> StatusRule.Test {
        if node.isMapping {
            let fields = try node.fields(["not", "at-least", "at-most", "bits"])
            guard fields.entries.count == 1 else {
                throw node.error("one comparison is needed", "use one of not, at-least, at-most, bits")
            }
            if let other = fields["not"] { return .noneOf(try values(other)) }
            if let bound = fields["at-least"] { return .atLeast(try value(bound)) }
            if let bound = fields["at-most"] { return .atMost(try value(bound)) }
            return .anyBit(try value(fields.required("bits")))
        }
        return .oneOf(try values(node))
    }

    private static func values(_ node: YAMLNode) throws(YAMLError) -> [Int64] {
        var values: [Int64] = []
        for element in try node.listOrOne() { values.append(try value(element)) }
        return values
    }

    /// A number, or one letter for its ASCII code: some stations say "A" to "F".
    private static func value(_ node: YAMLNode) throws(YAMLError) -> Int64 {
        let text = try node.string()
        if text.count == 1, let letter = text.first, letter.isLetter, let code = letter.asciiValue {
            return Int64(code)
        }
        return try node.integer(.min ... .max)
    }

    static func registerValue(_ node: YAMLNode, _ registers: RegisterTable) throws(YAMLError) -> RegisterValue {
        let fields = try node.fields(["register", "value"])
        let register = try registers.numeric(fields.required("register"))
        let valueNode = try fields.required("value")
        let value = try valueNode.number(-1e12...1e12)
        guard registers.registers[register].format.words(roundingDown: value) != nil else {
            throw valueNode.error(
                "\(value) does not fit the register '\(registers.registers[register].name)'",
                "check its type, scale and offset")
        }
        return RegisterValue(register: register, value: value)
    }

    static func limit(
        _ fields: YAMLFields, _ registers: RegisterTable, minimum: Double
    ) throws(YAMLError) -> Limit {
        let registerNode = try fields.required("register")
        let register = try registers.numeric(registerNode)
        var readBack: [RegisterIndex] = []
        if let node = fields["read-back"] {
            for element in try node.listOrOne() { readBack.append(try registers.numeric(element)) }
        }
        let pause = try fields["pause-a"]?.number(0...minimum.nextDown) ?? 0
        guard registers.registers[register].format.words(roundingDown: pause) != nil else {
            throw registerNode.error("the pause of \(pause) A does not fit it", "set pause-a to what the station takes")
        }
        let refresh = try fields["refresh-s"]?.number(1...3600)
        if let node = fields["refresh-s"], registers.registers[register].isStored {
            throw node.error(
                "a stored register must not be written cyclically", "remove refresh-s or use a volatile register")
        }
        return Limit(
            register: register, pauseAmperes: pause, readBack: readBack,
            actsWithinSeconds: try fields["acts-within-s"]?.number(0.1...120) ?? 3, refreshSeconds: refresh)
    }

    static func measurements(_ node: YAMLNode?, _ registers: RegisterTable) throws(YAMLError) -> Measurements {
        var measurements = Measurements(currents: [], energy: nil, energyIsOfSession: false)
        guard let node else { return measurements }
        let fields = try node.fields(["current-a", "energy-wh", "energy-of"])
        if let list = fields["current-a"] {
            for element in try list.listOrOne() { measurements.currents.append(try registers.numeric(element)) }
            guard measurements.currents.count == 1 || measurements.currents.count == 3 else {
                throw list.error("\(measurements.currents.count) currents", "name one register or three: L1, L2, L3")
            }
        }
        if let energy = fields["energy-wh"] { measurements.energy = try registers.numeric(energy) }
        measurements.energyIsOfSession =
            try fields["energy-of"]?.choice([("session", true), ("life", false)], what: "kind of counter") ?? false
        return measurements
    }

    static func failSafe(_ node: YAMLNode?, _ registers: RegisterTable) throws(YAMLError) -> FailSafe? {
        guard let node else { return nil }
        let fields = try node.fields([
            "current", "current-read-back", "timeout", "timeout-read-back", "smallest-timeout-s", "largest-timeout-s",
            "without",
        ])
        let smallest = try fields["smallest-timeout-s"]?.number(1...86_400) ?? 1
        let largest = try fields["largest-timeout-s"]?.number(smallest...86_400) ?? 3600
        func register(_ key: String) throws(YAMLError) -> RegisterIndex? {
            guard let node = fields[key] else { return nil }
            return try registers.numeric(node)
        }
        return FailSafe(
            current: try register("current"), currentReadBack: try register("current-read-back"),
            timeout: try register("timeout"), timeoutReadBack: try register("timeout-read-back"),
            timeoutRange: smallest...largest,
            without: try fields["without"]?.choice(
                FailSafe.Without.allCases.map { ($0.rawValue, $0) }, what: "behaviour") ?? .unknown)
    }

    static func keepAlive(_ node: YAMLNode?, _ registers: RegisterTable) throws(YAMLError) -> KeepAlive? {
        guard let node else { return nil }
        let fields = try node.fields(["by", "every-s", "register", "value"])
        let every = try fields.required("every-s").number(0.1...3600)
        let writes = try fields.required("by").choice([("any-traffic", false), ("write", true)], what: "sign of life")
        guard writes else {
            if let extra = fields["register"] ?? fields["value"] {
                throw extra.error("not used when any traffic is a sign of life", "remove it, or set 'by: write'")
            }
            return KeepAlive(everySeconds: every, write: nil)
        }
        let registerNode = try fields.required("register")
        let register = try registers.numeric(registerNode)
        guard !registers.registers[register].isStored else {
            throw registerNode.error("a stored register must not be written cyclically", "use a volatile register")
        }
        let value = try fields.required("value")
        let number = try value.number(-1e12...1e12)
        guard registers.registers[register].format.words(roundingDown: number) != nil else {
            throw value.error("\(number) does not fit the register", "check its type, scale and offset")
        }
        return KeepAlive(everySeconds: every, write: RegisterValue(register: register, value: number))
    }

    static func faults(_ node: YAMLNode?, _ registers: RegisterTable) throws(YAMLError) -> Faults? {
        guard let node else { return nil }
        let fields = try node.fields(["register", "bits"])
        let register = try registers.numeric(fields.required("register"))
        var bits: [(mask: Int64, words: String)] = []
        for (mask, words) in try fields.required("bits").entries() {
            guard let number = YAMLNode.integer(mask), number != 0 else {
                throw words.error("'\(mask)' is no mask", "write it decimal or as 0x… hexadecimal, not 0")
            }
            bits.append((number, try words.string()))
        }
        return Faults(register: register, bits: bits)
    }
}
