import Glibc
import Realtime
import Site
import Synchronization

/// Shows a running device until the time is up or a signal comes.
struct Watching {
    var kind: ViewKind
    /// nil: until Ctrl-C or SIGTERM.
    var seconds: Double?
    /// A plain line at least this often; sooner when a limit, a status or an alarm changes.
    var linesEverySeconds: Double
    /// A JSON line each.
    var jsonEverySeconds = 1.0

    func run(_ device: SiteDevice, _ recorder: DecisionRecorder? = nil) {
        let begun = MonotonicClock.nanoseconds()
        let end = seconds.map { begun + Int64($0 * 1e9) } ?? .max
        guard let wake = WakeUp() else { return }
        let interrupt = Interrupt { wake.signal() }
        defer { interrupt.release() }
        let step = kind == .table ? 500_000_000 : kind == .json ? Int64(jsonEverySeconds * 1e9) : 1_000_000_000
        var next = begun + step
        var lastState: [String] = []
        var lastLine = -Double.infinity
        var drawn = 0
        var events = InterventionEvents()
        var lateBlocks = LateBlockEvents()
        defer { events.report(device, kind: kind, isLast: true) }
        while !interrupt.hasHappened {
            wake.wait(until: min(next, end))
            let now = MonotonicClock.nanoseconds()
            next = max(next + step, now)
            let view = SiteView(device, since: begun)
            events.report(device, kind: kind)
            lateBlocks.report(device, kind: kind)
            recorder?.take(device, since: begun)
            switch kind {
            case .json: print(view.jsonLine)
            case .table:
                let lines = view.table
                // Up to the table's first line, and every line cleared before it is written anew.
                let up = drawn > 0 ? "\u{1B}[\(drawn)A" : ""
                print(up + lines.map { "\u{1B}[2K" + $0 }.joined(separator: "\n") + "\u{1B}[0J")
                drawn = lines.count
            case .lines:
                if view.state != lastState || view.seconds - lastLine >= linesEverySeconds {
                    print(view.line)
                    lastState = view.state
                    lastLine = view.seconds
                }
            }
            fflush(nil)
            if now >= end { break }
        }
    }
}
