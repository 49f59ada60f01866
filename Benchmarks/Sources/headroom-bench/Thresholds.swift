import Foundation

/// What must hold on every machine: counts and ratios, no seconds. Read from a committed file.
struct Thresholds: Decodable {
    struct Ratio: Decodable {
        var row: String
        /// Name of the counterpart.
        var to: String
        var atMost: Double
    }
    struct MachineRatio: Decodable {
        /// How the names of its rows end.
        var rowsEnding: String
        /// Of the medians: a stall of the machine is one late wake-up of it, and of ours as many as waited.
        var atMost: Double
    }
    struct Instructions: Decodable {
        var row: String
        /// Per frame.
        var atMost: Double
    }

    /// Allocations and frees together in the measured loops of each product row.
    var heapCallsAtMost: UInt64
    /// Of each run of the device program.
    var framesLostAtMost: Int
    /// Overloads without a lower limit, of each run of the device program.
    var unansweredAtMost: Int
    /// Of medians.
    var ratios: [Ratio]
    /// To how late the machine itself wakes a thread up in the same seconds.
    var machineRatios: [MachineRatio]
    /// Judged only where they were counted, and on x86-64, for which they were found.
    var instructions: [Instructions]

    init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BenchmarkError("\(path): cannot be read; name the file with --thresholds, or run in Benchmarks/")
        }
        do { self = try JSONDecoder().decode(Thresholds.self, from: data) } catch {
            throw BenchmarkError("\(path): \(Self.place(of: error)); correct it as Benchmarks/README.md says")
        }
    }

    private static func place(of error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "\(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            context.codingPath.map(\.stringValue).joined(separator: ".") + " has the wrong type"
        default: "it is not JSON"
        }
    }

    /// One line for each that is broken.
    func broken(by rows: [Row]) -> [String] {
        var lines: [String] = []
        for row in rows where row.kind == .product {
            let calls = (row.heapAllocations ?? 0) + (row.heapFrees ?? 0)
            guard calls > heapCallsAtMost else { continue }
            lines.append(
                "\(row.name): \(row.heapAllocations ?? 0) heap allocations and \(row.heapFrees ?? 0) frees in "
                    + "\(row.times.count) calls, at most \(heapCallsAtMost) allowed; find them with a breakpoint on malloc"
            )
        }
        for row in rows {
            if let count = row.framesLost, count > framesLostAtMost {
                lines.append("\(row.name): \(count) frames lost, at most \(framesLostAtMost) allowed")
            }
            if let count = row.unanswered, count > unansweredAtMost {
                lines.append("\(row.name): \(count) overloads not answered, at most \(unansweredAtMost) allowed")
            }
        }
        for ratio in ratios {
            guard let row = rows.first(where: { $0.name == ratio.row }) else {
                lines.append("\(ratio.row): no such row for a threshold; correct the file of thresholds")
                continue
            }
            // Absent: this processor does not run the counterpart.
            guard let value = row.ratios[ratio.to], value > ratio.atMost else { continue }
            lines.append(
                "\(ratio.row): \(fixed(value, 2)) x \(ratio.to), at most \(fixed(ratio.atMost, 2)) allowed; "
                    + "repeat it on a quiet machine, then look for what made it slower")
        }
        for ratio in machineRatios {
            for row in rows where row.name.hasSuffix(ratio.rowsEnding) {
                guard let median = row.times.p50, let machine = row.machineAlone?.p50,
                    median > ratio.atMost * machine
                else {
                    continue
                }
                lines.append(
                    "\(row.name): its median is \(fixed(median / machine, 1)) x the machine's own, at most "
                        + "\(fixed(ratio.atMost, 1)) allowed; see whether it waits for a lock or another thread")
            }
        }
        #if arch(x86_64)
            for limit in instructions {
                guard let row = rows.first(where: { $0.name == limit.row }) else {
                    lines.append("\(limit.row): no such row for a threshold; correct the file of thresholds")
                    continue
                }
                let counted = row.instructionsPerFrame ?? row.instructionsPerDecision
                guard let value = counted, value > limit.atMost else { continue }
                lines.append(
                    "\(limit.row): \(fixed(value, 1)) instructions, at most \(fixed(limit.atMost, 1)) allowed; "
                        + "look at what the compiler made of it")
            }
        #endif
        return lines
    }
}
