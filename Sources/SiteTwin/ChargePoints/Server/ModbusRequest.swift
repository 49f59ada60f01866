/// One of the four kinds of data of a Modbus station.
enum ModbusTable: Int, CaseIterable, Sendable {
    case coils = 1
    case discreteInputs = 2
    case holdingRegisters = 3
    case inputRegisters = 4

    /// Each value is one bit; it travels here as a word, 0 or 1.
    var isOfBits: Bool { self == .coils || self == .discreteInputs }
    /// As many as fit into one answer.
    var largestCount: Int { isOfBits ? 2000 : 125 }
}

/// A request that a station understands, taken from the wire.
struct ModbusRequest: Sendable, Equatable {
    enum Body: Sendable, Equatable {
        /// Function codes 1 to 4.
        case read(count: Int, from: ModbusTable = .holdingRegisters)
        /// Function codes 6 (`isSingle`) and 16, or 5 and 15 for coils. No values: what came contradicts itself.
        case write(values: [UInt16], isSingle: Bool, to: ModbusTable = .holdingRegisters)
        /// Any other function code.
        case unknown(function: UInt8)
    }

    var unit: Int
    var address: Int
    var body: Body

    /// The function code.
    var function: UInt8 {
        switch body {
        case .read(_, let table): UInt8(table.rawValue)
        case .write(_, let isSingle, .coils): isSingle ? 5 : 15
        case .write(_, let isSingle, _): isSingle ? 6 : 16
        case .unknown(let function): function
        }
    }
}

/// Why a station refuses; the raw value is the exception code on the wire.
enum ModbusException: UInt8, Error, Sendable {
    case illegalFunction = 1
    case illegalAddress = 2
    case illegalValue = 3
    case deviceFailure = 4
    case busy = 6
    case noSuchUnit = 11
}
