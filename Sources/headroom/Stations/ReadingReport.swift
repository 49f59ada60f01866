import Allocation
import Site
import Stations

/// One round of reading, for people.
struct ReadingReport {
    var reading: StationReading
    var profile: StationProfile
    var showsRaw: Bool

    var lines: [String] {
        var rows: [(label: String, text: String)] = []
        rows.append(
            ("status", ([reading.status.words] + [reading.statusWords].compactMap { $0 }).joined(separator: ", ")))
        if !reading.amperes.isEmpty { rows.append(("draws", list(reading.amperes, 1, "A"))) }
        if !reading.volts.isEmpty { rows.append(("voltage", list(reading.volts, 0, "V"))) }
        if let watts = reading.watts { rows.append(("power", "\(fixed(watts, 0)) W")) }
        if let energy = reading.wattHours {
            rows.append(
                (
                    "energy",
                    "\(fixed(energy / 1000, 2)) kWh, \(reading.energyIsOfSession ? "this session" : "since it was made")"
                ))
        }
        if let count = reading.phaseCount { rows.append(("charges on", "\(count) phase\(count == 1 ? "" : "s")")) }
        if profile.phases?.change != nil {
            rows.append(("phase mode", reading.phaseMode?.words ?? "neither one phase nor three, or not shown"))
        }
        rows.append(("limit", limit))
        rows.append(("fail-safe", failSafe))
        for (label, text) in reading.identity { rows.append((label, text)) }
        if let variant = reading.variant { rows.append(("variant", variant)) }
        let width = (rows.map(\.label.count).max() ?? 0) + 2
        var lines = rows.flatMap { wrapped($0.text, first: leading($0.label, width)) }
        for fault in reading.faults { lines += wrapped(fault.line, first: "! ") }
        for remark in reading.remarks { lines += wrapped(remark, first: "! ") }
        if showsRaw { lines += [""] + rawLines }
        return lines
    }

    private var limit: String {
        guard !reading.limitAmperes.isEmpty else {
            return profile.hasReadBack ? "not answered" : "the station does not show it"
        }
        return reading.limitAmperes.map { amperes($0) }.joined(separator: ", ") + " in force"
    }

    private var failSafe: String {
        guard profile.hasFailSafe else { return profile.failSafeWords }
        let current = reading.failSafeAmperes.map { amperes($0) }.joined(separator: ", ")
        let after =
            reading.failSafeSeconds.map { "after \(json($0)) s without contact" }
            ?? "after a time that it does not show"
        return (current.isEmpty ? "a current that it does not show or that is not set" : current) + " " + after
    }

    private func list(_ values: [Double?], _ decimals: Int, _ unit: String) -> String {
        values.enumerated().map { index, value in
            "L\(index + 1) " + (value.map { fixed($0, decimals) } ?? "–")
        }.joined(separator: "  ") + " \(unit)"
    }

    private var rawLines: [String] {
        reading.registers.flatMap { value in
            let words = value.words.map { $0.map { hex($0) }.joined(separator: " ") } ?? ""
            return wrapped(
                "\(value.name) \(value.text)\(words.isEmpty ? "" : " [\(words)]")",
                first: "  \(value.readFunction) \(padded("\(value.address)", 5))  ")
        }
    }

    private func hex(_ word: UInt16) -> String {
        let digits = String(word, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// The keys are documented in the README.
    func jsonLine(seconds: Double) -> String {
        func numbers(_ values: [Double?]) -> String { "[" + values.map { json($0) }.joined(separator: ",") + "]" }
        let identity = reading.identity.map { "\(json($0.label)):\(json($0.text))" }.joined(separator: ",")
        let faults = reading.faults.map {
            "{\"says\":\(json($0.words)),\"do\":\($0.remedy.map { json($0) } ?? "null")}"
        }
        var line =
            "{\"t_s\":\(fixed(seconds, 3)),\"profile\":\(json(profile.identifier)),"
            + "\"variant\":\(reading.variant.map { json($0) } ?? "null"),\"status\":\(json(reading.status.words)),"
            + "\"says\":\(reading.statusWords.map { json($0) } ?? "null"),\"drawn_a\":\(numbers(reading.amperes)),"
            + "\"u_v\":\(numbers(reading.volts)),\"p_w\":\(json(reading.watts)),\"energy_wh\":\(json(reading.wattHours)),"
            + "\"energy_of_session\":\(reading.energyIsOfSession),"
            + "\"phase_count\":\(reading.phaseCount.map { "\($0)" } ?? "null"),"
            + "\"phase_mode\":\(reading.phaseMode.map { json($0.identifier) } ?? "null"),"
            + "\"limit_in_force_a\":\(numbers(reading.limitAmperes)),\"fail_safe_a\":\(numbers(reading.failSafeAmperes)),"
            + "\"fail_safe_after_s\":\(json(reading.failSafeSeconds)),\"identity\":{\(identity)},"
            + "\"faults\":[\(faults.joined(separator: ","))],\"remarks\":\(json(reading.remarks))"
        if showsRaw {
            let registers = reading.registers.map { value in
                "{\"name\":\(json(value.name)),\"function\":\(value.readFunction),\"address\":\(value.address),"
                    + "\"words\":\(value.words.map { "[\($0.map { "\($0)" }.joined(separator: ","))]" } ?? "null"),"
                    + "\"text\":\(json(value.text))}"
            }
            line += ",\"registers\":[\(registers.joined(separator: ","))]"
        }
        return line + "}"
    }
}
