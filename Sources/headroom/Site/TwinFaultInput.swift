import Glibc
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
            "'\(line)': use 'shift-timestamps SECONDS' (up to 1e9, negative: back) or 'lose-frames COUNT' (1 to 10000000)"
        )
    }

    /// Reads until standard input ends, on a thread of its own that nobody waits for.
    static func start(_ twin: SiteTwin) throws {
        let thread = RealtimeThread(name: "faults") { _ in
            readLines { line in
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

    /// Not `readLine`: it holds the lock of standard input while it waits, and `fflush(nil)` wants all locks.
    private static func readLines(_ body: (String) -> Void) {
        var rest: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = part.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0, rest.count < 65_536 else { return }
            rest += part[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                body(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeSubrange(...end)
            }
        }
    }
}
