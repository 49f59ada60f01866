/// Modbus RTU: unit before each unit of data, CRC-16 behind it (MODBUS over Serial Line V1.02, 2.5.1).
package enum RTUFraming {
    /// The whole frame of a request.
    package static func encode(_ request: ModbusRequest, unit: UInt8, into bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(unit)
        request.encode(into: &bytes)
        let check = CRC16.of(bytes)
        bytes.append(UInt8(check & 0xFF))
        bytes.append(UInt8(check >> 8))
    }
}

/// Puts RTU answers together from bytes that arrive in any pieces. A frame ends where its function says, not at a pause:
/// adapters and networks put pauses anywhere.
package struct RTUDecoder: Sendable {
    private var buffer: [UInt8] = []

    package init() {}

    package mutating func append(_ bytes: some Sequence<UInt8>) { buffer.append(contentsOf: bytes) }

    /// Forgets a frame that has begun.
    package mutating func reset() { buffer.removeAll(keepingCapacity: true) }

    /// True where a frame has begun and its end is awaited.
    package var hasBegun: Bool { !buffer.isEmpty }

    /// Bytes until the end of the frame that has begun, as far as can be told: at least this many.
    package var missingByteCount: Int { max(1, (frameByteCount ?? 5) - buffer.count) }

    /// Bytes of the frame that has begun; nil: it is too short to tell, or nothing that a station answers.
    private var frameByteCount: Int? {
        guard buffer.count >= 2 else { return nil }
        switch buffer[1] {
        case 1...4: return buffer.count >= 3 ? 5 + Int(buffer[2]) : nil
        case 5, 6, 15, 16: return 8
        case 0x80...: return 5
        default: return nil
        }
    }

    /// The next whole frame; nil: more bytes are needed.
    ///
    /// - Throws: where no answer begins so, or its check is wrong. What follows can be understood again only after the
    ///   line has been silent.
    package mutating func next() throws(FrameFault) -> ModbusFrame? {
        guard buffer.count >= 2 else { return nil }
        switch buffer[1] {
        case 1...4, 5, 6, 15, 16, 0x81...0x84, 0x85, 0x86, 0x8F, 0x90: break
        default: throw FrameFault(text: "function \(buffer[1])")
        }
        guard let count = frameByteCount else { return nil }
        guard count <= 256 else { throw FrameFault(text: "a frame of \(count) bytes") }
        guard buffer.count >= count else { return nil }
        let sent = UInt16(buffer[count - 2]) | UInt16(buffer[count - 1]) << 8
        guard CRC16.of(buffer[..<(count - 2)]) == sent else { throw FrameFault(text: "its check (CRC) is wrong") }
        let frame = ModbusFrame(transaction: nil, unit: buffer[0], pdu: Array(buffer[1..<count - 2]))
        buffer.removeFirst(count)
        return frame
    }
}
