import CModbus
import Glibc

/// libmodbus as a server: takes requests off a socket and puts answers on it. Owns its C handles.
struct ModbusResponder: ~Copyable {
    private let context: OpaquePointer
    private let mapping: UnsafeMutablePointer<modbus_mapping_t>
    private var bytes = [UInt8](repeating: 0, count: Int(MODBUS_TCP_MAX_ADU_LENGTH))
    private var length: CInt = 0

    /// libmodbus is given every address: which of them exist is the station's own answer.
    private static let registerCount: UInt32 = 65_536

    init?() {
        guard let context = modbus_new_tcp("127.0.0.1", 0) else { return nil }
        guard let mapping = modbus_mapping_new_start_address(0, 0, 0, 0, 0, Self.registerCount, 0, 0) else {
            modbus_free(context)
            return nil
        }
        self.context = context
        self.mapping = mapping
        // It waits this long before it refuses a faulty request, and this long for the rest of a frame.
        modbus_set_response_timeout(context, 0, 1000)
        modbus_set_byte_timeout(context, 0, 200_000)
    }

    deinit {
        modbus_mapping_free(mapping)
        // The socket is not ours: modbus_free does not close it.
        modbus_free(context)
    }

    /// Takes one request off `socket`, which has something to read.
    ///
    /// - Returns: nil where the connection has ended or what came is no Modbus: then close it.
    mutating func receive(from socket: CInt) -> ModbusRequest? {
        modbus_set_socket(context, socket)
        length = bytes.withUnsafeMutableBufferPointer { modbus_receive(context, $0.baseAddress) }
        let header = Int(modbus_get_header_length(context))
        guard length >= header + 1 else { return nil }
        let function = bytes[header]
        let unit = Int(bytes[header - 1])
        func word(_ offset: Int) -> UInt16 {
            offset + 1 < Int(length) ? UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1]) : 0
        }
        let address = Int(word(header + 1))
        let second = word(header + 3)
        let body: ModbusRequest.Body =
            switch Int32(function) {
            case MODBUS_FC_READ_HOLDING_REGISTERS: .read(count: Int(second))
            case MODBUS_FC_WRITE_SINGLE_REGISTER: .write(values: [second], isSingle: true)
            case MODBUS_FC_WRITE_MULTIPLE_REGISTERS:
                // Fewer bytes than the count says: no values, which every station refuses.
                Int(length) == header + 6 + 2 * Int(second)
                    ? .write(values: (0..<Int(second)).map { word(header + 6 + 2 * $0) }, isSingle: false)
                    : .write(values: [], isSingle: false)
            default: .unknown(function: function)
            }
        return ModbusRequest(unit: unit, address: address, body: body)
    }

    /// Answers the request taken last; `values` are the registers read, none for a write.
    ///
    /// - Returns: false where the connection has broken.
    mutating func reply(_ request: ModbusRequest, _ answer: Result<[UInt16], ModbusException>) -> Bool {
        switch answer {
        case .failure(let exception): return modbus_reply_exception(context, bytes, exception.rawValue) >= 0
        case .success(let values):
            for (offset, value) in values.enumerated() {
                mapping.pointee.tab_registers[request.address + offset] = value
            }
            return modbus_reply(context, bytes, length, mapping) >= 0
        }
    }
}
