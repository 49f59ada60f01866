import MeterDSP

extension QuantityTable {
    private static let columnWidth = 13

    /// Rows of at most 80 columns: one column per recorded phase and one of the supply.
    var textLines: [String] {
        var lines = ["not recorded: " + inputs.missing.joined(separator: ", ")]
        if inputs.missing.isEmpty { lines = [] }
        let phases = inputs.phases
        let hasSupply = phases.count > 1
        lines.append(
            padded("", 28) + phases.map { padded("L\($0 + 1)", Self.columnWidth) }.joined()
                + (hasSupply ? padded("supply", Self.columnWidth) : ""))
        for row in phaseRows where row.isRecorded || row.isMeasured {
            let cells = phases.map { row.phases[$0] } + (hasSupply ? [row.sum] : [])
            lines.append(Self.line(row, cells))
        }
        guard hasSupply else { return lines + neutral.prefix(1).map { Self.line($0, [$0.sum]) } }
        if !self.lines.isEmpty {
            let row = Row(key: "", label: "U lines 12, 23, 31", unit: units.voltage)
            lines.append(Self.line(row, self.lines.map(\.sum)))
        }
        let blank = [Cell](repeating: .none, count: phases.count)
        lines += neutral.map { Self.line($0, blank + [$0.sum]) }
        let known = supply.filter(\.isRecorded)
        lines += known.map { Self.line($0, blank + [$0.sum]) }
        if known.count < supply.count {
            lines.append("other quantities of the supply need U and I of all three phases")
        }
        if inputs.hasThreeVoltages || inputs.hasThreeCurrents {
            lines.append(
                "sequence of fundamentals" + padded("zero", 11) + padded("positive", 11) + padded("negative", 11)
                    + padded("neg/pos %", 11) + padded("zero/pos %", 11))
            if inputs.hasThreeVoltages { lines.append(Self.line(voltageComponents, "U", units.voltage)) }
            if inputs.hasThreeCurrents { lines.append(Self.line(currentComponents, "I", units.current)) }
        }
        if inputs.hasThreeVoltages { lines.append("rotation of U: " + rotationWords) }
        return lines
    }

    private var rotationWords: String {
        switch rotation {
        case .direct: "L1, L2, L3"
        case .reverse: "L1, L3, L2: reverse; exchange two phases"
        case .undetermined, nil: "–"
        }
    }

    static func line(_ row: Row, _ cells: [Cell]) -> String {
        let line = leading(row.label, 23) + leading(row.unit, 5) + cells.map(text).joined()
        return line.trimmedEnd
    }

    private static func line(_ values: ComponentValues, _ symbol: String, _ unit: String) -> String {
        leading(symbol, 20) + leading(unit, 4) + significant(values.zero, 11) + significant(values.positive, 11)
            + significant(values.negative, 11) + column(values.negativeUnbalance.map { $0 * 100 }, 3, 11)
            + column(values.zeroUnbalance.map { $0 * 100 }, 3, 11)
    }

    private static func text(_ cell: Cell) -> String {
        switch cell {
        case .value(let value): significant(value, columnWidth)
        case .undefined: padded("–", columnWidth)
        case .notRecorded: padded("not recorded", columnWidth)
        case .none: padded("", columnWidth)
        }
    }

    /// The object that stands behind `quantities` in a window's JSON line.
    var jsonObject: String {
        let phases = inputs.phases.map { phase in
            json("L\(phase + 1)") + ":" + json(phaseRows.map { ($0.key, $0.phases[phase].number) })
        }
        let sums = phaseRows.filter { if case .none = $0.sum { false } else { true } }
        let lines = ["u12", "u23", "u31"].map { key in (key, self.lines.first { $0.key == key }?.sum.number) }
        let supply = SupplyQuantity.all.map { quantity in
            (quantity.key, self.supply.first { $0.key == quantity.key }?.sum.number)
        }
        let members = [
            "\"phases\":{" + phases.joined(separator: ",") + "}",
            "\"sum\":" + json(sums.map { ($0.key, $0.sum.number) }),
            "\"lines\":" + json(lines),
            "\"neutral\":" + json(neutral.map { ($0.key, $0.sum.number) }),
            "\"supply\":" + json(supply),
            "\"sequences\":{\"u\":" + Self.json(voltageComponents) + ",\"i\":" + Self.json(currentComponents) + "}",
            "\"rotation\":" + rotationJSON,
        ]
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func json(_ values: ComponentValues) -> String {
        headroom.json([
            ("zero", values.zero), ("positive", values.positive), ("negative", values.negative),
            ("negative_unbalance", values.negativeUnbalance), ("zero_unbalance", values.zeroUnbalance),
        ])
    }

    private var rotationJSON: String {
        switch rotation {
        case .direct: "\"L1 L2 L3\""
        case .reverse: "\"L1 L3 L2\""
        case .undetermined, nil: "null"
        }
    }

    private func json(_ members: [(key: String, value: Double?)]) -> String { headroom.json(members) }
    private func json(_ text: String) -> String { headroom.json(text) }
}

extension String {
    /// Without blanks at the end.
    var trimmedEnd: String {
        var rest = Substring(self)
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
