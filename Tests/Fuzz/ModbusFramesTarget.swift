import Stations

/// The wire codec alone. The input is a framing, a seed for the pieces in which the bytes arrive, and the bytes.
struct ModbusFramesTarget: FuzzTarget {
    let name = "modbus-frames"

    private static let requests: [ModbusRequest] = [
        ModbusRequest(read: .coils, address: 3, count: 19), ModbusRequest(read: .discreteInputs, address: 0, count: 8),
        ModbusRequest(read: .holdingRegisters, address: 0x4100, count: 4),
        ModbusRequest(read: .inputRegisters, address: 9, count: 125),
        ModbusRequest(write: .singleCoil, address: 7, words: [1]),
        ModbusRequest(write: .singleRegister, address: 10, words: [160]),
        ModbusRequest(write: .multipleCoils, address: 0, words: [1, 0, 1, 1, 0, 0, 1, 1, 1]),
        ModbusRequest(write: .multipleRegisters, address: 10, words: [0, 16_000]),
    ].compactMap { $0 }

    /// The right answer to a request: exceptions now and then, any words.
    private static func answer(_ request: ModbusRequest, _ random: inout FuzzRandom) -> [UInt8] {
        if random.below(8) == 0 { return [request.functionCode | 0x80, UInt8(1 + random.below(11))] }
        var echo: [UInt8] = []
        request.encode(into: &echo)
        guard case .read(let function, let count) = request.operation else { return Array(echo.prefix(5)) }
        let length = function.readsBits ? (count + 7) / 8 : 2 * count
        return [request.functionCode, UInt8(length)]
            + (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    var corpus: [[UInt8]] {
        var random = FuzzRandom(seed: 11)
        return (0..<40).map { index in
            var bytes: [UInt8] = [UInt8(index % 2), UInt8(truncatingIfNeeded: random.next())]
            for number in 0..<1 + random.below(12) {
                let body = Self.answer(random.pick(Self.requests), &random)
                if index % 2 == 0 {
                    bytes += [0, UInt8(number), 0, 0, 0, UInt8(body.count + 1), 1] + body
                } else {
                    let check = CRC16.of([1] + body)
                    bytes += [1] + body + [UInt8(check & 0xFF), UInt8(check >> 8)]
                }
            }
            return bytes
        }
    }

    func run(_ input: [UInt8]) throws -> Bool {
        guard input.count > 2 else { return false }
        let stream = Array(input[2...])
        var random = FuzzRandom(seed: UInt64(input[1]))
        let isNumbered = input[0] % 2 == 0
        let whole = Self.frames([stream], isNumbered)
        var pieces: [[UInt8]] = []
        var rest = stream[...]
        while !rest.isEmpty {
            let count = 1 + random.below(min(rest.count, 20))
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        let split = Self.frames(pieces, isNumbered)
        guard whole.frames == split.frames, whole.fault == split.fault else {
            throw FuzzError("the same bytes in other pieces: \(whole) and \(split)")
        }
        // Cut short, it gives a part of the same frames.
        let cut = Self.frames([Array(stream.prefix(random.below(stream.count + 1)))], isNumbered)
        guard whole.frames.starts(with: cut.frames) else { throw FuzzError("cut short: \(whole) and \(cut)") }
        if let fault = whole.fault, fault.text.isEmpty { throw FuzzError("a fault without words") }
        var isAccepted = false
        for frame in whole.frames {
            guard !frame.pdu.isEmpty, frame.pdu.count <= 253 else {
                throw FuzzError("\(frame.pdu.count) bytes of data")
            }
            for request in Self.requests where try Self.decode(request, frame.pdu) { isAccepted = true }
        }
        return isAccepted
    }

    private static func decode(_ request: ModbusRequest, _ pdu: [UInt8]) throws -> Bool {
        do throws(AnswerFault) {
            let words = try request.decode(pdu)
            switch request.operation {
            case .read(let function, let count):
                guard words.count == count, !function.readsBits || words.allSatisfy({ $0 <= 1 }) else {
                    throw AnswerFault.malformed("\0")
                }
            case .write(_, let written):
                guard words == written else { throw AnswerFault.malformed("\0") }
            }
            return true
        } catch {
            guard case .malformed(let text) = error else { return true }
            guard text != "\0", !text.isEmpty else { throw FuzzError("\(request) accepted \(pdu) wrongly") }
            return false
        }
    }

    private static func frames(_ pieces: [[UInt8]], _ isNumbered: Bool) -> (frames: [ModbusFrame], fault: FrameFault?) {
        var mbap = MBAPDecoder(), rtu = RTUDecoder()
        var frames: [ModbusFrame] = []
        do throws(FrameFault) {
            for piece in pieces {
                if isNumbered {
                    mbap.append(piece)
                    while let frame = try mbap.next() { frames.append(frame) }
                } else {
                    rtu.append(piece)
                    while let frame = try rtu.next() { frames.append(frame) }
                }
            }
            return (frames, nil)
        } catch {
            return (frames, error)
        }
    }
}
