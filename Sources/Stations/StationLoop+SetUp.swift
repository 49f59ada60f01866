import Allocation
import Realtime

/// How the station's fail-safe stands.
struct FailSafeState: Sendable {
    /// When it is read back next; `.max`: never.
    var checkDue: Int64 = .max
    /// When it was written last.
    var writtenAt: Int64 = .min
    /// The station refused to be given it.
    var isRefused = false
}

/// What is done at each connect, before the newest limit: the station may have been restarted or replaced.
extension StationLoop {
    /// Some stations take a moment until a new value reads back.
    private static let settling: Int64 = 500_000_000
    private static let checkInterval: Int64 = 60_000_000_000

    mutating func setUp(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        for step in profile.startUp {
            guard !shared.isStopping else { return }
            if profile.registers[step.write.register].isStored,
                try holds(connection, step.write.register, step.write.value) == true
            {
                continue
            }
            _ = try write(connection, register: step.write.register, value: step.write.value)
        }
        // Before all that may fail: a register that does not answer must not keep the limit from the station.
        isReadyForLimits = true
        let wish = shared.wish.load()
        if wish.sequence != 0, !shared.isStopping { try writeLimit(connection, wish) }
        if profile.keepAlive?.write == nil { keepAliveDue = .max } else { try keepAlive(connection) }
        guard !shared.isStopping else { return }
        try writeFailSafe(connection)
        guard !shared.isStopping else { return }
        try readIdentity(connection)
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

    /// The station's own clock against silence.
    mutating func keepAlive(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        guard let keepAlive = profile.keepAlive, let sign = keepAlive.write else {
            keepAliveDue = .max
            return
        }
        keepAliveDue = MonotonicClock.nanoseconds() + Int64(keepAlive.everySeconds * 1e9)
        _ = try write(connection, register: sign.register, value: sign.value)
    }

    // MARK: Fail-safe

    private struct FailSafeValue {
        var register: StationProfile.RegisterIndex
        var readBack: StationProfile.RegisterIndex?
        var value: Double
    }

    private var failSafeValues: [FailSafeValue] {
        guard let settings = profile.failSafe else { return [] }
        var values: [FailSafeValue] = []
        if let register = settings.current {
            values.append(
                FailSafeValue(
                    register: register, readBack: settings.currentReadBack, value: configuration.leaveAmperes))
        }
        if let register = settings.timeout {
            values.append(
                FailSafeValue(
                    register: register, readBack: settings.timeoutReadBack, value: configuration.failSafeAfterSeconds))
        }
        return values
    }

    private mutating func writeFailSafe(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        failSafe = FailSafeState()
        shared.diagnostics.withLock { $0.failSafeKept = nil }
        for item in failSafeValues {
            guard !shared.isStopping else { return }
            if profile.registers[item.register].isStored,
                try holds(connection, item.readBack ?? item.register, item.value, roundedAs: item.register) == true
            {
                continue
            }
            if try !write(connection, register: item.register, value: item.value) { failSafe.isRefused = true }
        }
        failSafe.writtenAt = MonotonicClock.nanoseconds()
        if failSafe.isRefused {
            alarmFailSafe("refused")
            failSafe.checkDue = failSafe.writtenAt + Self.checkInterval
        } else if !failSafeValues.isEmpty {
            try checkFailSafe(connection)
        }
    }

    /// Reads the fail-safe back; writes it again where the station lost it.
    mutating func checkFailSafe(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        failSafe.checkDue = MonotonicClock.nanoseconds() + Self.checkInterval
        var kept: Bool? = true
        var lost: [FailSafeValue] = []
        for item in failSafeValues {
            guard !shared.isStopping else { return }
            guard let readBack = item.readBack else {
                if kept == true { kept = nil }
                continue
            }
            switch try holds(connection, readBack, item.value, roundedAs: item.register) {
            case true?: break
            case false?:
                kept = false
                lost.append(item)
            case nil:
                // This firmware has no such register, or answered an exception: not known.
                if kept == true { kept = nil }
            }
        }
        // What the station refused and nobody can read back is not kept.
        if failSafe.isRefused, kept == nil { return }
        guard kept == false else {
            shared.diagnostics.withLock { $0.failSafeKept = kept }
            tellFailSafe(isKept: true)
            return
        }
        let now = MonotonicClock.nanoseconds()
        if now - failSafe.writtenAt < Int64(profile.limit.actsWithinSeconds * 1e9) {
            failSafe.checkDue = now + Self.settling
            return
        }
        alarmFailSafe("not kept")
        for item in lost where !profile.registers[item.register].isStored {
            _ = try write(connection, register: item.register, value: item.value)
        }
    }

    /// Lets the allocator know whether to count on it. Stays over a lost connection: the next one has to show better.
    private mutating func tellFailSafe(isKept: Bool) {
        guard knowledge.report.keepsFailSafe != isKept else { return }
        knowledge.report.keepsFailSafe = isKept
        share()
    }

    private mutating func alarmFailSafe(_ what: String) {
        let without = profile.failSafe?.without ?? .unknown
        note(
            "fail-safe current or time-out \(what); \(without.words): check the station's firmware and set the "
                + "fall-back current in its own settings")
        shared.diagnostics.withLock { $0.failSafeKept = false }
        tellFailSafe(isKept: false)
    }

    /// Whether a register reads as the value that was written; nil: it cannot be read.
    private mutating func holds(
        _ connection: borrowing ModbusConnection, _ index: StationProfile.RegisterIndex, _ value: Double,
        roundedAs writtenRegister: StationProfile.RegisterIndex? = nil
    ) throws(ModbusError) -> Bool? {
        guard let words = try read(connection, register: index) else { return nil }
        let format = profile.registers[writtenRegister ?? index].format
        let wanted = format.words(roundingDown: value).flatMap { format.number($0[...]) }
        guard let wanted, let found = profile.registers[index].format.number(words) else { return false }
        return abs(found - wanted) <= max(format.scale, profile.registers[index].format.scale) * 0.5
    }
}
