import Allocation
import Realtime
import Site
import Stations

/// Holds a limit and shows what the station makes of it, until the time is up or a signal comes.
struct SetSession {
    let writer: StationWriter
    let station: StationConfiguration
    let limit: StationLimit
    /// nil: until Ctrl-C or SIGTERM.
    let seconds: Double?
    let json: Bool

    /// - Returns: true where the station took the limit and was left as it should be.
    func run() -> Bool {
        guard let wake = WakeUp() else {
            complain("headroom: no file descriptor left; raise the limit (ulimit -n)")
            writer.stop()
            return false
        }
        let interrupt = Interrupt { wake.signal() }
        defer { interrupt.release() }
        let begun = MonotonicClock.nanoseconds()
        let end = seconds.map { begun + Int64($0 * 1e9) } ?? .max
        var shown: [String] = []
        var isTaken = false
        var next = begun + 200_000_000
        while !interrupt.hasHappened, MonotonicClock.nanoseconds() < end {
            wake.wait(until: min(next, end))
            next = MonotonicClock.nanoseconds() + (json ? 1_000_000_000 : 200_000_000)
            let now = MonotonicTime(nanoseconds: MonotonicClock.nanoseconds())
            let seconds = Double(now.nanoseconds - begun) / 1e9
            let (report, diagnostics) = (writer.report(), writer.diagnostics())
            isTaken = isTaken || (report.isAnswering && report.inFlightAmperes == nil && report.acceptedAmperes != nil)
            if json {
                print(jsonLine(seconds, report, diagnostics))
            } else {
                let lines = state(report, diagnostics, isTaken)
                for line in lines where !shown.contains(line) {
                    wrapped(line, first: padded(fixed(seconds, 1), 7) + " s  ").forEach { print($0) }
                }
                shown = lines
            }
            flushOutput()
        }
        writer.stop()
        return tellEnd(isTaken, Double(MonotonicClock.nanoseconds() - begun) / 1e9)
    }

    /// What is printed when it changes.
    private func state(_ report: StationReport, _ diagnostics: StationDiagnostics, _ isTaken: Bool) -> [String] {
        var lines: [String] = []
        if let written = diagnostics.lastLimitWrittenAmperes {
            lines.append("limit of \(amperes(written)) written and accepted")
        }
        if let inForce = diagnostics.limitInForceAmperes, isTaken {
            let how = station.profile.hasReadBack ? "read back" : "accepted; the station does not show it"
            lines.append("limit of \(amperes(inForce)) in force (\(how))")
        }
        if let note = diagnostics.limitNote { lines.append(note) }
        if report.isAnswering {
            lines.append(diagnostics.statusLine(report))
            if report.drawnTime != .never {
                let drawn = station.supplyPhases.map { fixed(report.drawnAmperes[$0], 1) }.joined(separator: "  ")
                lines.append("draws \(drawn) A")
            }
        }
        if diagnostics.failSafeKept == true { lines.append("fail-safe settings kept by the station") }
        lines += diagnostics.faults.map { "fault: \($0.line)" }
        if let error = diagnostics.lastError { lines.append("! \(error)") }
        return lines
    }

    private func tellEnd(_ isTaken: Bool, _ seconds: Double) -> Bool {
        let diagnostics = writer.diagnostics()
        let left = amperes(station.failSafeAmperes)
        if json {
            print(
                "{\"summary\":true,\"t_s\":\(fixed(seconds, 3)),\"taken\":\(isTaken),"
                    + "\"left_at_fail_safe\":\(diagnostics.isLeftAtFailSafe),\"writes\":\(diagnostics.writes),"
                    + "\"error\":\(diagnostics.lastError.map { headroom.json($0) } ?? "null")}")
        } else if diagnostics.isLeftAtFailSafe {
            print("The station is left at \(left).")
        }
        if !diagnostics.isLeftAtFailSafe {
            complain("headroom: the station could not be left at \(left); it falls back by itself if it can")
        }
        if !isTaken {
            complain(
                "headroom: the station did not take the limit; \(diagnostics.lastError ?? "try for a longer time")")
        }
        return isTaken && diagnostics.isLeftAtFailSafe
    }

    /// The keys are documented in the README.
    private func jsonLine(_ seconds: Double, _ report: StationReport, _ diagnostics: StationDiagnostics) -> String {
        let drawn = report.drawnAmperes
        return "{\"t_s\":\(fixed(seconds, 3)),\"status\":\(headroom.json(report.status.words)),"
            + "\"says\":\(diagnostics.statusWords.map { headroom.json($0) } ?? "null"),"
            + "\"answering\":\(report.isAnswering),\"limit_a\":\(jsonAmperes(limit.amperes)),"
            + "\"written_a\":\(jsonAmperes(diagnostics.lastLimitWrittenAmperes)),"
            + "\"limit_in_force_a\":\(jsonAmperes(diagnostics.limitInForceAmperes)),"
            + "\"drawn_a\":[\(jsonAmperes(drawn.l1)),\(jsonAmperes(drawn.l2)),\(jsonAmperes(drawn.l3))],"
            + "\"fail_safe_kept\":\(diagnostics.failSafeKept.map { "\($0)" } ?? "null"),"
            + "\"error\":\(diagnostics.lastError.map { headroom.json($0) } ?? "null")}"
    }
}
