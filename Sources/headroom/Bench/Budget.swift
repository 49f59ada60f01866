import Realtime

/// A limit that the product promises, held against what was measured.
struct Budget {
    enum Verdict: String {
        case kept
        /// Broken, but no longer without what the machine did to any thread at the same time.
        case machine
        case broken
        /// Too few were measured for it.
        case unknown
    }

    var name: String
    var limit: String
    var measured: String
    /// What the machine alone came to, in the same share of all cases; empty: it has no part in it.
    var machine = ""
    var verdict: Verdict

    /// All of them, as far as the results say something of them.
    static func all(_ results: [BenchResult], _ programs: [ProgramRun]) -> [Budget] {
        var budgets: [Budget] = []
        func result(_ name: String) -> BenchResult? { results.first { $0.scenario.name == name } }
        for result in results where ["quiet", "busy"].contains(result.scenario.name) {
            let name = result.scenario.name
            let length = Int64(result.scenario.blockMilliseconds * 1e6)
            budgets.append(
                time(
                    "\(name): readings of a 10 ms block of 8 × 32 kHz", 0.9999, length / 100,
                    result.latencies.measuring,
                    result.machine.realtime))
        }
        for (name, limit) in [("2", 5_000), ("quiet", 15_000), ("100", 50_000)] {
            guard let result = result(name) else { continue }
            budgets.append(
                time(
                    "decisions of a block, \(result.scenario.stations) stations", 0.9999, Int64(limit),
                    result.latencies.deciding, result.machine.realtime))
        }
        for result in results where result.scenario.stations <= 16 {
            let name = result.scenario.name
            budgets.append(
                time(
                    "\(name): block delivered to lower limit in the socket", 0.999, 1_000_000,
                    result.latencies.handover,
                    result.machine.realtime))
        }
        for result in results where result.scenario.blockMilliseconds <= 10 {
            let name = result.scenario.name
            budgets.append(
                time(
                    "\(name): overload to lower limit received", 0.5, 20_000_000, result.answers,
                    result.machine.normal))
            budgets.append(
                time(
                    "\(name): overload to lower limit received", 0.999, 35_000_000, result.answers,
                    result.machine.normal))
        }
        let short = results.filter { $0.scenario.blockMilliseconds <= 10 }
        if short.count > 1 {
            var all = LatencyDistribution(), machine = LatencyDistribution()
            for result in short {
                all.add(result.answers)
                machine.add(result.machine.normal)
            }
            let name = "all up to 10 ms blocks: overload to lower limit received"
            budgets.append(time(name, 0.999, 35_000_000, all, machine))
        }
        if let quiet = result("quiet")?.answers, let median = quiet.nanoseconds(atShare: 0.5) {
            for name in ["dead", "readers", "settings"] {
                guard let other = result(name)?.answers, let otherMedian = other.nanoseconds(atShare: 0.5) else {
                    continue
                }
                let ratio = Double(otherMedian) / Double(median)
                // Medians of few differ by chance, the more so as the overloads of one staircase are alike.
                let chance = 2 * (standardError(ofMedianOf: other) + 1.1 * standardError(ofMedianOf: quiet))
                let isKnown =
                    min(quiet.count, other.count) >= 1000
                    && (ratio <= 1.1 || Double(otherMedian) - 1.1 * Double(median) > chance)
                budgets.append(
                    Budget(
                        name: "\(name): its median against the quiet one", limit: "≤ 1.10 ×",
                        measured: fixed(ratio, 2) + " ×", verdict: !isKnown ? .unknown : ratio <= 1.1 ? .kept : .broken)
                )
            }
        }
        let lost = results.reduce(0) { $0 + $1.framesLost }
        let blocks = results.reduce(0) { $0 + $1.blocks }
        budgets.append(
            Budget(
                name: "frames lost, of \(blocks) blocks", limit: "0", measured: "\(lost)",
                verdict: lost == 0 ? .kept : .broken))
        let unanswered = results.reduce(0) { $0 + $1.unanswered }
        let overloads = results.reduce(unanswered) { $0 + $1.answers.count }
        budgets.append(
            Budget(
                name: "overloads without a lower limit in 0.25 s, of \(overloads)", limit: "0",
                measured: "\(unanswered)", verdict: unanswered == 0 ? .kept : .broken))
        return budgets + programs.filter { $0.sampleRateHz == 32_000 }.flatMap(budgets(of:))
    }

    private static func budgets(of program: ProgramRun) -> [Budget] {
        let name = "8 × \(program.sampleRateHz / 1000) kHz, \(program.stations) stations"
        var budgets = [
            Budget(
                name: "\(name): share of one processor", limit: "≤ 2 %",
                measured: fixed(100 * program.processorShare, 2) + " %",
                verdict: program.processorShare <= 0.02 ? .kept : .broken),
            Budget(
                name: "\(name): resident memory", limit: "≤ 64 MB",
                measured: fixed(Double(program.residentBytes) / 1e6, 1) + " MB",
                verdict: program.residentBytes <= 64_000_000 ? .kept : .broken),
        ]
        if let start = program.secondsFromAnswerToBlock {
            budgets.append(
                Budget(
                    name: "start: the ADC's first answer to first block read", limit: "≤ 100 ms",
                    measured: fixed(1000 * start, 0) + " ms", verdict: start <= 0.1 ? .kept : .broken))
        }
        return budgets
    }

    /// - Parameter share: of all cases, 0 to 1, that have to keep within `limit` nanoseconds.
    private static func time(
        _ name: String, _ share: Double, _ limit: Int64, _ measured: LatencyDistribution, _ machine: LatencyDistribution
    ) -> Budget {
        let percentile = share == 0.5 ? "median" : "p" + trimmed(100 * share)
        var budget = Budget(
            name: name, limit: "\(percentile) ≤ \(milliseconds(limit)) ms", measured: "–", verdict: .unknown)
        // Of fewer cases the percentile is only the longest of them.
        guard Double(measured.count) * (1 - share) >= 1, let value = measured.nanoseconds(atShare: share) else {
            budget.measured = "\(measured.count) are too few"
            return budget
        }
        let machine = machine.nanoseconds(atShare: share) ?? 0
        budget.measured = milliseconds(value) + " ms"
        budget.machine = milliseconds(machine) + " ms"
        budget.verdict = value <= limit ? .kept : value - machine <= limit ? .machine : .broken
        return budget
    }

    /// In nanoseconds, as of a normal distribution.
    private static func standardError(ofMedianOf distribution: LatencyDistribution) -> Double {
        guard let low = distribution.nanoseconds(atShare: 0.16), let high = distribution.nanoseconds(atShare: 0.84)
        else {
            return .infinity
        }
        return 1.25 * Double(high - low) / 2 / Double(distribution.count).squareRoot()
    }

    private static func trimmed(_ value: Double) -> String {
        var text = fixed(value, 2)
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}

/// Nanoseconds as milliseconds with three digits that count.
func milliseconds(_ nanoseconds: Int64?) -> String {
    guard let nanoseconds else { return "–" }
    let value = Double(nanoseconds) / 1e6
    return fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4)
}
