/// A station whose registers were made from its profile.
extension ChargePoint {
    /// - Parameters:
    ///   - volts: of the supply lines.
    ///   - seconds: after the start.
    mutating func answerBySimulation(
        _ request: ModbusRequest, volts: [Double], nanoseconds: Int64, seconds: Double
    ) -> Result<[UInt16], ModbusException> {
        guard case .simulated(var image) = kind else { return .failure(.deviceFailure) }
        image.show(live(volts: volts, seconds: seconds))
        image.show(serialNumber: faults.contains(.otherSerialNumber) ? "OTHER990001" : serialNumber)
        defer { kind = .simulated(image) }
        switch request.body {
        case .unknown: return .failure(.illegalFunction)
        case .read(let count, let table): return image.read(table, request.address, count)
        case .write(let values, _, let table):
            let limitsBefore = image.contents
            switch image.write(table, request.function, request.address, values, seconds: seconds) {
            case .failure(let exception): return .failure(exception)
            case .success(let commands):
                for command in commands { obey(command, nanoseconds: nanoseconds, seconds: seconds) }
                if faults.contains(.forgetsLimits), commands.contains(where: \.isLimit) {
                    image.contents = limitsBefore
                }
                return .success([])
            }
        }
    }

    private mutating func obey(_ command: StationCommand, nanoseconds: Int64, seconds: Double) {
        switch command {
        case .limit(let amperes): receiveLimit(amperes, nanoseconds: nanoseconds, at: seconds)
        case .release(let isReleased):
            guard !faults.contains(.forgetsLimits), !ignoresLimits else { return }
            self.isReleased = isReleased
            if isReleased { isSessionStopped = false }
        case .failSafe(let amperes): failSafeAmperes = amperes
        case .timeout(let timeout): watchdogSeconds = timeout
        case .life: break
        case .phases(let count): changePhases(to: count, at: seconds)
        }
        if command == .life, behaviour.signOfLife == .keepAliveWrite { noteLife(at: seconds) }
    }

    private func live(volts: [Double], seconds: Double) -> LiveValues {
        let own = (0..<3).map { $0 < supplyPhases.count ? volts[supplyPhases[$0]] : 0 }
        return LiveValues(
            seconds: seconds, state: state, amperes: reportedAmperes, volts: own,
            watts: (0..<3).map { reportedAmperes[$0] * own[$0] }, lifeWattHours: energyWattHours,
            sessionWattHours: sessionWattHours, commandedAmperes: commandedAmperes, activeAmperes: activeAmperes,
            phaseCount: min(offeredPhaseCount, supplyPhases.count), lies: faults.contains(.liesInReadBack))
    }
}

extension StationCommand {
    fileprivate var isLimit: Bool {
        switch self {
        case .limit, .release: true
        case .failSafe, .timeout, .life, .phases: false
        }
    }
}

extension RegisterImage {
    /// What it says of itself, in its own kind of register.
    mutating func show(serialNumber: String) {
        guard let index = profile.identityCheck?.serialNumber else { return }
        let format = profile.registers[index].format
        contents[index] = format.words(text: format.type.isNumeric ? serialNumber.filter(\.isNumber) : serialNumber)
    }
}

extension StationBehaviour {
    /// The two stations whose registers are written by hand.
    static func byHand(_ kind: StationKind) -> StationBehaviour {
        var behaviour = StationBehaviour()
        behaviour.signOfLife = .anyRequest
        behaviour.onContactLost = .fallsBack
        behaviour.watchdogSeconds = 60
        if case .abbTerraAC = kind { behaviour.failSafeAmperes = nil }
        return behaviour
    }
}
