import StrictYAML

extension Condition {
    /// Reads `{register: test, …}`: at least one.
    ///
    /// - Parameter place: what an empty mapping is an error of.
    static func all(
        _ node: YAMLNode, _ table: RegisterTable, of place: YAMLNode
    ) throws(YAMLError) -> [Condition] {
        var conditions: [Condition] = []
        for (name, entry) in try node.entries() {
            let register = try table.readable(named: name, entry)
            conditions.append(
                Condition(register: register, test: try Test(entry, name, table.registers[register].format.type)))
        }
        guard !conditions.isEmpty else { throw place.error("no condition", "write 'when: {register: value}'") }
        return conditions
    }
}

extension Condition.Test {
    /// - Parameters:
    ///   - name: of the register.
    ///   - type: of the register.
    init(_ node: YAMLNode, _ name: String, _ type: RegisterType) throws(YAMLError) {
        guard node.isMapping else {
            try Self.requireInteger(node, name, type)
            self = .oneOf(try Self.values(node))
            return
        }
        let fields = try node.fields(ProfileKeys.test)
        let keys = Set(fields.entries.keys)
        guard keys.count == 1 || keys == ["at-least", "at-most"], let key = keys.first else {
            throw node.error(
                "one comparison is needed",
                "use one of \(ProfileKeys.test.joined(separator: ", ")); or at-least "
                    + "and at-most for a range")
        }
        switch key {
        case "answers": self = .answers(try fields.required(key).boolean())
        case "is", "matches", "version-at-least", "version-below":
            guard !type.isNumeric else {
                throw node.error("'\(name)' holds no text", "compare its value, or use at-least and at-most")
            }
            self = try Self.ofText(key, fields.required(key))
        default:
            try Self.requireInteger(node, name, type)
            self = try Self.ofNumber(fields)
        }
    }

    private static func ofText(_ key: String, _ node: YAMLNode) throws(YAMLError) -> Self {
        if key == "is" || key == "matches" {
            var texts: [String] = []
            for element in try node.listOrOne() { texts.append(try element.string()) }
            guard !texts.isEmpty else { throw node.error("no text", "write the text that the register must hold") }
            return key == "is" ? .isText(texts) : .matches(texts.map { TextPattern($0) })
        }
        let text = try node.string()
        guard let version = FirmwareVersion(text) else {
            throw node.error("'\(text)' is no version", "write numbers between points, for example \"5.22\"")
        }
        return key == "version-at-least" ? .versionAtLeast(version) : .versionBelow(version)
    }

    private static func ofNumber(_ fields: YAMLFields) throws(YAMLError) -> Self {
        if let other = fields["not"] { return .noneOf(try values(other)) }
        if let node = fields["bits"] {
            let mask = try value(node)
            guard mask != 0 else { throw node.error("no bit", "write a mask, decimal or as 0x… hexadecimal, not 0") }
            return .anyBit(mask)
        }
        let lowest = try fields["at-least"].map(value) ?? .min
        let highest = try fields["at-most"].map(value) ?? .max
        guard lowest <= highest else {
            throw fields.parent.error("nothing is from \(lowest) to \(highest)", "put the smaller one behind at-least")
        }
        return .within(lowest...highest)
    }

    private static func requireInteger(_ node: YAMLNode, _ name: String, _ type: RegisterType) throws(YAMLError) {
        guard type.isInteger else {
            throw node.error(
                "'\(name)' is no whole number",
                type.isNumeric
                    ? "decide by an integer register" : "use is, matches, version-at-least, version-below or answers")
        }
    }

    private static func values(_ node: YAMLNode) throws(YAMLError) -> [Int64] {
        var values: [Int64] = []
        for element in try node.listOrOne() { values.append(try value(element)) }
        guard !values.isEmpty else { throw node.error("no value", "write at least one") }
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
}
