import Allocation
import Glibc
import MeterDSP
import Realtime
import Site
import Stations

/// How a running device is shown: a table that renews itself, plain lines, or JSON lines.
enum ViewKind {
    case table, lines, json

    /// A table on a terminal, lines into a pipe or a log.
    static func suitable(json: Bool) -> ViewKind {
        json ? .json : isatty(STDOUT_FILENO) == 1 ? .table : .lines
    }
}

/// What is shown at one moment.
struct SiteView {
    var settings: SiteSettings
    var snapshot: SiteSnapshot
    var stations: [StationSnapshot]
    var groups: [GroupSnapshot]
    var isReceiverFaulty: Bool
    var messages: [String]
    var wiring: WiringReport
    var lateBlockCount: Int
    var seconds: Double
    var now: MonotonicTime

    init(_ device: SiteDevice, since begun: Int64) {
        settings = device.settings
        now = MonotonicTime(nanoseconds: MonotonicClock.nanoseconds())
        snapshot = device.snapshot()
        stations = device.stations()
        groups = device.groups()
        isReceiverFaulty = device.isReceiverFaulty
        messages = device.messages()
        wiring = device.wiring()
        lateBlockCount = device.lateBlockCount
        seconds = Double(MonotonicClock.nanoseconds() - begun) / 1e9
    }

    private static let lines = Phase.allCases

    /// What is wrong, in words; empty: nothing.
    var alarms: [String] {
        var words: [String] = []
        if !snapshot.isMeasuring {
            words.append("no measurement: the ADC's connection is lost")
        } else if snapshot.lastBlock != .never, now.seconds(since: snapshot.lastBlock) > 1.5 {
            words.append(
                "no measurement for \(Int(now.seconds(since: snapshot.lastBlock))) s: the measuring thread hangs")
        }
        let flags = snapshot.window.flags
        if flags.contains(.currentClipped) {
            words.append("a current is beyond its input's range: use a larger sensor")
        }
        for phase in Self.lines {
            let index = Int(phase.rawValue)
            if flags.contains(.phaseLost(index)) {
                words.append("no voltage on \(phase.name)")
            } else if !settings.supply.feedsIn, snapshot.window.activePower[index] < -50 {
                words.append("\(phase.name) feeds in: sensor reversed or on another line, or set feed-in: true")
            }
        }
        if snapshot.alarm.contains(.settingsUnusable) { words.append("settings that cannot be used: headroom check") }
        if snapshot.alarm.contains(.noMeasurement) { words.append("fail-safe plan: no usable reading") }
        if snapshot.alarm.contains(.overloadNotSolvable) {
            words.append("overload: all stations are at their floor and it is not enough")
        }
        if isReceiverFaulty {
            words.append("the utility's receiver cannot be read or is miswired: its safe mode holds")
        }
        if snapshot.alarm.contains(.stationSilent) { words.append("a station does not answer") }
        if snapshot.alarm.contains(.stationDisobeys) { words.append("a station draws more than it was told") }
        for station in stations {
            if let error = station.diagnostics.lastError, !station.report.isAnswering {
                words.append("\(station.name): \(error)")
            }
            if station.diagnostics.failSafeKept == false {
                words.append("\(station.name): does not keep its fail-safe settings")
            }
        }
        return words + wiringAlarms
    }

    // MARK: Table

    /// 80 columns at most.
    var table: [String] {
        let limits = settings.supply.limits
        let clock = "\(padded2(Int(seconds) / 3600)):\(padded2(Int(seconds) / 60 % 60)):\(padded2(Int(seconds) % 60))"
        let frequency = snapshot.window.frequencyHz.map { fixed($0, 3) + " Hz" } ?? "no cycles"
        var lines = [
            leading("Headroom · \(settings.name)", 48) + padded(frequency, 14) + padded(clock, 17), "",
            "         U V      I A       P W      PF   room A   load under the main fuse",
        ]
        for phase in Self.lines {
            let index = Int(phase.rawValue)
            let window = snapshot.window
            let share = window.currentRMS[index] / limits.mainAmperes[phase]
            lines.append(
                "  \(phase.name)" + column(window.voltageRMS[index], 1, 9) + column(window.currentRMS[index], 2, 9)
                    + column(window.activePower[index], 0, 10) + column(window.powerFactor(index), 3, 8)
                    + column(snapshot.headroom[phase], 1, 9) + "   " + bar(share, 16)
                    + padded("\(fixed(share * 100, 0)) %", 6))
        }
        lines += limitLines
        lines += ["", "  station      status             limit draws L1    L2    L3  why"]
        for (index, station) in stations.enumerated() {
            lines +=
                [row(station)] + notes(station) + wiringNotes(index).flatMap { wrapped($0, first: "      ", width: 80) }
        }
        let lost = snapshot.framesLost == 0 ? "no frame lost" : "\(snapshot.framesLost) frames lost"
        lines += [
            "",
            "  \(snapshot.frames) frames, \(lost)"
                + (snapshot.reconnects > 0 ? ", \(snapshot.reconnects) reconnects" : "")
                + (lateBlockCount > 0 ? ", \(lateBlockCount) late blocks" : ""),
        ]
        for alarm in alarms { lines += wrapped(alarm, first: "  ! ", width: 80) }
        for message in messages where seconds < 10 || !snapshot.isMeasuring {
            lines.append("  · " + String(message.prefix(76)))
        }
        return lines
    }

    private func row(_ station: StationSnapshot) -> String {
        let drawn = station.report.drawnAmperes
        let status = station.report.isAnswering ? station.report.status.words : "no answer"
        return "  " + leading(station.name, 12) + " " + leading(status, 16) + padded(amperes(station.limit.amperes), 7)
            + column(drawn.l1, 1, 8) + column(drawn.l2, 1, 6) + column(drawn.l3, 1, 6)
            + "  " + leading(station.limit.reasonWords(settings.groups), 19)
    }

    /// What the row has no room for: the words of the profile, the limit in force where it is another, the last contact
    /// of a silent station, faults with what to do. Empty where all is as it should be.
    private func notes(_ station: StationSnapshot) -> [String] {
        let diagnostics = station.diagnostics
        var words: [String] = []
        if station.report.isAnswering {
            if let says = diagnostics.statusWords { words.append(says) }
            if let inForce = diagnostics.limitInForceAmperes, abs(inForce - station.limit.amperes) > 0.05 {
                words.append("\(amperes(inForce)) in force")
            }
            words += phaseWords(station)
        } else {
            words.append(diagnostics.contactLine(now))
        }
        var lines = words.isEmpty ? [] : wrapped(words.joined(separator: " · "), first: "      ", width: 80)
        for fault in diagnostics.faults { lines += wrapped(fault.line, first: "      ! ", width: 80) }
        if station.report.isAnswering, let error = recentError(station) {
            lines += wrapped(error, first: "      ! ", width: 80)
        }
        return lines
    }

    /// On how many phases a station that switches charges, and why it is told another limit than its own.
    private func phaseWords(_ station: StationSnapshot) -> [String] {
        [station.report.phaseMode.map { "on \($0.words)" }, station.diagnostics.limitNote].compactMap(\.self)
    }

    /// What went wrong within the last minute: an old error that is over alarms nobody.
    private func recentError(_ station: StationSnapshot) -> String? {
        let diagnostics = station.diagnostics
        guard diagnostics.lastErrorTime != .never, now.seconds(since: diagnostics.lastErrorTime) < 60 else {
            return nil
        }
        return diagnostics.lastError
    }

    private func bar(_ share: Double, _ width: Int) -> String {
        let filled = Int((min(1, max(0, share)) * Double(width)).rounded())
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }

    private func padded2(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    // MARK: Lines

    /// What a line is printed for when it changes.
    var state: [String] {
        [snapshot.intervention.map(\.words) ?? ""]
            + stations.map {
                "\($0.limit.amperes) \($0.limit.reason) \($0.diagnostics.statusLine($0.report)) \($0.diagnostics.faults) "
                    + "\(phaseWords($0))"
            } + alarms
    }

    /// One line for logs and pipes.
    var line: String {
        let phases = Self.lines.map {
            "\($0.name) \(fixed(snapshot.window.currentRMS[Int($0.rawValue)], 1)) A room \(fixed(snapshot.headroom[$0], 1))"
        }
        let list = stations.map {
            "\($0.name): \($0.diagnostics.statusLine($0.report)) "
                + (["\(amperes($0.limit.amperes)) (\($0.limit.reasonWords(settings.groups)))"] + phaseWords($0)
                + ($0.report.isAnswering ? [] : [$0.diagnostics.contactLine(now)])
                + $0.diagnostics.faults.map(\.line)).joined(separator: ", ")
        }
        let signal = snapshot.intervention.map { ["signal \($0.words)"] } ?? []
        let alarm = alarms.isEmpty ? [] : ["ALARM " + alarms.joined(separator: "; ")]
        return (["\(fixed(seconds, 1)) s", phases.joined(separator: ", ")] + list + signal + alarm).joined(
            separator: " | ")
    }

    // MARK: JSON

    /// Members about one station for who looks for a fault.
    private func diagnosis(_ station: StationSnapshot) -> String {
        let diagnostics = station.diagnostics
        let contact = diagnostics.lastContact == .never ? nil : max(0, now.seconds(since: diagnostics.lastContact))
        return "\"says\":\(diagnostics.statusWords.map { json($0) } ?? "null"),"
            + "\"limit_in_force_a\":\(jsonAmperes(diagnostics.limitInForceAmperes)),"
            + "\"last_contact_s\":\(json(contact.map { ($0 * 1000).rounded() / 1000 })),"
            + "\"faults\":\(json(diagnostics.faults.map(\.line))),"
            + "\"error\":\(recentError(station).map { json($0) } ?? "null")"
    }

    /// One JSON line; the keys are documented in the README.
    var jsonLine: String {
        let window = snapshot.window
        let phases = Self.lines.map { phase in
            let index = Int(phase.rawValue)
            return
                "\(json(phase.name)):{\"u_rms\":\(json(window.voltageRMS[index])),\"i_rms\":\(json(window.currentRMS[index])),"
                + "\"p\":\(json(window.activePower[index])),\"pf\":\(json(window.powerFactor(index))),"
                + "\"headroom_a\":\(json(snapshot.headroom[phase]))\(fuseMembers(phase))}"
        }
        let list = stations.map { station in
            "{\"name\":\(json(station.name)),\"status\":\(json(station.report.status.words)),"
                + "\"answering\":\(station.report.isAnswering),\"limit_a\":\(jsonAmperes(station.limit.amperes)),"
                + "\"reason\":\(json(station.limit.reason.identifier)),"
                + "\"limiting_phase\":\(station.limit.limitingPhase.map { json($0.name) } ?? "null")\(decidingMembers(station.limit)),"
                + "\"limit_note\":\(station.diagnostics.limitNote.map { json($0) } ?? "null"),"
                + "\"phase_mode\":\(station.report.phaseMode.map { json($0.identifier) } ?? "null"),"
                + "\"accepted_a\":\(jsonAmperes(station.report.acceptedAmperes)),"
                + "\"drawn_a\":[\(jsonAmperes(station.report.drawnAmperes.l1)),\(jsonAmperes(station.report.drawnAmperes.l2)),"
                + "\(jsonAmperes(station.report.drawnAmperes.l3))],\(diagnosis(station))}"
        }
        return
            "{\"t_s\":\(fixed(seconds, 3)),\"f_hz\":\(json(window.frequencyHz)),\"phases\":{\(phases.joined(separator: ","))},"
            + "\"stations\":[\(list.joined(separator: ","))],\(limitMembers)\"frames\":\(snapshot.frames),"
            + "\"frames_lost\":\(snapshot.framesLost),\"reconnects\":\(snapshot.reconnects),"
            + "\"late_blocks\":\(lateBlockCount),"
            + "\"flags\":[\(window.flags.words.map { json($0) }.joined(separator: ","))],"
            + "\"alarms\":[\(alarms.map { json($0) }.joined(separator: ","))]}"
    }
}
