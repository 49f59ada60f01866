import Simulation

/// A chart over the run's time as an SVG text. Colours come from the page's style sheet.
struct ReportChart {
    /// In pixels: the whole, and the place of the plot within.
    static let width = 1080.0
    static let left = 46.0
    static let right = 1068.0

    let height: Double
    private let seconds: Double
    private let began: WallTime
    private let range: ClosedRange<Double>
    private let top: Double
    private var elements: [String] = []

    /// - Parameters:
    ///   - height: of the plot, in pixels.
    ///   - range: what its axis shows.
    init(seconds: Int, began: WallTime, height: Double, range: ClosedRange<Double>, top: Double = 10) {
        self.seconds = Double(max(seconds, 1))
        self.began = began
        self.height = height
        self.range = range
        self.top = top
    }

    func x(_ second: Double) -> Double { Self.left + (Self.right - Self.left) * second / seconds }

    func y(_ value: Double) -> Double {
        let bounded = min(max(value, range.lowerBound), range.upperBound)
        return top + height * (1 - (bounded - range.lowerBound) / (range.upperBound - range.lowerBound))
    }

    /// The area between two curves of steps, each value holding for `stretch` seconds.
    mutating func area(_ upper: [Double], over lower: [Double], stretch: Int, style: String) {
        guard !upper.isEmpty else { return }
        var path = ""
        for (index, value) in upper.enumerated() { path += step(value, index, stretch, isFirst: index == 0) }
        for (index, value) in lower.enumerated().reversed() {
            let from = x(min(Double((index + 1) * stretch), seconds))
            path += "L\(number(from)) \(number(y(value)))H\(number(x(Double(index * stretch))))"
        }
        elements.append("<path class=\"\(style)\" d=\"\(path)Z\"/>")
    }

    /// A curve of steps.
    mutating func steps(_ values: [Double], stretch: Int, style: String) {
        var path = ""
        for (index, value) in values.enumerated() { path += step(value, index, stretch, isFirst: index == 0) }
        elements.append("<path class=\"\(style)\" d=\"\(path)\"/>")
    }

    private func step(_ value: Double, _ index: Int, _ stretch: Int, isFirst: Bool) -> String {
        let start = number(x(Double(index * stretch)))
        let end = number(x(min(Double((index + 1) * stretch), seconds)))
        return isFirst ? "M\(start) \(number(y(value)))H\(end)" : "V\(number(y(value)))H\(end)"
    }

    /// A line at a value through the whole plot, with a label above its right end.
    mutating func level(_ value: Double, style: String, label: String) {
        let height = number(y(value))
        elements.append(
            "<line class=\"\(style)\" x1=\"\(number(Self.left))\" x2=\"\(number(Self.right))\" y1=\"\(height)\" y2=\"\(height)\"/>"
        )
        text(label, x: Self.right - 4, y: y(value) - 5, style: "label \(style)-text", anchor: "end")
    }

    /// Any further element.
    mutating func add(_ element: String) { elements.append(element) }

    mutating func text(_ words: String, x: Double, y: Double, style: String, anchor: String) {
        elements.append(
            "<text class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">"
                + SVGCanvas.escaped(words) + "</text>")
    }

    mutating func bar(fromSecond: Double, seconds: Double, y: Double, height: Double, style: String) {
        let start = x(fromSecond)
        elements.append(
            "<rect class=\"\(style)\" x=\"\(number(start))\" y=\"\(number(y))\" "
                + "width=\"\(number(max(0.5, x(min(fromSecond + seconds, self.seconds)) - start)))\" height=\"\(number(height))\"/>"
        )
    }

    /// The axis of values, with lines across.
    mutating func valueAxis(unit: String, count: Double = 4) {
        let ticks = AxisTicks(span: range.upperBound - range.lowerBound, count: count)
        var grid: [String] = []
        for value in ticks.values(range) {
            let height = number(y(value))
            grid.append(
                "<line class=\"grid\" x1=\"\(number(Self.left))\" x2=\"\(number(Self.right))\" y1=\"\(height)\" y2=\"\(height)\"/>"
                    + "<text class=\"label\" x=\"\(number(Self.left - 6))\" y=\"\(number(y(value) + 4))\" text-anchor=\"end\">"
                    + "\(ticks.label(value))</text>")
        }
        elements.insert(contentsOf: grid, at: 0)
        text(unit, x: Self.left - 6, y: top - 1, style: "label", anchor: "end")
    }

    /// Days below the plot, or hours where there are few days; midnights as lines.
    mutating func timeAxis() {
        let days = seconds / 86_400
        let hours: Double = days <= 1.5 ? 2 : days <= 3.5 ? 6 : 24
        let bottom = top + height
        let first = Double((86_400 - began.secondOfDay) % 86_400).truncatingRemainder(dividingBy: hours * 3600)
        var marks: [String] = []
        let perLabel = max(1, (days / 16).rounded(.up))
        for second in stride(from: first, through: seconds - 1, by: hours * 3600) {
            let time = began.advanced(bySeconds: Int64(second))
            let isMidnight = time.secondOfDay == 0
            marks.append(
                "<line class=\"\(isMidnight ? "midnight" : "grid")\" x1=\"\(number(x(second)))\" x2=\"\(number(x(second)))\" "
                    + "y1=\"\(number(top))\" y2=\"\(number(bottom))\"/>")
            let day = (second / 86_400).rounded(.down)
            guard hours < 24 || day.truncatingRemainder(dividingBy: perLabel) == 0 else { continue }
            let words = hours == 24 ? Self.dayWords(time) : String(time.clockText.prefix(5))
            let place = hours == 24 ? min(x(second + 43_200 * perLabel), Self.right - 20) : x(second)
            marks.append(
                "<text class=\"label\" x=\"\(number(place))\" y=\"\(number(bottom + 16))\" "
                    + "text-anchor=\"middle\">\(words)</text>")
        }
        elements.insert(contentsOf: marks, at: 0)
    }

    private static func dayWords(_ time: WallTime) -> String {
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        return "\(names[time.weekday]) \(time.dayText.suffix(5))"
    }

    /// - Parameter below: pixels below the plot, for labels.
    func svg(title: String, below: Double = 24) -> String {
        let whole = number(top + height + below)
        return
            "<svg viewBox=\"0 0 \(number(Self.width)) \(whole)\" role=\"img\" aria-label=\"\(SVGCanvas.escaped(title))\">"
            + elements.joined(separator: "\n") + "</svg>"
    }

    private func number(_ value: Double) -> String {
        let text = fixed(value, 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
