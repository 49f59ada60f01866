import Allocation
import Realtime

/// What is done at each connect and after each silence, around the newest limit: the station may have been restarted.
extension StationLoop {
    mutating func setUp(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        for step in profile.startUp {
            guard !shared.isStopping else { return }
            try startUp(connection, step)
        }
        // Before all that may fail: a register that does not answer must not keep the limit from the station.
        isReadyForLimits = true
        let wish = shared.currentWish()
        if wish.sequence != 0, !shared.isStopping { try writeLimit(connection, wish) }
        try keepAlive(connection)
        guard !shared.isStopping else { return }
        try beginFailSafe(connection)
        guard !shared.isStopping else { return }
        try readIdentity(connection)
    }

    private mutating func startUp(
        _ connection: borrowing ModbusConnection, _ step: StationProfile.StartUpWrite
    ) throws(ModbusError) {
        for condition in step.conditions {
            let words = try read(connection, register: condition.register)
            let answer: Condition.Answer =
                words.map { .words($0) } ?? (missing.contains(condition.register) ? .refused : .nothing)
            guard condition.holds(answer, as: profile.registers[condition.register].format) else { return }
        }
        if profile.registers[step.write.register].isStored,
            try holds(connection, step.write.register, step.write.value) == true
        {
            return
        }
        _ = try write(connection, register: step.write.register, value: step.write.value)
    }

    private mutating func readIdentity(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        var parts: [String] = []
        for (label, index) in profile.identity {
            guard !shared.isStopping else { return }
            if let words = try read(connection, register: index),
                let text = profile.registers[index].format.text(words)
            {
                parts.append("\(label) \(text)")
            }
        }
        let identity = parts.joined(separator: ", ")
        shared.diagnostics.withLock { $0.identity = identity }
    }

    // MARK: Sign of life

    /// The station's own clock against silence.
    mutating func keepAlive(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        keepAliveDue = .max
        guard let sign = profile.keepAlive?.sign.value,
            let every = profile.keepAliveSeconds(timeoutSeconds: configuration.failSafeAfterSeconds)
        else { return }
        keepAliveDue = MonotonicClock.nanoseconds() + Int64(every * 1e9)
        _ = try write(connection, register: sign.register, value: sign.value)
    }

    /// A station that has taken note of the sign of life clears it, and waits for the next.
    mutating func watchKeepAlive() {
        guard case .writeWhenCleared(let sign)? = profile.keepAlive?.sign, let found = number(sign.register),
            found != sign.value
        else { return }
        keepAliveDue = .min
    }

    /// Whether a register reads as the value that was written; nil: it cannot be read.
    mutating func holds(
        _ connection: borrowing ModbusConnection, _ index: StationProfile.RegisterIndex, _ value: Double,
        roundedAs writtenRegister: StationProfile.RegisterIndex? = nil
    ) throws(ModbusError) -> Bool? {
        guard !profile.registers[index].isWriteOnly, let words = try read(connection, register: index) else {
            return nil
        }
        let format = profile.registers[writtenRegister ?? index].format
        let wanted = format.words(roundingDown: value).flatMap { format.number($0[...]) }
        guard let wanted, let found = profile.registers[index].format.number(words) else { return false }
        return abs(found - wanted) <= max(format.scale, profile.registers[index].format.scale) * 0.5
    }
}
