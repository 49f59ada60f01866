import Foundation

/// A budget of the device program, as `headroom bench` judged it.
struct DeviceBudget: Codable {
    var name: String
    var limit: String
    var measured: String
    /// How late the machine woke another thread up in the same share of cases; nil: it has no part in it.
    var machine: String?
    /// `kept`, `machine`, `broken`, `unknown`.
    var verdict: String
}

/// The device program as it runs in a building: `headroom bench` as a child process.
struct DeviceBenchmark {
    private(set) var rows: [Row] = []
    private(set) var budgets: [DeviceBudget] = []

    private struct Line: Decodable {
        var type: String
        var name: String?
        var says: String?
        var times: [String: Times]?
        var framesLost: Int?
        var unanswered: Int?
        var rateHz: Int?
        var processorShare: Double?
        var residentBytes: Int?
        var wakeUpsPerS: Double?
        var answerToBlockS: Double?
        var cortexA53W: Double?
        var limit: String?
        var measured: String?
        var machine: String?
        var verdict: String?

        enum CodingKeys: String, CodingKey {
            case type, name, says, times, unanswered, limit, measured, machine, verdict
            case framesLost = "frames_lost"
            case rateHz = "rate_hz"
            case processorShare = "processor_share"
            case residentBytes = "resident_bytes"
            case wakeUpsPerS = "wake_ups_per_s"
            case answerToBlockS = "answer_to_block_s"
            case cortexA53W = "cortex_a53_w"
        }
    }

    private struct Times: Decodable {
        var count: Double
        var p50: Double?
        var p99: Double?
        var p999: Double?
        var p9999: Double?
        var max: Double?

        enum CodingKeys: String, CodingKey {
            case count
            case p50 = "p50_ms"
            case p99 = "p99_ms"
            case p999 = "p99_9_ms"
            case p9999 = "p99_99_ms"
            case max = "max_ms"
        }

        var distribution: Distribution {
            let count = Int(count)
            func nanoseconds(_ milliseconds: Double?, share: Double) -> Double? {
                // Without a value above it a percentile would only be the maximum under another name.
                Double(count) * (1 - share) >= 0.999 ? milliseconds.map { $0 * 1e6 } : nil
            }
            return Distribution(
                count: count, maximum: (max ?? 0) * 1e6, p50: nanoseconds(p50, share: 0.5),
                p99: nanoseconds(p99, share: 0.99), p999: nanoseconds(p999, share: 0.999),
                p9999: nanoseconds(p9999, share: 0.9999))
        }
    }

    /// - Parameters:
    ///   - program: path of the `headroom` command.
    ///   - seconds: of each situation, 5 or more.
    init(_ program: String, seconds: Int) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["bench", "--json", "--seconds", "\(seconds)"]
        let output = Pipe()
        process.standardOutput = output
        do { try process.run() } catch {
            throw BenchmarkError("\(program): it does not start (\(error)); build it with: make build")
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // 1: a budget is broken, which is told below.
        guard [0, 1].contains(process.terminationStatus), process.terminationReason == .exit, !text.isEmpty else {
            throw BenchmarkError(
                "\(program) bench ended with status \(process.terminationStatus); run it by hand: \(program) bench")
        }
        for line in text.split(separator: "\n") {
            do { add(try JSONDecoder().decode(Line.self, from: Data(line.utf8))) } catch {
                throw BenchmarkError("\(program) bench: not understood: \(line); build both anew: make build bench")
            }
        }
    }

    private mutating func add(_ line: Line) {
        switch line.type {
        case "scenario": addScenario(line)
        case "program": addProgram(line)
        default:
            budgets.append(
                DeviceBudget(
                    name: line.name ?? "", limit: line.limit ?? "", measured: line.measured ?? "",
                    machine: line.machine, verdict: line.verdict ?? "unknown"))
        }
    }

    private mutating func addScenario(_ line: Line) {
        let name = line.name ?? ""
        let times = line.times ?? [:]
        func row(_ what: String, _ key: String, beside machine: String) -> Row {
            var row = Row("device, \(name): \(what)", .chain, times[key]?.distribution ?? .none)
            row.machineAlone = times[machine]?.distribution
            return row
        }
        var chain = row("overload to lower limit received", "overload_to_limit_received", beside: "machine_normal")
        chain.framesLost = line.framesLost
        chain.unanswered = line.unanswered
        chain.note = line.says
        rows.append(chain)
        rows.append(row("block delivered to limit in socket", "block_to_socket", beside: "machine_realtime"))
        rows.append(row("readings of a block", "measuring", beside: "machine_realtime"))
        rows.append(row("decisions of a block", "deciding", beside: "machine_realtime"))
    }

    private mutating func addProgram(_ line: Line) {
        var row = Row("device, program at 8 x \((line.rateHz ?? 0) / 1000) kHz", .chain, .none)
        let watts = line.cortexA53W.map { ", about \(fixed($0, 2)) W on a Cortex-A53" } ?? ""
        let start = line.answerToBlockS.map { ", first block \(fixed(1000 * $0, 0)) ms after the ADC's answer" } ?? ""
        row.note =
            "\(fixed(100 * (line.processorShare ?? 0), 2)) % of a processor, "
            + "\(fixed(Double(line.residentBytes ?? 0) / 1e6, 1)) MB, \(fixed(line.wakeUpsPerS ?? 0, 0)) wake-ups a second"
            + start + watts
        rows.append(row)
    }
}
