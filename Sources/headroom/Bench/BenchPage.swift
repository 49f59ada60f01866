import Realtime

/// The results as one page without anything from elsewhere.
enum BenchPage {
    static func html(_ results: [BenchResult], _ programs: [ProgramRun], _ budgets: [Budget]) -> String {
        let broken = budgets.filter { $0.verdict == .broken }.count
        let byMachine = budgets.filter { $0.verdict == .machine }.count
        let (mark, answer) =
            broken > 0
            ? ("poor", "\(broken) of \(budgets.count) budgets broken")
            : byMachine > 0
                ? ("fair", "\(byMachine) of \(budgets.count) budgets broken by the machine")
                : ("good", "All \(budgets.count) budgets kept")
        var body = [
            "<header class=\"\(mark)\"><p class=\"site\">Headroom · real-time budgets of this machine</p>",
            "<p class=\"answer\">\(answer)</p>",
            "<p class=\"why\">The device program on a simulated building, through libiio and Modbus TCP.</p></header>",
        ]
        if !results.isEmpty {
            body.append(
                section(
                    "From an overload in the waveform to the lower limit at a station",
                    "Which share took no longer. Red: 35 ms in 99.9 % of all cases, with 10 ms blocks.",
                    results, range: 1e6...1e9, budget: (35e6, 0.999), \.answers))
            body.append(
                section(
                    "From a block in memory to the lower limit in a socket", "Red: 1 ms in 99.9 % of all cases.",
                    results,
                    range: 1e4...1e9, budget: (1e6, 0.999), \.latencies.handover))
            body.append(
                section(
                    "How late the machine wakes up a thread of normal priority",
                    "Asked for each millisecond, at the same time. What is late here is late for every program.",
                    results,
                    range: 1e3...1e9, budget: nil, \.machine.normal))
        }
        body.append(table(budgets))
        if !programs.isEmpty { body.append(table(programs)) }
        return """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Headroom: real-time budgets</title><style>\(ReportStyle.sheet)\(style)</style></head><body><main>
            \(body.joined(separator: "\n"))
            </main></body></html>

            """
    }

    private static let colours = [
        "#2f7fd6", "#e0862a", "#8a5bd1", "#1f9e77", "#c43f8e", "#7aa51f", "#14a3b8", "#9a6a3a", "#6b7686",
    ]

    private static var style: String {
        ".curve{fill:none;stroke-width:1.8}"
            + colours.enumerated().map { ".c\($0)\u{7B}stroke:\($1)}.k\($0)\u{7B}background:\($1)}" }.joined()
            + ".legend i{width:18px;height:3px;border-radius:2px}"
            + ".kept{color:var(--good)}.machine{color:var(--fair)}.broken{color:var(--poor)}.unknown{color:var(--soft)}"
    }

    private static func section(
        _ title: String, _ note: String, _ results: [BenchResult], range: ClosedRange<Double>,
        budget: (nanoseconds: Double, share: Double)?, _ distribution: (BenchResult) -> LatencyDistribution
    ) -> String {
        var chart = LatencyChart(range)
        if let budget { chart.budget(budget.nanoseconds, share: budget.share) }
        for (place, result) in results.enumerated() {
            chart.curve(distribution(result), style: "c\(place % colours.count)")
        }
        let legend = results.enumerated().map { place, result in
            "<span><i class=\"k\(place % colours.count)\"></i>\(SVGCanvas.escaped(result.scenario.name)): "
                + "\(SVGCanvas.escaped(result.scenario.words))</span>"
        }
        return "<section><h2>\(title)</h2><p class=\"note\">\(note)</p><p class=\"legend\">\(legend.joined())</p>"
            + chart.svg(title: title) + "</section>"
    }

    private static func table(_ budgets: [Budget]) -> String {
        let words: [Budget.Verdict: String] = [
            .kept: "kept", .machine: "broken by the machine", .broken: "broken", .unknown: "too few",
        ]
        let rows = budgets.map {
            "<tr><td>\(SVGCanvas.escaped($0.name))</td><td class=\"number\">\(SVGCanvas.escaped($0.limit))</td>"
                + "<td class=\"number\">\($0.measured)</td><td class=\"number\">\($0.machine)</td>"
                + "<td class=\"\($0.verdict.rawValue)\">\(words[$0.verdict] ?? "")</td></tr>"
        }
        return
            "<section><h2>Budgets</h2><p class=\"note\">Machine: how late it woke another thread up in the same share of "
            + "cases. A time over its limit that would be within it without that counts as the machine's.</p>"
            + "<div class=\"wide\"><table><thead><tr><th>budget</th><th class=\"number\">limit</th>"
            + "<th class=\"number\">measured</th><th class=\"number\">machine</th><th></th></tr></thead><tbody>"
            + rows.joined() + "</tbody></table></div></section>"
    }

    private static func table(_ programs: [ProgramRun]) -> String {
        let rows = programs.map { program in
            "<tr><td>8 × \(program.sampleRateHz / 1000) kHz</td>"
                + "<td class=\"number\">\(fixed(100 * program.processorShare, 2)) %</td>"
                + "<td class=\"number\">\(fixed(Double(program.residentBytes) / 1e6, 1)) MB</td>"
                + "<td class=\"number\">\(fixed(program.wakeUpsPerSecond, 0))</td>"
                + "<td class=\"number\">\(program.secondsToFirstBlock.map { fixed(1000 * $0, 0) + " ms" } ?? "–")</td>"
                + "<td class=\"number\">\(program.secondsToFirstPlan.map { fixed(1000 * $0, 0) + " ms" } ?? "–")</td>"
                + "<td class=\"number\">≈ \(fixed(program.wattsOnCortexA53, 2)) W</td></tr>"
        }
        return
            "<section><h2>The device program with 16 stations</h2><p class=\"note\">Power: what it would add on a board with "
            + "four Cortex-A53, estimated by processor time: 3 × 10⁹ instructions a second here, 1.1 × 10⁹ for 0.63 W "
            + "there.</p><div class=\"wide\"><table><thead><tr><th>ADC</th>"
            + "<th class=\"number\">one processor</th><th class=\"number\">memory</th><th class=\"number\">wake-ups/s</th>"
            + "<th class=\"number\">first block</th><th class=\"number\">all first limits</th>"
            + "<th class=\"number\">A53 board</th></tr></thead><tbody>"
            + rows.joined() + "</tbody></table></div></section>"
    }
}
