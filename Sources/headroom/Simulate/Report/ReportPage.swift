import Allocation
import Simulation
import Site

/// The report: one page that needs nothing else, neither script nor network.
struct ReportPage {
    let plan: SimulationPlan
    let summary: SimulationSummary
    let results: [VisitResult]
    let recorder: ReportRecorder
    let compared: [(amperes: Double, summary: SimulationSummary)]

    private var words: SimulateWords { SimulateWords(summary, plan) }

    var html: String {
        let charts = ReportCharts(plan: plan, recorded: recorder.whole, began: plan.began, seconds: summary.seconds)
        let title = "\(plan.name): \(words.stations) on \(words.connection)"
        var body = [head]
        let lines = Phase.allCases.enumerated().map { charts.line($0, $1) }.joined()
        body.append(section("The three lines", note: linesNote, linesLegend + lines))
        if let busiest = recorder.busiest { body.append(day(busiest.began, busiest.stretches)) }
        body.append(
            section(
                "Cars that charge and cars that wait",
                note: "A waiting car is plugged in, not full, and has no current for "
                    + "the moment; turns are taken so that all get alike.",
                legend([("cars", "charging"), ("waits", "waiting")]) + charts.queue()))
        body.append(
            section("The stations", note: stationsNote, stationsLegend + charts.stations(0..<plan.site.stations.count)))
        body.append(stationTable)
        if results.contains(where: { $0.unlimitedWattHours > 0 }) {
            body.append(
                section(
                    "How well each car was served",
                    note: "Cars by the share that they had of what a connection without a limit would have given them.",
                    charts.shares(results)))
        }
        if !compared.isEmpty { body.append(comparison) }
        body.append(about)
        return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
            + "<title>\(text(title))</title><style>\(ReportStyle.sheet)</style></head><body><main>\n"
            + body.joined(separator: "\n") + "\n</main></body></html>\n"
    }

    /// The day on which the cars took most, on the line that was used most.
    private func day(_ began: WallTime, _ stretches: Stretches) -> String {
        let charts = ReportCharts(plan: plan, recorded: stretches, began: began, seconds: 86_400)
        let means = (0..<3).map { line in stretches.all.reduce(0) { $0 + $1.meanLoad[line] } }
        let line = (0..<3).max { means[$0] < means[$1] } ?? 0
        return section(
            "The busiest day",
            note: "\(began.dayText), the day on which the cars took most: the line that was used most, and the "
                + "stations.",
            linesLegend + charts.line(line, Phase.allCases[line]) + charts.stations(0..<plan.site.stations.count))
    }

    private var head: String {
        let verdict: String =
            switch words.verdict {
            case .yes: "good"
            case .yesWithPatience, .onlyJust, .noCars: "fair"
            case .no, .fuseAtRisk: "poor"
            }
        let advice = words.advice.map { "<li>\(text($0))</li>" }.joined()
        return """
            <header class="\(verdict)"><p class="site">\(text(plan.name))</p>
            <h1>\(text(words.question))</h1>
            <p class="answer">\(text(words.answer))</p>
            \(words.sentences.map { "<p class=\"why\">\(text($0))</p>" }.joined())
            \(advice.isEmpty ? "" : "<ul class=\"advice\">\(advice)</ul>")
            </header>
            <div class="cards">\(cards)</div>
            """
    }

    private var cards: String {
        let highest = (0..<3).max { share($0) < share($1) } ?? 0
        let main = plan.site.limits.mainAmperes[Phase.allCases[highest]]
        let cards: [(String, String, String)] = [
            (
                kilowattHours(summary.deliveredWattHours), "charged",
                "\(percent(summary.deliveredShare)) of what would be possible without a limit"
            ),
            (
                "\(summary.fullCount) of \(summary.visitCount)", "cars left full",
                "\(summary.turnedAwayCount) found no free station"
            ),
            (
                duration(summary.waitSeconds.mean), "mean wait for the first current",
                "95 of 100 cars below \(duration(summary.waitSeconds.most))"
            ),
            (
                "\(fixed(summary.highestAmperes[highest], 1)) A", "highest load, on L\(highest + 1)",
                "of \(amperes(main)); above it for \(summary.overload.secondsAboveMainLimit.max()) s"
            ),
            (
                fixed(summary.jainIndex, 2), "fairness (Jain index)",
                "1 is alike for all; cars had \(percent(summary.servedShareLowest)) to \(percent(summary.servedShareHighest))"
            ),
        ]
        return cards.map {
            "<div class=\"card\"><b>\(text($0.0))</b><span>\(text($0.1))</span><small>\(text($0.2))</small></div>"
        }.joined()
    }

    private func share(_ line: Int) -> Double {
        summary.highestAmperes[line] / plan.site.limits.mainAmperes[Phase.allCases[line]]
    }

    private func section(_ title: String, note: String, _ content: String) -> String {
        "<section><h2>\(text(title))</h2><p class=\"note\">\(text(note))</p>\(content)</section>"
    }

    private func legend(_ items: [(style: String, words: String)]) -> String {
        "<p class=\"legend\">"
            + items.map {
                "<span><svg viewBox=\"0 0 20 12\"><rect class=\"\($0.style)\" width=\"20\" height=\"12\" rx=\"2\"/></svg>"
                    + "\(text($0.words))</span>"
            }.joined() + "</p>"
    }

    private var linesLegend: String {
        legend([("house", "the building"), ("cars", "cars")])
            .replacingClosing(
                "<span><svg viewBox=\"0 0 20 12\"><path class=\"peak\" d=\"M0 8H7V3H13V9H20\"/></svg>highest second</span>"
                    + "<span><svg viewBox=\"0 0 20 12\"><path class=\"usable\" d=\"M0 6H20\"/></svg>fuse less margin</span>"
                    + "<span><svg viewBox=\"0 0 20 12\"><path class=\"fuse\" d=\"M0 6H20\"/></svg>main fuse</span>")
    }

    private var linesNote: String {
        let margin = plan.site.limits.marginAmperes.maximum
        return
            "Filled: means of \(duration(Double(recorder.whole.seconds))). Thin line: the highest second of each. Cars are "
            + "steered to stay \(amperes(margin)) below the fuse; a load that switches on uses that margin until they have followed."
    }

    private var stationsLegend: String {
        legend([
            ("present", "a car is there"), ("waits", "it waits for current"),
            ("current", "its current, full height: the station's maximum"),
        ])
    }

    private var stationsNote: String { "One row for each, numbered as in the table below." }

    private var stationTable: String {
        var rows = ""
        let switches = summary.phaseSwitchCounts.contains { $0 != nil }
        for (index, station) in plan.site.stations.enumerated() {
            let own = results.filter { $0.station == index }
            let energy = own.reduce(0) { $0 + $1.deliveredWattHours }
            let possible = own.reduce(0) { $0 + $1.unlimitedWattHours }
            rows +=
                "<tr><td class=\"number\">\(index + 1)</td><td>\(text(station.name))</td>"
                + "<td>\(station.supplyPhases.map(\.name).joined(separator: " "))</td>"
                + "<td class=\"number\">\(amperes(station.rating.maximumAmperes))</td><td class=\"number\">\(own.count)</td>"
                + "<td class=\"number\">\(kilowattHours(energy))</td>"
                + "<td class=\"number\">\(possible > 0 ? percent(energy / possible) : "–")</td>"
            if switches {
                rows += "<td class=\"number\">\(summary.phaseSwitchCounts[index].map { "\($0)" } ?? "–")</td>"
            }
            rows += "</tr>"
        }
        return
            "<section><div class=\"wide\"><table><thead><tr><th class=\"number\">no.</th><th>station</th><th>lines</th>"
            + "<th class=\"number\">largest</th><th class=\"number\">cars</th><th class=\"number\">charged</th>"
            + "<th class=\"number\">of possible</th>"
            + (switches ? "<th class=\"number\">phases switched</th>" : "")
            + "</tr></thead><tbody>\(rows)</tbody></table></div></section>"
    }

    private var comparison: String {
        var rows = ""
        for (amperes, summary) in compared {
            let own = amperes == plan.mainAmperes ? " class=\"own\"" : ""
            rows +=
                "<tr\(own)><td class=\"number\">\(fixed(amperes, 0)) A</td><td>\(bar(summary.deliveredShare))</td>"
                + "<td class=\"number\">\(percent(summary.deliveredShare))</td>"
                + "<td class=\"number\">\(summary.fullCount) of \(summary.visitCount)</td>"
                + "<td class=\"number\">\(duration(summary.waitSeconds.mean))</td>"
                + "<td class=\"number\">\(summary.overload.secondsAboveMainLimit.max()) s</td></tr>"
        }
        return
            "<section><h2>Other connections</h2><p class=\"note\">The same cars and the same building at other main fuses."
            + "</p><div class=\"wide\"><table><thead><tr><th class=\"number\">main fuse</th><th></th>"
            + "<th class=\"number\">charged of possible</th><th class=\"number\">cars full</th>"
            + "<th class=\"number\">mean wait</th><th class=\"number\">above the fuse</th></tr></thead><tbody>\(rows)</tbody></table></div></section>"
    }

    private func bar(_ share: Double) -> String {
        "<svg class=\"bar\" viewBox=\"0 0 200 12\"><rect class=\"present\" width=\"200\" height=\"12\" rx=\"3\"/>"
            + "<rect class=\"cars\" width=\"\(fixed(200 * min(1, share), 1))\" height=\"12\" rx=\"3\"/></svg>"
    }

    private var about: String {
        var items = [
            "Time: \(fixed(Double(summary.seconds) / 86_400, 1)) days from \(plan.began.dayText), second by second.",
            "Building: \(plan.loadWords).", "Cars: \(plan.carWords).",
        ]
        if let events = plan.eventWords { items.append("Events: \(events).") }
        items += [
            "Stations follow a limit as slowly as their models do, cars within 5 s more; a car draws nothing or 6 A and more, and "
                + "less when it is nearly full.",
            "The limits are decided by the same code that decides in the device.",
            "Main fuse: \(words.fuseWords). The model is the lower edge of what its standard allows: a real one bears more.",
            "Voltage \(fixed(plan.site.volts, 0)) V throughout. Seed \(plan.seed): the same seed gives the same page.",
        ]
        return "<section><h2>How this was reckoned</h2><ul class=\"about\">"
            + items.map { "<li>\(text($0))</li>" }.joined() + "</ul></section>"
    }

    private func text(_ words: String) -> String { SVGCanvas.escaped(words) }
}

extension String {
    /// A paragraph with `more` at its end.
    fileprivate func replacingClosing(_ more: String) -> String { String(dropLast("</p>".count)) + more + "</p>" }
}
