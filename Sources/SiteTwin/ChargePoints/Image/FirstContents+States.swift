import Allocation
import Stations

extension FirstContents {
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
