import Stations

/// What a write tells the station.
enum StationCommand: Sendable, Equatable {
    /// The limit that counts now, in ampere.
    case limit(Double)
    /// May charge, or is stopped.
    case release(Bool)
    /// In ampere; nil: none.
    case failSafe(Double?)
    /// In seconds.
    case timeout(Double)
    case life
    /// On how many phases to charge: 1 or 3.
    case phases(Int)
}

extension RegisterImage {
    /// Takes a write; a refused one changes nothing.
    ///
    /// - Parameter seconds: after the start.
    mutating func write(
        _ table: ModbusTable, _ function: UInt8, _ address: Int, _ values: [UInt16], seconds: Double
    ) -> Result<[StationCommand], ModbusException> {
        guard writeFunctions.contains(function) else { return .failure(.illegalFunction) }
        guard !values.isEmpty else { return .failure(.illegalValue) }
        var written: [RegisterIndex: [UInt16]] = [:]
        for (offset, value) in values.enumerated() {
            guard let cell = writable[Place(table: table, address: address + offset)], let index = cell.register
            else { return .failure(.illegalAddress) }
            // A value of several words comes whole or not at all.
            guard written[index] != nil || cell.word == 0 else { return .failure(.illegalValue) }
            written[index, default: []].append(value)
        }
        for (index, words) in written {
            guard words.count == profile.registers[index].format.wordCount, isAllowed(words, index)
            else { return .failure(.illegalValue) }
        }
        var commands: [StationCommand] = []
        for (index, words) in written.sorted(by: { $0.key < $1.key }) {
            contents[index] = words
            commands += self.commands(index, seconds: seconds)
        }
        return .success(commands)
    }

    private func isAllowed(_ words: [UInt16], _ index: RegisterIndex) -> Bool {
        let format = profile.registers[index].format
        guard let value = format.number(words[...]) else { return profile.failSafe?.current.contains(index) ?? false }
        let name = profile.registers[index].name
        if profile.limit.registers.contains(index) {
            let amperes = profile.limit.amperes(registerValue: value, phaseCount: phaseCount)
            guard amperes >= 0, amperes <= profile.largestAmperes + 1e-6 else { return false }
            if behaviour.refusesLimitsBelowMinimum, amperes > 0, amperes < profile.minimumAmperes { return false }
        }
        if behaviour.furtherLimits.contains(name), !(0...profile.largestAmperes).contains(value) { return false }
        guard let failSafe = profile.failSafe else { return true }
        if failSafe.timeout == index { return value == 0 || failSafe.timeoutRange.contains(value) }
        if failSafe.current.contains(index) {
            let isNone = profile.failSafe?.currentReadBack.contains {
                profile.registers[$0].format.notAvailable.contains(UInt64(words.last ?? 0))
            }
            return isNone == true || (0...maximumAmperes).contains(value)
        }
        return true
    }

    private mutating func commands(_ index: RegisterIndex, seconds: Double) -> [StationCommand] {
        var commands: [StationCommand] = []
        let name = profile.registers[index].name
        let isLimit = profile.limit.registers.contains(index)
        if isLimit || behaviour.furtherLimits.contains(name) {
            commands.append(.limit(limitAmperes))
            zeroWrittenAt = isLimit && number(index) == 0 ? seconds : nil
        }
        if !isLimit, let value = number(index) {
            let pauses = profile.limit.pause.contains { $0.register == index && $0.value == value }
            let resumes = profile.limit.resume.contains { $0.register == index && $0.value == value }
            if pauses != resumes { commands.append(.release(resumes)) }
        }
        if let change = profile.phases?.change, change.register == index,
            let value = contents[index].flatMap({ profile.registers[index].format.integer($0[...]) })
        {
            if value == change.one { commands.append(.phases(1)) }
            if value == change.three { commands.append(.phases(3)) }
        }
        if let failSafe = profile.failSafe {
            if failSafe.current.contains(index) { commands.append(.failSafe(failSafeAmperes)) }
            if failSafe.timeout == index, let value = number(index) { commands.append(.timeout(value)) }
        }
        if behaviour.failSafeRegister == name { commands.append(.failSafe(number(index))) }
        if profile.keepAlive?.sign.value?.register == index {
            commands.append(.life)
            lifeClearsAt = behaviour.lifeClearsAfterSeconds.map { seconds + $0 }
        }
        return commands
    }

    /// The lowest of all limits that hold together.
    var limitAmperes: Double {
        var limits = profile.limit.registers.prefix(phaseCount).compactMap { index in
            number(index).map { profile.limit.amperes(registerValue: $0, phaseCount: phaseCount) }
        }
        for name in behaviour.furtherLimits {
            guard let index = profile.registers.firstIndex(where: { $0.name == name }) else { continue }
            if let value = number(index) { limits.append(value) }
        }
        return limits.min() ?? maximumAmperes
    }

    /// The lowest over the phases; nil: none is set.
    private var failSafeAmperes: Double? {
        let failSafe = profile.failSafe
        if let readBack = failSafe?.currentReadBack.first, let current = failSafe?.current.first,
            let words = contents[current], let raw = words.last,
            profile.registers[readBack].format.notAvailable.contains(UInt64(raw))
        {
            return nil
        }
        return failSafe?.current.compactMap { number($0) }.min()
    }
}
