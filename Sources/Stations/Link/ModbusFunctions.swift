/// The function code of a read.
package enum ReadFunction: Int, CaseIterable, Sendable {
    case coils = 1
    case discreteInputs = 2
    case holdingRegisters = 3
    case inputRegisters = 4

    /// True where each value is one bit, which travels here as a word of 0 or 1.
    package var readsBits: Bool { self == .coils || self == .discreteInputs }

    /// The most that one request may ask for (MODBUS Application Protocol V1.1b3, section 6).
    var largestCount: Int { readsBits ? 2000 : 125 }

    var words: String {
        switch self {
        case .coils: "coil"
        case .discreteInputs: "discrete input"
        case .holdingRegisters: "holding register"
        case .inputRegisters: "input register"
        }
    }
}

/// The function code of a write.
package enum WriteFunction: Int, CaseIterable, Sendable {
    case singleCoil = 5
    case singleRegister = 6
    case multipleCoils = 15
    case multipleRegisters = 16

    /// True where each value is one bit, which travels here as a word of 0 or 1.
    package var writesBits: Bool { self == .singleCoil || self == .multipleCoils }

    /// The most that one request may carry (MODBUS Application Protocol V1.1b3, section 6).
    var largestCount: Int {
        switch self {
        case .singleCoil, .singleRegister: 1
        case .multipleCoils: 1968
        case .multipleRegisters: 123
        }
    }

    var words: String { writesBits ? "coil" : "register" }
}
