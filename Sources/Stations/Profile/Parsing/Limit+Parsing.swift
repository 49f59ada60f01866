import StrictYAML

extension StationProfile.RegisterValue {
    init(_ fields: YAMLFields, _ table: RegisterTable) throws(YAMLError) {
        register = try table.writable(fields.required("register"))
        let node = try fields.required("value")
        value = try node.number(-1e12...1e12)
        guard table.registers[register].format.words(roundingDown: value) != nil else {
            throw node.error(
                "\(value) does not fit the register '\(table.registers[register].name)'",
                "check its type, scale and offset")
        }
    }

    /// Writes in a row, at least one; nil where there is no such key.
    static func list(_ node: YAMLNode?, _ table: RegisterTable) throws(YAMLError) -> [Self]? {
        guard let node else { return nil }
        var writes: [Self] = []
        for element in try node.listOrOne() {
            writes.append(try Self(element.fields(ProfileKeys.registerValue), table))
        }
        guard !writes.isEmpty else { throw node.error("no write", "write '- {register: name, value: 0}'") }
        return writes
    }
}

extension StationProfile.Limit {
    init(_ fields: YAMLFields, _ table: RegisterTable, minimumAmperes: Double) throws(YAMLError) {
        let node = try Self.registersNode(fields)
        if fields["registers"] != nil {
            registers = try table.several(node, "limits", counts: [3]) { entry throws(YAMLError) in
                try table.writable(entry)
            }
        } else {
            registers = [try table.writable(node)]
        }
        unit = try fields["unit"]?.choice(Unit.allCases.map { ($0.rawValue, $0) }, what: "unit of a limit") ?? .ampere
        if let entry = fields["unit"], unit == .watt, registers.count > 1 {
            throw entry.error("a limit in watt is one of all phases", "name one register, or use ampere")
        }
        pauseAmperes = try fields["pause-a"]?.number(0...minimumAmperes.nextDown) ?? 0
        canPause = try fields["can-pause"]?.boolean() ?? true
        pause = try StationProfile.RegisterValue.list(fields["pause"], table) ?? []
        resume = try StationProfile.RegisterValue.list(fields["resume"], table) ?? []
        readBack = try Self.readBack(fields["read-back"], table, isPerPhase: registers.count > 1)
        actsWithinSeconds = try fields["acts-within-s"]?.number(0.1...120) ?? 3
        refreshSeconds = try fields["refresh-s"]?.number(1...3600)
        try checkPause(fields, table, node)
        try checkWear(fields, table)
    }

    private static func registersNode(_ fields: YAMLFields) throws(YAMLError) -> YAMLNode {
        guard let several = fields["registers"] else { return try fields.required("register") }
        if let one = fields["register"] {
            throw one.error("register beside registers", "keep register for one limit, registers for one per phase")
        }
        return several
    }

    private static func readBack(
        _ node: YAMLNode?, _ table: RegisterTable, isPerPhase: Bool
    ) throws(YAMLError) -> [[StationProfile.RegisterIndex]] {
        guard let node else { return [] }
        if isPerPhase {
            return [
                try table.several(node, "read-backs", counts: [3]) { entry throws(YAMLError) in
                    try table.numeric(entry)
                }
            ]
        }
        var groups: [[StationProfile.RegisterIndex]] = []
        for element in try node.listOrOne() { groups.append([try table.numeric(element)]) }
        return groups
    }

    private func checkPause(_ fields: YAMLFields, _ table: RegisterTable, _ node: YAMLNode) throws(YAMLError) {
        if !canPause {
            for key in ["pause-a", "pause", "resume"] {
                guard let extra = fields[key] else { continue }
                throw extra.error("the station cannot be paused", "remove it, or can-pause: false")
            }
            return
        }
        if pause.isEmpty != resume.isEmpty, let one = fields["pause"] ?? fields["resume"] {
            throw one.error(
                "pause and resume belong together", "add \(pause.isEmpty ? "pause" : "resume"), or remove it")
        }
        if !pause.isEmpty {
            guard let extra = fields["pause-a"] else { return }
            throw extra.error("pause already says how the station is stopped", "remove one of the two")
        }
        for register in registers where table.registers[register].format.words(roundingDown: pauseAmperes) == nil {
            throw node.error(
                "the pause of \(pauseAmperes) A does not fit '\(table.registers[register].name)'",
                "set pause-a to what the station takes, or can-pause: false")
        }
    }

    private func checkWear(_ fields: YAMLFields, _ table: RegisterTable) throws(YAMLError) {
        let written = registers + (pause + resume).map(\.register)
        guard let node = fields["refresh-s"], let worn = written.first(where: { table.registers[$0].isStored }) else {
            return
        }
        throw node.error(
            "a stored register ('\(table.registers[worn].name)') must not be written cyclically",
            "remove refresh-s or use a volatile register")
    }
}
