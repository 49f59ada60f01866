import Allocation
import Simulation
import Site

/// A run's result as people read it: the terminal's summary, and the answer at the top of the report.
struct SimulateWords {
    let summary: SimulationSummary
    let plan: SimulationPlan

    init(_ summary: SimulationSummary, _ plan: SimulationPlan) {
        self.summary = summary
        self.plan = plan
    }

    /// How well the connection carries the stations.
    enum Verdict {
        case fuseAtRisk, yes, yesWithPatience, onlyJust, no, noCars
    }

    var verdict: Verdict {
        if summary.mostFuseUsedShare >= 1 || summary.overload.secondsBeyondReaction != .zero { return .fuseAtRisk }
        guard summary.unlimitedWattHours > 0 else { return .noCars }
        let share = summary.deliveredShare
        return share >= 0.99 ? .yes : share >= 0.95 ? .yesWithPatience : share >= 0.85 ? .onlyJust : .no
    }

    /// `63 A`, or `63/63/50 A` where the lines differ.
    var connection: String {
        let main = plan.site.limits.mainAmperes
        if main.l1 == main.l2, main.l2 == main.l3 { return amperes(main.l1) }
        return [main.l1, main.l2].map { fixed($0, 0) }.joined(separator: "/") + "/" + amperes(main.l3)
    }

    var stations: String {
        let count = plan.site.stations.count
        let words = [
            "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        ]
        return (count < words.count ? words[count] : "\(count)") + (count == 1 ? " station" : " stations")
    }

    var question: String { "Does a \(connection) connection carry \(stations) here?" }

    /// One or two words.
    var answer: String {
        switch verdict {
        case .fuseAtRisk: "No: the fuse is at risk."
        case .yes: "Yes."
        case .yesWithPatience: "Yes, with some patience."
        case .onlyJust: "Only just."
        case .no: "No."
        case .noCars: "No car came."
        }
    }

    /// The answer's reason, as sentences.
    var sentences: [String] {
        var words: [String] = []
        switch verdict {
        case .fuseAtRisk: words.append(risk)
        case .noCars: words.append("Nothing was charged in this time; the figures are of the building alone.")
        case .yes:
            words.append(
                "The cars left with \(percent(summary.deliveredShare)) of the energy that a connection without any limit "
                    + "would have given them.")
        case .yesWithPatience, .onlyJust, .no:
            words.append(
                "The cars left with \(percent(summary.deliveredShare)) of the energy that a connection without any limit "
                    + "would have given them; \(kilowattHours(summary.unlimitedWattHours - summary.deliveredWattHours)) "
                    + "were missing.")
        }
        if summary.visitCount > 0, verdict != .noCars {
            words.append(
                "\(summary.fullCount) of \(summary.visitCount) cars were full when they left; the one with the worst luck "
                    + "had \(percent(summary.servedShareLowest)) of what it could have had.")
        }
        if verdict != .fuseAtRisk {
            let seconds = summary.overload.secondsAboveMainLimit.max()
            words.append(
                seconds == 0
                    ? "No line was above its fuse's rating for a single second."
                    : "The load was above the fuse's rating for \(duration(Double(seconds))) in all, never longer than "
                        + "\(duration(Double(summary.overload.longestAboveMainLimit.max()))) at a time: \(fuseBears)")
        }
        return words
    }

    private var fuseBears: String {
        let isBase = summary.overload.secondsBaseAboveMainLimit != .zero
        return isBase
            ? "the building's own load alone is above it."
            : "what the cars take to follow. The fuse was warmed to \(percent(summary.mostFuseUsedShare)) of what it bears."
    }

    private var risk: String {
        summary.mostFuseUsedShare >= 1
            ? "By its standard's lower edge the main fuse may have tripped."
            : "The load was above the fuse's rating for \(duration(Double(summary.overload.secondsBeyondReaction.max()))) "
                + "beyond the time that the cars take to follow."
    }

    /// What an installer may do about it; empty: nothing.
    var advice: [String] {
        var advice: [String] = []
        let limits = plan.site.limits
        for (line, phase) in Phase.allCases.enumerated() where summary.highestBaseAmperes[line] > limits.usable(phase) {
            advice.append(
                "On \(phase.name) the building alone reaches \(fixed(summary.highestBaseAmperes[line], 1)) A of the usable "
                    + "\(amperes(limits.usable(phase))): move loads to another line, or order a larger connection.")
        }
        let base = summary.meanBaseAmperes
        let (fullest, emptiest) = (base.max(), base.min())
        if verdict != .yes, fullest - emptiest > 5, let line = (0..<3).first(where: { base[$0] == fullest }) {
            advice.append(
                "The building leans on L\(line + 1): \(fixed(fullest, 1)) A on average against \(fixed(emptiest, 1)) A on the "
                    + "least used line. Each load that moves to another line is room for cars.")
        }
        let charged = stationAmpereHours
        if let most = charged.max(), let least = charged.min(), verdict != .yes, most > 1.3 * least {
            let line = charged.firstIndex(of: most) ?? 0
            advice.append(
                "Charging leans on L\(line + 1) (\(fixed(most, 0)) Ah against \(fixed(least, 0)) Ah on the least used line): wire the "
                    + "stations with turned lines (L1 L2 L3, L2 L3 L1, L3 L1 L2), so that single-phase cars spread.")
        }
        if summary.turnedAwayCount > 0 {
            advice.append(
                "\(summary.turnedAwayCount) cars found every station taken: that is a question of parking places, and no "
                    + "connection helps.")
        }
        if summary.emptyHandedCount > 0 {
            advice.append("\(summary.emptyHandedCount) cars left without having had any current.")
        }
        return advice
    }

    /// Ampere-hours of the cars on each line.
    private var stationAmpereHours: [Double] {
        (0..<3).map { Double(summary.stationMilliampereSeconds[$0]) / 3_600_000 }
    }
}

/// `97.3 %`; never 100 % for less than all.
func percent(_ share: Double) -> String {
    let tenths = (share * 1000).rounded()
    if share < 1, tenths >= 1000 { return "99.9 %" }
    return tenths == 1000 ? "100 %" : "\(fixed(tenths / 10, 1)) %"
}

/// `12.3 kWh`.
func kilowattHours(_ wattHours: Double) -> String {
    "\(fixed(wattHours / 1000, wattHours.magnitude < 100_000 ? 1 : 0)) kWh"
}

/// `45 s`, `12 min`, `3 h 20 min`.
func duration(_ seconds: Double) -> String {
    if seconds < 100 { return "\(fixed(seconds, 0)) s" }
    let minutes = Int((seconds / 60).rounded())
    if minutes < 120 { return "\(minutes) min" }
    return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
}
