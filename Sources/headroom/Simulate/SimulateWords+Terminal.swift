import Allocation
import Simulation
import Site

/// The terminal's summary.
extension SimulateWords {
    var lines: [String] {
        let overload = summary.overload
        var lines = ["", question]
        lines += wrapped(([answer] + sentences).joined(separator: " "), first: "  ")
        for advice in advice { lines += wrapped(advice, first: "  - ") }
        lines += [
            "",
            "  days            \(fixed(Double(summary.seconds) / 86_400, 2)) from \(plan.began.dayText), seed \(plan.seed)",
            "  building        \(plan.loadWords): \(kilowattHours(summary.baseWattHours))",
            "  cars            \(plan.carWords): \(summary.visitCount) charged, \(summary.turnedAwayCount) found no station",
        ]
        if let events = plan.eventWords { lines.append("  events          \(events)") }
        lines += [
            "  delivered       \(kilowattHours(summary.deliveredWattHours)), \(percent(summary.deliveredShare)) of "
                + "\(kilowattHours(summary.unlimitedWattHours)) without a limit",
            "  unserved        \(kilowattHours(summary.wantedWattHours - summary.deliveredWattHours)) of what batteries had room for",
            "  waits           mean \(duration(summary.waitSeconds.mean)), 95 of 100 below \(duration(summary.waitSeconds.most)), "
                + "longest \(duration(summary.waitSeconds.longest)); pauses of a car \(duration(summary.pausedSecondsMean)) on average",
            "  fairness        Jain index \(fixed(summary.jainIndex, 3)); cars had \(percent(summary.servedShareLowest)) to "
                + "\(percent(summary.servedShareHighest)) of what they could",
        ]
        for (line, phase) in Phase.allCases.enumerated() {
            lines.append(
                "  \(phase.name)              highest \(fixed(summary.highestAmperes[line], 1)) A of "
                    + "\(amperes(plan.site.limits.mainAmperes[phase])), above it \(overload.secondsAboveMainLimit[line]) s "
                    + "(beyond the cars' reaction \(overload.secondsBeyondReaction[line]) s); "
                    + "in the margin \(overload.secondsInMargin[line]) s (\(overload.secondsInMarginBeyondReaction[line]) s)"
            )
        }
        lines.append("  main fuse       \(fuseWords)")
        if !summary.interventions.isEmpty {
            let withheld = summary.interventions.reduce(0) { $0 + $1.withheldWattHours }
            lines.append(
                "  utility         \(summary.interventions.count) interventions, at most \(kilowattHours(withheld)) withheld"
            )
        }
        if let phaseSwitches { lines.append("  phases          \(phaseSwitches)") }
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
