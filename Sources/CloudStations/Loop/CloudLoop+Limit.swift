import Allocation
import Realtime
import Stations

extension CloudLoop {
    /// A limit must read back within this; before, another value may be an old one.
    private var actsWithin: Int64 { CloudWait.nanoseconds(10) }
    private var limitReadInterval: Int64 { CloudWait.nanoseconds(60) }

    /// What the cloud is to be told: the wish less what chargers without cloud take already, in whole amperes.
    func target(_ wish: StationShared.Wish) -> PerPhaseAmperes {
        let offline = round?.offlineAmperes ?? .zero
        let most = min(reading?.maximumAmperes ?? .infinity, configuration.maximumAmperes)
        var target = PerPhaseAmperes.zero
        for (place, line) in configuration.ownLines.enumerated() {
            let left = min(wish.amperes(ownPhase: place), most) - offline[line]
            // Less than a car accepts is nothing: the cloud would keep it in reserve.
            let whole = (left + 1e-6).rounded(.down)
            target[line] = whole >= CloudStationConfiguration.minimumAmperes ? whole : 0
        }
        return target
    }

    /// What to send now; nil: nothing.
    func proposal(_ wish: StationShared.Wish, _ now: Int64) -> PerPhaseAmperes? {
        if let proposed = pacing.proposal(target(wish), now: now) { return proposed }
        return refreshDue <= now ? pacing.held : nil
    }

    mutating func writeLimit(_ amperes: PerPhaseAmperes, _ wish: StationShared.Wish) throws(CloudError) {
        pacing.sending(amperes)
        if let mayHold = inForce(amperes) {
            knowledge.report.inFlightAmperes = max(mayHold, knowledge.report.inFlightAmperes ?? 0)
        }
        share()
        try ask { installation, send throws(CloudError) in try installation.writeLimit(amperes, send) }
        let now = session.clock.nanoseconds()
        pacing.accepted(amperes, now: now)
        isReadBack = false
        sent = (amperes, now)
        // Three times before it lapses: one lost request does no harm.
        if let lapse = installation.limitLapsesAfterSeconds { refreshDue = now + CloudWait.nanoseconds(lapse / 3) }
        let written = configuration.ownLines.map { amperes[$0] }.max()
        shared.diagnostics.withLock { $0.lastLimitWrittenAmperes = written }
        checks.reset()
        limitReadDue = now + checks.next()
    }

    mutating func readLimit() throws(CloudError) {
        // What fails is tried again after the pause, not in a circle.
        limitReadDue = session.clock.nanoseconds() + limitReadInterval
        let read = try ask { installation, send throws(CloudError) in try installation.readLimit(send) }
        reading = read
        tellRemarks(read)
        judge(read)
    }

    /// Compares what the cloud holds with what it was told.
    private mutating func judge(_ read: LimitReading) {
        let now = session.clock.nanoseconds()
        guard let held = read.held.map({ onOwnLines($0) }) else {
            note("the cloud does not say its available current; check the account's rights in the maker's portal")
            return
        }
        if let sent, !pacing.isHeld(held), now - sent.at < actsWithin {
            // It may still be the old one: both count until it is clear.
            knowledge.report.acceptedAmperes = inForce(largest(held, pacing.mayHold ?? held))
            limitReadDue = now + checks.next()
            return
        }
        if let sent, !pacing.isHeld(held), isHigher(held, sent.amperes) {
            note(
                "the cloud was told \(words(sent.amperes)) and holds \(words(held)); let nothing else set the "
                    + "installation's available current: no app, no schedule, no power management of the maker")
        }
        pacing.read(held, now: now)
        isReadBack = true
        knowledge.report.acceptedAmperes = inForce(held)
        confirm()
    }

    /// Tells whether the newest wish is in force.
    mutating func confirm() {
        let wish = shared.currentWish()
        let isConfirmed = wish.sequence != 0 && isReadBack && pacing.isHeld(target(wish))
        let sequence = isConfirmed ? wish.sequence : 0
        let isSettled = isReadBack && pacing.unsure == nil && knowledge.report.isAnswering
        guard sequence != knowledge.confirmedSequence || isSettled else { return }
        knowledge.confirmedSequence = sequence
        if isSettled { knowledge.report.inFlightAmperes = nil }
        shared.knowledge.store(knowledge)
    }

    /// Without the lines that the installation has not.
    private func onOwnLines(_ amperes: PerPhaseAmperes) -> PerPhaseAmperes {
        var own = PerPhaseAmperes.zero
        for line in configuration.ownLines { own[line] = amperes[line] }
        return own
    }

    private func isHigher(_ one: PerPhaseAmperes, _ other: PerPhaseAmperes) -> Bool {
        configuration.ownLines.contains { one[$0] > other[$0] + LimitPacing.tolerance }
    }

    /// `16 A`, or `16/10/6 A`.
    private func words(_ amperes: PerPhaseAmperes) -> String {
        let values = configuration.ownLines.map { "\(amperes[$0])" }
        return (Set(values).count == 1 ? values[0] : values.joined(separator: "/")) + " A"
    }

    /// Lasting remarks stand among the warnings, each once.
    private func tellRemarks(_ read: LimitReading) {
        var remarks = read.remarks
        if let maximum = read.maximumAmperes {
            if maximum < configuration.maximumAmperes - LimitPacing.tolerance {
                remarks.append(
                    "the portal allows the installation \(maximum) A, the settings \(configuration.maximumAmperes) A: "
                        + "the lower one counts; set limit-a to \(maximum)")
            } else if maximum > configuration.maximumAmperes + LimitPacing.tolerance {
                remarks.append(
                    "the portal allows the installation \(maximum) A, more than limit-a "
                        + "\(configuration.maximumAmperes) A: set it as low as the fuse needs, because only the portal's "
                        + "limit protects between two changes")
            }
        }
        shared.diagnostics.withLock { diagnostics in
            diagnostics.warnings.removeAll { $0.hasPrefix("cloud: ") }
            diagnostics.warnings += remarks.map { "cloud: \($0)" }
        }
    }

    // MARK: Leaving

    /// Leaves the limit at the fail-safe current. What is lower already may stay: it is safe, and changes are rare.
    mutating func leave() {
        let now = session.clock.nanoseconds()
        let leave = target(StationShared.Wish(amperes: configuration.leaveAmperes, sequence: 1))
        guard let proposed = pacing.proposal(leave, now: now) else {
            return shared.diagnostics.withLock { $0.isLeftAtFailSafe = true }
        }
        let end = now + CloudWait.nanoseconds(shared.secondsUntilStop)
        guard end > now else { return }
        do throws(CloudError) {
            try ask(until: end) { installation, send throws(CloudError) in
                try installation.writeLimit(proposed, send)
            }
            pacing.accepted(proposed, now: session.clock.nanoseconds())
            shared.diagnostics.withLock { $0.isLeftAtFailSafe = true }
        } catch {
            note(error.words)
        }
        share()
    }
}
