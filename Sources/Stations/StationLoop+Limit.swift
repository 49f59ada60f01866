import Allocation
import Realtime

/// Where the newest limit stands on its way into the station. Times in monotonic nanoseconds.
struct LimitState: Sendable {
    /// The wish last sent, whether or not it arrived; 0: none on this connection.
    var sentSequence: UInt64 = 0
    /// The limit of `sentSequence`, in ampere.
    var sentAmperes = 0.0
    /// Limits sent since the writer began: what was read before the last of them says nothing of it.
    var sendCount: UInt64 = 0
    /// In ampere, as wished (0 for a pause); nil: nothing the station accepted on this connection.
    var written: (amperes: Double, sequence: UInt64, time: Int64)?
    /// Accepted, but an older one that was overtaken may yet act: it goes out again when that one is done with.
    var isHeldBack = false
    /// A write that failed, a limit that was not kept, or a refresh is sent again then.
    var repeatDue: Int64 = .max
    var repeatWait = GrowingWait()
    /// When the last write was refused.
    var refusedAt: Int64 = .min
    /// The read-back is looked at then.
    var checkDue: Int64 = .max
    var checkWait = GrowingWait()
    /// Nanoseconds until a limit that was not kept is sent again; doubles.
    var resendWait: Int64 = 0

    /// Whatever the station was told before, it is told again: it may have been restarted.
    mutating func connectionBegan() {
        let count = sendCount
        self = LimitState()
        sendCount = count
    }

    /// A lower limit does not wait for the answer to a higher one.
    func isOvertaken(by wish: StationShared.Wish) -> Bool {
        wish.sequence != sentSequence && wish.amperes < sentAmperes
    }

    /// When the limit is to be written.
    func writeDue(_ wish: StationShared.Wish) -> Int64 {
        guard wish.sequence != 0 else { return .max }
        if wish.sequence == sentSequence { return repeatDue }
        return refusedAt == .min ? .min : refusedAt + GrowingWait.shortest
    }
}

extension StationLoop {
    private static let longestResendWait: Int64 = 60_000_000_000

    /// Writes `wish`, or what takes its place while it is on its way.
    mutating func writeLimit(
        _ connection: borrowing ModbusConnection, _ wish: StationShared.Wish
    ) throws(ModbusError) {
        let before = urgency
        urgency = .limit
        defer { urgency = before }
        var wish = wish
        while true {
            do throws(ModbusError) {
                return try writeOnce(connection, wish)
            } catch {
                guard error.cause == .overtaken else { throw error }
                wish = shared.wish.load()
            }
        }
    }

    /// The late answer to an overtaken limit has come: the newest goes out again at once, and nothing can follow it.
    mutating func settleOvertaken(_ connection: borrowing ModbusConnection) {
        guard limit.isHeldBack, connection.openLimitEnd == nil else { return }
        limit.isHeldBack = false
        limit.repeatDue = .min
    }

    private mutating func writeOnce(
        _ connection: borrowing ModbusConnection, _ wish: StationShared.Wish
    ) throws(ModbusError) {
        if wish.sequence != limit.sentSequence { limit.resendWait = 0 }
        limit.sentSequence = wish.sequence
        limit.sentAmperes = wish.amperes
        limit.sendCount &+= 1
        limit.repeatDue = .max
        limit.isHeldBack = false
        // What was read before says nothing of this limit.
        for index in profile.limit.readBack { poll.words[index] = nil }
        // From here on the station may hold it, whatever comes back.
        knowledge.report.inFlightAmperes = max(wish.amperes, knowledge.report.inFlightAmperes ?? 0)
        share()
        let accepted = try sendLimit(connection, wish.amperes)
        let now = MonotonicClock.nanoseconds()
        guard accepted else {
            limit.refusedAt = now
            limit.repeatDue = now + limit.repeatWait.next()
            return
        }
        limit.refusedAt = .min
        limit.repeatWait.reset()
        if let end = connection.openLimitEnd {
            // One that was overtaken was not answered: the station may yet act on it, after this one. It stays in
            // flight, and this one goes out again when that one is lost for certain.
            limit.written = nil
            limit.checkDue = .max
            limit.repeatDue = end
            limit.isHeldBack = true
            return
        }
        limit.written = (wish.amperes, wish.sequence, now)
        if let refresh = profile.limit.refreshSeconds { limit.repeatDue = now + Int64(refresh * 1e9) }
        if hasReadBack {
            limit.checkWait.reset()
            limit.checkDue = now
        } else {
            confirm(wish.amperes, wish.sequence)
        }
    }

    /// Writes a limit in the form in which the station takes it.
    mutating func sendLimit(
        _ connection: borrowing ModbusConnection, _ amperes: Double
    ) throws(ModbusError) -> Bool {
        let value = amperes == 0 ? profile.limit.pauseAmperes : amperes
        guard try write(connection, register: profile.limit.register, value: value) else { return false }
        shared.diagnostics.withLock { $0.lastLimitWrittenAmperes = amperes }
        return true
    }

    private var hasReadBack: Bool { profile.limit.readBack.contains { !missing.contains($0) } }

    /// Reads the limit in force, soon after it was written.
    mutating func checkLimit(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        limit.checkDue = .max
        for index in profile.limit.readBack where !missing.contains(index) {
            let sent = limit.sendCount
            let words = try read(connection, register: index)
            if missing.contains(index) { continue }
            // A limit went out meanwhile, and is checked by itself.
            guard limit.sendCount == sent, !shared.isStopping else { return }
            judgeLimit(words.flatMap { profile.registers[index].format.number($0) }, of: index)
            return
        }
        // This firmware has no read-back at all: accepting the write is all that is known.
        if let written = limit.written { confirm(written.amperes, written.sequence) }
    }

    /// What a station of this model can hold and draw: more than the installer lets it.
    var possibleAmperes: Double { max(configuration.maximumAmperes, profile.largestAmperes) }

    /// Compares the limit in force, as the station reads it back, with the one written.
    mutating func judgeLimit(_ readBack: Double?, of index: StationProfile.RegisterIndex) {
        let now = MonotonicClock.nanoseconds()
        guard let written = limit.written else { return }
        let name = profile.registers[index].name
        guard let readBack, readBack >= 0, readBack <= 2 * possibleAmperes else {
            if let readBack {
                note(
                    "limit read back from '\(name)' is \(readBack) A, which cannot be; compare the profile's type, "
                        + "scale and word order with the manual")
            }
            // What it holds is not known: it counts at its maximum, and the limit goes out again.
            if readBack != nil { knowledge.report.acceptedAmperes = nil }
            if now - written.time >= Int64(profile.limit.actsWithinSeconds * 1e9) { resend(now) }
            doubt(now)
            return
        }
        let value = written.amperes == 0 ? profile.limit.pauseAmperes : written.amperes
        let tolerance = profile.limitStepAmperes / 2
        let isOverdue = now - written.time >= Int64(profile.limit.actsWithinSeconds * 1e9)
        if readBack <= value + tolerance {
            confirm(written.amperes, written.sequence)
            // Less than asked is safe; it may also be that a raise was lost.
            if readBack < value - tolerance, isOverdue {
                resend(now)
            } else if !(readBack < value - tolerance) {
                limit.resendWait = 0
            }
            return
        }
        if isOverdue {
            note(
                "it was told \(value) A and reads back \(readBack) A from '\(name)'; check that the station allows "
                    + "control by Modbus and that nothing else sets its limit")
            resend(now)
        }
        knowledge.report.acceptedAmperes = readBack
        doubt(now)
    }

    /// The station holds it.
    private mutating func confirm(_ amperes: Double, _ sequence: UInt64) {
        knowledge.report.acceptedAmperes = amperes
        knowledge.report.inFlightAmperes = nil
        knowledge.confirmedSequence = sequence
        limit.checkDue = .max
        share()
    }

    /// It is not known that the station holds what was written: it stays in flight and is looked at again.
    private mutating func doubt(_ now: Int64) {
        if let written = limit.written {
            knowledge.report.inFlightAmperes = max(written.amperes, knowledge.report.inFlightAmperes ?? 0)
        }
        knowledge.confirmedSequence = 0
        limit.checkDue = now + limit.checkWait.next()
        share()
    }

    /// Sends the limit again, each time after a longer wait. A register in permanent memory is left alone.
    private mutating func resend(_ now: Int64) {
        guard !profile.registers[profile.limit.register].isStored else { return }
        if limit.resendWait == 0 {
            limit.resendWait = Int64(profile.limit.actsWithinSeconds * 1e9)
            limit.repeatDue = now
        } else if limit.repeatDue == .max || limit.repeatDue - now > limit.resendWait {
            limit.repeatDue = now + limit.resendWait
            limit.resendWait = min(limit.resendWait * 2, Self.longestResendWait)
        }
    }
}
