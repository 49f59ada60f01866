import Allocation
import Simulation
import Site

/// The terminal's summary.
extension SimulateWords {
    var lines: [String] {
        var lines = ["", question]
        lines += wrapped(([answer] + sentences).joined(separator: " "), first: "  ")
        for advice in advice { lines += wrapped(advice, first: "  - ") }
        lines.append("")
        lines += row(
            "days", "\(fixed(Double(summary.seconds) / 86_400, 2)) from \(plan.began.dayText), seed \(plan.seed)")
        lines += row("building", "\(plan.loadWords): \(kilowattHours(summary.baseWattHours))")
        lines += row(
            "cars", "\(plan.carWords): \(summary.visitCount) charged, \(summary.turnedAwayCount) found no station")
        if let events = plan.eventWords { lines += row("events", events) }
        lines += row(
            "delivered",
            "\(kilowattHours(summary.deliveredWattHours)), \(percent(summary.deliveredShare)) of "
                + "\(kilowattHours(summary.unlimitedWattHours)) without a limit")
        lines += row(
            "unserved",
            "\(kilowattHours(summary.wantedWattHours - summary.deliveredWattHours)) of what batteries had room for")
        lines += row(
            "waits",
            "mean \(duration(summary.waitSeconds.mean)), 95 of 100 below \(duration(summary.waitSeconds.most)), longest "
                + "\(duration(summary.waitSeconds.longest)); pauses of a car \(duration(summary.pausedSecondsMean)) on "
                + "average")
        lines += row(
            "fairness",
            "Jain index \(fixed(summary.jainIndex, 3)); cars had \(percent(summary.servedShareLowest)) to "
                + "\(percent(summary.servedShareHighest)) of what they could")
        lines += row("main fuse", fuseWords)
        lines += lineTable
        if !summary.interventions.isEmpty {
            let withheld = summary.interventions.reduce(0) { $0 + $1.withheldWattHours }
            lines += row(
                "utility", "\(summary.interventions.count) interventions, at most \(kilowattHours(withheld)) withheld")
        }
        if let phaseSwitches { lines += row("phases", phaseSwitches) }
        let total = summary.reasonSeconds.reduce(0) { $0 + $1.seconds }
        if total > 0 {
            lines.append("  a car that wanted current was ruled by")
            for (reason, seconds) in summary.reasonSeconds.prefix(8) {
                lines.append(
                    "    " + leading(StationLimit(reason: reason).reasonWords, 24)
                        + padded(fixed(100 * Double(seconds) / Double(total), 1), 6) + " % of the time")
            }
        }
        return lines
    }

    private func row(_ label: String, _ text: String) -> [String] { wrapped(text, first: "  " + leading(label, 16)) }

    /// What each line bore.
    private var lineTable: [String] {
        let overload = summary.overload
        func columns(_ cells: [String]) -> String {
            zip(cells, [14, 9, 13, 11, 13, 11]).map { padded($0, $1) }.joined()
        }
        let head = columns(["highest", "limit", "above it", "beyond *", "in margin", "beyond *"])
        return ["  line" + head]
            + Phase.allCases.enumerated().map { line, phase in
                "  \(phase.name)  "
                    + columns(
                        [
                            "\(fixed(summary.highestAmperes[line], 1)) A",
                            amperes(plan.site.limits.mainAmperes[phase]),
                        ]
                            + [
                                overload.secondsAboveMainLimit, overload.secondsBeyondReaction,
                                overload.secondsInMargin, overload.secondsInMarginBeyondReaction,
                            ].map { "\($0[line]) s" })
            } + wrapped("longer than the cars take to follow", first: "  * ")
    }

    /// `switched 12 times: Parkplatz 1 8, Parkplatz 2 4`; nil: no station can.
    var phaseSwitches: String? {
        let counts = zip(plan.site.stations, summary.phaseSwitchCounts).compactMap { station, count in
            count.map { (station.name, $0) }
        }
        guard !counts.isEmpty else { return nil }
        let all = counts.reduce(0) { $0 + $1.1 }
        return "switched between one and three \(all) \(all == 1 ? "time" : "times"): "
            + counts.map { "\($0) \($1)" }.joined(separator: ", ")
    }

    var fuseWords: String {
        guard let device = summary.observedDevice else { return "no model for this rating" }
        let kind = device.kind == .fuseGG ? "gG" : device.kind == .breakerB ? "breaker B" : "breaker C"
        let assumed = plan.site.limits.device == nil ? ", taken for the settings name none" : ""
        let trip =
            summary.leastSecondsToTrip.isFinite
            ? "shortest time to trip \(duration(summary.leastSecondsToTrip))" : "never on its way to trip"
        return
            "\(kind) \(amperes(device.ratedAmperes))\(assumed): \(trip), warmed to \(percent(summary.mostFuseUsedShare)) "
            + "of what it bears"
    }

    /// The same cars at several connections.
    static func comparison(_ compared: [(amperes: Double, summary: SimulationSummary)]) -> [String] {
        ["", "  main fuse   delivered   cars full   mean wait   seconds above"]
            + compared.map { amperes, summary in
                padded("\(fixed(amperes, 0)) A", 11) + padded(percent(summary.deliveredShare), 12)
                    + padded("\(summary.fullCount) of \(summary.visitCount)", 12)
                    + padded(duration(summary.waitSeconds.mean), 12)
                    + padded("\(summary.overload.secondsAboveMainLimit.max())", 16)
            }
    }
}
