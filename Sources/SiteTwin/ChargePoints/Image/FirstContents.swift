import Stations

/// Register contents while they are worked out.
struct FirstContents {
    let profile: StationProfile
    let behaviour: StationBehaviour
    let phaseCount: Int
    let maximumAmperes: Double
    private(set) var contents: [[UInt16]?]
    private var settled: Set<Int> = []
    private(set) var needed: [Condition] = []

    init(_ profile: StationProfile, _ behaviour: StationBehaviour, phaseCount: Int, maximumAmperes: Double) {
        self.profile = profile
        self.behaviour = behaviour
        self.phaseCount = phaseCount
        self.maximumAmperes = maximumAmperes
        contents = profile.registers.map { register in
            let format = register.format
            return register.format.type.isNumeric
                ? [UInt16](repeating: 0, count: format.wordCount) : format.words(text: register.name)
        }
    }

    private mutating func put(_ value: Double, _ index: Int) {
        contents[index] = profile.registers[index].format.words(nearest: value)
    }

    /// What is there before anybody has spoken to the station.
    mutating func setFactoryValues(_ edition: StationBehaviour.Edition, serialNumber: String) {
        if let index = profile.identityCheck?.serialNumber {
            let format = profile.registers[index].format
            contents[index] = format.words(text: format.type.isNumeric ? serialNumber.filter(\.isNumber) : serialNumber)
        }
        let amperes = min(edition.powerOnAmperes ?? behaviour.powerOnAmperes ?? maximumAmperes, maximumAmperes)
        for index in profile.limit.registers {
            put(profile.limit.registerValue(amperes: amperes, phaseCount: phaseCount), index)
        }
        for name in behaviour.furtherLimits {
            if let index = profile.registers.firstIndex(where: { $0.name == name }) { put(amperes, index) }
        }
        for name in behaviour.ratings {
            if let index = profile.registers.firstIndex(where: { $0.name == name }) { put(maximumAmperes, index) }
        }
        for item in profile.limit.resume where !profile.limit.registers.contains(item.register) {
            put(item.value, item.register)
        }
        if let failSafe = profile.failSafe {
            for index in failSafe.current + failSafe.currentReadBack {
                if let value = behaviour.failSafeAmperes {
                    put(value, index)
                } else {
                    // "None" is a marker: in the read-back's description, as the setting itself has none.
                    let marker = failSafe.currentReadBack.first.flatMap {
                        profile.registers[$0].format.notAvailable.first
                    }
                    contents[index] = profile.registers[index].format.words(raw: Int64(marker ?? 0))
                }
            }
            for index in [failSafe.timeout, failSafe.timeoutReadBack].compactMap({ $0 }) {
                put(behaviour.watchdogSeconds, index)
            }
        }
        if let name = behaviour.failSafeRegister, let value = behaviour.failSafeAmperes,
            let index = profile.registers.firstIndex(where: { $0.name == name })
        {
            put(value, index)
        }
        for choice in [profile.phases?.count, profile.phases?.change].compactMap({ $0 }) {
            contents[choice.register] = profile.registers[choice.register].format.words(
                raw: phaseCount == 1 ? choice.one : choice.three)
        }
    }

    /// What is certain.
    mutating func settle(_ values: [String: RegisterContent], absent: Set<String>) throws(TwinError) {
        for (name, value) in values {
            guard let index = profile.registers.firstIndex(where: { $0.name == name }) else { continue }
            guard let words = profile.registers[index].format.words(value) else {
                throw .profile(
                    profile.identifier, problem: "register '\(name)' cannot hold \(value)",
                    remedy: "correct it in the station's behaviour")
            }
            contents[index] = words
            settled.insert(index)
        }
        for (index, register) in profile.registers.enumerated() where absent.contains(register.name) {
            contents[index] = nil
            settled.insert(index)
        }
    }

    /// Makes the station one that a device takes for the model, and for the variant `wanted`.
    mutating func recognise(_ base: StationProfile, as wanted: StationProfile.Variant?) -> Bool {
        var wantedConditions = base.probe.flatMap(\.conditions) + (wanted?.conditions ?? [])
        if let check = base.identityCheck, let index = check.model, !check.modelMatches.isEmpty {
            wantedConditions.append(Condition(register: index, test: .matches(check.modelMatches)))
        }
        let earlier = base.variants.prefix { $0.name != wanted?.name }
        needed = wantedConditions.compactMap { moved($0, base) }
        let unwanted = earlier.map { $0.conditions.compactMap { moved($0, base) } }
        guard let found = solver().solve(wanted: needed, unwanted: unwanted) else { return false }
        for (index, content) in found { contents[index] = content }
        settled.formUnion(base.variants.flatMap(\.conditions).compactMap { moved($0, base)?.register })
        return true
    }

    /// The same register in this profile: a variant may have more.
    private func moved(_ condition: Condition, _ base: StationProfile) -> Condition? {
        var condition = condition
        let name = base.registers[condition.register].name
        guard let index = profile.registers.firstIndex(where: { $0.name == name }) else { return nil }
        condition.register = index
        return condition
    }

    func solver(_ changes: ConditionSolver.Contents = [:]) -> ConditionSolver {
        var present: ConditionSolver.Contents = [:]
        for (index, content) in contents.enumerated() { present.updateValue(content, forKey: index) }
        return ConditionSolver(
            registers: profile.registers, present: present.merging(changes) { $1 },
            settled: settled.union(changes.keys))
    }
}
