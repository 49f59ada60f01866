/// How requests and answers lie in a stream of bytes: as Modbus TCP, or as RTU frames, which serial servers pass on.
/// Pure: written from the Modbus specifications and not from the device's own client, which it therefore checks.
enum ModbusFraming: Sendable {
    case tcp, rtu

    struct Frame: Sendable, Equatable {
        var request: ModbusRequest
        /// The transaction number of Modbus TCP; 0 in an RTU frame.
        var transaction: UInt16 = 0
        /// Address and value or count, as they came: the answer to a write repeats them.
        var echo: [UInt8]
    }

    enum Scan: Sendable, Equatable {
        /// More bytes are needed.
        case incomplete
        /// No frame begins here.
        case garbage
        /// A request in the first `length` bytes.
        case frame(Frame, length: Int)
    }

    /// Looks for a request at the beginning of `bytes`.
    func scan(_ bytes: [UInt8]) -> Scan { self == .tcp ? Self.scanTCP(bytes) : Self.scanRTU(bytes) }

    private static func scanTCP(_ bytes: [UInt8]) -> Scan {
        // The protocol number is always 0, the length that of unit, function and at most 252 bytes.
        if bytes.count > 2, bytes[2] != 0 { return .garbage }
        if bytes.count > 3, bytes[3] != 0 { return .garbage }
        if bytes.count > 4, bytes[4] != 0 { return .garbage }
        guard bytes.count > 5 else { return .incomplete }
        let length = Int(bytes[5])
        guard (2...254).contains(length) else { return .garbage }
        guard bytes.count >= 6 + length else { return .incomplete }
        let (request, echo) = parse(unit: bytes[6], Array(bytes[7..<6 + length]))
        let transaction = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        return .frame(Frame(request: request, transaction: transaction, echo: echo), length: 6 + length)
    }

    private static func scanRTU(_ bytes: [UInt8]) -> Scan {
        guard bytes.count >= 2 else { return .incomplete }
        let length: Int
        switch bytes[1] {
        case 1...6: length = 8
        case 15, 16:
            guard bytes.count > 6 else { return .incomplete }
            length = 9 + Int(bytes[6])
        // Nobody knows how long an unknown request is: all that has come.
        default: length = max(4, bytes.count)
        }
        guard length <= 256 else { return .garbage }
        guard bytes.count >= length else { return .incomplete }
        let check = checksum(bytes[..<(length - 2)])
        guard bytes[length - 2] == UInt8(check & 0xFF), bytes[length - 1] == UInt8(check >> 8) else { return .garbage }
        let (request, echo) = parse(unit: bytes[0], Array(bytes[1..<length - 2]))
        return .frame(Frame(request: request, echo: echo), length: length)
    }

    /// - Parameter data: from the function code on.
    private static func parse(unit: UInt8, _ data: [UInt8]) -> (ModbusRequest, echo: [UInt8]) {
        func word(_ offset: Int) -> UInt16 {
            offset + 1 < data.count ? UInt16(data[offset]) << 8 | UInt16(data[offset + 1]) : 0
        }
        let second = word(3)
        let content = data.count > 5 ? Array(data[6...].prefix(Int(data[5]))) : []
        let body: ModbusRequest.Body
        switch data[0] {
        case 1...4:
            let table = ModbusTable(rawValue: Int(data[0])) ?? .holdingRegisters
            body = .read(count: data.count == 5 ? Int(second) : 0, from: table)
        case 5:
            let isValue = data.count == 5 && (second == 0xFF00 || second == 0)
            body = .write(values: isValue ? [second == 0 ? 0 : 1] : [], isSingle: true, to: .coils)
        case 6: body = .write(values: data.count == 5 ? [second] : [], isSingle: true)
        case 15:
            let isWhole = content.count == (Int(second) + 7) / 8
            let bits = (0..<(isWhole ? Int(second) : 0)).map { UInt16(content[$0 / 8] >> UInt8($0 % 8) & 1) }
            body = .write(values: bits, isSingle: false, to: .coils)
        case 16:
            let isWhole = content.count == 2 * Int(second)
            body = .write(values: (0..<(isWhole ? Int(second) : 0)).map { word(6 + 2 * $0) }, isSingle: false)
        default: body = .unknown(function: data[0])
        }
        return (ModbusRequest(unit: Int(unit), address: Int(word(1)), body: body), Array(data.dropFirst().prefix(4)))
    }

    // MARK: Answers

    /// The bytes of an answer.
    func answer(_ frame: Frame, _ answer: Result<[UInt16], ModbusException>) -> [UInt8] {
        let function = frame.request.function
        let data: [UInt8]
        switch (answer, frame.request.body) {
        case (.failure(let exception), _): return self.exception(frame, code: exception.rawValue)
        case (.success(let values), .read(_, let table)):
            let content = table.isOfBits ? Self.packed(values) : values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            data = [function, UInt8(content.count)] + content
        case (.success, _): data = [function] + frame.echo
        }
        return framed(frame, data)
    }

    /// The bytes of a refusal.
    func exception(_ frame: Frame, code: UInt8) -> [UInt8] { framed(frame, [frame.request.function | 0x80, code]) }

    /// - Parameter answer: from the function code on.
    private func framed(_ frame: Frame, _ answer: [UInt8]) -> [UInt8] {
        let data = [UInt8(frame.request.unit)] + answer
        switch self {
        case .tcp:
            let head = [UInt8(frame.transaction >> 8), UInt8(frame.transaction & 0xFF), 0, 0, 0, UInt8(data.count)]
            return head + data
        case .rtu:
            let check = Self.checksum(data[...])
            return data + [UInt8(check & 0xFF), UInt8(check >> 8)]
        }
    }

    private static func packed(_ bits: [UInt16]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: (bits.count + 7) / 8)
        for (place, bit) in bits.enumerated() where bit != 0 { bytes[place / 8] |= 1 << UInt8(place % 8) }
        return bytes
    }

    /// CRC-16 of the Modbus over Serial Line specification, 6.2.2: reflected 0x8005, begun with all ones.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        var remainder: UInt16 = 0xFFFF
        for byte in bytes {
            remainder ^= UInt16(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xA001 : remainder >> 1 }
        }
        return remainder
    }
}
