import Allocation
import Realtime

/// Whether the device at the address is the station.
struct RecognitionState: Sendable {
    /// On this connection.
    var isDone = false
    /// What the station said of itself when it was recognised first.
    var serialNumber: String?
}

/// Before anything is written: the address may have been given to another device, and a register that is a limit in
/// one model is something else in another.
extension StationLoop {
    /// Reads what tells the station apart, until it is recognised.
    ///
    /// - Returns: false where it was not, and the writer is to stop.
    mutating func recognise(_ connection: borrowing ModbusConnection) throws(ModbusError) -> Bool {
        recognition.isDone = false
        // A stop wants its last limit written, and that needs to know the station too.
        let before = urgency
        if shared.isStopping { urgency = .leaving }
        defer { urgency = before }
        adopt(plainProfile, variant: nil)
        knowledge.expect(plainProfile.all)
        share()
        let plan = PollPlan.recognition(of: profile)
        var wait = GrowingWait()
        while true {
            let answers = try ask(connection, plan)
            if let problem = objection(answers) {
                refuse(problem)
            } else {
                chooseVariant(answers)
                knowledge.expect([profile])
                recognition.isDone = true
                // Everything else `checkFailSafe` has to show.
                if StationShared.Knowledge.needsNoFailSafe(plainProfile, as: profile) {
                    knowledge.report.keepsFailSafe = true
                }
                // Nothing may have been asked yet: then the station has not been heard either.
                if plan.blocks.isEmpty { share() } else { contact() }
                return true
            }
            let due = MonotonicClock.nanoseconds() + wait.next()
            while !shared.isStopping, MonotonicClock.nanoseconds() < due { shared.wake.wait(until: due) }
            if shared.isStopping { return false }
        }
    }

    /// The answers, by register.
    private mutating func ask(
        _ connection: borrowing ModbusConnection, _ plan: PollPlan
    ) throws(ModbusError) -> [StationProfile.RegisterIndex: Condition.Answer] {
        missing = []
        var answers: [StationProfile.RegisterIndex: Condition.Answer] = [:]
        for block in plan.blocks {
            guard let words = try read(connection, block) else {
                for index in block.registers { answers[index] = missing.contains(index) ? .refused : .nothing }
                continue
            }
            for (index, part) in block.split(words, by: profile.registers) { answers[index] = .words(part) }
        }
        return answers
    }

    // MARK: Is it the station?

    /// Why this is not the station; nil: it is.
    private mutating func objection(_ answers: [StationProfile.RegisterIndex: Condition.Answer]) -> String? {
        if profile.needsProbe, let problem = probeObjection(answers) { return problem }
        guard let check = profile.identityCheck else { return nil }
        let model = check.model.flatMap { text($0, answers) }
        if let index = check.model, !check.modelMatches.contains(where: { model.map($0.matches) ?? false }) {
            let patterns = check.modelMatches.map(\.description).joined(separator: " or ")
            return "the model in '\(profile.registers[index].name)' is \(found(index, answers)), not \(patterns); "
                + "check the station's type in the settings, and that its address was not given to another device"
        }
        guard let index = check.serialNumber else {
            tellIdentity(nil, model)
            return nil
        }
        let serialNumber = text(index, answers)
        guard let wanted = configuration.serialNumber ?? recognition.serialNumber else {
            // A blank one, or a firmware without, cannot be held against it; no answer can.
            if case .nothing = answers[index] ?? .nothing {
                return "'\(profile.registers[index].name)' with the serial number was not answered; if it lasts, check "
                    + "the station's type in the settings"
            }
            recognition.serialNumber = serialNumber
            tellIdentity(serialNumber, model)
            return nil
        }
        guard let serialNumber, Self.isSame(serialNumber, wanted) else {
            return "the serial number is \(found(index, answers)), not '\(wanted)'; the address was given to another "
                + "device, or the station was replaced: correct host or serial-number in the settings"
        }
        tellIdentity(serialNumber, model)
        return nil
    }

    private func probeObjection(_ answers: [StationProfile.RegisterIndex: Condition.Answer]) -> String? {
        for step in profile.probe {
            guard let failed = step.conditions.first(where: { !holds($0, answers) }) else { continue }
            return "'\(profile.registers[failed.register].name)' is \(found(failed.register, answers)), which does "
                + "not fit \(profile.name) (\(step.words)); check the station's type in the settings, and that its "
                + "address was not given to another device"
        }
        return nil
    }

    /// Capitals and blanks are written differently on plates and in registers.
    static func isSame(_ left: String, _ right: String) -> Bool {
        func bare(_ text: String) -> String { text.filter { !$0.isWhitespace }.uppercased() }
        return bare(left) == bare(right)
    }

    private func tellIdentity(_ serialNumber: String?, _ model: String?) {
        shared.diagnostics.withLock {
            $0.serialNumber = serialNumber
            $0.model = model
        }
    }

    private mutating func refuse(_ problem: String) {
        note("\(problem); nothing is written to it")
        // Our questions may be the sign of life that keeps it from falling back, and it may have been restarted.
        knowledge.report.keepsFailSafe = false
        knowledge.report.isAnswering = false
        knowledge.report.status = .unknown
        share()
    }

    // MARK: Which variant?

    private mutating func chooseVariant(_ answers: [StationProfile.RegisterIndex: Condition.Answer]) {
        for variant in plainProfile.variants {
            for condition in variant.conditions {
                guard case .nothing = answers[condition.register] ?? .nothing else { continue }
                note(
                    "'\(profile.registers[condition.register].name)' cannot be read, which decides whether it is the "
                        + "variant '\(variant.name)'; it is run as plain \(profile.name)")
                return
            }
            if variant.conditions.allSatisfy({ holds($0, answers) }) {
                adopt(variant.profile, variant: variant.name)
                return
            }
        }
    }

    /// From here on the station is spoken to by `profile`.
    private mutating func adopt(_ profile: StationProfile, variant: String?) {
        self.profile = profile
        round = PollPlan.round(of: profile, switchesPhases: configuration.switchesPhases)
        missing = []
        shared.diagnostics.withLock { $0.variant = variant }
    }

    // MARK: Answers

    private func holds(_ condition: Condition, _ answers: [StationProfile.RegisterIndex: Condition.Answer]) -> Bool {
        condition.holds(answers[condition.register] ?? .nothing, as: profile.registers[condition.register].format)
    }

    private func text(
        _ index: StationProfile.RegisterIndex, _ answers: [StationProfile.RegisterIndex: Condition.Answer]
    ) -> String? {
        guard case .words(let words)? = answers[index] else { return nil }
        return profile.registers[index].format.text(words)
    }

    private func found(
        _ index: StationProfile.RegisterIndex, _ answers: [StationProfile.RegisterIndex: Condition.Answer]
    ) -> String {
        (answers[index] ?? .nothing).words(as: profile.registers[index].format)
    }
}
