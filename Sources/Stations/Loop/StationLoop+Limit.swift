import Allocation
import Realtime

/// What a station is to hold.
struct Setpoint: Sendable, Equatable {
    /// By limit register: one for all phases, or one for each of the station's own phases. 0: a pause.
    var amperes: [Double]

    /// What counts.
    var largest: Double { amperes.max() ?? 0 }
    var isPause: Bool { largest == 0 }
}

/// Where the newest limit stands on its way into the station. Times in monotonic nanoseconds.
struct LimitState: Sendable {
    struct Written: Sendable {
        var setpoint: Setpoint
        /// The pause was written elsewhere than into the limit, which then reads back as before.
        var isPausedElsewhere: Bool
        var sequence: UInt64
        var time: Int64
    }

    /// The wish last sent, whether or not it arrived; its `sequence` is 0 where there is none on this connection.
    var sent = StationShared.Wish(amperes: 0, sequence: 0)
    /// `Wish.decidedOn` of a lower limit that is not in the socket yet; nil: there is none.
    var awaitsSocketSince: Int64?
    /// Limits sent since the writer began: what was read before the last of them says nothing of it.
    var sendCount: UInt64 = 0
    /// nil: nothing the station accepted on this connection.
    var written: Written?
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
    /// A limit that was overtaken is still unanswered: the newest goes out again after it.
    var isHeldBack = false
    /// The station was let go on since it was stopped, on this connection.
    var isResumed = false

    /// Whatever the station was told before, it is told again: it may have been restarted.
    mutating func connectionBegan() {
        let count = sendCount
        self = LimitState()
        sendCount = count
    }

    /// When the limit is to be written.
    func writeDue(_ wish: StationShared.Wish) -> Int64 {
        guard wish.sequence != 0 else { return .max }
        if wish.sequence == sent.sequence { return repeatDue }
        return refusedAt == .min ? .min : refusedAt + GrowingWait.shortest
    }
}

extension StationLoop {
    /// When `wish` is to be written.
    func limitDue(_ wish: StationShared.Wish) -> Int64 {
        let due = limit.writeDue(wish)
        // After a refusal the station holds something else than it was sent last: nothing tells a raise then.
        guard limit.refusedAt == .min, let gap = profile.limit.raiseGapSeconds, let written = limit.written,
            wish.sequence != limit.sent.sequence, !wish.isLower(than: limit.sent)
        else { return due }
        return max(due, written.time + Int64(gap * 1e9))
    }

    /// The registers of the limit that this station has: a single-phase one has only its own.
    private var limitRegisters: ArraySlice<StationProfile.RegisterIndex> {
        profile.limit.registers.prefix(max(1, configuration.supplyPhases.count))
    }

    /// What a wish comes to for this station.
    func setpoint(_ wish: StationShared.Wish) -> Setpoint {
        profile.limit.isPerPhase
            ? setpoint([wish.own.l1, wish.own.l2, wish.own.l3]) : setpoint([wish.amperes])
    }

    /// The same on all phases.
    func setpoint(uniform amperes: Double) -> Setpoint {
        setpoint([Double](repeating: amperes, count: profile.limit.registers.count))
    }

    private func setpoint(_ amperes: [Double]) -> Setpoint {
        let used = amperes.prefix(limitRegisters.count)
        if phaseSwitch.holdsPause { return Setpoint(amperes: used.map { _ in 0 }) }
        // The lowest that can be had; it counts as what it is.
        return Setpoint(amperes: profile.limit.canPause ? Array(used) : used.map { max($0, profile.minimumAmperes) })
    }

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
                wish = shared.currentWish()
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
        if wish.sequence != limit.sent.sequence { limit.resendWait = 0 }
        limit.awaitsSocketSince = wish.decidedOn > 0 && wish.isLower(than: limit.sent) ? wish.decidedOn : nil
        limit.sent = wish
        limit.sendCount &+= 1
        limit.repeatDue = .max
        limit.isHeldBack = false
        // What was read before says nothing of this limit.
        for group in profile.limit.readBack { for index in group { poll.words[index] = nil } }
        let setpoint = setpoint(wish)
        // From here on the station may hold it, whatever comes back.
        knowledge.report.inFlightAmperes = max(setpoint.largest, knowledge.report.inFlightAmperes ?? 0)
        share()
        tellNote(setpoint, wish)
        let accepted = try sendLimit(connection, setpoint)
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
        let isPausedElsewhere = setpoint.isPause && !profile.limit.pause.isEmpty
        limit.written = LimitState.Written(
            setpoint: setpoint, isPausedElsewhere: isPausedElsewhere, sequence: wish.sequence, time: now)
        if let refresh = profile.limit.refreshSeconds { limit.repeatDue = now + Int64(refresh * 1e9) }
        if readBack != nil, !isPausedElsewhere {
            limit.checkWait.reset()
            limit.checkDue = now
        } else {
            confirm()
        }
    }

    /// Writes a limit in the form in which the station takes it.
    ///
    /// A station that was stopped gets its limit before it is let go on: it never runs at the one of long ago. Where
    /// nothing reads back, it gets it once more afterwards, for it may take none while it is stopped.
    mutating func sendLimit(
        _ connection: borrowing ModbusConnection, _ setpoint: Setpoint
    ) throws(ModbusError) -> Bool {
        if setpoint.isPause, !profile.limit.pause.isEmpty {
            limit.isResumed = false
            guard try writeAll(connection, profile.limit.pause) else { return false }
        } else {
            guard try writeLimitRegisters(connection, setpoint) else { return false }
            if !limit.isResumed, !profile.limit.resume.isEmpty {
                guard try writeAll(connection, profile.limit.resume) else { return false }
                limit.isResumed = true
                let isStored = limitRegisters.contains { profile.registers[$0].isStored }
                if readBack == nil, !isStored {
                    guard try writeLimitRegisters(connection, setpoint) else { return false }
                }
            }
        }
        shared.diagnostics.withLock { $0.lastLimitWrittenAmperes = setpoint.largest }
        return true
    }

    private mutating func writeLimitRegisters(
        _ connection: borrowing ModbusConnection, _ setpoint: Setpoint
    ) throws(ModbusError) -> Bool {
        for (register, amperes) in zip(limitRegisters, setpoint.amperes) {
            guard try write(connection, register: register, value: limitValue(amperes)) else { return false }
        }
        return true
    }

    private mutating func writeAll(
        _ connection: borrowing ModbusConnection, _ writes: [StationProfile.RegisterValue]
    ) throws(ModbusError) -> Bool {
        for item in writes {
            guard try write(connection, register: item.register, value: item.value) else { return false }
        }
        return true
    }

    /// What a limit register is told.
    func limitValue(_ amperes: Double) -> Double {
        profile.limit.registerValue(
            amperes: amperes == 0 ? profile.limit.pauseAmperes : amperes, phaseCount: configuration.supplyPhases.count)
    }

    private func tellNote(_ setpoint: Setpoint, _ wish: StationShared.Wish) {
        var note: String?
        if let target = phaseSwitch.target {
            note = "it pauses to change to \(target.words)"
        } else if !profile.limit.canPause, min(wish.amperes, wish.own.l1, wish.own.l2, wish.own.l3) == 0 {
            note =
                "\(profile.name) cannot be stopped by Modbus: it is told its lowest limit of \(profile.minimumAmperes) A"
        }
        shared.diagnostics.withLock { $0.limitNote = note }
    }

    /// Whether the limit in force is read there.
    func readsLimitBack(_ index: StationProfile.RegisterIndex) -> Bool {
        profile.limit.readBack.contains { $0.contains(index) }
    }

    /// Where the limit in force is read; nil: nowhere on this firmware.
    var readBack: ArraySlice<StationProfile.RegisterIndex>? {
        for group in profile.limit.readBack {
            let used = group.prefix(limitRegisters.count)
            if !used.contains(where: { missing.contains($0) }) { return used }
        }
        return nil
    }
}
