import StrictYAML

/// The registers of a profile under their names, while it is read.
struct RegisterTable {
    let registers: [StationProfile.Register]
    private let indices: [String: Int]

    init(_ node: YAMLNode, defaults: YAMLFields) throws(YAMLError) {
        let base = try defaults["address-base"]?.integer(0...1) ?? 0
        let reads = try defaults["read-function"].map(Self.readFunction) ?? .holdingRegisters
        let writes = try defaults["write-function"].map(Self.writeFunction) ?? .multipleRegisters
        let words = try defaults["word-order"].map(Self.significance) ?? .highFirst
        let bytes = try defaults["byte-order"].map(Self.significance) ?? .highFirst
        var registers: [StationProfile.Register] = []
        var indices: [String: Int] = [:]
        for (name, entry) in try node.entries() {
            let fields = try entry.fields([
                "address", "type", "length", "word-order", "byte-order", "scale", "offset", "mask", "shift",
                "not-available", "read-function", "write-function", "optional", "stored",
            ])
            let format = try Self.format(fields, wordOrder: words, byteOrder: bytes)
            let addressNode = try fields.required("address")
            let address = try addressNode.integer(base...65_535 + base) - base
            guard Int(address) + format.wordCount <= 65_536 else {
                throw addressNode.error("its \(format.wordCount) words end beyond address 65535", "correct the address")
            }
            let write = try fields["write-function"].map(Self.writeFunction)
            if format.wordCount > 1, let node = fields["write-function"], write == .singleRegister {
                throw node.error("function 6 writes one word, this register has \(format.wordCount)", "use 16")
            }
            indices[name] = registers.count
            registers.append(
                StationProfile.Register(
                    name: name, address: Int(address), format: format,
                    read: try fields["read-function"].map(Self.readFunction) ?? reads,
                    write: write ?? (format.wordCount > 1 ? .multipleRegisters : writes),
                    isOptional: try fields["optional"]?.boolean() ?? false,
                    isStored: try fields["stored"]?.boolean() ?? false))
        }
        guard !registers.isEmpty else { throw node.error("no register", "describe at least status and limit") }
        self.registers = registers
        self.indices = indices
    }

    /// The register that `node` names.
    func index(_ node: YAMLNode) throws(YAMLError) -> Int { try index(named: node.string(), node) }

    /// The register `name`; errors name the place `node`.
    func index(named name: String, _ node: YAMLNode) throws(YAMLError) -> Int {
        if let index = indices[name] { return index }
        let known = registers.map(\.name)
        let hint = nearest(to: name, among: known).map { "did you mean '\($0)'?" }
        throw node.error(
            "there is no register '\(name)'",
            hint ?? "describe it under registers, or use one of \(known.joined(separator: ", "))")
    }

    /// The register that `node` names, which must hold a number.
    func numeric(_ node: YAMLNode) throws(YAMLError) -> Int {
        let index = try index(node)
        guard registers[index].format.type.isNumeric else {
            throw node.error("'\(registers[index].name)' holds no number", "use a register of a numeric type")
        }
        return index
    }

    private static func format(
        _ fields: YAMLFields, wordOrder: Significance, byteOrder: Significance
    ) throws(YAMLError) -> RegisterFormat {
        let type = try fields.required("type").choice(
            RegisterType.allCases.map { ($0.rawValue, $0) }, what: "register type")
        var format = RegisterFormat()
        format.type = type
        if let count = type.wordCount {
            if let length = fields["length"] {
                throw length.error("a \(type.rawValue) always has \(count) words", "remove it")
            }
            format.wordCount = count
        } else {
            format.wordCount = Int(try fields.required("length").integer(1...125))
            for key in ["scale", "offset", "mask", "shift", "not-available"] {
                if let extra = fields[key] { throw extra.error("a \(type.rawValue) has none", "remove it") }
            }
        }
        format.wordOrder = try fields["word-order"].map(significance) ?? wordOrder
        format.byteOrder = try fields["byte-order"].map(significance) ?? byteOrder
        if let node = fields["scale"] { format.scale = try node.number(1e-9...1e9) }
        if let node = fields["offset"] { format.offset = try node.number(-1e9...1e9) }
        if let node = fields["shift"] { format.shift = Int(try node.integer(0...Int64(format.wordCount * 16 - 1))) }
        if let node = fields["mask"] {
            let mask = try node.bits()
            guard type != .f32, mask != 0, format.wordCount == 4 || mask >> UInt64(format.wordCount * 16) == 0 else {
                throw node.error(
                    "it does not fit a \(type.rawValue)", "use a mask of \(format.wordCount * 16) bits, not 0")
            }
            format.mask = mask
        }
        if let node = fields["not-available"] {
            for element in try node.listOrOne() { format.notAvailable.append(try element.bits()) }
        }
        return format
    }

    private static func significance(_ node: YAMLNode) throws(YAMLError) -> Significance {
        try node.choice(Significance.allCases.map { ($0.rawValue, $0) }, what: "order")
    }

    private static func readFunction(_ node: YAMLNode) throws(YAMLError) -> ReadFunction {
        try node.choice(
            ReadFunction.allCases.filter { !$0.readsBits }.map { (String($0.rawValue), $0) },
            what: "function code that reads registers")
    }

    private static func writeFunction(_ node: YAMLNode) throws(YAMLError) -> WriteFunction {
        try node.choice(
            WriteFunction.allCases.filter { !$0.writesBits }.map { (String($0.rawValue), $0) },
            what: "function code that writes registers")
    }
}
