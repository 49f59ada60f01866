/// The registers of the generic station; the table stands in this room's README.
extension ChargePoint {
    mutating func answerAsGeneric(_ request: ModbusRequest, nanoseconds: Int64) -> Result<[UInt16], ModbusException> {
        switch request.body {
        case .read(let count, .holdingRegisters):
            guard (1...125).contains(count) else { return .failure(.illegalValue) }
            var values: [UInt16] = []
            for address in request.address..<request.address + count {
                guard let value = genericRegister(address) else { return .failure(.illegalAddress) }
                values.append(value)
            }
            return .success(values)
        case .write(let values, _, .holdingRegisters):
            // Checked as a whole first: a refused request changes nothing.
            for (offset, value) in values.enumerated() {
                switch request.address + offset {
                case 10, 21: continue
                case 20: if Double(value) > maximumAmperes { return .failure(.illegalValue) }
                default: return .failure(.illegalAddress)
                }
            }
            for (offset, value) in values.enumerated() {
                switch request.address + offset {
                case 10: receiveLimit(Double(value) / 10, nanoseconds: nanoseconds)
                case 20: failSafeAmperes = Double(value)
                default: watchdogSeconds = Double(value)
                }
            }
            return .success([])
        case .read, .write, .unknown: return .failure(.illegalFunction)
        }
    }

    private func genericRegister(_ address: Int) -> UInt16? {
        switch address {
        case 0: return car == nil ? 0 : carAmperes > 0 ? 2 : 1
        case 1, 2, 3: return UInt16((reportedAmperes[address - 1] * 10).rounded())
        case 10: return UInt16((commandedAmperes * 10).rounded())
        case 11: return UInt16((activeAmperes * 10).rounded(.down))
        case 20: return UInt16(failSafeAmperes ?? 0)
        case 21: return UInt16(watchdogSeconds)
        case 30: return UInt16(truncatingIfNeeded: UInt32(energyWattHours) >> 16)
        case 31: return UInt16(truncatingIfNeeded: UInt32(energyWattHours))
        default: return nil
        }
    }
}
