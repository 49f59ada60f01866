import Allocation
import Site

/// Main fuse, groups and the utility's signal in the live view.
extension SiteView {
    private func share(_ value: Double) -> String { "\(fixed(value * 100, 0)) %" }

    /// Lines of the table; empty where there is nothing to say.
    var limitLines: [String] {
        var lines: [String] = []
        if let device = settings.supply.limits.device, let used = snapshot.fuseUsedShare {
            let warmth = [used.l1, used.l2, used.l3].enumerated().map { "L\($0 + 1) \(share($1))" }
            let seconds = snapshot.secondsToTrip?.minimum ?? .infinity
            let trip = seconds < 36_000 ? "; may trip in \(duration(seconds))" : ""
            lines.append("  fuse \(device.words): warm \(warmth.joined(separator: ", "))\(trip)")
        }
        for (group, state) in zip(settings.groups, groups) {
            var parts: [String] = []
            for phase in Phase.allCases where state.usableAmperes[phase] < .infinity {
                parts.append(
                    "\(phase.name) \(fixed(state.keptAmperes[phase], 1)) of \(amperes(state.usableAmperes[phase]))")
            }
            if state.usableWatts < .infinity {
                parts.append("\(fixed(state.keptWatts / 1000, 1)) of \(fixed(state.usableWatts / 1000, 1)) kW")
            }
            lines += wrapped("\(group.name): \(parts.joined(separator: ", "))", first: "  ", width: 80)
        }
        if let running = snapshot.intervention {
            let words = "signal \(running.words), for \(duration(max(0, now.seconds(since: running.start))))"
            lines += wrapped(words, first: "  ", width: 80)
        }
        return lines.isEmpty ? [] : [""] + lines
    }

    /// Members of the JSON line, each with a comma behind it.
    var limitMembers: String {
        func perLine(_ value: PerPhaseAmperes) -> String {
            "[" + Phase.allCases.map { value[$0] < .infinity ? jsonAmperes(value[$0]) : "null" }.joined(separator: ",")
                + "]"
        }
        func watts(_ value: Double) -> String { value < .infinity ? json(value) : "null" }
        let list = zip(settings.groups, groups).map { group, state in
            "{\"name\":\(json(group.name)),\"usable_a\":\(perLine(state.usableAmperes)),"
                + "\"kept_a\":\(perLine(state.keptAmperes)),\"usable_w\":\(watts(state.usableWatts)),"
                + "\"kept_w\":\(watts(state.keptWatts))}"
        }
        let signal = snapshot.intervention.map { running in
            "\"source\":\(json(running.source.identifier)),\"limit\":\(json(running.limit.words)),"
                + "\"since_s\":\(json(max(0, now.seconds(since: running.start)))),"
                + "\"withheld_wh\":\(json(running.withheldWattHours))"
        }
        return "\"groups\":[\(list.joined(separator: ","))],"
            + "\"signal\":{\"mode\":\(json(snapshot.signalMode.words))\(signal.map { "," + $0 } ?? "")},"
    }

    /// Members about the fuse of one line, each with a comma before it.
    func fuseMembers(_ phase: Phase) -> String {
        guard let used = snapshot.fuseUsedShare, let seconds = snapshot.secondsToTrip else {
            return ",\"fuse_used_share\":null,\"time_to_trip_s\":null"
        }
        let (share, trip) =
            switch phase {
            case .l1: (used.l1, seconds.l1)
            case .l2: (used.l2, seconds.l2)
            case .l3: (used.l3, seconds.l3)
            }
        return ",\"fuse_used_share\":\(json(share)),\"time_to_trip_s\":\(trip < .infinity ? json(trip) : "null")"
    }

    /// Members about what decided a station's limit, each with a comma before it.
    func decidingMembers(_ limit: StationLimit) -> String {
        var group = "null"
        if case .node(let index)? = limit.limitingPlace, settings.groups.indices.contains(index) {
            group = json(settings.groups[index].name)
        }
        let mode = limit.proposedMode.map { json($0.identifier) } ?? "null"
        let lines = limit.lineAmperes.map {
            "[\(jsonAmperes($0.l1)),\(jsonAmperes($0.l2)),\(jsonAmperes($0.l3))]"
        }
        return ",\"limiting_place\":\(limit.limitingPlace.map { json($0.identifier) } ?? "null"),"
            + "\"limiting_group\":\(group),\"limit_lines_a\":\(lines ?? "null"),\"proposed_phase_mode\":\(mode)"
    }
}
