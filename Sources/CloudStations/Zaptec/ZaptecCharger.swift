import Allocation

/// A charger of a Zaptec installation and what the cloud last said of it.
struct ZaptecCharger: Equatable {
    /// The cloud's identifier: goes into paths, so it is one only where it has the form of one.
    let id: String
    /// What stands on the charger, for example "ZPR012345".
    let serialNumber: String
    /// The installation's line of each of its own phases.
    let lines: [Phase]
    /// nil: not read yet, or not readable.
    var state: State?

    struct State: Equatable {
        var isOnline: Bool
        var status: StationStatus
        /// By its own phases; nil: one of them is missing or cannot be.
        var currents: [Double]?
        /// Without cloud; nil: not said.
        var offlineAmperes: Double?
        var maximumAmperes: Double?
        var sessionWattHours: Double?

        /// - Parameter observations: the later of two with the same number counts.
        init(_ observations: [ZaptecAnswers.Observation]) {
            var values: [Int: String] = [:]
            for one in observations { values[one.StateId] = one.ValueAsString }
            /// A finite number within `range`.
            func number(_ id: Int, _ range: ClosedRange<Double>) -> Double? {
                values[id].flatMap(Double.init).flatMap { range.contains($0) ? $0 : nil }
            }
            func flag(_ id: Int) -> Bool? {
                switch values[id]?.lowercased() {
                case "1", "true": true
                case "0", "false": false
                default: nil
                }
            }
            isOnline = flag(ZaptecObservation.isOnline) ?? false
            // More than twice what the largest charger gives is no current.
            let found = ZaptecObservation.currents.compactMap { number($0, 0...80) }
            currents = found.count == 3 ? found : nil
            offlineAmperes = number(ZaptecObservation.offlineCurrent, 0...80)
            maximumAmperes = number(ZaptecObservation.maximumCurrent, 0...80)
            sessionWattHours = number(ZaptecObservation.sessionEnergyKilowattHours, 0...100_000).map { $0 * 1000 }
            guard flag(ZaptecObservation.isEnabled) ?? true else {
                status = .outOfService
                return
            }
            status =
                switch values[ZaptecObservation.operationMode] {
                case "1": .free
                case "2", "5", "6": .occupied
                case "3": .charging
                default: .unknown
                }
        }
    }

    /// What it may draw on each of its lines without cloud; 32 A where nothing is known.
    var countedOfflineAmperes: Double { state?.offlineAmperes ?? state?.maximumAmperes ?? 32 }

    /// A current of each own phase on the installation's lines. One on a single line may draw on any of its terminals.
    func onLines(_ currents: [Double]) -> PerPhaseAmperes {
        var amperes = PerPhaseAmperes.zero
        if lines.count == 1 {
            amperes[lines[0]] = currents.max() ?? 0
        } else {
            for (line, current) in zip(lines, currents) { amperes[line] += current }
        }
        return amperes
    }
}

extension [ZaptecCharger] {
    /// What all of them do together.
    func round() -> ChargerRound {
        var round = ChargerRound()
        round.chargerCount = count
        round.onlineCount = self.count { $0.state?.isOnline == true }
        var drawn: PerPhaseAmperes? = .zero
        var fallBack: PerPhaseAmperes? = .zero
        for charger in self {
            let state = charger.state
            for line in charger.lines {
                if let offline = state?.offlineAmperes { fallBack?[line] += offline } else { fallBack = nil }
                if state?.isOnline != true { round.offlineAmperes[line] += charger.countedOfflineAmperes }
            }
            // What a charger without cloud draws is not known: the last value may be hours old.
            if let state, state.isOnline, let currents = state.currents {
                let amperes = charger.onLines(currents)
                for line in Phase.allCases { drawn?[line] += amperes[line] }
            } else {
                drawn = nil
            }
            if let energy = state?.sessionWattHours { round.energyWattHours = (round.energyWattHours ?? 0) + energy }
        }
        round.drawn = isEmpty ? nil : drawn
        round.fallBackAmperes = isEmpty ? nil : fallBack.map { Swift.max($0.l1, $0.l2, $0.l3) }
        round.status = status
        round.identity =
            "\(count) chargers, \(round.onlineCount) online: " + map(\.serialNumber).joined(separator: ", ")
        return round
    }

    private var status: StationStatus {
        let all = map { $0.state.map { $0.isOnline ? $0.status : .unknown } ?? .unknown }
        // One that charges or has a car decides; one of which nothing is known may have one.
        for status in [StationStatus.charging, .occupied, .unknown, .free] where all.contains(status) { return status }
        return all.isEmpty ? .unknown : .outOfService
    }
}
