import Testing

@testable import Stations

/// The check of an RTU frame, bit by bit: independent of the table.
func referenceCRC(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var value: UInt16 = 0xFFFF
    for byte in bytes {
        value ^= UInt16(byte)
        for _ in 0..<8 {
            let carry = value & 1
            value >>= 1
            if carry == 1 { value ^= 0xA001 }
        }
    }
    return [UInt8(value & 0xFF), UInt8(value >> 8)]
}

private func pdu(_ request: ModbusRequest) -> [UInt8] {
    var bytes: [UInt8] = []
    request.encode(into: &bytes)
    return bytes
}

/// Bytes in pieces of random lengths.
private func pieces(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = Int.random(in: 1...min(rest.count, 9), using: &random)
        pieces.append(rest.prefix(count))
        rest = rest.dropFirst(count)
    }
    return pieces
}

@Suite struct CodecTests {
    @Test("requests travel as the standard's examples do", arguments: standardExamples.indices)
    func standardRequest(index: Int) throws {
        let example = standardExamples[index]
        let request = try #require(example.request)
        #expect(pdu(request) == example.asked)
        #expect(try request.decode(example.answered) == example.words)
    }

    @Test("a request that Modbus does not have is none", arguments: ReadFunction.allCases)
    func impossibleRead(function: ReadFunction) {
        for (address, count) in [(0, 0), (0, -1), (-1, 1), (65_536, 1), (65_535, 2), (0, function.largestCount + 1)] {
            #expect(ModbusRequest(read: function, address: address, count: count) == nil)
        }
        #expect(ModbusRequest(read: function, address: 65_535, count: 1) != nil)
        #expect(ModbusRequest(read: function, address: 0, count: function.largestCount) != nil)
    }

    @Test("a write that Modbus does not have is none", arguments: WriteFunction.allCases)
    func impossibleWrite(function: WriteFunction) {
        let most = function.largestCount
        #expect(ModbusRequest(write: function, address: 0, words: []) == nil)
        #expect(ModbusRequest(write: function, address: 0, words: Array(repeating: 1, count: most + 1)) == nil)
        #expect(
            ModbusRequest(write: function, address: 65_536 - most + 1, words: Array(repeating: 1, count: most)) == nil)
        #expect(ModbusRequest(write: function, address: 65_536 - most, words: Array(repeating: 1, count: most)) != nil)
    }

    @Test("the longest requests fit a frame")
    func longest() throws {
        for request in [
            ModbusRequest(write: .multipleRegisters, address: 0, words: Array(repeating: 0xFFFF, count: 123)),
            ModbusRequest(write: .multipleCoils, address: 0, words: Array(repeating: 1, count: 1968)),
        ] {
            var frame: [UInt8] = []
            MBAPFraming.encode(try #require(request), unit: 1, transaction: 1, into: &frame)
            #expect(frame.count <= 260 && Int(frame[5]) == frame.count - 6)
        }
    }

    @Test("the check is the standard's")
    func check() {
        // Read ten holding registers of unit 1: every manual's example.
        #expect(CRC16.of([1, 3, 0, 0, 0, 10]) == 0xCDC5)
        var random = SeededGenerator(seed: 3)
        for length in 0..<300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let value = CRC16.of(bytes)
            #expect([UInt8(value & 0xFF), UInt8(value >> 8)] == referenceCRC(bytes))
        }
    }

    @Test("frames come out whole, however they come in", arguments: [1, 2, 3, 4] as [UInt64])
    func anyPieces(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var wanted: [ModbusFrame] = []
        var network: [UInt8] = [], line: [UInt8] = []
        for _ in 0..<200 {
            let unit = UInt8.random(in: 0...255, using: &random)
            let transaction = UInt16.random(in: 0...UInt16.max, using: &random)
            let body: [UInt8]
            switch Int.random(in: 0..<3, using: &random) {
            case 0: body = [UInt8.random(in: 1...4, using: &random) | 0x80, 2]
            case 1: body = [[5, 6, 15, 16].randomElement(using: &random) ?? 5, 0, 1, 2, 3]
            default:
                let count = Int.random(in: 1...125, using: &random)
                let data = (0..<2 * count).map { _ in UInt8.random(in: 0...255, using: &random) }
                body = [UInt8.random(in: 1...4, using: &random), UInt8(2 * count)] + data
            }
            wanted.append(ModbusFrame(transaction: transaction, unit: unit, pdu: body))
            network +=
                [UInt8(transaction >> 8), UInt8(transaction & 0xFF), 0, 0, 0, UInt8(body.count + 1), unit] + body
            line += [unit] + body + referenceCRC([unit] + body)
        }
        var mbap = MBAPDecoder(), rtu = RTUDecoder()
        var fromNetwork: [ModbusFrame] = [], fromLine: [ModbusFrame] = []
        for piece in pieces(network, &random) {
            mbap.append(piece)
            while let frame = try mbap.next() { fromNetwork.append(frame) }
        }
        for piece in pieces(line, &random) {
            rtu.append(piece)
            while let frame = try rtu.next() { fromLine.append(frame) }
        }
        #expect(fromNetwork == wanted, "seed \(seed)")
        #expect(fromLine.map(\.pdu) == wanted.map(\.pdu) && fromLine.map(\.unit) == wanted.map(\.unit), "seed \(seed)")
        #expect(!rtu.hasBegun)
    }

    @Test("what can be no Modbus TCP frame is refused as soon as that shows", arguments: badMBAP.indices)
    func badMBAPFrame(index: Int) {
        var decoder = MBAPDecoder()
        decoder.append(badMBAP[index])
        #expect(throws: FrameFault.self) { _ = try decoder.next() }
    }

    @Test("what can be no RTU answer is refused", arguments: badRTU.indices)
    func badRTUFrame(index: Int) {
        var decoder = RTUDecoder()
        decoder.append(badRTU[index])
        #expect(throws: FrameFault.self) { _ = try decoder.next() }
    }

    @Test("one wrong bit anywhere in an RTU frame is seen")
    func everyBit() {
        let good: [UInt8] = [1, 3, 4, 0, 10, 0, 20]
        let frame = good + referenceCRC(good)
        for bit in 0..<frame.count * 8 {
            var bytes = frame
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            var decoder = RTUDecoder()
            decoder.append(bytes)
            // Refused, or taken for a longer one whose end never comes: never accepted.
            let result = Result { try decoder.next() }
            if case .success(let accepted?) = result { Issue.record("bit \(bit): \(accepted)") }
        }
    }

    @Test("an answer that does not belong to its request is refused", arguments: badAnswers.indices)
    func badAnswer(index: Int) throws {
        let (request, answer, says) = badAnswers[index]
        let error = #expect(throws: AnswerFault.self) { _ = try #require(request).decode(answer) }
        guard case .malformed(let text) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(text.contains(says), "\(text)")
    }

    @Test("every exception is known by its code", arguments: ModbusException.allCases)
    func exception(code: ModbusException) throws {
        let request = try #require(ModbusRequest(read: .inputRegisters, address: 5, count: 1))
        let error = #expect(throws: AnswerFault.self) { _ = try request.decode([0x84, UInt8(code.rawValue)]) }
        #expect(error == .exception(code))
    }
}

private let standardExamples: [(request: ModbusRequest?, asked: [UInt8], answered: [UInt8], words: [UInt16])] = [
    // MODBUS Application Protocol V1.1b3, 6.1 to 6.12.
    (
        ModbusRequest(read: .coils, address: 19, count: 19), [1, 0, 0x13, 0, 0x13], [1, 3, 0xCD, 0x6B, 0x05],
        [1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1]
    ),
    (
        ModbusRequest(read: .discreteInputs, address: 196, count: 22), [2, 0, 0xC4, 0, 0x16], [2, 3, 0xAC, 0xDB, 0x35],
        [0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1]
    ),
    (
        ModbusRequest(read: .holdingRegisters, address: 107, count: 3), [3, 0, 0x6B, 0, 3],
        [3, 6, 2, 0x2B, 0, 0, 0, 0x64], [0x22B, 0, 0x64]
    ),
    (ModbusRequest(read: .inputRegisters, address: 8, count: 1), [4, 0, 8, 0, 1], [4, 2, 0, 0x0A], [10]),
    (ModbusRequest(write: .singleCoil, address: 172, words: [1]), [5, 0, 0xAC, 0xFF, 0], [5, 0, 0xAC, 0xFF, 0], [1]),
    (ModbusRequest(write: .singleCoil, address: 172, words: [0]), [5, 0, 0xAC, 0, 0], [5, 0, 0xAC, 0, 0], [0]),
    (ModbusRequest(write: .singleRegister, address: 1, words: [3]), [6, 0, 1, 0, 3], [6, 0, 1, 0, 3], [3]),
    (
        ModbusRequest(write: .multipleCoils, address: 19, words: [1, 0, 1, 1, 0, 0, 1, 1, 1, 0]),
        [15, 0, 0x13, 0, 0x0A, 2, 0xCD, 1], [15, 0, 0x13, 0, 0x0A], [1, 0, 1, 1, 0, 0, 1, 1, 1, 0]
    ),
    (
        ModbusRequest(write: .multipleRegisters, address: 1, words: [10, 0x102]),
        [16, 0, 1, 0, 2, 4, 0, 10, 1, 2], [16, 0, 1, 0, 2], [10, 0x102]
    ),
]

private let badMBAP: [[UInt8]] = [
    [0, 1, 0, 1], [0, 1, 1, 0], Array("HTTP".utf8), [0, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 2], [0, 1, 0, 0, 0, 255],
    [0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 255, 255],
]

private let badRTU: [[UInt8]] = [
    [1, 0], [1, 7], [1, 43], [1, 0x80], [1, 0xFF], [1, 3, 252], [1, 3, 2, 0, 1, 0, 0], [1, 6, 0, 1, 0, 2, 0, 0],
    [1, 0x83, 2, 0, 0], [255, 255, 255, 255, 255, 255, 255, 255],
]

private let badAnswers: [(request: ModbusRequest?, answer: [UInt8], says: String)] = {
    let read = ModbusRequest(read: .holdingRegisters, address: 10, count: 2)
    let bits = ModbusRequest(read: .coils, address: 10, count: 9)
    let single = ModbusRequest(write: .singleRegister, address: 10, words: [300])
    let several = ModbusRequest(write: .multipleRegisters, address: 10, words: [1, 2])
    let coil = ModbusRequest(write: .singleCoil, address: 10, words: [1])
    return [
        (read, [], "empty"), (read, [3], "instead of 5"), (read, [3, 4], "instead of 5"),
        (read, [3, 4, 0, 0, 0], "instead of 5"), (read, [3, 2, 0, 0], "instead of 5"),
        (read, [3, 2, 0, 0, 0, 0], "instead of 5"), (read, [3, 4, 0, 0, 0, 0, 0], "instead of 5"),
        (read, [4, 4, 0, 0, 0, 0], "function 4 instead of 3"), (read, [6, 0, 10, 0, 2], "function 6"),
        (read, [0x84, 2], "function 132"), (read, [0x83], "exception of 1"), (read, [0x83, 2, 0], "exception of 3"),
        (read, [0x83, 0], "exception 0"), (read, [0x83, 12], "exception 12"), (read, [0x83, 255], "exception 255"),
        (bits, [1, 1, 0], "instead of 3"), (bits, [1, 2, 0], "instead of 3"),
        (single, [6, 0, 11, 1, 44], "another address"), (single, [6, 0, 10, 1, 45], "another value"),
        (single, [6, 0, 10, 1], "instead of 5"), (single, [6, 0, 10, 1, 44, 0], "instead of 5"),
        (several, [16, 0, 10, 0, 1], "count"), (several, [16, 1, 10, 0, 2], "another address"),
        (coil, [5, 0, 10, 0, 0], "another value"), (coil, [5, 0, 10, 0xFF, 1], "another value"),
    ]
}()
