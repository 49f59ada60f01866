import Realtime
import SiteTwin

/// Faults of the twin's ADC, line by line from standard input: for whoever tries a device out.
struct TwinFaultInput {
    enum Fault: Equatable {
        case shiftTimestamps(seconds: Double)
        case loseFrames(Int)
    }

    /// - Throws: what is wrong with the line.
    static func fault(_ line: String) throws(UsageError) -> Fault {
        let words = line.split(separator: " ")
        if words.count == 2, words[0] == "shift-timestamps", let seconds = Double(words[1]), abs(seconds) <= 1e9 {
            return .shiftTimestamps(seconds: seconds)
        }
        if words.count == 2, words[0] == "lose-frames", let count = Int(words[1]), (1...10_000_000).contains(count) {
            return .loseFrames(count)
        }
        throw UsageError(
            "'\(line)': use 'shift-timestamps SECONDS' (up to 1e9, negative: back) or 'lose-frames COUNT' (1 to 10000000)")
    }

    /// Reads until standard input ends, on a thread of its own that nobody waits for.
    static func start(_ twin: SiteTwin) throws {
        let thread = RealtimeThread(name: "faults") { _ in
            while let line = readLine() {
                do throws(UsageError) {
                    switch try fault(line) {
                    case .shiftTimestamps(let seconds): twin.shiftTimestamps(bySeconds: seconds)
                    case .loseFrames(let count): twin.loseFrames(count)
                    }
                } catch {
                    complain("headroom: \(error)")
                }
            }
        }
        guard thread != nil else { throw RunError("no thread left; raise the limit (ulimit -u)") }
    }
}
