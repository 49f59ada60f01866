/// Why an answer gives no value.
package enum AnswerFault: Error, Equatable, Sendable {
    /// The station refused, in the form that Modbus has for it.
    case exception(ModbusException)
    /// The answer does not belong to the request, or is none; why, in words.
    case malformed(String)
}

extension ModbusRequest {
    /// Takes the answer apart: function, byte count, and the echo of address, value and count must all be right.
    ///
    /// - Parameter pdu: function and data, without address or check.
    /// - Returns: the words read (a coil as 0 or 1); the words written for a write.
    package func decode(_ pdu: some RandomAccessCollection<UInt8>) throws(AnswerFault) -> [UInt16] {
        let bytes = Array(pdu)
        guard let code = bytes.first else { throw .malformed("empty") }
        if code == functionCode | 0x80 {
            guard bytes.count == 2 else { throw .malformed("an exception of \(bytes.count) bytes") }
            guard let exception = ModbusException(rawValue: Int32(bytes[1])) else {
                throw .malformed("exception \(bytes[1]), which Modbus does not have")
            }
            throw .exception(exception)
        }
        guard code == functionCode else {
            throw .malformed("function \(code) instead of \(functionCode)")
        }
        switch operation {
        case .read(let function, let count):
            let wanted = function.readsBits ? (count + 7) / 8 : 2 * count
            guard bytes.count >= 2, Int(bytes[1]) == wanted, bytes.count == 2 + wanted else {
                throw .malformed("\(bytes.count - 1) bytes of data instead of \(wanted + 1)")
            }
            if function.readsBits { return (0..<count).map { UInt16(bytes[2 + $0 / 8] >> UInt8($0 % 8) & 1) } }
            return (0..<count).map { UInt16(bytes[2 + 2 * $0]) << 8 | UInt16(bytes[3 + 2 * $0]) }
        case .write(_, let words):
            // A write is answered by its own first five bytes.
            var echo: [UInt8] = []
            encode(into: &echo)
            guard bytes.count == 5 else { throw .malformed("\(bytes.count) bytes instead of 5") }
            guard bytes == Array(echo.prefix(5)) else {
                throw .malformed(
                    bytes[1...2] == echo[1...2] ? "another value or count than was written" : "another address")
            }
            return words
        }
    }
}
