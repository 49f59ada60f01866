import Allocation
import ArgumentParser
import Realtime
import Site
import Wiring

/// What the sensors say of how they are connected, after some seconds of measuring. No station is contacted.
enum WiringMeasurement {
    /// Measures for so long.
    ///
    /// - Throws: `SiteError` where the ADC cannot be measured; `RunError` where no window came.
    static func run(_ settings: SiteSettings, seconds: Double) throws -> WiringReport {
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
        guard report.mapping != nil else {
            throw RunError(
                "no window was measured within \(duration(seconds)); give --measure more seconds, or check the ADC")
        }
        return report
    }

    static func lines(_ report: WiringReport) -> [String] {
        var lines = ["Wiring, from \(duration(report.seconds)) of measuring"]
        if let mapping = report.mapping {
            let number = mapping.isKnown ? " (\(fixed(mapping.confidence, 4)))" : ""
            lines += wrapped(mapping.words + number, first: "  ", width: 100)
        }
        for finding in report.findings { lines += wrapped(finding.line, first: "  ! ", width: 100) }
        for sensor in report.silentSensors {
            lines += wrapped(
                "the sensor of L\(sensor + 1) shows nothing: an empty line, or a sensor that is not shut or plugged in; "
                    + "switch something on there", first: "  ? ", width: 100)
        }
        if report.findings.isEmpty { lines.append("  no fault found") }
        return lines
    }

    /// One JSON object.
    static func json(_ report: WiringReport) -> String {
        let findings = report.findings.map { finding in
            "{\"finding\":\(headroom.json(finding.identifier)),\"channels\":\(headroom.json(finding.channels)),"
                + "\"confidence\":\(headroom.json(finding.confidence)),\"says\":\(headroom.json(finding.words)),"
                + "\"do\":\(headroom.json(finding.remedy))}"
        }
        let sensors =
            report.mapping.map { mapping in
                "{\"known\":\(mapping.isKnown),\"confidence\":\(headroom.json(mapping.confidence)),"
                    + "\"says\":\(headroom.json(mapping.words)),"
                    + "\"doubt\":\(mapping.doubt.map { headroom.json($0.identifier) } ?? "null"),"
                    + "\"inputs\":\(headroom.json(mapping.isKnown ? mapping.mapping.inputs : []))}"
            } ?? "null"
        return "{\"seconds\":\(headroom.json((report.seconds * 10).rounded() / 10)),\"sensors\":\(sensors),"
            + "\"silent\":\(headroom.json(report.silentSensors.map { "I\($0 + 1)" })),"
            + "\"findings\":[\(findings.joined(separator: ","))]}"
    }
}

extension SensorMapping {
    /// By sensor: `L2`, `-L1`.
    var inputs: [String] { (0..<3).map { (isReversed($0) ? "-" : "") + "L\(line(ofSensor: $0) + 1)" } }
}
