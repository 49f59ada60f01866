import Allocation
import ArgumentParser
import Realtime
import Site
import Wiring

/// What the sensors say of how they are connected, after some seconds of measuring. No station is contacted.
enum WiringMeasurement {
    /// What came of it.
    struct Outcome {
        var report: WiringReport
        /// The ADC was lost and is not back: since when, and what to do.
        var loss: String?
    }

    /// Measures for so long. An ADC that is lost meanwhile may come back until then.
    ///
    /// - Throws: `SiteError` where the ADC cannot be measured; `RunError` where no window came.
    static func run(_ settings: SiteSettings, seconds: Double) throws -> Outcome {
        var settings = settings
        settings.stations = []
        settings.cloudStations = []
        let device = SiteDevice(settings)
        try device.start()
        defer { device.stop() }
        guard let wake = WakeUp() else { throw RunError("no file descriptor left; raise the limit (ulimit -n)") }
        let interrupt = Interrupt { wake.signal() }
        defer { interrupt.release() }
        let begun = MonotonicClock.nanoseconds()
        let end = begun + Int64(seconds * 1e9)
        var progress = ProgressBar("measuring")
        while !interrupt.hasHappened {
            let now = MonotonicClock.nanoseconds()
            progress.update(min(1, Double(now - begun) / Double(max(1, end - begun))))
            guard now < end else { break }
            wake.wait(until: min(end, now + 250_000_000))
        }
        let report = device.wiring()
        let loss = loss(of: device, after: report.seconds)
        guard report.mapping != nil else {
            throw RunError(
                loss
                    ?? "no window was measured within \(duration(seconds)); give --measure more seconds, or check the ADC"
            )
        }
        return Outcome(report: report, loss: loss)
    }

    private static func loss(of device: SiteDevice, after seconds: Double) -> String? {
        let snapshot = device.snapshot()
        let now = MonotonicTime(nanoseconds: MonotonicClock.nanoseconds())
        guard !snapshot.isMeasuring || now.seconds(since: snapshot.lastBlock) > 1.5 else { return nil }
        let cause = device.meterError ?? "no block comes any more; check the ADC's clock, cable and power"
        return "the ADC was lost after \(duration(seconds)) of measuring and is not back: \(cause); then check again"
    }

    static func lines(_ outcome: Outcome) -> [String] {
        let report = outcome.report
        var lines = ["Wiring, from \(duration(report.seconds)) of measuring"]
        if let mapping = report.mapping {
            let number = mapping.isKnown ? " (\(fixed((mapping.confidence * 10_000).rounded(.down) / 10_000, 4)))" : ""
            lines += wrapped(mapping.words + number, first: "  ")
        }
        for finding in report.findings { lines += wrapped(finding.line, first: "  ! ") }
        for sensor in report.silentSensors {
            lines += wrapped(
                "the sensor of L\(sensor + 1) shows nothing: an empty line, or a sensor that is not shut or plugged in; "
                    + "switch something on there",
                first: "  ? ")
        }
        if report.findings.isEmpty, outcome.loss == nil {
            lines.append(
                report.mapping?.isKnown == true
                    ? "  no fault found" : "  no fault found so far; measure for longer, with loads switched on and off"
            )
        }
        return lines
    }

    /// One JSON object.
    static func json(_ outcome: Outcome) -> String {
        let report = outcome.report
        let silent: [String] = report.silentSensors.map { "I\($0 + 1)" }
        let seconds: Double = (report.seconds * 10).rounded() / 10
        let findings: [String] = report.findings.map { json($0) }
        return object([
            ("seconds", number(seconds)), ("sensors", report.mapping.map { json($0) } ?? "null"),
            ("silent", list(silent)), ("findings", "[" + findings.joined(separator: ",") + "]"),
            ("loss", outcome.loss.map { text($0) } ?? "null"),
        ])
    }

    private static func json(_ finding: SensorFinding) -> String {
        object([
            ("finding", text(finding.identifier)), ("channels", list(finding.channels)),
            ("confidence", number(finding.confidence)), ("says", text(finding.words)), ("do", text(finding.remedy)),
        ])
    }

    private static func json(_ mapping: MappingVerdict) -> String {
        let inputs: [String] = mapping.isKnown ? mapping.mapping.inputs : []
        let doubt: String = mapping.doubt.map { text($0.identifier) } ?? "null"
        return object([
            ("known", mapping.isKnown ? "true" : "false"), ("confidence", number(mapping.confidence)),
            ("says", text(mapping.words)), ("doubt", doubt), ("inputs", list(inputs)),
        ])
    }

    /// Members whose values are JSON already.
    static func object(_ members: [(name: String, value: String)]) -> String {
        "{" + members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    // One name each: the overloads of `json` are dear for the compiler in a long literal.
    static func text(_ value: String) -> String { headroom.json(value) }
    static func list(_ values: [String]) -> String { headroom.json(values) }
    private static func number(_ value: Double) -> String { headroom.json(value) }
}

extension SensorMapping {
    /// By sensor: `L2`, `-L1`.
    var inputs: [String] { (0..<3).map { (isReversed($0) ? "-" : "") + "L\(line(ofSensor: $0) + 1)" } }
}
