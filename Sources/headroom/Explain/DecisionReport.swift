import Allocation
import Site
import Stations

/// A recorded decision in words.
enum DecisionReport {
    static func lines(_ decision: DecisionLine) -> [String] {
        var lines = [
            "Decision \(decision.number) at \(fixed(decision.seconds, 3)) s, \(decision.time): \(kind(decision))"
        ]
        lines += decision.alarms.map { "ALARM: \($0.replacing("_", with: " "))" }
        if decision.signal != "normal" { lines.append("utility's signal: \(decision.signal)") }
        lines += ["", leading("A", 34) + ["L1", "L2", "L3"].map { padded($0, 9) }.joined()]
        lines.append(row("measured", decision.measured))
        if decision.counted != decision.measured {
            lines.append(row("counted (no feed-in, no inrush)", decision.counted))
        }
        lines.append(row("building without stations", decision.base))
        if decision.highestBase != decision.base { lines.append(row("  at most", decision.highestBase)) }
        lines.append(row("usable below fuse and margin", decision.usable))
        if decision.secondsToTrip.contains(where: { $0 != nil }) {
            lines.append(row("seconds until the fuse may trip", decision.secondsToTrip))
        }
        for station in decision.stations { lines += [""] + self.lines(station) }
        return lines
    }

    /// One change of a station's limit.
    static func change(
        _ station: DecisionLine.Station, from before: DecisionLine.Station?, _ decision: DecisionLine
    ) -> String {
        let old = before.map { "\(amperes($0.limit)) to " } ?? ""
        return padded(fixed(decision.seconds, 3), 12) + " s  \(decision.time)  \(station.name): \(old)"
            + "\(amperes(station.limit)), \(reason(station))"
            + (decision.kind == "protection" ? " (protection)" : "")
    }

    private static func kind(_ decision: DecisionLine) -> String {
        switch decision.kind {
        case "protection": "protection, on a half cycle"
        case "fail_safe": "fail-safe, without a reading"
        default: "allocation, on windows"
        }
    }

    private static func row(_ title: String, _ values: [Double?]) -> String {
        leading(title, 34) + values.map { column($0, 1, 9) }.joined()
    }

    private static func lines(_ station: DecisionLine.Station) -> [String] {
        var sentences = [role(station)]
        if station.role == "car" || station.role == "parked", let share = station.share.compactMap({ $0 }).max() {
            var words = "Its share of what is usable is \(amperes(share)), ended by: "
            words += place(station.shareReason, station.sharePhase, station.shareGroup)
            sentences.append(words + ".")
            if share > station.limit + 0.05 {
                sentences.append("It is told less than that: \(reason(station)).")
            }
        }
        let inForce = zip(["L1", "L2", "L3"], station.inForce).filter { ($0.1 ?? 0) > 0 }
        if let most = inForce.compactMap(\.1).max(), most > station.limit + 0.05 {
            sentences.append("By what it was told before, it may still draw up to \(amperes(most)).")
        }
        if let accepted = station.accepted, (accepted - station.limit).magnitude > 0.05 {
            sentences.append("It holds \(amperes(accepted)) by its own word.")
        }
        let drawn = station.drawn.compactMap { $0 }.max() ?? 0
        sentences.append(
            "It is \(station.status)" + (drawn > 0.05 ? " and draws up to \(amperes(drawn)) on a line." : "."))
        if let mode = PhaseMode.allCases.first(where: { $0.identifier == station.phaseMode }) {
            let proposed = PhaseMode.allCases.first { $0.identifier == station.proposedPhaseMode }
            sentences.append(
                "It is switched to \(mode.words)\(proposed.map { ", to be changed to \($0.words)" } ?? "").")
        }
        if let note = station.limitNote { sentences.append("Note: \(note).") }
        let head = leading(station.name, 24) + padded(amperes(station.limit), 8) + "  \(reason(station))"
        return [head] + wrapped(sentences.joined(separator: " "), first: "  ", width: 80)
    }

    private static func role(_ station: DecisionLine.Station) -> String {
        let lines = station.countedOn.isEmpty ? "no line" : station.countedOn.joined(separator: " ")
        return switch station.role {
        case "car": "Has a car, shares what is usable, counted on \(lines)."
        case "parked": "Without a car: parked at its smallest limit where that is left over."
        case "held": "Cannot be relied on to follow, so its room is kept for it on \(lines)."
        case "out_of_service": "Not in operation: gets 0."
        case "not_managed": "Not managed: gets its maximum, counted on \(lines)."
        default: "Its settings cannot be used: gets 0 (headroom check)."
        }
    }

    private static func reason(_ station: DecisionLine.Station) -> String {
        place(station.reason, station.limitingPhase, station.limitingGroup)
    }

    /// A reason's words, with the line and the group where it names them.
    private static func place(_ identifier: String, _ line: String?, _ group: String?) -> String {
        guard let reason = LimitReason.allCases.first(where: { $0.identifier == identifier }) else { return identifier }
        let phase = Phase.allCases.first { $0.name == line }
        let words = StationLimit(reason: reason, limitingPhase: phase).reasonWords
        return group.map { "\(words) (\($0))" } ?? words
    }
}
