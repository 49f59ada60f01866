import Allocation
import Stations

/// What the registers of a station hold when it is switched on: everything that recognises the model and its variant.
struct RegisterStart {
    let profile: StationProfile
    let variant: String?
    let behaviour: StationBehaviour
    let phaseCount: Int
    let maximumAmperes: Double
    private(set) var contents: [[UInt16]?] = []
    private(set) var states: [ChargePointState: ConditionSolver.Contents] = [:]

    /// - Parameters:
    ///   - edition: of the behaviour, or the name of a variant of the profile; nil: the first.
    ///   - serialNumber: what it says of itself.
    /// - Throws: `TwinError.profile` for a profile whose conditions contradict each other, or an unknown edition.
    init(
        _ base: StationProfile, _ behaviour: StationBehaviour, edition name: String?, serialNumber: String,
        phaseCount: Int, maximumAmperes: Double
    ) throws(TwinError) {
        let isVariant = name.map { base.variantNames.contains($0) } ?? false
        guard let edition = behaviour.edition(isVariant ? nil : name) else {
            let known = behaviour.editions.map(\.name) + base.variantNames
            throw .profile(
                base.identifier, problem: "no firmware or variant is called '\(name ?? "")'",
                remedy: known.isEmpty ? "remove it" : "use one of \(known.joined(separator: ", "))")
        }
        self.behaviour = behaviour
        self.phaseCount = phaseCount
        self.maximumAmperes = maximumAmperes
        var content = behaviour.values.merging(edition.values) { $1 }
        var variants: [StationProfile.Variant?] = [nil] + base.variants
        if isVariant {
            variants = base.variants.filter { $0.name == name }
            content = behaviour.values
        }
        for candidate in variants {
            let profile = candidate?.profile ?? base
            var start = FirstContents(profile, behaviour, phaseCount: phaseCount, maximumAmperes: maximumAmperes)
            start.setFactoryValues(edition, serialNumber: serialNumber)
            try start.settle(content, absent: isVariant ? [] : edition.absent)
            guard start.recognise(base, as: candidate) else { continue }
            self.profile = profile
            variant = candidate?.name
            contents = start.contents
            states = try start.statesByRules()
            return
        }
        throw .profile(
            base.identifier, problem: "its probe, model and variants cannot all hold at a time",
            remedy: "correct them, or choose another firmware")
    }
}

/// Register contents while they are worked out.
struct FirstContents {
    let profile: StationProfile
    let behaviour: StationBehaviour
    let phaseCount: Int
    let maximumAmperes: Double
    private(set) var contents: [[UInt16]?]
    private var settled: Set<Int> = []
    private var needed: [Condition] = []

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
        if let count = profile.phases?.count {
            contents[count.register] = profile.registers[count.register].format.words(
                raw: phaseCount == 1 ? count.one : count.three)
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

    private func solver(_ changes: ConditionSolver.Contents = [:]) -> ConditionSolver {
        var present: ConditionSolver.Contents = [:]
        for (index, content) in contents.enumerated() { present.updateValue(content, forKey: index) }
        return ConditionSolver(
            registers: profile.registers, present: present.merging(changes) { $1 },
            settled: settled.union(changes.keys))
    }

    // MARK: States

    /// What the status registers hold in each state, so that the profile's rules give the state.
    func statesByRules() throws(TwinError) -> [ChargePointState: ConditionSolver.Contents] {
        var states: [ChargePointState: ConditionSolver.Contents] = [:]
        for state in ChargePointState.allCases {
            var explicit: ConditionSolver.Contents = [:]
            for (name, value) in behaviour.stateValues[state] ?? [:] {
                guard let index = profile.registers.firstIndex(where: { $0.name == name }) else { continue }
                explicit.updateValue(profile.registers[index].format.words(value), forKey: index)
            }
            guard let found = contents(of: state, explicit) else {
                throw .profile(
                    profile.identifier, problem: "no register contents give the status for '\(state)'",
                    remedy: "say them in the station's behaviour (stateValues)")
            }
            states[state] = found
        }
        return states
    }

    private func contents(of state: ChargePointState, _ explicit: ConditionSolver.Contents) -> ConditionSolver.Contents?
    {
        let concerned = Set(profile.statusRules.flatMap(\.conditions).map(\.register))
        let solver = solver(explicit)
        for (place, _) in state.candidates(profile.statusRules, stops: behaviour.onContactLost == .stops) {
            let earlier = profile.statusRules[..<place].map(\.conditions)
            let needs = needed.filter { concerned.contains($0.register) } + profile.statusRules[place].conditions
            guard let found = solver.solve(wanted: needs, unwanted: Array(earlier), free: concerned) else { continue }
            return found.filter { concerned.contains($0.key) }.merging(explicit) { $1 }
        }
        return nil
    }
}

extension ChargePointState {
    /// The rules that give this state, the best first, with their places.
    func candidates(
        _ rules: [StationProfile.StatusRule], stops: Bool
    ) -> [(place: Int, rule: StationProfile.StatusRule)] {
        let status = status(stops: stops)
        let fitting = rules.enumerated().filter { $0.element.status == status }.map {
            (place: $0.offset, rule: $0.element)
        }
        func rank(_ rule: StationProfile.StatusRule) -> Int {
            guard let words = rule.words else { return marks.count }
            return marks.firstIndex { words.contains($0) } ?? marks.count + 1
        }
        return fitting.sorted { (rank($0.rule), $0.place) < (rank($1.rule), $1.place) }
    }

    private func status(stops: Bool) -> StationStatus {
        switch self {
        case .free: .free
        case .charging: .charging
        case .fault: stops ? .outOfService : .occupied
        case .waiting, .ready, .paused, .finished, .stopped: .occupied
        }
    }

    /// What profiles call such a state, the most exact first.
    private var marks: [String] {
        switch self {
        case .waiting: ["permission", "preparing"]
        case .ready: ["does not ask", "waits for the car", "permitted", "paused by the car", "preparing"]
        case .paused: ["paused by the station", "paused"]
        case .finished: ["finished", "ended", "paused by the car"]
        case .stopped: ["stopped", "ended", "paused"]
        case .fault: ["fallen back", "error", "fault"]
        case .free, .charging: []
        }
    }
}
