import FoundationEssentials

/// Everything one run found.
struct Report: Codable {
    var program = "headroom-bench"
    var formatVersion = 3
    /// Of the run's options.
    var calls: Int
    var busyThreads: Int
    var usesFIFO: Bool
    /// Times are nanoseconds.
    var rows: [Row]
    /// Of the device program.
    var budgets: [DeviceBudget]

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// The table, line by line.
    func table() -> [String] {
        let width = rows.map(\.name.count).max() ?? 0
        func line(_ name: String, _ cells: [String], _ note: String) -> String {
            let padded = name + String(repeating: " ", count: max(0, width - name.count))
            let numbers = cells.enumerated().map { index, cell in
                String(repeating: " ", count: max(0, (index == 0 ? 9 : index < 7 ? 8 : 7) - cell.count)) + cell
            }
            return padded + " " + numbers.joined(separator: " ") + (note.isEmpty ? "" : "  " + note)
        }
        let heads = ["calls", "p50", "p99", "p99.9", "p99.99", "max", "machine", "budget", "heap"]
        var lines = [line("times in microseconds", heads, "")]
        for row in rows {
            let times = row.times
            let cells =
                [times.count > 0 ? "\(times.count)" : "-"]
                + [times.p50, times.p99, times.p999, times.p9999, times.count > 0 ? times.maximum : nil].map(
                    microseconds)
                + [
                    row.machineAlone.map { microseconds($0.p9999) } ?? "",
                    row.budgetP9999.map { fixed($0 / 1000, 0) } ?? "",
                    row.heapAllocations.map { "\($0 + (row.heapFrees ?? 0))" } ?? "",
                ]
            lines.append(line(row.name, cells, notes(row).joined(separator: ", ")))
        }
        guard !budgets.isEmpty else { return lines }
        let names = budgets.map(\.name.count).max() ?? 0
        lines += ["", "budgets of the device program"]
        for budget in budgets {
            let name = budget.name + String(repeating: " ", count: names - budget.name.count)
            let machine = budget.machine.map { ", the machine alone \($0)" } ?? ""
            let verdict =
                [
                    "machine": "  broken by what the machine did to any thread", "broken": "  BROKEN",
                    "unknown": "  too few",
                ][
                    budget.verdict] ?? ""
            lines.append("\(name)  \(budget.limit): \(budget.measured)\(machine)\(verdict)")
        }
        return lines
    }

    private func notes(_ row: Row) -> [String] {
        var notes: [String] = []
        if let frame = row.nanosecondsPerFrame { notes.append("\(fixed(frame, 2)) ns per frame") }
        if let count = row.instructionsPerFrame { notes.append("\(fixed(count, 1)) instructions") }
        if let count = row.instructionsPerDecision { notes.append("\(fixed(count, 0)) instructions") }
        if row.kind == .product, row.budgetP9999 != nil, let share = row.shareOfBlock {
            notes.append("\(fixed(100 * share, 3)) % of the block")
        }
        for (name, ratio) in row.ratios.sorted(by: { $0.key < $1.key }) {
            notes.append("\(fixed(ratio, 2)) x \(name)")
        }
        if let note = row.note { notes.append(note) }
        if let count = row.framesLost, count > 0 { notes.append("\(count) frames lost") }
        if let count = row.unanswered, count > 0 { notes.append("\(count) overloads not answered") }
        if let share = row.changedShare { notes.append("\(fixed(100 * share, 0)) % changed a limit") }
        if let count = row.preemptions, count > 0 { notes.append("preempted \(count) times") }
        if let budget = row.budgetP9999, let p9999 = row.times.p9999, p9999 > budget {
            let machine = row.machineAlone?.p9999 ?? 0
            notes.append(machine > budget ? "above budget, and so is the machine alone" : "ABOVE BUDGET")
        }
        return notes
    }
}

/// Microseconds with three digits or so; a dash where there were too few calls to tell.
private func microseconds(_ nanoseconds: Double?) -> String {
    guard let nanoseconds else { return "-" }
    let value = nanoseconds / 1000
    return fixed(value, value < 10 ? 2 : value < 100 ? 1 : 0)
}

/// `value` with `digits` digits behind the point.
func fixed(_ value: Double, _ digits: Int) -> String {
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    guard value.isFinite, value.magnitude < 1e15 / Double(scale) else { return "\(value)" }
    let scaled = Int64((value * Double(scale)).rounded())
    let whole = scaled.magnitude / UInt64(scale)
    let sign = scaled < 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let rest = String(scaled.magnitude % UInt64(scale))
    return "\(sign)\(whole)." + String(repeating: "0", count: digits - rest.count) + rest
}
