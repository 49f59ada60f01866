import Glibc
import Realtime

/// Which share of all cases took no longer than a time: cumulative curves over a logarithmic time, with a scale of nines
/// upwards, so that tails show.
struct LatencyChart {
    private static let width = 1080.0
    private static let left = 64.0
    private static let right = 1064.0
    private static let top = 12.0
    private static let bottom = 300.0
    private static let nines = 4.0

    /// Nanoseconds at both ends of the time axis, powers of ten.
    private let range: ClosedRange<Double>
    private var elements: [String] = []

    init(_ range: ClosedRange<Double>) {
        self.range = range
        axes()
    }

    /// - Parameter style: a class of the page's style sheet, for the line's colour.
    mutating func curve(_ distribution: LatencyDistribution, style: String) {
        var path = ""
        var height = y(0)
        for (nanoseconds, share) in distribution.cumulative {
            let place = number(x(Double(nanoseconds)))
            path += path.isEmpty ? "M\(place) \(number(height))" : "H\(place)"
            height = y(share)
            path += "V\(number(height))"
        }
        guard !path.isEmpty else { return }
        elements.append("<path class=\"curve \(style)\" d=\"\(path)\"/>")
    }

    /// A budget: no more than `nanoseconds` in `share` of all cases.
    mutating func budget(_ nanoseconds: Double, share: Double) {
        elements.append(
            "<path class=\"fuse\" d=\"M\(number(x(nanoseconds))) \(number(Self.bottom))V\(number(y(share)))"
                + "H\(number(Self.right))\"/>")
    }

    func svg(title: String) -> String {
        "<svg viewBox=\"0 0 \(number(Self.width)) \(number(Self.bottom + 30))\" role=\"img\" "
            + "aria-label=\"\(SVGCanvas.escaped(title))\">" + elements.joined(separator: "\n") + "</svg>"
    }

    private mutating func axes() {
        for nine in 0...Int(Self.nines) {
            let share = 1 - pow(10, -Double(nine))
            line(x1: Self.left, x2: Self.right, y1: y(share), y2: y(share))
            text(["0", "90 %", "99 %", "99.9 %", "99.99 %"][nine], x: Self.left - 8, y: y(share) + 4, anchor: "end")
        }
        line(x1: Self.left, x2: Self.right, y1: y(0.5), y2: y(0.5))
        text("50 %", x: Self.left - 8, y: y(0.5) + 4, anchor: "end")
        var decade = range.lowerBound
        while decade <= range.upperBound * 1.001 {
            line(x1: x(decade), x2: x(decade), y1: Self.top, y2: Self.bottom)
            let words =
                decade < 999
                ? "\(Int(decade)) ns"
                : decade < 999_000
                    ? "\(Int(decade / 1000)) µs"
                    : decade < 999_000_000 ? "\(Int(decade / 1e6)) ms" : "\(Int(decade / 1e9)) s"
            text(words, x: x(decade), y: Self.bottom + 18, anchor: "middle")
            decade *= 10
        }
    }

    private func x(_ nanoseconds: Double) -> Double {
        let bounded = min(max(nanoseconds, range.lowerBound), range.upperBound)
        return Self.left + (Self.right - Self.left) * log10(bounded / range.lowerBound)
            / log10(range.upperBound / range.lowerBound)
    }

    private func y(_ share: Double) -> Double {
        let nines = min(Self.nines, -log10(max(1 - share, 1e-9)))
        return Self.bottom - (Self.bottom - Self.top) * nines / Self.nines
    }

    private mutating func line(x1: Double, x2: Double, y1: Double, y2: Double) {
        elements.append(
            "<line class=\"grid\" x1=\"\(number(x1))\" x2=\"\(number(x2))\" y1=\"\(number(y1))\" y2=\"\(number(y2))\"/>"
        )
    }

    private mutating func text(_ words: String, x: Double, y: Double, anchor: String) {
        elements.append(
            "<text class=\"label\" x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(words)</text>")
    }

    private func number(_ value: Double) -> String { fixed(value, 1) }
}
