/// A request that a station understands, taken from the wire.
struct ModbusRequest: Sendable, Equatable {
    enum Body: Sendable, Equatable {
        /// Function code 3.
        case read(count: Int)
        /// Function codes 6 (`isSingle`) and 16.
        case write(values: [UInt16], isSingle: Bool)
        /// Any other function code.
        case unknown(function: UInt8)
    }

    var unit: Int
    var address: Int
    var body: Body
}

/// Why a station refuses; the raw value is the exception code on the wire.
enum ModbusException: UInt32, Error, Sendable {
    case illegalFunction = 1
    case illegalAddress = 2
    case illegalValue = 3
    case noSuchUnit = 11
}
