import Testing

@testable import SiteTwin

@Suite("Frames on the wire")
struct ModbusFramingTests {
    /// Request as it travels and what it means; from the examples of the Modbus Application Protocol V1.1b3, 6.
    static let examples: [(bytes: [UInt8], request: ModbusRequest.Body, address: Int)] = [
        ([1, 0, 0x13, 0, 0x13], .read(count: 19, from: .coils), 0x13),
        ([2, 0, 0xC4, 0, 0x16], .read(count: 22, from: .discreteInputs), 0xC4),
        ([3, 0, 0x6B, 0, 3], .read(count: 3), 0x6B),
        ([4, 0, 8, 0, 1], .read(count: 1, from: .inputRegisters), 8),
        ([5, 0, 0xAC, 0xFF, 0], .write(values: [1], isSingle: true, to: .coils), 0xAC),
        ([6, 0, 1, 0, 3], .write(values: [3], isSingle: true), 1),
        (
            [15, 0, 0x13, 0, 10, 2, 0xCD, 1],
            .write(values: [1, 0, 1, 1, 0, 0, 1, 1, 1, 0], isSingle: false, to: .coils), 0x13
        ),
        ([16, 0, 1, 0, 2, 4, 0, 10, 1, 2], .write(values: [10, 0x0102], isSingle: false), 1),
        ([43, 14, 1, 0], .unknown(function: 43), 0x0E01),
        // They contradict themselves: no values, which every station refuses.
        ([5, 0, 0xAC, 0x12, 0], .write(values: [], isSingle: true, to: .coils), 0xAC),
        ([16, 0, 1, 0, 2, 2, 0, 10], .write(values: [], isSingle: false), 1),
        ([3, 0, 1], .read(count: 0), 1),
    ]

    @Test("A request is understood however it comes in pieces, as Modbus TCP and as RTU", arguments: examples)
    func requests(bytes: [UInt8], body: ModbusRequest.Body, address: Int) {
        let wanted = ModbusRequest(unit: 17, address: address, body: body)
        let tcp = [0xAB, 0xCD, 0, 0, 0, UInt8(bytes.count + 1), 17] + bytes
        for count in 0..<tcp.count { #expect(ModbusFraming.tcp.scan(Array(tcp[..<count])) == .incomplete) }
        guard case .frame(let frame, let length) = ModbusFraming.tcp.scan(tcp + [1, 2, 3]) else {
            Issue.record("no frame in \(tcp)")
            return
        }
        #expect(frame.request == wanted && frame.transaction == 0xABCD && length == tcp.count)
        // The lengths of requests that contradict themselves are not those that RTU goes by.
        let isWhole = bytes.count == 5 || body != .read(count: 0) && bytes.count > 5 && !body.isEmptyWrite
        guard isWhole, bytes[0] < 17 else { return }
        let check = ModbusFraming.checksum([17] + bytes[...])
        let rtu = [17] + bytes + [UInt8(check & 0xFF), UInt8(check >> 8)]
        for count in 0..<rtu.count { #expect(ModbusFraming.rtu.scan(Array(rtu[..<count])) == .incomplete) }
        guard case .frame(let other, let otherLength) = ModbusFraming.rtu.scan(rtu) else {
            Issue.record("no frame in \(rtu)")
            return
        }
        #expect(other.request == wanted && otherLength == rtu.count)
        var broken = rtu
        broken[3] ^= 1
        #expect(ModbusFraming.rtu.scan(broken) == .garbage)
    }

    @Test("The checksum is that of the serial line specification's examples")
    func checksum() {
        // Unit 2, function 7: 0x12 0x41 on the wire (Modbus over Serial Line V1.02, appendix B).
        #expect(ModbusFraming.checksum([2, 7]) == 0x1241)
        #expect(ModbusFraming.checksum([1, 3, 0, 0, 0, 10]) == 0xCDC5)
    }

    @Test("Answers carry registers, bits, the echo of a write, or an exception")
    func answers() {
        func frame(_ body: ModbusRequest.Body, echo: [UInt8] = [0, 1, 0, 3]) -> ModbusFraming.Frame {
            .init(request: ModbusRequest(unit: 255, address: 1, body: body), transaction: 0x0102, echo: echo)
        }
        let tcp = ModbusFraming.tcp
        #expect(
            tcp.answer(frame(.read(count: 2)), .success([1, 0xABCD])) == [
                1, 2, 0, 0, 0, 7, 255, 3, 4, 0, 1, 0xAB, 0xCD,
            ])
        #expect(
            tcp.answer(frame(.read(count: 10, from: .coils)), .success([1, 0, 1, 1, 0, 0, 1, 1, 1, 0]))
                == [1, 2, 0, 0, 0, 5, 255, 1, 2, 0xCD, 1])
        #expect(
            tcp.answer(frame(.write(values: [3], isSingle: true)), .success([])) == [
                1, 2, 0, 0, 0, 6, 255, 6, 0, 1, 0, 3,
            ])
        #expect(tcp.answer(frame(.read(count: 1)), .failure(.illegalAddress)) == [1, 2, 0, 0, 0, 3, 255, 0x83, 2])
        let rtu = ModbusFraming.rtu.answer(frame(.read(count: 1)), .success([7]))
        #expect(Array(rtu.dropLast(2)) == [255, 3, 2, 0, 7])
        #expect(ModbusFraming.checksum(rtu[...]) == 0)
    }

    @Test("Bytes that begin no frame are told from the beginning of one")
    func garbage() {
        #expect(ModbusFraming.tcp.scan([0, 1, 1]) == .garbage)
        #expect(ModbusFraming.tcp.scan([0, 1, 0, 0, 1]) == .garbage)
        #expect(ModbusFraming.tcp.scan([0, 1, 0, 0, 0, 1]) == .garbage)
        #expect(ModbusFraming.tcp.scan([0, 1, 0, 0, 0, 255]) == .garbage)
    }
}

extension ModbusRequest.Body {
    fileprivate var isEmptyWrite: Bool { if case .write(let values, _, _) = self { values.isEmpty } else { false } }
}
