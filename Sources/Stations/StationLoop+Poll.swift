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
            for index in block.registers {
                // It may have been read before a limit that went out meanwhile.
                if limit.sendCount != sent, profile.limit.readBack.contains(index) { continue }
                let register = profile.registers[index]
                let start = register.address - block.address
                poll.words[index] = words[start..<start + register.format.wordCount]
            }
            return
        }
        evaluateRound()
        reconnectWait.reset()
        poll.nextBlock = 0
        let interval = Int64(configuration.pollSeconds * 1e9)
        poll.due = max(poll.began + interval, MonotonicClock.nanoseconds())
    }

    private func number(_ index: StationProfile.RegisterIndex) -> Double? {
        poll.words[index].flatMap { profile.registers[index].format.number($0) }
    }

    private func integer(_ index: StationProfile.RegisterIndex) -> Int64? {
        poll.words[index].flatMap { profile.registers[index].format.integer($0) }
    }

    private mutating func evaluateRound() {
        let isPlausible = evaluateCurrents()
        knowledge.report.status = isPlausible ? statusByRules() : .unknown
        let faults = faultWords()
        let energy = profile.measurements.energy.flatMap { number($0) }
        shared.diagnostics.withLock {
            $0.faults = faults
            if let energy { $0.energyWattHours = energy }
        }
        share()
        for index in profile.limit.readBack where !missing.contains(index) {
            // While a write is being followed closely, its own check decides.
            if limit.checkDue == .max, poll.words[index] != nil { judgeLimit(number(index), of: index) }
            break
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

    /// The status of the first rule whose conditions all hold.
    private func statusByRules() -> StationStatus {
        for rule in profile.statusRules {
            let holds = rule.conditions.allSatisfy { condition in
                integer(condition.register).map { condition.test.holds($0) } ?? false
            }
            if holds { return rule.status }
        }
        if !poll.isIncomplete {
            var names: [String] = []
            for rule in profile.statusRules {
                for condition in rule.conditions {
                    let name = profile.registers[condition.register].name
                    let text = "\(name) = \(integer(condition.register).map(String.init) ?? "not available")"
                    if !names.contains(text) { names.append(text) }
                }
            }
            note("no status rule fits \(names.joined(separator: ", ")); add this value to the profile's status section")
        }
        return .unknown
    }

    private func faultWords() -> [String] {
        guard let faults = profile.faults, let bits = integer(faults.register), bits != 0 else { return [] }
        let known = faults.bits.filter { bits & $0.mask == $0.mask }.map(\.words)
        return known.isEmpty ? ["fault 0x\(String(bits, radix: 16, uppercase: true)), see the station's manual"] : known
    }
}
