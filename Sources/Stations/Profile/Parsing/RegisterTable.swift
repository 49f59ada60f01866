import StrictYAML

/// The registers of a profile under their names, while it is read.
struct RegisterTable {
    let registers: [StationProfile.Register]
    private let indices: [String: Int]
    /// Registers of a kind that Modbus cannot write, where nothing says that their write means another register.
    private let unwritable: Set<Int>

    init(_ node: YAMLNode, defaults: YAMLFields) throws(YAMLError) {
        let defaults = try Defaults(defaults)
        var registers: [StationProfile.Register] = []
        var indices: [String: Int] = [:]
        var unwritable: Set<Int> = []
        for (name, entry) in try node.entries() {
            let fields = try entry.fields(ProfileKeys.register)
            let format = try RegisterFormat(fields, defaults)
            let register = try Self.register(name, fields, format, defaults)
            let isReadOnlyKind = register.read == .inputRegisters || register.read == .discreteInputs
            if isReadOnlyKind, !register.isWriteOnly, fields["read-function"] == nil || fields["write-function"] == nil
            {
                unwritable.insert(registers.count)
            }
            indices[name] = registers.count
            registers.append(register)
        }
        guard !registers.isEmpty else { throw node.error("no register", "describe at least status and limit") }
        self.registers = registers
        self.indices = indices
        self.unwritable = unwritable
    }

    /// The register that `node` names, which must be one that can be read.
    func readable(_ node: YAMLNode) throws(YAMLError) -> Int { try readable(named: node.string(), node) }

    /// The register `name`, which must be one that can be read; errors name the place `node`.
    func readable(named name: String, _ node: YAMLNode) throws(YAMLError) -> Int {
        let index = try index(named: name, node)
        guard !registers[index].isWriteOnly else {
            throw node.error("'\(name)' is write-only", "name the register where the station shows the value")
        }
        return index
    }

    /// The register that `node` names, which must hold a number that can be read.
    func numeric(_ node: YAMLNode) throws(YAMLError) -> Int {
        let index = try readable(node)
        try requireNumber(index, node)
        return index
    }

    /// The register that `node` names, which must hold a number that can be written.
    func writable(_ node: YAMLNode) throws(YAMLError) -> Int {
        let index = try index(named: node.string(), node)
        try requireNumber(index, node)
        let register = registers[index]
        guard register.format.type != .letter, register.format.mask == nil, register.format.shift == 0 else {
            throw node.error(
                "'\(register.name)' is part of a word and cannot be written", "describe the whole register")
        }
        guard !unwritable.contains(index) else {
            throw node.error(
                "'\(register.name)' is read by function \(register.read.rawValue), of which nothing can be written",
                "give it read-function \(register.format.type == .bit ? 1 : 3), or write-only: true")
        }
        return index
    }

    /// The registers that `node` names, which must be as many as in `counts` and fulfil `check`.
    func several(
        _ node: YAMLNode, _ what: String, counts: Set<Int> = [1, 3],
        _ check: (YAMLNode) throws(YAMLError) -> Int
    ) throws(YAMLError) -> [Int] {
        var found: [Int] = []
        for element in try node.listOrOne() { found.append(try check(element)) }
        guard counts.contains(found.count) else {
            let remedy = counts.contains(1) ? "name one register or three: L1, L2, L3" : "name three: L1, L2, L3"
            throw node.error("\(found.count) \(what)", remedy)
        }
        return found
    }

    private func index(named name: String, _ node: YAMLNode) throws(YAMLError) -> Int {
        if let index = indices[name] { return index }
        let known = registers.map(\.name)
        let hint = nearest(to: name, among: known).map { "did you mean '\($0)'?" }
        throw node.error(
            "there is no register '\(name)'",
            hint ?? "describe it under registers, or use one of \(known.joined(separator: ", "))")
    }

    private func requireNumber(_ index: Int, _ node: YAMLNode) throws(YAMLError) {
        guard registers[index].format.type.isNumeric else {
            throw node.error("'\(registers[index].name)' holds no number", "use a register of a numeric type")
        }
    }
}

extension RegisterTable {
    /// What the section `connection` says for all registers.
    struct Defaults {
        let base: Int64
        let read: ReadFunction
        let write: WriteFunction
        let wordOrder: Significance
        let byteOrder: Significance

        init(_ fields: YAMLFields) throws(YAMLError) {
            base = try fields["address-base"]?.integer(0...1) ?? 0
            read = try fields["read-function"].map(Self.wordRead) ?? .holdingRegisters
            write = try fields["write-function"].map(Self.wordWrite) ?? .multipleRegisters
            wordOrder = try fields["word-order"].map(Self.significance) ?? .highFirst
            byteOrder = try fields["byte-order"].map(Self.significance) ?? .highFirst
        }

        static func significance(_ node: YAMLNode) throws(YAMLError) -> Significance {
            try node.choice(Significance.allCases.map { ($0.rawValue, $0) }, what: "order")
        }

        private static func wordRead(_ node: YAMLNode) throws(YAMLError) -> ReadFunction {
            try readFunction(node, ofBits: false)
        }

        private static func wordWrite(_ node: YAMLNode) throws(YAMLError) -> WriteFunction {
            try writeFunction(node, ofBits: false)
        }

        static func readFunction(_ node: YAMLNode, ofBits: Bool) throws(YAMLError) -> ReadFunction {
            try node.choice(
                ReadFunction.allCases.filter { $0.readsBits == ofBits }.map { (String($0.rawValue), $0) },
                what: ofBits ? "function code that reads bits" : "function code that reads registers")
        }

        static func writeFunction(_ node: YAMLNode, ofBits: Bool) throws(YAMLError) -> WriteFunction {
            try node.choice(
                WriteFunction.allCases.filter { $0.writesBits == ofBits }.map { (String($0.rawValue), $0) },
                what: ofBits ? "function code that writes bits" : "function code that writes registers")
        }
    }

    private static func register(
        _ name: String, _ fields: YAMLFields, _ format: RegisterFormat, _ defaults: Defaults
    ) throws(YAMLError) -> StationProfile.Register {
        let isBit = format.type == .bit
        let addressNode = try fields.required("address")
        let address = try addressNode.integer(defaults.base...65_535 + defaults.base) - defaults.base
        guard Int(address) + format.wordCount <= 65_536 else {
            throw addressNode.error("its \(format.wordCount) words end beyond address 65535", "correct the address")
        }
        var write: WriteFunction? = isBit ? .singleCoil : format.wordCount > 1 ? .multipleRegisters : nil
        if let node = fields["write-function"] {
            let chosen = try Defaults.writeFunction(node, ofBits: isBit)
            if format.wordCount > 1, chosen == .singleRegister {
                throw node.error("function 6 writes one word, this register has \(format.wordCount)", "use 16")
            }
            write = chosen
        }
        var read: ReadFunction = isBit ? .coils : defaults.read
        if let node = fields["read-function"] { read = try Defaults.readFunction(node, ofBits: isBit) }
        let isWriteOnly = try fields["write-only"]?.boolean() ?? false
        let isOptional = try fields["optional"]?.boolean() ?? false
        if isWriteOnly, let node = fields["optional"], isOptional {
            throw node.error("whether a write-only register is there cannot be read", "remove one of the two")
        }
        return StationProfile.Register(
            name: name, address: Int(address), format: format, read: read, write: write ?? defaults.write,
            isOptional: isOptional, isStored: try fields["stored"]?.boolean() ?? false, isWriteOnly: isWriteOnly)
    }
}

extension RegisterFormat {
    init(_ fields: YAMLFields, _ defaults: RegisterTable.Defaults) throws(YAMLError) {
        type = try fields.required("type").choice(
            RegisterType.allCases.map { ($0.rawValue, $0) }, what: "register type")
        if let count = type.wordCount {
            if let length = fields["length"] {
                throw length.error("a \(type.rawValue) always has \(count) words", "remove it")
            }
            wordCount = count
        } else {
            wordCount = Int(try fields.required("length").integer(1...125))
        }
        let senseless =
            type.isScalable ? [] : ["scale", "offset", "mask", "shift"] + (type == .letter ? [] : ["not-available"])
        for key in senseless + (type == .bit ? ["word-order", "byte-order"] : []) {
            if let extra = fields[key] { throw extra.error("a \(type.rawValue) has none", "remove it") }
        }
        wordOrder = try fields["word-order"].map(RegisterTable.Defaults.significance) ?? defaults.wordOrder
        byteOrder = try fields["byte-order"].map(RegisterTable.Defaults.significance) ?? defaults.byteOrder
        if type == .bit { (wordOrder, byteOrder) = (.highFirst, .highFirst) }
        if let node = fields["scale"] { scale = try node.number(1e-9...1e9) }
        if let node = fields["offset"] { offset = try node.number(-1e9...1e9) }
        if let node = fields["shift"] { shift = Int(try node.integer(0...Int64(wordCount * 16 - 1))) }
        if let node = fields["mask"] {
            let mask = try node.bits()
            guard type.isInteger, mask != 0, wordCount == 4 || mask >> UInt64(wordCount * 16) == 0 else {
                throw node.error("it does not fit a \(type.rawValue)", "use a mask of \(wordCount * 16) bits, not 0")
            }
            self.mask = mask
        }
        if let node = fields["not-available"] {
            for element in try node.listOrOne() { notAvailable.append(try element.bits()) }
        }
    }
}
