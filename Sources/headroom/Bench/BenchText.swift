import Realtime

/// The results for people on a terminal, 110 columns at most.
enum BenchText {
    static func lines(_ results: [BenchResult], _ programs: [ProgramRun], _ budgets: [Budget]) -> [String] {
        var lines: [String] = []
        if !results.isEmpty {
            lines += [
                "milliseconds                          p50     p99   p99.9  p99.99     max   how many", "",
            ]
            for result in results { lines += rows(result) }
        }
        if !programs.isEmpty {
            lines += [
                "the device program, 16 stations   processor   memory   wake-ups/s   first block   first plan   A53 board"
            ]
            for program in programs {
                lines.append(
                    "  " + leading("8 × \(program.sampleRateHz / 1000) kHz", 31)
                        + padded(fixed(100 * program.processorShare, 2) + " %", 10)
                        + padded(fixed(Double(program.residentBytes) / 1e6, 1) + " MB", 10)
                        + padded(fixed(program.wakeUpsPerSecond, 0), 12)
                        + padded(program.secondsToFirstBlock.map { fixed(1000 * $0, 0) + " ms" } ?? "–", 14)
                        + padded(program.secondsToFirstPlan.map { fixed(1000 * $0, 0) + " ms" } ?? "–", 13)
                        + padded("≈ " + fixed(program.wattsOnCortexA53, 2) + " W", 12))
            }
            lines.append("")
        }
        lines.append(leading("budget", 53) + padded("limit", 20) + padded("measured", 14) + padded("machine", 11))
        for budget in budgets {
            let mark =
                switch budget.verdict {
                case .kept: "✓"
                case .machine: "~"
                case .broken: "✗"
                case .unknown: "?"
                }
            lines.append(
                "\(mark) " + leading(budget.name, 51) + padded(budget.limit, 20) + padded(budget.measured, 14)
                    + padded(budget.machine, 11))
        }
        lines += [
            "",
            "✓ kept   ~ broken by what the machine did to any thread meanwhile   ✗ broken   ? too few",
        ]
        return lines
    }

    private static func rows(_ result: BenchResult) -> [String] {
        func row(_ name: String, _ distribution: LatencyDistribution) -> String {
            "  " + leading(name, 32)
                + [0.5, 0.99, 0.999, 0.9999].map { padded(milliseconds(distribution.nanoseconds(atShare: $0)), 8) }
                .joined()
                + padded(distribution.count > 0 ? milliseconds(distribution.maximumNanoseconds) : "–", 8)
                + padded("\(distribution.count)", 11)
        }
        let latencies = result.latencies
        return [
            "\(result.scenario.name): \(result.scenario.words)",
            row("overload to limit received", result.answers),
            row("block delivered to socket", latencies.handover),
            row("a block's arrival", latencies.arrival),
            row("its readings", latencies.measuring),
            row("its decisions", latencies.deciding),
            row("handing over", latencies.publishing),
            row("machine, real-time priority", result.machine.realtime),
            row("machine, normal priority", result.machine.normal),
            "  late blocks \(latencies.lateBlocks) of \(result.blocks), frames lost \(result.framesLost)"
                + (result.unanswered > 0 ? ", overloads not answered \(result.unanswered)" : ""),
            "",
        ]
    }
}

/// The results for programs: JSON lines.
enum BenchJSON {
    static func lines(_ results: [BenchResult], _ programs: [ProgramRun], _ budgets: [Budget]) -> [String] {
        results.map(line) + programs.map(line) + budgets.map(line)
    }

    private static func line(_ result: BenchResult) -> String {
        let latencies = result.latencies
        let parts: [(String, LatencyDistribution)] = [
            ("overload_to_limit_received", result.answers), ("block_to_socket", latencies.handover),
            ("arrival", latencies.arrival), ("measuring", latencies.measuring), ("deciding", latencies.deciding),
            ("publishing", latencies.publishing), ("machine_realtime", result.machine.realtime),
            ("machine_normal", result.machine.normal),
        ]
        let times = parts.map { "\(json($0.0)):\(object($0.1))" }.joined(separator: ",")
        return "{\"type\":\"scenario\",\"name\":\(json(result.scenario.name)),\"says\":\(json(result.scenario.words)),"
            + "\"stations\":\(result.scenario.stations),\"block_ms\":\(json(result.scenario.blockMilliseconds)),"
            + "\"rate_hz\":\(result.scenario.sampleRateHz),\"times\":{\(times)},\"blocks\":\(result.blocks),"
            + "\"late_blocks\":\(latencies.lateBlocks),\"frames_lost\":\(result.framesLost),"
            + "\"unanswered\":\(result.unanswered)}"
    }

    private static func object(_ distribution: LatencyDistribution) -> String {
        let shares = [("p50_ms", 0.5), ("p90_ms", 0.9), ("p99_ms", 0.99), ("p99_9_ms", 0.999), ("p99_99_ms", 0.9999)]
        let members = shares.map { ($0.0, distribution.nanoseconds(atShare: $0.1).map { Double($0) / 1e6 }) }
        return json(
            [("count", Double(distribution.count))] + members
                + [("max_ms", distribution.count > 0 ? Double(distribution.maximumNanoseconds) / 1e6 : nil)])
    }

    private static func line(_ program: ProgramRun) -> String {
        "{\"type\":\"program\",\"rate_hz\":\(program.sampleRateHz),\"stations\":\(program.stations),"
            + "\"processor_share\":\(json(program.processorShare)),\"resident_bytes\":\(program.residentBytes),"
            + "\"wake_ups_per_s\":\(json(program.wakeUpsPerSecond)),\"threads\":\(program.threads),"
            + "\"answer_to_block_s\":\(json(program.secondsFromAnswerToBlock)),\"first_block_s\":\(json(program.secondsToFirstBlock)),\"first_plan_s\":\(json(program.secondsToFirstPlan)),"
            + "\"cortex_a53_w\":\(json(program.wattsOnCortexA53))}"
    }

    private static func line(_ budget: Budget) -> String {
        "{\"type\":\"budget\",\"name\":\(json(budget.name)),\"limit\":\(json(budget.limit)),"
            + "\"measured\":\(json(budget.measured)),\"machine\":\(budget.machine.isEmpty ? "null" : json(budget.machine)),"
            + "\"verdict\":\(json(budget.verdict.rawValue))}"
    }
}
