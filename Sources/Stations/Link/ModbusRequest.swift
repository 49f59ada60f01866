/// One question to a station, as a protocol data unit: function and data, without address or check. Pure.
package struct ModbusRequest: Sendable, Equatable {
    package enum Operation: Sendable, Equatable {
        case read(ReadFunction, count: Int)
        /// One word for each register or coil; a coil is on where its word is not 0.
        case write(WriteFunction, words: [UInt16])
    }

    package let operation: Operation
    /// As it travels, counted from 0.
    package let address: UInt16

    /// - Returns: nil where Modbus cannot ask so: too much at a time, or beyond address 65535.
    package init?(read function: ReadFunction, address: Int, count: Int) {
        guard (1...function.largestCount).contains(count), Self.fits(address, count) else { return nil }
        operation = .read(function, count: count)
        self.address = UInt16(address)
    }

    /// - Returns: nil where Modbus cannot ask so: too much at a time, or beyond address 65535.
    package init?(write function: WriteFunction, address: Int, words: [UInt16]) {
        guard (1...function.largestCount).contains(words.count), Self.fits(address, words.count) else { return nil }
        operation = .write(function, words: words)
        self.address = UInt16(address)
    }

    private static func fits(_ address: Int, _ count: Int) -> Bool { address >= 0 && address <= 65_536 - count }

    package var functionCode: UInt8 {
        switch operation {
        case .read(let function, _): UInt8(function.rawValue)
        case .write(let function, _): UInt8(function.rawValue)
        }
    }

    package var isRead: Bool { if case .read = operation { true } else { false } }

    /// What is being done, in words, for example "read holding register 16396 (0x400C)".
    var action: String {
        switch operation {
        case .read(let function, let count): Self.action("read \(function.words)", Int(address), count)
        case .write(let function, let words): Self.action("write \(function.words)", Int(address), words.count)
        }
    }

    /// The same of a request that cannot be.
    static func action(_ verb: String, _ address: Int, _ count: Int) -> String {
        let first = "\(verb) \(address) (0x\(String(address, radix: 16, uppercase: true)))"
        return count > 1 ? "\(first) and \(count - 1) more" : first
    }

    /// Appends function and data; at most 253 bytes.
    package func encode(into bytes: inout [UInt8]) {
        bytes.append(functionCode)
        bytes.append(bigEndian: address)
        switch operation {
        case .read(_, let count):
            bytes.append(bigEndian: UInt16(count))
        case .write(.singleRegister, let words):
            bytes.append(bigEndian: words[0])
        case .write(.singleCoil, let words):
            bytes.append(bigEndian: words[0] == 0 ? 0 : 0xFF00)
        case .write(.multipleRegisters, let words):
            bytes.append(bigEndian: UInt16(words.count))
            bytes.append(UInt8(2 * words.count))
            for word in words { bytes.append(bigEndian: word) }
        case .write(.multipleCoils, let words):
            bytes.append(bigEndian: UInt16(words.count))
            bytes.append(UInt8((words.count + 7) / 8))
            for start in stride(from: 0, to: words.count, by: 8) {
                var byte: UInt8 = 0
                for bit in 0..<min(8, words.count - start) where words[start + bit] != 0 { byte |= 1 << bit }
                bytes.append(byte)
            }
        }
    }
}

extension [UInt8] {
    package mutating func append(bigEndian word: UInt16) {
        append(UInt8(word >> 8))
        append(UInt8(word & 0xFF))
    }
}
