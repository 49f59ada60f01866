import Allocation

/// What the answers of a station mean. The writer's loop and the command's reader keep them each in its way.
extension StationProfile {
    /// What is known of a register.
    typealias Answers = (RegisterIndex) -> Condition.Answer

    /// The first rule whose conditions all hold; nil: none fits.
    func statusRule(by answers: Answers) -> StatusRule? {
        statusRules.first { rule in
            rule.conditions.allSatisfy { $0.holds(answers($0.register), as: registers[$0.register].format) }
        }
    }

    /// The faults that the fault registers show.
    func faultsShown(by answers: Answers) -> [StationFault] {
        faults.flatMap { faults in integer(faults.register, answers).map { faults.faults(of: $0) } ?? [] }
    }

    /// Phases on which the station charges, 1 or 3; nil: it does not tell.
    func phasesCharging(by answers: Answers) -> Int? {
        phases?.count.flatMap { mode(of: $0, by: answers) }.map { $0 == .single ? 1 : 3 }
    }

    /// How a station that can be switched between one phase and three is switched; nil: neither, or it does not tell.
    func phaseMode(by answers: Answers) -> PhaseMode? {
        guard let phases, phases.change != nil else { return nil }
        return phases.readable(in: registers).flatMap { mode(of: $0, by: answers) }
    }

    /// What a register for one phase or three holds; nil: neither, or it does not tell.
    func mode(of choice: PhaseChoice, by answers: Answers) -> PhaseMode? {
        guard let value = integer(choice.register, answers) else { return nil }
        return value == choice.one ? .single : value == choice.three ? .three : nil
    }

    private func integer(_ index: RegisterIndex, _ answers: Answers) -> Int64? {
        guard case .words(let words) = answers(index) else { return nil }
        return registers[index].format.integer(words)
    }
}
