import Foundation
import Glibc
import Realtime
import Site

/// Writes a running device's decisions to a file, a JSON line each.
final class DecisionRecorder {
    private let path: String
    private let file: UnsafeMutablePointer<FILE>
    private let encoder = JSONEncoder()
    private var seen = 0
    private var hasFailed = false

    /// - Throws: `RunError` where the file exists or cannot be written.
    init(_ path: String) throws {
        self.path = path
        guard let file = fopen(path, "wx") else {
            let problem =
                errno == EEXIST
                ? "exists already; name another file"
                : "\(String(cString: strerror(errno))); name a file in a folder that can be written"
            throw RunError("\(path): \(problem)")
        }
        self.file = file
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    deinit {
        fclose(file)
        // Nothing was decided, as where the start failed: the next start may use the name.
        if seen == 0 { unlink(path) }
    }

    /// Writes what has been decided since the last call. A full disk ends the recording, never the device.
    func take(_ device: SiteDevice, since begun: Int64) {
        let decisions = device.decisions(after: seen)
        guard !hasFailed, let last = decisions.last else { return }
        if let first = decisions.first, first.number > seen {
            complain("headroom: \(first.number - seen) decisions came too fast to be recorded")
        }
        seen = last.number + 1
        let stations = device.stations()
        let groups = device.settings.groups.map(\.name)
        let now = MonotonicClock.nanoseconds()
        for decision in decisions {
            let age = Double(now - decision.record.time.nanoseconds) / 1e9
            let line = DecisionLine(
                decision, stations: stations, groups: groups,
                seconds: Double(decision.record.time.nanoseconds - begun) / 1e9,
                time: Date(timeIntervalSinceNow: -age).ISO8601Format())
            write(line)
        }
        fflush(file)
    }

    private func write(_ line: DecisionLine) {
        guard let data = try? encoder.encode(line) else { return fail("a value that JSON cannot say") }
        let text = String(decoding: data, as: UTF8.self) + "\n"
        if fputs(text, file) < 0 { fail(String(cString: strerror(errno))) }
    }

    private func fail(_ problem: String) {
        hasFailed = true
        complain("headroom: \(path): \(problem); the recording ends here, the device goes on")
    }
}
