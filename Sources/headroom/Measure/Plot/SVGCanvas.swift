import Glibc
import MeterDSP

/// A unit phasor by its angle in turns.
enum Angle {
    static func phasor(_ turns: Double) -> Phasor { Phasor(cos(2 * .pi * turns), sin(2 * .pi * turns)) }
}

/// Shapes of a picture, as SVG elements. Coordinates in pixels from the top left.
struct SVGCanvas {
    private let width: Double
    private let height: Double
    private var elements: [String] = []

    init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }

    private static let style = """
        text{font:13px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
        .title{font-size:19px;font-weight:600}.small{font-size:11px}.head{font-weight:600}
        .page{fill:#ffffff}.ink{fill:#1f2937}.soft{fill:#6b7280}
        .grid{stroke:#e5e7eb;stroke-width:1;fill:none}.axis{stroke:#9ca3af;stroke-width:1;fill:none}
        .curve{fill:none;stroke-width:1.8;stroke-linejoin:round}.arrow{fill:none;stroke-width:2.4;stroke-linecap:round}
        .current{stroke-dasharray:6 4}
        .line1{stroke:#b45309}.line2{stroke:#2563eb}.line3{stroke:#0f766e}
        .fill1{fill:#b45309}.fill2{fill:#2563eb}.fill3{fill:#0f766e}
        @media (prefers-color-scheme:dark){
        .page{fill:#111827}.ink{fill:#f3f4f6}.soft{fill:#9ca3af}.grid{stroke:#2b3444}.axis{stroke:#6b7280}
        .line1{stroke:#fbbf24}.line2{stroke:#60a5fa}.line3{stroke:#2dd4bf}
        .fill1{fill:#fbbf24}.fill2{fill:#60a5fa}.fill3{fill:#2dd4bf}}
        """

    mutating func text(
        _ text: String, x: Double, y: Double, style: String, anchor: String, isTurned: Bool = false
    ) {
        let turn = isTurned ? " transform=\"rotate(-90 \(number(x)) \(number(y)))\"" : ""
        elements.append(
            "<text class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\"\(turn)>"
                + Self.escaped(text) + "</text>")
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) {
        elements.append(
            "<line class=\"\(style)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\"/>"
        )
    }

    mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, style: String, corner: Double = 0
    ) {
        let round = corner > 0 ? " rx=\"\(number(corner))\"" : ""
        elements.append(
            "<rect class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
                + "height=\"\(number(height))\"\(round)/>")
    }

    mutating func circle(x: Double, y: Double, radius: Double, style: String) {
        elements.append("<circle class=\"\(style)\" cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\"/>")
    }

    mutating func polyline(_ points: [(x: Double, y: Double)], style: String) {
        guard points.count > 1 else { return }
        let list = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
        elements.append("<polyline class=\"\(style)\" points=\"\(list)\"/>")
    }

    func document(title: String) -> String {
        let size = "width=\"\(number(width))\" height=\"\(number(height))\""
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) viewBox=\"0 0 \(number(width)) \(number(height))\" "
            + "role=\"img\">\n<title>\(Self.escaped(title))</title>\n<style>\n\(Self.style)\n</style>\n"
            + "<rect class=\"page\" \(size)/>\n" + elements.joined(separator: "\n") + "\n</svg>\n"
    }

    private func number(_ value: Double) -> String {
        let text = fixed(value, 1)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// As XML text: without what it may not hold.
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "&": out += "&amp;"
            case "\"": out += "&quot;"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: out += " "
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}

/// Round numbers for an axis: steps of 1, 2 or 5 times a power of ten.
struct AxisTicks {
    let step: Double
    let decimals: Int

    /// About `count` steps over `span`, which is more than 0.
    init(span: Double, count: Double) {
        let raw = span / count
        let power = pow(10, floor(log10(raw)))
        let share = raw / power
        step = (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10) * power
        decimals = step.isNormal ? Int(max(0, min(6, (-log10(step) + 1e-9).rounded(.up)))) : 0
    }

    /// The ticks within `range`.
    func values(_ range: ClosedRange<Double>) -> [Double] {
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard first.isFinite, last.isFinite else { return [] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    func label(_ value: Double) -> String { fixed(value, decimals) }
}
