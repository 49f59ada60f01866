import Glibc
import Realtime

/// Shows how far a long work is: a bar on a terminal, else a plain line every tenth. Standard error, so that the
/// results stay clean.
struct ProgressBar {
    private let title: String
    private let isTerminal: Bool
    private let begun = MonotonicClock.nanoseconds()
    private var shown = -1
    private var isVisible = false

    init(_ title: String) {
        self.title = title
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    /// - Parameter share: 0 to 1. Nothing is shown for work that is done within half a second, in a file or pipe within
    ///   30 s: what reads it wants results.
    mutating func update(_ share: Double) {
        guard isVisible || MonotonicClock.nanoseconds() - begun > (isTerminal ? 500_000_000 : 30_000_000_000) else {
            return
        }
        isVisible = true
        let step = Int(share * (isTerminal ? 100 : 10))
        guard step != shown else { return }
        shown = step
        if isTerminal {
            let filled = max(0, min(40, Int(share * 40)))
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 40 - filled)
            writeToStandardError("\r\(title) \(bar) \(step) %")
            if share >= 1 { writeToStandardError("\n") }
        } else {
            complain("\(title) \(step * 10) %")
        }
    }
}
