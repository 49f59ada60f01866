import CBenchmark
import Glibc

/// One line on the standard error about every second, so that nobody waits before a silent screen.
struct Progress {
    private var saidAt = cbenchmark_nanoseconds()
    private var said = ""

    mutating func report(done: Int, of total: Int, _ what: String) {
        let now = cbenchmark_nanoseconds()
        guard now - saidAt >= 1_000_000_000 || said != what else { return }
        saidAt = now
        said = what
        complain("\(what): \(total > 0 ? 100 * done / total : 100) %")
    }
}

/// Writes one line to the standard error.
func complain(_ line: String) {
    // Swift's Glibc module shows `stderr` as a mutable global, which concurrency forbids.
    let bytes = Array("headroom-bench: \(line)\n".utf8)
    var sent = 0
    while sent < bytes.count {
        let written = bytes.span.bytes.extracting(sent..<bytes.count)
            .withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        // Nobody reads: then there is nobody to tell.
        guard written > 0 else { return }
        sent += written
    }
}

/// Why there is no result: the place and the remedy in one line.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
