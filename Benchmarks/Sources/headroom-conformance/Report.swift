/// One part of the document: words, and a table.
struct Section {
    var title: String
    var words: [String] = []
    var columns: [String]
    /// The first cells that name a row.
    var namingCells = 1
    var rows: [Row] = []

    /// One line of a table.
    struct Row {
        var cells: [String]
        var passes: Bool
    }

    mutating func add(_ cells: [String], passes: Bool) { rows.append(Row(cells: cells, passes: passes)) }

    var failures: [Row] { rows.filter { !$0.passes } }

    /// What a row is called in a list of known failures: the section's title, and the cells before the figures.
    func name(of row: Row) -> String { ([title] + row.cells.prefix(namingCells)).joined(separator: " | ") }

    var markdown: [String] {
        var lines = ["## \(title)", ""] + words
        lines += ["", "| " + (columns + [""]).joined(separator: " | ") + "|"]
        lines.append("|" + columns.indices.map { $0 == 0 ? "---|" : "---:|" }.joined() + "---|")
        for row in rows {
            lines.append("| " + (row.cells + [row.passes ? "pass" : "**FAIL**"]).joined(separator: " | ") + " |")
        }
        return lines + [""]
    }
}

/// `value` with two significant digits, without an exponent.
func figure(_ value: Double, digits: Int = 2) -> String {
    guard value.isFinite else { return "none" }
    guard value != 0 else { return "0" }
    var places = digits - 1
    var size = value.magnitude
    while size < 1, places < 12 {
        size *= 10
        places += 1
    }
    while size >= 10, places > 0 {
        size /= 10
        places -= 1
    }
    return fixed(value, places: places)
}

/// `value` with that many decimals.
func fixed(_ value: Double, places: Int) -> String {
    var factor = 1.0
    for _ in 0..<places { factor *= 10 }
    let scaled = Int64((value.magnitude * factor).rounded())
    let sign = value < 0 && scaled != 0 ? "-" : ""
    guard places > 0 else { return sign + "\(scaled)" }
    let digits = String(scaled)
    let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
}

/// 8, 12.8, 32.
func kilohertz(_ rate: Double) -> String {
    let value = rate / 1000
    return fixed(value, places: value == value.rounded() ? 0 : 1)
}

/// `value` in percent of `limit`, for a column of shares.
func share(_ value: Double, of limit: Double) -> String { figure(100 * value / limit) + " %" }
