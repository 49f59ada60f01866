import Allocation

/// All that one round of reading tells of a station, without a word written to it.
package struct StationReading: Sendable {
    package var variant: String?
    package var status = StationStatus.unknown
    /// What the profile adds to the status; nil: nothing.
    package var statusWords: String?
    /// In ampere, by the station's own phases; nil: not available.
    package var amperes: [Double?] = []
    /// In volt, by the station's own phases; nil: not available.
    package var volts: [Double?] = []
    /// Of all phases, in watt.
    package var watts: Double?
    package var wattHours: Double?
    package var energyIsOfSession = false
    /// The limit that the station holds, in ampere, by phase where it has one for each; empty: not shown.
    package var limitAmperes: [Double] = []
    /// In ampere, as the station keeps it; nil: not shown, or none set.
    package var failSafeAmperes: [Double] = []
    /// In seconds, as the station keeps it; nil: not shown.
    package var failSafeSeconds: Double?
    package var phaseCount: Int?
    /// How a station that can be switched between one phase and three is switched; nil: neither, or not shown.
    package var phaseMode: PhaseMode?
    package var identity: [(label: String, text: String)] = []
    package var faults: [StationFault] = []
    /// What is not as it should be, in words.
    package var remarks: [String] = []
    /// Everything that was read, by address.
    package var registers: [Value] = []

    /// What one register holds.
    package struct Value: Sendable {
        package var name: String
        package var address: Int
        package var readFunction: Int
        /// nil: `text` says why.
        package var words: [UInt16]?
        /// The value as the profile understands it, or why there is none.
        package var text: String
    }
}

extension RegisterReader {
    /// Some questions in a row were not answered, or the connection cannot be made: no sense in going on.
    fileprivate var hasFallenSilent: Bool { isSilent || isGivenUp || unansweredInARow >= 3 }

    /// Reads one round.
    ///
    /// - Parameters:
    ///   - profile: of the station, shifted by its address offset.
    ///   - phaseCount: the phases that it is connected to, 1 to 3.
    /// - Throws: where the station does not answer; another round may succeed.
    package mutating func reading(
        of profile: StationProfile, phaseCount: Int
    ) throws(StationReadingError) -> StationReading {
        forgetValues()
        let chosen = variant(of: profile)
        let values = RoundValues(chosen.profile, &self)
        if hasFallenSilent { throw StationReadingError(lastErrorWords ?? "\(place.words): no answer") }
        var reading = StationReading()
        reading.variant = chosen.name
        if let remark = chosen.remark { reading.remarks.append(remark) }
        values.fill(&reading, phaseCount: phaseCount)
        reading.identity = identity(of: chosen.profile)
        return reading
    }
}

/// The answers of a round and what they mean.
private struct RoundValues {
    let profile: StationProfile
    var answers: [StationProfile.RegisterIndex: Condition.Answer] = [:]

    init(_ profile: StationProfile, _ reader: inout RegisterReader) {
        self.profile = profile
        var wanted = Set(PollPlan.round(of: profile, switchesPhases: true).blocks.flatMap(\.registers))
        if let failSafe = profile.failSafe {
            wanted.formUnion(failSafe.currentReadBack + [failSafe.timeoutReadBack].compactMap { $0 })
        }
        wanted = wanted.filter { !profile.registers[$0].isWriteOnly }
        for block in PollPlan(wanted, in: profile).blocks {
            if let words = reader.words(of: block, in: profile) {
                for (index, part) in block.split(words, by: profile.registers) { answers[index] = .words(part) }
            } else {
                // One register that is not there spoils a block: each is asked by itself.
                for index in block.registers { answers[index] = reader.answer(index, of: profile) }
            }
            if reader.hasFallenSilent { return }
        }
    }

    func number(_ index: StationProfile.RegisterIndex) -> Double? {
        guard case .words(let words)? = answers[index] else { return nil }
        return profile.registers[index].format.number(words)
    }

    private func sum(_ indices: [StationProfile.RegisterIndex]) -> Double? {
        let values = indices.compactMap { number($0) }
        return values.isEmpty ? nil : values.reduce(0, +)
    }

    func fill(_ reading: inout StationReading, phaseCount: Int) {
        let measured = profile.measurements
        reading.amperes = measured.currents.prefix(phaseCount).map { number($0) }
        reading.volts = measured.voltages.prefix(phaseCount).map { number($0) }
        reading.watts = sum(measured.powers)
        reading.wattHours = sum(measured.energies)
        reading.energyIsOfSession = measured.energyIsOfSession
        for group in profile.limit.readBack {
            let values = group.compactMap { number($0) }
            guard values.count == group.count else { continue }
            reading.limitAmperes = values.map { profile.limit.amperes(registerValue: $0, phaseCount: phaseCount) }
            break
        }
        reading.failSafeAmperes = (profile.failSafe?.currentReadBack ?? []).compactMap { number($0) }
        if let fixed = profile.failSafe?.fixedAmperes { reading.failSafeAmperes = [fixed] }
        reading.failSafeSeconds =
            profile.failSafe?.fixedTimeoutSeconds ?? profile.failSafe?.timeoutReadBack.flatMap { number($0) }
        reading.phaseCount = profile.phasesCharging { answers[$0] ?? .nothing }
        reading.phaseMode = profile.phaseMode { answers[$0] ?? .nothing }
        reading.faults = profile.faultsShown { answers[$0] ?? .nothing }
        let beyond = 2 * profile.largestAmperes
        if let wrong = reading.amperes.compactMap({ $0 }).first(where: { abs($0) > beyond }) {
            reading.remarks.append(
                "a current of \(wrong) A cannot be: compare the profile's type, scale and word order with the manual")
        } else {
            fillStatus(&reading)
        }
        reading.registers = values
    }

    private func fillStatus(_ reading: inout StationReading) {
        if let rule = profile.statusRule(by: { answers[$0] ?? .nothing }) {
            (reading.status, reading.statusWords) = (rule.status, rule.words)
            return
        }
        reading.remarks.append("no status rule fits: add the value to the profile's status section")
    }

    private var values: [StationReading.Value] {
        answers.map { index, answer in
            let register = profile.registers[index]
            var words: [UInt16]?
            var text = answer.words(as: register.format)
            if case .words(let found) = answer {
                words = Array(found)
                text = register.format.text(found) ?? "not available"
            }
            return StationReading.Value(
                name: register.name, address: register.address, readFunction: register.read.rawValue, words: words,
                text: text)
        }.sorted { ($0.readFunction, $0.address, $0.name) < ($1.readFunction, $1.address, $1.name) }
    }
}
