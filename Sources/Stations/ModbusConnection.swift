import CModbus
import Glibc

/// One Modbus TCP connection: the only owner of its `modbus_t` and its socket, closed when it goes.
///
/// Not shared between threads. Every call returns within its time-out, whatever the station sends: the time-out
/// holds for the whole answer, not for each byte of it.
struct ModbusConnection: ~Copyable {
    private let context: OpaquePointer
    private let place: (host: String, port: Int, unit: Int)
    /// The socket, for `shutdown` from another thread.
    let descriptor: CInt

    /// Connects. Numeric addresses are never looked up; a host name may take as long as the resolver does.
    ///
    /// - Parameters:
    ///   - unit: 0 to 247, or 255.
    ///   - timeoutSeconds: for connecting, and afterwards for each answer.
    init(host: String, port: Int, unit: Int, timeoutSeconds: Double) throws(ModbusError) {
        func failure(_ cause: ModbusError.Cause) -> ModbusError {
            ModbusError(host: host, port: port, unit: unit, action: "connect", cause: cause)
        }
        let connected: CInt
        do {
            connected = try TCPConnect.connect(host: host, port: port, timeoutSeconds: timeoutSeconds)
        } catch {
            throw failure(error.cause)
        }
        // The address given here is never used: the socket is already connected.
        guard let made = modbus_new_tcp("127.0.0.1", CInt(port)) else {
            Glibc.close(connected)
            throw failure(ModbusError.cause(errno: errno))
        }
        guard modbus_set_socket(made, connected) == 0, modbus_set_slave(made, CInt(unit)) == 0,
            // No time-out per byte: then the one for the answer holds for all of it.
            modbus_set_byte_timeout(made, 0, 0) == 0,
            modbus_set_error_recovery(made, MODBUS_ERROR_RECOVERY_NONE) == 0
        else {
            let code = errno
            modbus_free(made)
            Glibc.close(connected)
            throw failure(ModbusError.cause(errno: code))
        }
        context = made
        descriptor = connected
        place = (host, port, unit)
        setTimeout(seconds: timeoutSeconds)
    }

    deinit {
        modbus_close(context)
        modbus_free(context)
    }

    /// Closes now, at a moment that the caller chooses.
    consuming func close() {}

    /// Sets how long each answer may take, 1 ms to an hour.
    func setTimeout(seconds: Double) {
        let bounded = min(max(seconds, 0.001), 3600)
        let whole = bounded.rounded(.down)
        modbus_set_response_timeout(context, UInt32(whole), UInt32((bounded - whole) * 1e6))
    }

    /// Reads `count` registers, 1 to 125, from protocol address `address`.
    func read(_ function: ReadFunction, address: Int, count: Int) throws(ModbusError) -> [UInt16] {
        if function.readsBits { return try readBits(function, address: address, count: count) }
        var words = [UInt16](repeating: 0, count: max(count, 0))
        let answered =
            switch function {
            case .coils, .discreteInputs: CInt(-1)
            case .holdingRegisters: modbus_read_registers(context, CInt(address), CInt(count), &words)
            case .inputRegisters: modbus_read_input_registers(context, CInt(address), CInt(count), &words)
            }
        guard answered == count else {
            throw failure("read \(function.words) \(Self.range(address, count))", answered: answered)
        }
        return words
    }

    private func readBits(_ function: ReadFunction, address: Int, count: Int) throws(ModbusError) -> [UInt16] {
        var bits = [UInt8](repeating: 0, count: max(count, 0))
        let answered =
            function == .coils
            ? modbus_read_bits(context, CInt(address), CInt(count), &bits)
            : modbus_read_input_bits(context, CInt(address), CInt(count), &bits)
        guard answered == count else {
            throw failure("read \(function.words) \(Self.range(address, count))", answered: answered)
        }
        return bits.map { UInt16($0) }
    }

    /// Writes `words` from protocol address `address`; one word where the function takes only one.
    func write(_ function: WriteFunction, address: Int, words: [UInt16]) throws(ModbusError) {
        let answered: CInt
        switch function {
        case .singleRegister:
            answered = words.count == 1 ? modbus_write_register(context, CInt(address), words[0]) : -1
        case .singleCoil:
            answered = words.count == 1 ? modbus_write_bit(context, CInt(address), words[0] == 0 ? 0 : 1) : -1
        case .multipleCoils:
            answered = modbus_write_bits(context, CInt(address), CInt(words.count), words.map { $0 == 0 ? 0 : 1 })
        case .multipleRegisters:
            answered = modbus_write_registers(context, CInt(address), CInt(words.count), words)
        }
        guard answered == words.count else {
            throw failure("write \(Self.range(address, words.count))", answered: answered)
        }
    }

    private func failure(_ action: String, answered: CInt) -> ModbusError {
        let cause = answered >= 0 ? .malformed("another number of registers") : ModbusError.cause(errno: errno)
        return ModbusError(host: place.host, port: place.port, unit: place.unit, action: action, cause: cause)
    }

    private static func range(_ address: Int, _ count: Int) -> String {
        let first = "register \(address) (0x\(String(address, radix: 16, uppercase: true)))"
        return count > 1 ? "\(first) and \(count - 1) more" : first
    }
}

/// The function code of a read.
package enum ReadFunction: Int, CaseIterable, Sendable {
    case coils = 1
    case discreteInputs = 2
    case holdingRegisters = 3
    case inputRegisters = 4

    /// Each value is one bit.
    package var readsBits: Bool { self == .coils || self == .discreteInputs }

    fileprivate var words: String {
        switch self {
        case .coils: "coil"
        case .discreteInputs: "discrete input"
        case .holdingRegisters: "holding"
        case .inputRegisters: "input"
        }
    }
}

/// The function code of a write.
package enum WriteFunction: Int, CaseIterable, Sendable {
    case singleCoil = 5
    case singleRegister = 6
    case multipleCoils = 15
    case multipleRegisters = 16

    /// Each value is one bit.
    package var writesBits: Bool { self == .singleCoil || self == .multipleCoils }
}
