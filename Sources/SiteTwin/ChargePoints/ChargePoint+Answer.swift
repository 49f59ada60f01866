/// What a station is on the wire, and how it answers whatever its registers are.
extension ChargePoint {
    var profileIdentifier: String {
        switch kind {
        case .abbTerraAC: "abb-terra-ac"
        case .generic: "generic-modbus"
        case .simulated(let image): image.profile.identifier
        }
    }

    var unitIdentifier: Int {
        if case .simulated(let image) = kind { return image.profile.defaultUnitIdentifier }
        return 1
    }

    /// The profile's variant that it is.
    var variant: String? {
        if case .simulated(let image) = kind { return image.variant }
        return nil
    }

    /// As the device reads its serial number; nil: the model has none, or the hand-written one.
    var statedSerialNumber: String? {
        guard case .simulated(let image) = kind, let index = image.profile.identityCheck?.serialNumber else {
            return nil
        }
        return image.contents[index].flatMap { image.profile.registers[index].format.text($0[...]) }
    }

    func answers(unit: Int) -> Bool {
        if case .simulated(let image) = kind, image.profile.link.anyUnit { return true }
        return unit == unitIdentifier
    }

    /// - Parameters:
    ///   - volts: of the supply lines.
    ///   - seconds: after the start.
    mutating func answer(
        _ request: ModbusRequest, volts: [Double], nanoseconds: Int64, seconds: Double
    ) -> Result<[UInt16], ModbusException> {
        guard !isRebooting else { return .failure(.deviceFailure) }
        noteRequest(at: seconds)
        if case .unknown = request.body { return .failure(.illegalFunction) }
        if faults.contains(.otherModel) { return .failure(.illegalAddress) }
        if case .write(let values, _, _) = request.body, values.isEmpty { return .failure(.illegalValue) }
        return switch kind {
        case .abbTerraAC: answerAsABB(request, volts: volts, nanoseconds: nanoseconds)
        case .generic: answerAsGeneric(request, nanoseconds: nanoseconds)
        case .simulated: answerBySimulation(request, volts: volts, nanoseconds: nanoseconds, seconds: seconds)
        }
    }
}

extension ChargePointState {
    /// For people.
    var words: String { "\(self)" }
}
