import Allocation
import Glibc
import Realtime

/// One request and its answer, with all bookkeeping. An exception that the station answers is an answer: it is noted
/// and given back as "no value", as is what a stop interrupts. Only what makes the connection unusable is thrown.
extension StationLoop {
    mutating func read(
        _ connection: borrowing ModbusConnection, _ block: PollPlan.Block
    ) throws(ModbusError) -> [UInt16]? {
        guard let request = ModbusRequest(read: block.function, address: block.address, count: block.wordCount) else {
            note("\(block.wordCount) values from \(block.address) cannot be read at once; correct the profile")
            return nil
        }
        do throws(ModbusError) {
            guard let words = try perform(connection, request) else { return nil }
            succeeded(connection)
            shared.diagnostics.withLock { $0.reads += 1 }
            return words
        } catch {
            if block.isOptional,
                error.cause == .exception(.illegalDataAddress) || error.cause == .exception(.illegalFunction)
            {
                missing.formUnion(block.registers)
                succeeded(connection)
                return nil
            }
            try answered(error)
            return nil
        }
    }

    /// Reads one register's words; nil: an exception, or this firmware does not have it.
    mutating func read(
        _ connection: borrowing ModbusConnection, register index: StationProfile.RegisterIndex
    ) throws(ModbusError) -> ArraySlice<UInt16>? {
        if missing.contains(index) { return nil }
        let register = profile.registers[index]
        return try read(
            connection,
            PollPlan.Block(
                function: register.read, address: register.address, wordCount: register.format.wordCount,
                registers: [index], isOptional: register.isOptional))?[...]
    }

    /// Writes a value, rounded down to what the register holds.
    ///
    /// - Returns: false where the station answered with an exception, the register cannot hold the value, or the
    ///   writer is to stop.
    mutating func write(
        _ connection: borrowing ModbusConnection, register index: StationProfile.RegisterIndex, value: Double
    ) throws(ModbusError) -> Bool {
        let register = profile.registers[index]
        guard let words = register.format.words(roundingDown: value) else {
            note("register '\(register.name)' cannot hold \(value); correct its type or scale in the profile")
            return false
        }
        guard let request = ModbusRequest(write: register.write, address: register.address, words: words) else {
            note(
                "register '\(register.name)' cannot be written by function \(register.write.rawValue); correct the profile"
            )
            return false
        }
        do throws(ModbusError) {
            guard try perform(connection, request) != nil else { return false }
            succeeded(connection)
            shared.diagnostics.withLock { $0.writes += 1 }
            return true
        } catch {
            try answered(error)
            return false
        }
    }

    /// Notes an exception; throws what is none.
    private mutating func answered(_ error: ModbusError) throws(ModbusError) {
        lastExchangeEnd = MonotonicClock.nanoseconds()
        guard case .exception(let exception) = error.cause else { throw error }
        note(error)
        latestException = exception
        shared.diagnostics.withLock { $0.exceptions += 1 }
        if exception.isFromStation {
            contact()
        } else {
            knowledge.report.isAnswering = false
            share()
        }
    }

    private mutating func succeeded(_ connection: borrowing ModbusConnection) {
        lastExchangeEnd = MonotonicClock.nanoseconds()
        let strays = connection.strayCount
        shared.diagnostics.withLock { $0.strayAnswers = strays }
        contact()
    }

    /// The station spoke. It counts so even where it answered an exception: our request was a sign of life to it,
    /// so it stays at its limit and does not fall back.
    mutating func contact() {
        // What another device at its address says is no contact with the station.
        guard recognition.isDone else { return }
        let now = MonotonicTime(nanoseconds: lastExchangeEnd)
        knowledge.report.isAnswering = true
        knowledge.report.lastContact = now
        shared.diagnostics.withLock { $0.lastContact = now }
        share()
    }

    func note(_ error: ModbusError) {
        shared.diagnostics.withLock {
            $0.lastError = "station '\(configuration.name)', \(error)"
            $0.lastErrorTime = MonotonicTime(nanoseconds: MonotonicClock.nanoseconds())
            if error.cause == .timedOut { $0.timeouts += 1 }
        }
    }

    /// Notes what is wrong with the content of an answer.
    func note(_ text: String) {
        shared.diagnostics.withLock {
            $0.lastError =
                "station '\(configuration.name)', \(configuration.place) unit "
                + "\(configuration.unitIdentifier): \(text)"
            $0.lastErrorTime = MonotonicTime(nanoseconds: MonotonicClock.nanoseconds())
        }
    }
}
