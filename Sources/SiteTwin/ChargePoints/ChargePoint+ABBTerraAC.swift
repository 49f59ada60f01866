/// The registers of an ABB Terra AC: one limit for all phases in mA, high word first, function codes 3, 6 and 16.
extension ChargePoint {
    /// What may be read, as closed ranges of addresses.
    private static let readable = 0x4000...0x4024

    mutating func answerAsABB(_ request: ModbusRequest, volts: [Double], nanoseconds: Int64)
        -> Result<[UInt16], ModbusException>
    {
        switch request.body {
        case .read(let count, .holdingRegisters):
            guard (1...125).contains(count) else { return .failure(.illegalValue) }
            guard Self.readable.contains(request.address), Self.readable.contains(request.address + count - 1)
            else { return .failure(.illegalAddress) }
            let all = abbRegisters(volts: volts)
            let first = request.address - Self.readable.lowerBound
            return .success(Array(all[first..<first + count]))
        case .write(let values, let isSingle, .holdingRegisters):
            if let refusal = writeABB(request.address, values, isSingle: isSingle, nanoseconds: nanoseconds) {
                return .failure(refusal)
            }
            return .success([])
        case .read, .write, .unknown: return .failure(.illegalFunction)
        }
    }

    private mutating func writeABB(_ address: Int, _ values: [UInt16], isSingle: Bool, nanoseconds: Int64)
        -> ModbusException?
    {
        if address == 0x4100 {
            guard !isSingle, values.count == 2 else { return .illegalValue }
            let milliamperes = UInt32(values[0]) << 16 | UInt32(values[1])
            receiveLimit(Double(milliamperes) / 1000, nanoseconds: nanoseconds)
            return nil
        }
        guard [0x4103, 0x4105, 0x4106, 0x4109].contains(address) else { return .illegalAddress }
        guard values.count == 1 else { return .illegalValue }
        let value = values[0]
        switch address {
        case 0x4103, 0x4105:
            guard value <= 1 else { return .illegalValue }
            if address == 0x4105 { isSessionStopped = value == 1 }
        case 0x4106:
            guard value >= 10 else { return .illegalValue }
            watchdogSeconds = Double(value)
        default: failSafeAmperes = value == 0xFF ? nil : Double(value)
        }
        return nil
    }

    /// 0x4000 to 0x4024.
    private func abbRegisters(volts: [Double]) -> [UInt16] {
        var registers: [UInt16] = []
        func append(_ value: UInt32) {
            registers.append(UInt16(value >> 16))
            registers.append(UInt16(value & 0xFFFF))
        }
        let serial = Array((faults.contains(.otherSerialNumber) ? "OTHER001" : serialNumber).utf8)
        for pair in 0..<4 { registers.append(UInt16(serial[2 * pair]) << 8 | UInt16(serial[2 * pair + 1])) }
        append(0x0109_0000)
        append(UInt32(maximumAmperes * 1000))
        append(hasContactError ? 0x4000 : 0)
        append(car == nil ? 0x0000 : 0x0111)
        append(UInt32(abbState) << 8)
        append(UInt32((activeAmperes * 1000).rounded()))
        for phase in 0..<3 { append(UInt32((reportedAmperes[phase] * 1000).rounded())) }
        for phase in 0..<3 {
            append(phase < supplyPhases.count ? UInt32((volts[supplyPhases[phase]] * 10).rounded()) : 0)
        }
        var watts = 0.0
        for (phase, line) in supplyPhases.enumerated() { watts += reportedAmperes[phase] * volts[line] }
        append(UInt32(watts.rounded()))
        append(UInt32(sessionWattHours))
        registers.append(UInt16(watchdogSeconds))
        registers.append(0)
        // The address 0x4021 is not described; 0x4022 and what follows are.
        append(UInt32((commandedAmperes * 1000).rounded()))
        registers.append(failSafeAmperes.map { UInt16($0) } ?? 0xFF)
        return registers
    }

    /// Bits 0 to 6: state; bit 7: draws less than it may.
    private var abbState: UInt8 {
        switch visit {
        case .free: return 0
        case .waiting: return isSessionStopped ? 5 : 1
        case .connected(let car):
            if isSessionStopped { return 5 }
            if car.amperes > 0 { return car.amperes < activeAmperes - 0.5 ? 4 | 0x80 : 4 }
            return offeredAmperes > 0 ? 2 : 3
        case .staying: return isSessionStopped ? 5 : 2
        }
    }
}
