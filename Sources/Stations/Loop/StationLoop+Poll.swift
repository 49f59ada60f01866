import Allocation
import Realtime

/// Where a round of reading stands.
struct PollState: Sendable {
    /// When the next request of the round is due: one after the other, so that a new limit can go between them.
    var due: Int64 = 0
    var began: Int64 = 0
    var nextBlock = 0
    var words: [StationProfile.RegisterIndex: ArraySlice<UInt16>] = [:]
    /// A block was answered by an exception.
    var isIncomplete = false
}

/// Rounds of reading to which the station answered nothing but exceptions: so it does while it starts, and has forgotten
/// then what it was told.
struct Refusals: Sendable {
    private var rounds = 0
    /// When the first of them began, in monotonic nanoseconds.
    private var since: Int64 = 0
    /// It answers again: it is to be given everything anew.
    private(set) var isBack = false

    /// - Parameters:
    ///   - isHeard: it gave an answer in this round, or there was nothing to ask.
    ///   - began: the round.
    ///   - hasRefused: something that it was to be given on this connection; else a single round may be chance.
    mutating func roundEnded(isHeard: Bool, began: Int64, hasRefused: Bool) {
        isBack = isHeard && rounds > (hasRefused ? 0 : 1)
        if !isHeard, rounds == 0 { since = began }
        rounds = isHeard ? 0 : rounds + 1
    }

    /// Whether a limit that the station took at `time` may be forgotten; a single round may be chance.
    func mayHaveForgotten(limitOf time: Int64?) -> Bool { rounds > 1 && (time.map { $0 < since } ?? true) }
}

extension StationLoop {
    mutating func pollNextBlock(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        if poll.nextBlock == 0 {
            poll = PollState()
            poll.began = MonotonicClock.nanoseconds()
        }
        if poll.nextBlock < round.blocks.count {
            let block = round.blocks[poll.nextBlock]
            poll.nextBlock += 1
            if block.isOptional, missing.isSuperset(of: block.registers) { return }
            let sent = limit.sendCount
            guard let words = try read(connection, block) else {
                if !missing.isSuperset(of: block.registers) { poll.isIncomplete = true }
                return
            }
            for (index, part) in block.split(words, by: profile.registers) {
                // It may have been read before a limit that went out meanwhile.
                if limit.sendCount != sent, readsLimitBack(index) { continue }
                poll.words[index] = part
            }
            return
        }
        evaluateRound()
        let isHeard = !poll.words.isEmpty || !poll.isIncomplete
        if isHeard, !knowledge.hasBeenRead {
            knowledge.hasBeenRead = true
            share()
        }
        refusals.roundEnded(
            isHeard: isHeard, began: poll.began, hasRefused: limit.refusedAt != .min || failSafe.isRefused)
        if refusals.mayHaveForgotten(limitOf: limit.written?.time) { forgetAccepted() }
        reconnectWait.reset()
        poll.nextBlock = 0
        let interval = Int64(profile.pollSeconds(timeoutSeconds: configuration.failSafeAfterSeconds) * 1e9)
        poll.due = max(poll.began + interval, MonotonicClock.nanoseconds())
    }

    func number(_ index: StationProfile.RegisterIndex) -> Double? {
        poll.words[index].flatMap { profile.registers[index].format.number($0) }
    }

    private mutating func evaluateRound() {
        let isPlausible = evaluateCurrents()
        tellStatus(isPlausible ? statusByRules() : (status: .unknown, words: nil))
        tellMeasurements()
        if configuration.switchesPhases { followPhaseSwitch(hasCurrents: isPlausible) }
        share()
        watchKeepAlive()
        // While a write is being followed closely, its own check decides.
        if limit.checkDue == .max, let group = readBack, group.allSatisfy({ poll.words[$0] != nil }) {
            judgeLimit(group.map { number($0) }, of: group)
        }
    }

    /// Takes over the currents, turned from the station's own phases to the supply lines.
    ///
    /// - Returns: false where a current cannot be.
    private mutating func evaluateCurrents() -> Bool {
        let registers = profile.measurements.currents
        guard !registers.isEmpty else { return true }
        var drawn = PerPhaseAmperes.zero
        var isComplete = true
        for (own, line) in configuration.supplyPhases.enumerated() {
            // One register for a station on several lines: it may draw as much on each.
            let register = own < registers.count ? registers[own] : registers[0]
            guard let amperes = number(register) else {
                isComplete = false
                continue
            }
            guard abs(amperes) <= 2 * possibleAmperes else {
                note(
                    "current in '\(profile.registers[register].name)' is \(amperes) A, more than twice what this "
                        + "model can draw; compare the profile's type, scale and word order with the manual")
                return false
            }
            // Feeding back takes no room under the fuse.
            drawn[line] = max(0, amperes)
        }
        if isComplete {
            knowledge.report.drawnAmperes = drawn
            knowledge.report.drawnTime = MonotonicTime(nanoseconds: poll.began)
        }
        return true
    }

    func answer(_ index: StationProfile.RegisterIndex) -> Condition.Answer {
        if let words = poll.words[index] { return .words(words) }
        return missing.contains(index) ? .refused : .nothing
    }

    /// The status of the first rule whose conditions all hold.
    private func statusByRules() -> (status: StationStatus, words: String?) {
        if let rule = profile.statusRule(by: { answer($0) }) { return (rule.status, rule.words) }
        if !poll.isIncomplete {
            var texts: [String] = []
            for condition in profile.statusRules.flatMap(\.conditions) {
                let register = profile.registers[condition.register]
                let text = "\(register.name) = \(answer(condition.register).words(as: register.format))"
                if !texts.contains(text) { texts.append(text) }
            }
            note("no status rule fits \(texts.joined(separator: ", ")); add this value to the profile's status section")
        }
        return (.unknown, nil)
    }

    private mutating func tellStatus(_ found: (status: StationStatus, words: String?)) {
        knowledge.report.status = found.status
        let began = MonotonicTime(nanoseconds: poll.began)
        shared.diagnostics.withLock {
            let isSame = $0.status == found.status && $0.statusWords == found.words
            guard !isSame || $0.statusSince == .never else { return }
            $0.status = found.status
            $0.statusWords = found.words
            $0.statusSince = began
        }
    }
}
