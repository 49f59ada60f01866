import Foundation

/// One demo: from the first frame of an overload in the waveform to the lower limit at a station.
struct OverloadRun: Codable {
    var seed: Int
    /// nil: no limit had to be lowered.
    var loweredLimitAfterMilliseconds: Double?
    /// The load went beyond the main limit, and not only beyond what the cars could take.
    var exceededMainLimit: Bool
    var framesLost: Int
}

/// The whole chain as it runs in a building: `headroom demo` as a child process, judged by the twin's own observer.
enum OverloadChain {
    /// The demo's load comes after 45 s.
    static let seconds = 50

    private struct Summary: Decodable {
        struct Twin: Decodable {
            struct Step: Decodable {
                var lowered_limit_after_ms: Double?
                var exceeded_main_limit: Bool
            }
            var steps: [Step]
        }
        var frames_lost: Int
        var twin: Twin
    }

    /// The runs whose load went beyond the main limit, as a line of the table: only those call for protection.
    static func row(_ runs: [OverloadRun]) -> Row? {
        let times = runs.filter(\.exceededMainLimit).compactMap(\.loweredLimitAfterMilliseconds)
        guard !times.isEmpty else { return nil }
        var durations = Durations(capacity: times.count)
        for time in times { durations.append(Int64(time * 1e6)) }
        return Row("whole chain: overload begins, lower limit received", .chain, durations.distribution())
    }

    /// - Parameter program: path of the `headroom` command.
    static func run(_ program: String, seed: Int) throws -> OverloadRun {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [
            "demo", "--json", "--seconds", "\(seconds)", "--stations", "16", "--seed", "\(seed)",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch {
            throw BenchmarkError("\(program): it does not start (\(error)); build it with: make build")
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0, let last = text.split(separator: "\n").last,
            let summary = try? JSONDecoder().decode(Summary.self, from: Data(last.utf8))
        else {
            throw BenchmarkError(
                "\(program) demo ended with status \(process.terminationStatus) and without a summary; "
                    + "run it by hand: \(program) \((process.arguments ?? []).joined(separator: " "))")
        }
        return OverloadRun(
            seed: seed, loweredLimitAfterMilliseconds: summary.twin.steps.first?.lowered_limit_after_ms,
            exceededMainLimit: summary.twin.steps.first?.exceeded_main_limit ?? false,
            framesLost: summary.frames_lost)
    }
}
