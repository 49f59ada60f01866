import Allocation
import StrictYAML

/// Reading the sections of a profile that refer to its registers.
extension StationProfile {
    static func statusRules(_ node: YAMLNode, _ table: RegisterTable) throws(YAMLError) -> [StatusRule] {
        var rules: [StatusRule] = []
        for rule in try node.list() {
            let fields = try rule.fields(ProfileKeys.statusRule)
            let conditions = try Condition.all(fields.required("when"), table, of: rule)
            let status = try fields.required("is").choice(
                [
                    ("free", StationStatus.free), ("occupied", .occupied), ("charging", .charging),
                    ("discharging", .discharging), ("out-of-service", .outOfService), ("unknown", .unknown),
                ], what: "status")
            rules.append(
                StatusRule(conditions: conditions, status: status, words: try fields["says"]?.string()))
        }
        guard !rules.isEmpty else { throw node.error("no rule", "write '- {when: {register: value}, is: free}'") }
        return rules
    }

    static func startUp(_ node: YAMLNode?, _ table: RegisterTable) throws(YAMLError) -> [StartUpWrite] {
        var steps: [StartUpWrite] = []
        for step in try node?.list() ?? [] {
            let fields = try step.fields(ProfileKeys.startUp)
            let write = try RegisterValue(fields, table)
            let register = table.registers[write.register]
            if register.isStored, register.isWriteOnly {
                throw step.error(
                    "'\(register.name)' is stored and cannot be read: it would be written at each connect",
                    "have the installer set it at the station, and remove it here")
            }
            var conditions: [Condition] = []
            if let when = fields["when"] { conditions = try Condition.all(when, table, of: step) }
            steps.append(StartUpWrite(write: write, conditions: conditions))
        }
        return steps
    }

    static func identity(
        _ node: YAMLNode?, _ table: RegisterTable
    ) throws(YAMLError) -> ([(label: String, register: RegisterIndex)], IdentityCheck?) {
        var labels: [(label: String, register: RegisterIndex)] = []
        var check: IdentityCheck?
        for (label, entry) in try node?.entries() ?? [] {
            if label == "check" {
                check = try IdentityCheck(entry, table)
            } else {
                labels.append((label, try table.readable(entry)))
            }
        }
        return (labels, check)
    }

    static func probe(_ node: YAMLNode?, _ table: RegisterTable) throws(YAMLError) -> [ProbeStep] {
        guard let node else { return [] }
        var steps: [ProbeStep] = []
        for step in try node.list() {
            let fields = try step.fields(ProfileKeys.probe)
            steps.append(
                ProbeStep(
                    conditions: try Condition.all(fields.required("when"), table, of: step),
                    words: try fields.required("says").string()))
        }
        guard !steps.isEmpty else { throw node.error("no condition", "write '- {when: {register: value}, says: why}'") }
        return steps
    }

    static func faults(_ node: YAMLNode?, _ table: RegisterTable) throws(YAMLError) -> [Faults] {
        var faults: [Faults] = []
        for entry in try node?.listOrOne() ?? [] { faults.append(try Faults(entry, table)) }
        return faults
    }
}

extension StationProfile.IdentityCheck {
    init(_ node: YAMLNode, _ table: RegisterTable) throws(YAMLError) {
        let fields = try node.fields(ProfileKeys.identityCheck)
        guard !fields.entries.isEmpty else {
            throw node.error("nothing to check", "name the register of serial-number, or model: {register, matches}")
        }
        serialNumber = try fields["serial-number"].map { entry throws(YAMLError) in try table.readable(entry) }
        modelMatches = []
        guard let entry = fields["model"] else { return }
        let modelFields = try entry.fields(ProfileKeys.model)
        model = try table.readable(modelFields.required("register"))
        for pattern in try modelFields.required("matches").listOrOne() {
            modelMatches.append(TextPattern(try pattern.string()))
        }
    }
}

extension StationProfile.Measurements {
    init(_ node: YAMLNode?, _ table: RegisterTable) throws(YAMLError) {
        guard let node else { return }
        let fields = try node.fields(ProfileKeys.measurements)
        func registers(_ key: String, _ what: String) throws(YAMLError) -> [StationProfile.RegisterIndex] {
            guard let entry = fields[key] else { return [] }
            return try table.several(entry, what) { one throws(YAMLError) in try table.numeric(one) }
        }
        currents = try registers("current-a", "currents")
        voltages = try registers("voltage-v", "voltages")
        powers = try registers("power-w", "powers")
        energies = try registers("energy-wh", "energies")
        energyIsOfSession =
            try fields["energy-of"]?.choice([("session", true), ("life", false)], what: "kind of counter") ?? false
    }
}

extension StationProfile.Faults {
    init(_ node: YAMLNode, _ table: RegisterTable) throws(YAMLError) {
        let fields = try node.fields(ProfileKeys.faults)
        register = try table.numeric(fields.required("register"))
        guard let codeNode = fields["codes"] else {
            var bits: [(mask: Int64, fault: StationFault)] = []
            for (key, entry) in try fields.required("bits").entries() {
                bits.append((try Self.number(key, entry, "mask"), try StationFault(entry)))
            }
            meaning = .bits(bits)
            return
        }
        if let extra = fields["bits"] { throw extra.error("bits beside codes", "keep one of the two") }
        var codes: [Int64: StationFault] = [:]
        for (key, entry) in try codeNode.entries() {
            codes[try Self.number(key, entry, "code")] = try StationFault(entry)
        }
        meaning = .codes(codes)
    }

    private static func number(_ key: String, _ node: YAMLNode, _ what: String) throws(YAMLError) -> Int64 {
        guard let number = YAMLNode.integer(key), number != 0 else {
            throw node.error("'\(key)' is no \(what)", "write it decimal or as 0x… hexadecimal, not 0")
        }
        return number
    }
}

extension StationFault {
    /// Words, or `{says: words, do: remedy}`.
    init(_ node: YAMLNode) throws(YAMLError) {
        guard node.isMapping else {
            self.init(words: try node.string())
            return
        }
        let fields = try node.fields(ProfileKeys.fault)
        self.init(words: try fields.required("says").string(), remedy: try fields["do"]?.string())
    }
}

extension StationProfile.PhaseRegisters {
    init(_ node: YAMLNode, _ table: RegisterTable) throws(YAMLError) {
        let fields = try node.fields(ProfileKeys.phases)
        guard !fields.entries.isEmpty else { throw node.error("nothing of phases", "describe count or switch") }
        changeSeconds = 60
        if let entry = fields["count"] {
            let choice = try entry.fields(ProfileKeys.phaseCount)
            count = try StationProfile.PhaseChoice(choice, table.numeric(choice.required("register")))
        }
        if let entry = fields["switch"] {
            let choice = try entry.fields(ProfileKeys.phaseSwitch)
            change = try StationProfile.PhaseChoice(choice, table.writable(choice.required("register")))
            changeSeconds = try choice["wait-s"]?.number(0...600) ?? 60
        }
    }
}

extension StationProfile.PhaseChoice {
    init(_ fields: YAMLFields, _ register: StationProfile.RegisterIndex) throws(YAMLError) {
        self.register = register
        one = try fields.required("one").integer(0...65_535)
        three = try fields.required("three").integer(0...65_535)
        guard one != three else {
            throw try fields.required("three").error("the same value as for one phase", "correct one of the two")
        }
    }
}
