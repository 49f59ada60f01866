/// A frame that came in. Its content is not looked at yet.
package struct ModbusFrame: Sendable, Equatable {
    /// nil on an RTU line, which numbers nothing.
    package var transaction: UInt16?
    package var unit: UInt8
    /// Function and data.
    package var pdu: [UInt8]
}

/// What came in is no frame.
package struct FrameFault: Error, Equatable, Sendable {
    /// Why, in words.
    package var text: String
}

/// Modbus TCP: transaction, protocol 0, length, unit before each unit of data (MODBUS Messaging on TCP/IP V1.0b, 3.1.3).
package enum MBAPFraming {
    /// The whole frame of a request.
    package static func encode(_ request: ModbusRequest, unit: UInt8, transaction: UInt16, into bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(bigEndian: transaction)
        bytes.append(bigEndian: 0)
        bytes.append(bigEndian: 0)
        bytes.append(unit)
        request.encode(into: &bytes)
        // The length counts what follows it; a frame has at most 260 bytes.
        bytes[5] = UInt8(bytes.count - 6)
    }
}

/// Puts Modbus TCP frames together from bytes that arrive in any pieces. Holds at most what was appended since the last
/// whole frame was taken.
package struct MBAPDecoder: Sendable {
    private var buffer: [UInt8] = []
    private static let headerCount = 6
    /// Unit, function and one byte at least; 253 bytes of data and the unit at most.
    private static let lengths = 3...254

    package init() {}

    package mutating func append(_ bytes: some Sequence<UInt8>) { buffer.append(contentsOf: bytes) }

    /// The next whole frame; nil: more bytes are needed.
    ///
    /// - Throws: where no frame can begin so, as soon as that shows. From then on nothing on the connection can be
    ///   understood: nobody knows where the next frame begins.
    package mutating func next() throws(FrameFault) -> ModbusFrame? {
        guard buffer.count >= 4 else { return nil }
        guard buffer[2] == 0, buffer[3] == 0 else { throw FrameFault(text: "protocol is not Modbus") }
        guard buffer.count >= Self.headerCount else { return nil }
        let length = Int(buffer[4]) << 8 | Int(buffer[5])
        guard Self.lengths.contains(length) else { throw FrameFault(text: "a frame of \(length) bytes") }
        guard buffer.count >= Self.headerCount + length else { return nil }
        let frame = ModbusFrame(
            transaction: UInt16(buffer[0]) << 8 | UInt16(buffer[1]), unit: buffer[Self.headerCount],
            pdu: Array(buffer[Self.headerCount + 1..<Self.headerCount + length]))
        buffer.removeFirst(Self.headerCount + length)
        return frame
    }
}
