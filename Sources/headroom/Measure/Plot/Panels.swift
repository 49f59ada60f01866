import MeterDSP

/// Curves over time.
struct WaveformPanel {
    var curves: [Plot.Curve]
    var title: String
    var unit: String
    /// Milliseconds.
    var span: Double
    var top: Double
    var showsTime: Bool

    private static let left = 84.0
    private static let width = 476.0
    private static let height = 180.0

    func draw(_ canvas: inout SVGCanvas) {
        let bottom = top + Self.height
        let peak = curves.flatMap(\.points).reduce(0) { max($0, $1.value.magnitude) }
        canvas.text(
            "\(title) / \(unit)", x: 24, y: top + Self.height / 2, style: "ink head", anchor: "middle", isTurned: true)
        // Beyond these the axis itself is no number any more.
        guard (1e-300...1e300).contains(peak), span > 0 else {
            canvas.rectangle(x: Self.left, y: top, width: Self.width, height: Self.height, style: "grid")
            canvas.text(
                curves.isEmpty ? "no \(title) recorded" : "no \(title)", x: Self.left + Self.width / 2,
                y: top + Self.height / 2, style: "soft", anchor: "middle")
            return
        }
        let limit = peak * 1.06
        func y(_ value: Double) -> Double { top + Self.height / 2 * (1 - value / limit) }
        func x(_ milliseconds: Double) -> Double { Self.left + Self.width * milliseconds / span }
        let ticks = AxisTicks(span: 2 * limit, count: 5)
        for value in ticks.values(-limit...limit) {
            canvas.line(
                Self.left, y(value), Self.left + Self.width, y(value), style: value.magnitude < 1e-9 ? "axis" : "grid")
            canvas.text(
                ticks.label(value), x: Self.left - 8, y: y(value) + 4, style: "soft small", anchor: "end")
        }
        let times = AxisTicks(span: span, count: 7)
        for value in times.values(0...span) {
            canvas.line(x(value), top, x(value), bottom, style: "grid")
            if showsTime {
                canvas.text(times.label(value), x: x(value), y: bottom + 17, style: "soft small", anchor: "middle")
            }
        }
        if showsTime {
            canvas.text(
                "time in the window / ms", x: Self.left + Self.width / 2, y: bottom + 36, style: "ink",
                anchor: "middle")
        }
        for curve in curves {
            canvas.polyline(
                curve.points.map { (x($0.milliseconds), y($0.value)) }, style: "curve line\(curve.phase + 1)")
        }
    }
}

/// Fundamentals as arrows: voltages full, currents dashed, each against the longest of its kind.
struct PhasorPanel {
    var voltages: [Plot.Curve]
    var currents: [Plot.Curve]
    var units: MeasureUnits
    var quantities: QuantityTable?

    private static let middle = (x: 760.0, y: 236.0)
    private static let radius = 128.0

    func draw(_ canvas: inout SVGCanvas) {
        let (x, y) = Self.middle
        canvas.text("phasors of the fundamentals", x: x, y: 84, style: "ink head", anchor: "middle")
        for share in [0.5, 1.0] { canvas.circle(x: x, y: y, radius: Self.radius * share, style: "grid") }
        canvas.line(x - Self.radius - 10, y, x + Self.radius + 10, y, style: "axis")
        canvas.line(x, y - Self.radius - 10, x, y + Self.radius + 10, style: "axis")
        for (degrees, dx, dy) in [("0°", 16.0, 4.0), ("90°", 14.0, 2.0), ("180°", -14.0, -6.0), ("−90°", 17.0, 8.0)] {
            let place: (Double, Double) =
                switch degrees {
                case "0°": (x + Self.radius + dx, y + 16)
                case "90°": (x + dx, y - Self.radius - 3)
                case "180°": (x - Self.radius + dx, y + dy)
                default: (x + dx, y + Self.radius + dy)
                }
            canvas.text(degrees, x: place.0, y: place.1, style: "soft small", anchor: "middle")
        }
        draw(voltages, symbol: "U", length: 1, style: "arrow", &canvas)
        draw(currents, symbol: "I", length: voltages.isEmpty ? 1 : 0.72, style: "arrow current", &canvas)
        canvas.text(
            "full: voltages, dashed: currents; each kind against its longest", x: x, y: y + Self.radius + 34,
            style: "soft small", anchor: "middle")
        table(&canvas)
    }

    private func draw(
        _ curves: [Plot.Curve], symbol: String, length: Double, style: String, _ canvas: inout SVGCanvas
    ) {
        let longest = curves.reduce(0) { max($0, $1.fundamental?.magnitude ?? 0) }
        guard longest > 0 else { return }
        for curve in curves {
            guard let phasor = curve.fundamental, phasor.magnitude > 0.01 * longest else { continue }
            let scale = Self.radius * length / longest
            let tip = (
                x: Self.middle.x + phasor.real * scale, y: Self.middle.y - phasor.imaginary * scale
            )
            let line = "line\(curve.phase + 1)"
            canvas.line(Self.middle.x, Self.middle.y, tip.x, tip.y, style: "\(style) \(line)")
            let size = phasor.magnitude
            let along = (x: phasor.real / size, y: -phasor.imaginary / size)
            let head = min(1, size * scale / 20)
            let back = (x: tip.x - 10 * head * along.x, y: tip.y - 10 * head * along.y)
            let label = max(14, 30 - size * scale)
            canvas.polyline(
                [
                    (back.x - 4.5 * head * along.y, back.y + 4.5 * head * along.x), tip,
                    (back.x + 4.5 * head * along.y, back.y - 4.5 * head * along.x),
                ], style: "arrow \(line)")
            canvas.text(
                "\(symbol)\(curve.phase + 1)", x: tip.x + label * along.x, y: tip.y + label * along.y + 4,
                style: "fill\(curve.phase + 1) head small", anchor: "middle")
        }
    }

    /// One line per phase: U, I, P, PF.
    private func table(_ canvas: inout SVGCanvas) {
        let columns: [(key: String, title: String, x: Double)] = [
            ("u_rms", "U / \(units.voltage)", 686), ("i_rms", "I / \(units.current)", 756),
            ("p", "P / \(units.power("W"))", 838), ("pf", "PF", 908),
        ]
        let top = 428.0
        for column in columns {
            canvas.text(column.title, x: column.x, y: top, style: "soft small", anchor: "end")
        }
        guard let quantities else { return }
        for (line, phase) in quantities.inputs.phases.enumerated() {
            let y = top + 21 * Double(line + 1)
            canvas.text("L\(phase + 1)", x: 606, y: y, style: "fill\(phase + 1) head", anchor: "start")
            for column in columns {
                let cell = quantities.phaseRows.first { $0.key == column.key }?.phases[phase]
                let text = column.key == "pf" ? headroom.column(cell?.number, 3, 0) : significant(cell?.number, 0)
                canvas.text(text, x: column.x, y: y, style: "ink", anchor: "end")
            }
        }
    }
}

/// Harmonics as bars by order, percent of the fundamental.
struct SpectrumPanel {
    var curves: [Plot.Curve]
    var title: String
    var top: Double
    var showsOrders: Bool

    private static let left = 84.0
    private static let width = 836.0
    private static let height = 108.0
    private static let highestOrder = WindowDetail.distortionOrder

    func draw(_ canvas: inout SVGCanvas) {
        let bottom = top + Self.height
        canvas.text(title, x: Self.left, y: top - 8, style: "ink head", anchor: "start")
        canvas.text(
            "% of fundamental", x: 24, y: top + Self.height / 2, style: "ink small", anchor: "middle", isTurned: true)
        let known = curves.filter { $0.percents.count > 2 }
        guard !known.isEmpty else {
            canvas.rectangle(x: Self.left, y: top, width: Self.width, height: Self.height, style: "grid")
            canvas.text(
                curves.isEmpty ? "not recorded" : "no fundamental", x: Self.left + Self.width / 2,
                y: top + Self.height / 2, style: "soft", anchor: "middle")
            return
        }
        let highest = min(Self.highestOrder, (known.map { $0.percents.count - 1 }.max() ?? 2))
        let largest = known.flatMap { $0.percents[2...].prefix(highest - 1) }.max() ?? 0
        let limit = max(largest * 1.08, 0.1)
        let ticks = AxisTicks(span: limit, count: 4)
        for value in ticks.values(0...limit) {
            let y = bottom - Self.height * value / limit
            canvas.line(Self.left, y, Self.left + Self.width, y, style: value == 0 ? "axis" : "grid")
            canvas.text(ticks.label(value), x: Self.left - 8, y: y + 4, style: "soft small", anchor: "end")
        }
        let slot = Self.width / Double(highest - 1)
        let bar = slot * 0.8 / Double(curves.count)
        for order in 2...highest {
            let start = Self.left + slot * (Double(order - 2) + 0.1)
            for (index, curve) in curves.enumerated() where order < curve.percents.count {
                let height = Self.height * curve.percents[order] / limit
                canvas.rectangle(
                    x: start + bar * Double(index), y: bottom - height, width: bar, height: height,
                    style: "fill\(curve.phase + 1)")
            }
            if order % 2 == 1 || highest <= 20 {
                canvas.text(
                    "\(order)", x: start + slot * 0.4, y: bottom + 15, style: "soft small", anchor: "middle")
            }
        }
        if showsOrders {
            canvas.text(
                "order", x: Self.left + Self.width / 2, y: bottom + 36, style: "ink", anchor: "middle")
        }
    }
}
