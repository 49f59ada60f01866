import Allocation
import Realtime

/// Whether the station holds the limit that it was told.
extension StationLoop {
    private static let longestResendWait: Int64 = 60_000_000_000

    /// What a station of this model can hold and draw: more than the installer lets it.
    var possibleAmperes: Double { max(configuration.maximumAmperes, profile.largestAmperes) }

    /// Reads the limit in force, soon after it was written.
    mutating func checkLimit(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        limit.checkDue = .max
        // Each round finds out that one group more is missing, or ends.
        while let group = readBack {
            let sent = limit.sendCount
            var values: [Double?] = []
            for index in group {
                let words = try read(connection, register: index)
                if missing.contains(index) { break }
                values.append(words.flatMap { profile.registers[index].format.number($0) })
            }
            // A limit went out meanwhile, and is checked by itself.
            guard limit.sendCount == sent, !shared.isStopping else { return }
            if values.count == group.count {
                judgeLimit(values, of: group)
                return
            }
        }
        // This firmware has no read-back at all: accepting the write is all that is known.
        if limit.written != nil { confirm() }
    }

    /// Compares the limit in force, as the station reads it back, with the one written.
    ///
    /// - Parameter values: of the registers of `group`, in their own unit; nil: not available.
    mutating func judgeLimit(_ values: [Double?], of group: ArraySlice<StationProfile.RegisterIndex>) {
        let now = MonotonicClock.nanoseconds()
        // Before the first plan: what the station holds, whoever told it. To leave it there is no rise.
        let isUntold = limit.written == nil && shared.wish.load().sequence == 0
        guard isUntold || limit.written?.isPausedElsewhere == false else { return }
        let phaseCount = configuration.supplyPhases.count
        var found: [Double] = []
        for (value, index) in zip(values, group) {
            guard let value else { return takeNothing(now) }
            let amperes = profile.limit.amperes(registerValue: value, phaseCount: phaseCount)
            guard amperes >= 0, amperes <= 2 * possibleAmperes else {
                note(
                    "limit read back from '\(profile.registers[index].name)' is \(amperes) A, which cannot be; compare "
                        + "the profile's type, scale and word order with the manual")
                // What it holds is not known: it counts at its maximum, and the limit goes out again.
                tellAccepted(nil)
                return takeNothing(now)
            }
            found.append(amperes)
        }
        guard let written = limit.written else {
            tellAccepted(found.max(), found)
            return share()
        }
        judge(found, of: group, written, now)
    }

    /// Nothing is known of the limit in force.
    private mutating func takeNothing(_ now: Int64) {
        guard let written = limit.written else { return }
        if isOverdue(written, now) { resend(now) }
        doubt(now)
    }

    private mutating func judge(
        _ found: [Double], of group: ArraySlice<StationProfile.RegisterIndex>, _ written: LimitState.Written,
        _ now: Int64
    ) {
        let tolerance = profile.limitStepAmperes / 2
        let asked = written.setpoint.amperes.map { $0 == 0 ? profile.limit.pauseAmperes : $0 }
        let tooMuch = zip(found, asked).enumerated().first { $0.element.0 > $0.element.1 + tolerance }
        guard let tooMuch else {
            confirm()
            let isLess = zip(found, asked).contains { $0 < $1 - tolerance }
            // Less than asked is safe; it may also be that a raise was lost.
            if isLess, isOverdue(written, now) {
                resend(now)
            } else if !isLess {
                limit.resendWait = 0
            }
            return
        }
        if isOverdue(written, now) {
            let name = profile.registers[group[group.startIndex + tooMuch.offset]].name
            note(
                "it was told \(tooMuch.element.1) A and reads back \(tooMuch.element.0) A from '\(name)'; check that "
                    + "the station allows control by Modbus and that nothing else sets its limit")
            resend(now)
        }
        tellAccepted(found.max(), found)
        doubt(now)
    }

    private func isOverdue(_ written: LimitState.Written, _ now: Int64) -> Bool {
        now - written.time >= Int64(profile.limit.actsWithinSeconds * 1e9)
    }

    /// What it holds is not known any more: it counts at its maximum.
    mutating func forgetAccepted() {
        guard knowledge.report.acceptedAmperes != nil else { return }
        tellAccepted(nil)
        share()
    }

    /// - Parameter own: of each of the station's own phases, where it takes a limit for each.
    private mutating func tellAccepted(_ amperes: Double?, _ own: [Double] = []) {
        knowledge.report.acceptedAmperes = amperes
        knowledge.report.acceptedLineAmperes = amperes == nil ? nil : onSupplyLines(own)
        shared.diagnostics.withLock { $0.limitInForceAmperes = amperes }
    }

    /// nil where there is not one for each of its phases.
    private func onSupplyLines(_ own: [Double]) -> PerPhaseAmperes? {
        guard profile.limit.isPerPhase, own.count == configuration.supplyPhases.count else { return nil }
        var amperes = PerPhaseAmperes.zero
        for (line, value) in zip(configuration.supplyPhases, own) { amperes[line] = value }
        return amperes
    }

    /// The station holds what was written.
    mutating func confirm() {
        guard let written = limit.written else { return }
        tellAccepted(written.setpoint.largest, written.setpoint.amperes)
        knowledge.report.inFlightAmperes = nil
        knowledge.confirmedSequence = written.sequence
        limit.checkDue = .max
        share()
    }

    /// It is not known that the station holds what was written: it stays in flight and is looked at again.
    private mutating func doubt(_ now: Int64) {
        if let written = limit.written {
            knowledge.report.inFlightAmperes = max(
                written.setpoint.largest, knowledge.report.inFlightAmperes ?? 0)
        }
        knowledge.confirmedSequence = 0
        limit.checkDue = now + limit.checkWait.next()
        share()
    }

    /// Sends the limit again, each time after a longer wait. A register in permanent memory is left alone.
    private mutating func resend(_ now: Int64) {
        guard !profile.limit.registers.contains(where: { profile.registers[$0].isStored }) else { return }
        if limit.resendWait == 0 {
            limit.resendWait = Int64(profile.limit.actsWithinSeconds * 1e9)
            limit.repeatDue = now
        } else if limit.repeatDue == .max || limit.repeatDue - now > limit.resendWait {
            limit.repeatDue = now + limit.resendWait
            limit.resendWait = min(limit.resendWait * 2, Self.longestResendWait)
        }
    }
}
