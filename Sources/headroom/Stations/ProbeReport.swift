import Site
import Stations

/// What a probe found, for people: the best first, then why the others do not fit, and what to write down.
struct ProbeReport {
    var findings: [StationProbe.Finding]
    var requestCount: Int
    var hasHeardNothing: Bool
    var lastError: String?
    var isSerial: Bool
    var addressOffset: Int

    private var fitting: [StationProbe.Finding] { findings.filter { $0.verdict == .fits } }
    var fits: Bool { !fitting.isEmpty }

    var lines: [String] {
        var lines: [String] = []
        for finding in fitting { lines += fit(finding) }
        if fitting.count > 1 {
            lines += wrapped(
                "\(fitting.count) profiles fit, and no register tells them apart: choose by the station's name plate.")
            lines.append("")
        }
        if !fits { lines += nothing + [""] }
        lines.append(fits ? "Why not the others" : "Why not")
        for finding in findings where finding.verdict != .fits && finding.verdict != .silent {
            lines += wrapped(words(finding), first: "  " + leading(finding.profile.identifier, 34))
        }
        // Of a silent unit there is one thing to say.
        let silent = Dictionary(grouping: findings.filter { $0.verdict == .silent }) { $0.place.unitIdentifier }
        for (unit, findings) in silent.sorted(by: { $0.key < $1.key }) {
            lines += wrapped(
                findings.map(\.profile.identifier).joined(separator: ", "), first: "  unit \(unit) does not answer: ")
        }
        lines += ["", "\(requestCount) requests, nothing written."]
        return lines
    }

    private func words(_ finding: StationProbe.Finding) -> String {
        switch finding.verdict {
        case .fits: "fits"
        case .differs(let text): text
        case .silent: "unit \(finding.place.unitIdentifier) does not answer"
        case .cannotTell: "has nothing by which a station could be told (no probe in the profile)"
        }
    }

    private func fit(_ finding: StationProbe.Finding) -> [String] {
        let profile = finding.profile
        var lines = wrapped(
            "\(profile.name) (\(profile.identifier)) fits: \(finding.reasonsHeld) of \(finding.reasonCount) reasons hold."
        )
        for (label, text) in finding.identity { lines += wrapped(text, first: "  \(label): ") }
        if let variant = finding.variant { lines += wrapped(variant, first: "  variant: ") }
        if let remark = finding.remark { lines += wrapped(remark, first: "  ! ") }
        lines += wrapped(
            "\(profile.confidence.rawValue), \(profile.confidence.words)", first: "  profile: ")
        lines += wrapped(firstSentences(profile.advice), first: "  advice: ")
        lines += ["  for the settings, under stations:"] + siteLines(finding).map { "    " + $0 } + [""]
        return lines
    }

    /// The beginning of an advice; all of it is in `show`.
    private func firstSentences(_ text: String) -> String {
        var short = ""
        for sentence in text.split(separator: ". ") {
            guard short.isEmpty || short.count + sentence.count < 160 else { return short + ". …" }
            short += (short.isEmpty ? "" : ". ") + sentence
        }
        return short
    }

    /// Ready to be pasted; the limit is the model's largest, for the installer to lower.
    private func siteLines(_ finding: StationProbe.Finding) -> [String] {
        let profile = finding.profile
        let place = finding.place
        var lines = ["- name: \(json(profile.name))", "  type: \(profile.identifier)"]
        if place.transport != profile.transports[0] { lines.append("  transport: \(place.transport.rawValue)") }
        if let serial = place.serial, place.transport == .serial {
            lines += [
                "  device: \(serial.device)", "  baud: \(serial.baud)", "  parity: \(serial.parity.rawValue)",
                "  stop-bits: \(serial.stopBits)",
            ]
        } else {
            lines += ["  host: \(json(place.host))", "  port: \(place.port)"]
        }
        lines.append("  unit: \(place.unitIdentifier)")
        if addressOffset != 0 { lines.append("  address-offset: \(addressOffset)") }
        if let serialNumber = finding.serialNumber { lines.append("  serial-number: \(json(serialNumber))") }
        lines += [
            "  phases: [L1, L2, L3]", "  limit-a: \(json(min(profile.largestAmperes, 32)))   # what its fuse bears",
        ]
        return lines
    }

    /// Nothing fits: what to check.
    private var nothing: [String] {
        var lines: [String] = []
        if hasHeardNothing {
            lines += wrapped("No unit answers here\(lastError.map { " (\($0))" } ?? "").")
            lines += wrapped(
                "switch on Modbus in the station (its app or web page), and allow this device there", first: "  - ")
            lines += wrapped("name its unit with --unit, as set in the station", first: "  - ")
            lines += wrapped(
                isSerial
                    ? "compare baud rate, parity and stop bits, and that A and B are not exchanged"
                    : "stop every other Modbus client: many stations serve one only; behind a gateway try --transport rtu-over-tcp",
                first: "  - ")
        } else {
            lines += wrapped("A Modbus device answers, and no profile fits it.")
            lines += wrapped(
                "choose the register set in the station's web page that the advice of its profile names "
                    + "(headroom stations show)", first: "  - ")
            lines += wrapped(
                "the station may have another --unit, another port for Modbus, or shifted addresses (--address-offset)",
                first: "  - ")
            lines += wrapped(
                "another model: write a profile of your own (headroom stations show generic-modbus --yaml)",
                first: "  - ")
        }
        return lines
    }

    /// The keys are documented in the README.
    var jsonLines: [String] {
        findings.map { finding in
            let verdict =
                switch finding.verdict {
                case .fits: "fits"
                case .differs: "differs"
                case .silent: "silent"
                case .cannotTell: "cannot_tell"
                }
            let identity = finding.identity.map { "\(json($0.label)):\(json($0.text))" }.joined(separator: ",")
            return "{\"profile\":\(json(finding.profile.identifier)),\"verdict\":\"\(verdict)\","
                + "\"why\":\(json(words(finding))),\"reasons_held\":\(finding.reasonsHeld),"
                + "\"reasons\":\(finding.reasonCount),\"unit\":\(finding.place.unitIdentifier),"
                + "\"identity\":{\(identity)},\"serial_number\":\(finding.serialNumber.map { json($0) } ?? "null"),"
                + "\"variant\":\(finding.variant.map { json($0) } ?? "null")}"
        }
    }
}
