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
    /// Until it is given again, where the station refused or lost it.
    var retryWait = GrowingWait(longest: 60_000_000_000)
}

/// The current to which the station falls back without us, and after which time: given at each connect, read back
/// each minute. A station that refuses or loses it gets it again after growing waits: it may just be starting.
extension StationLoop {
    /// Some stations take a moment until a new value reads back.
    private static let settling: Int64 = 500_000_000
    private static let checkInterval: Int64 = 60_000_000_000

    private struct FailSafeValue {
        var register: StationProfile.RegisterIndex
        var readBack: StationProfile.RegisterIndex?
        var value: Double
    }

    private var failSafeValues: [FailSafeValue] {
        guard let settings = profile.failSafe else { return [] }
        var values: [FailSafeValue] = []
        for (place, register) in settings.current.enumerated() {
            let readBack = settings.currentReadBack.isEmpty ? nil : settings.currentReadBack[place]
            values.append(FailSafeValue(register: register, readBack: readBack, value: configuration.leaveAmperes))
        }
        if let register = settings.timeout {
            values.append(
                FailSafeValue(
                    register: register, readBack: settings.timeoutReadBack, value: configuration.failSafeAfterSeconds))
        }
        return values
    }

    /// At the begin of a connection.
    mutating func beginFailSafe(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        failSafe = FailSafeState()
        shared.diagnostics.withLock { $0.failSafeKept = nil }
        try writeFailSafe(connection)
    }

    /// What is due: to give it again where it was refused, else to look whether it is kept.
    mutating func tendFailSafe(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        if failSafe.isRefused { try writeFailSafe(connection) } else { try checkFailSafe(connection) }
    }

    private mutating func writeFailSafe(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        failSafe.isRefused = false
        latestException = nil
        // The allocator was promised one: this variant of the model has none, or none that is known.
        if plainProfile.hasFailSafe, !profile.hasFailSafe { tellFailSafe(isKept: false) }
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
            alarmFailSafe("refused" + (latestException.map { " (\($0))" } ?? ""))
            failSafe.checkDue = failSafe.writtenAt + failSafe.retryWait.next()
        } else if !failSafeValues.isEmpty {
            try checkFailSafe(connection)
        }
    }

    /// Reads the fail-safe back; writes it again where the station lost it.
    private mutating func checkFailSafe(_ connection: borrowing ModbusConnection) throws(ModbusError) {
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
        guard kept == false else {
            failSafe.retryWait.reset()
            shared.diagnostics.withLock { $0.failSafeKept = kept }
            tellFailSafe(isKept: profile.hasFailSafe || !plainProfile.hasFailSafe)
            return
        }
        let now = MonotonicClock.nanoseconds()
        if now - failSafe.writtenAt < Int64(profile.limit.actsWithinSeconds * 1e9) {
            failSafe.checkDue = now + Self.settling
            return
        }
        alarmFailSafe("not kept")
        for item in lost where !profile.registers[item.register].isStored {
            if try !write(connection, register: item.register, value: item.value) { failSafe.isRefused = true }
        }
        failSafe.writtenAt = MonotonicClock.nanoseconds()
        failSafe.checkDue = failSafe.writtenAt + failSafe.retryWait.next()
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
}
