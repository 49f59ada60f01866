import Allocation
import Simulation
import Site

/// The report's charts.
struct ReportCharts {
    let plan: SimulationPlan
    /// What is drawn: the run, or a day of it.
    let recorded: Stretches
    let began: WallTime
    let seconds: Int

    private var stretches: [Stretch] { recorded.all }

    private func chart(height: Double, range: ClosedRange<Double>, top: Double = 12) -> ReportChart {
        ReportChart(seconds: seconds, began: began, height: height, range: range, top: top)
    }

    /// The load of one line against its fuse.
    func line(_ line: Int, _ phase: Phase) -> String {
        let limits = plan.site.limits
        let main = limits.mainAmperes[phase], usable = limits.usable(phase)
        let highest = stretches.map { $0.highestLoad[line] }.max() ?? 0
        let lowest = min(0, stretches.map { min($0.meanBase[line], $0.meanLoad[line]) }.min() ?? 0)
        var chart = chart(height: 150, range: lowest...max(main * 1.12, highest * 1.05))
        let base = stretches.map { max($0.meanBase[line], lowest) }
        let zero = stretches.map { _ in 0.0 }
        chart.area(stretches.map { $0.meanLoad[line] }, over: base, stretch: recorded.seconds, style: "cars")
        chart.area(base, over: zero, stretch: recorded.seconds, style: "house")
        chart.steps(stretches.map { $0.highestLoad[line] }, stretch: recorded.seconds, style: "peak")
        if usable < main { chart.level(usable, style: "usable", label: "") }
        chart.level(main, style: "fuse", label: "\(phase.name): fuse \(amperes(main))")
        chart.valueAxis(unit: "A")
        chart.timeAxis()
        return chart.svg(title: "Load of \(phase.name) in ampere against its fuse of \(amperes(main))")
    }

    /// Each station's current, one row each.
    func stations(_ range: Range<Int>) -> String {
        let rowHeight = 26.0
        var chart = chart(height: rowHeight * Double(range.count), range: 0...1, top: 6)
        chart.timeAxis()
        for (row, index) in range.enumerated() {
            let top = 6 + rowHeight * Double(row)
            let model = plan.site.stations[index]
            let maximum = max(model.rating.maximumAmperes, 1)
            var start = 0
            // Stretches that look alike become one bar.
            while start < stretches.count {
                let style = Self.presence(stretches[start], index)
                var end = start + 1
                while end < stretches.count, Self.presence(stretches[end], index) == style { end += 1 }
                if let style {
                    chart.bar(
                        fromSecond: Double(start * recorded.seconds),
                        seconds: Double((end - start) * recorded.seconds), y: top + 2, height: rowHeight - 4,
                        style: style)
                }
                start = end
            }
            chart.row(
                stretches.map { $0.drawn[index] / maximum }, stretch: recorded.seconds, bottom: top + rowHeight - 2,
                height: rowHeight - 4, style: "current")
            chart.text(
                "\(index + 1)", x: ReportChart.left - 8, y: top + rowHeight / 2 + 4, style: "label", anchor: "end")
        }
        return chart.svg(title: "Current of each station over time")
    }

    private static func presence(_ stretch: Stretch, _ station: Int) -> String? {
        stretch.waits[station] > 0.5 ? "waits" : stretch.occupied[station] > 0.5 ? "present" : nil
    }

    /// How many cars charge and how many wait.
    func queue() -> String {
        let charging = stretches.map(\.charging)
        let both = stretches.map { $0.charging + $0.waiting }
        var chart = chart(height: 110, range: 0...max(2, (both.max() ?? 0) * 1.1))
        chart.area(both, over: charging, stretch: recorded.seconds, style: "waits")
        chart.area(charging, over: both.map { _ in 0 }, stretch: recorded.seconds, style: "cars")
        chart.valueAxis(unit: "cars", count: 3)
        chart.timeAxis()
        return chart.svg(title: "Cars that charge and cars that wait")
    }

    /// How many cars had how much of what they could have had.
    func shares(_ results: [VisitResult]) -> String {
        var counts = Array(repeating: 0, count: 10)
        for result in results where result.unlimitedWattHours > 0 {
            counts[min(9, Int(result.servedShare * 10))] += 1
        }
        let most = max(1, counts.max() ?? 1)
        let names = ["0", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100 %"]
        var elements: [String] = []
        let width = 96.0
        for (place, count) in counts.enumerated() {
            let height = 96 * Double(count) / Double(most)
            let x = 46 + Double(place) * 102
            elements.append(
                "<rect class=\"\(place == 9 ? "cars" : place >= 7 ? "cars soft" : "waits")\" x=\"\(fixed(x, 0))\" "
                    + "y=\"\(fixed(118 - height, 1))\" width=\"\(fixed(width, 0))\" height=\"\(fixed(height, 1))\" rx=\"2\"/>"
            )
            if count > 0 {
                elements.append(
                    "<text class=\"label strong\" x=\"\(fixed(x + width / 2, 0))\" y=\"\(fixed(112 - height, 1))\" "
                        + "text-anchor=\"middle\">\(count)</text>")
            }
        }
        for (place, name) in names.enumerated() {
            elements.append(
                "<text class=\"label\" x=\"\(fixed(place == 10 ? 1076 : 43 + Double(place) * 102, 0))\" y=\"136\" text-anchor=\"\(place == 10 ? "end" : "middle")\">\(name)</text>"
            )
        }
        return "<svg viewBox=\"0 0 1080 144\" role=\"img\" aria-label=\"Cars by what they had of what they could\">"
            + "<line class=\"axis\" x1=\"43\" x2=\"1064\" y1=\"118.5\" y2=\"118.5\"/>" + elements.joined() + "</svg>"
    }
}

extension ReportChart {
    /// A small area in a row of its own; values 0 to 1.
    mutating func row(_ values: [Double], stretch: Int, bottom: Double, height: Double, style: String) {
        var path = ""
        var isOpen = false
        for (index, value) in values.enumerated() {
            let start = fixed(x(Double(index * stretch)), 1), end = fixed(x(Double((index + 1) * stretch)), 1)
            let level = fixed(bottom - height * min(1, max(0, value)), 1)
            if value > 0.002 {
                path += isOpen ? "V\(level)H\(end)" : "M\(start) \(fixed(bottom, 1))V\(level)H\(end)"
                isOpen = true
            } else if isOpen {
                path += "V\(fixed(bottom, 1))Z"
                isOpen = false
            }
        }
        if isOpen { path += "V\(fixed(bottom, 1))Z" }
        guard !path.isEmpty else { return }
        add("<path class=\"\(style)\" d=\"\(path)\"/>")
    }
}
