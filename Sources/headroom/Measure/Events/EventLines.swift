import MeterDSP

/// What `--events` reports, as text of at most 80 columns and as JSON lines.
struct EventLines {
    let inputs: RecordedInputs
    let units: MeasureUnits
    let sampleRateHz: Double
    let declaredVoltage: Double
    /// 150 or 180.
    let shortCycles: Int

    init(_ configuration: MeterConfiguration, units: MeasureUnits, declaredVoltage: Double) {
        inputs = RecordedInputs(configuration.layout)
        self.units = units
        sampleRateHz = configuration.sampleRateHz
        self.declaredVoltage = declaredVoltage
        shortCycles = configuration.nominalHz < 55 ? 150 : 180
    }

    static let header = "  start s  what           length s"

    // MARK: Text

    func text(_ report: EventWatch.Report) -> [String] {
        switch report {
        case .event(let event, let hasEnded): [text(event, hasEnded: hasEnded)]
        case .frequency(let reading): [text(reading)]
        case .aggregate(let reading, let interval): text(reading, interval)
        case .flicker(let interval, _): text(interval)
        case .longTermFlicker(let twoHours, _): text(twoHours)
        }
    }

    private func text(_ event: VoltageEvent, hasEnded: Bool) -> String {
        let value = event.kind == .swell ? "highest" : "residual"
        let share = fixed(event.extremeRMS / declaredVoltage * 100, 1)
        let places = (event.isPolyphase ? "supply " : "") + event.phases.names.joined(separator: " ")
        return start(event.startFrame / sampleRateHz, event.kind.word, event.durationSeconds)
            + "  \(places): \(value) \(number(event.extremeRMS)) \(units.voltage) (\(share) %)"
            + (hasEnded ? "" : ", lasts still") + suffix(event.flags.words)
    }

    private func text(_ reading: FrequencyReading) -> String {
        start(reading.startClockSeconds, "frequency", FrequencyMeter.intervalSeconds)
            + "  " + (reading.frequencyHz.map { fixed($0, 4) } ?? "–") + " Hz of \(reading.cycles) cycles"
            + suffix(reading.isFlagged ? ["incomplete"] : [])
    }

    private func text(_ reading: AggregatedReading, _ interval: EventWatch.Interval) -> [String] {
        let indent = padded("", Self.header.count)
        var lines: [String] = []
        for phase in inputs.phases {
            let values = [
                inputs.hasVoltage(phase) ? "U\(significant(reading.voltageRMS[phase], 9)) \(units.voltage)" : "",
                inputs.hasCurrent(phase) ? "I\(significant(reading.currentRMS[phase], 9)) \(units.current)" : "",
                inputs.hasBoth(phase) ? "P\(significant(reading.activePower[phase], 10)) \(units.power("W"))" : "",
            ].filter { !$0.isEmpty }
            lines.append("  L\(phase + 1) " + values.joined(separator: " "))
        }
        var rest: [String] = []
        if let neutral = reading.neutralCurrentRMS { rest.append("IN \(number(neutral)) \(units.current)") }
        if let u2 = reading.negativeUnbalance { rest.append("u2 \(fixed(u2 * 100, 3)) %") }
        if let u0 = reading.zeroUnbalance { rest.append("u0 \(fixed(u0 * 100, 3)) %") }
        if !rest.isEmpty { lines.append("  " + rest.joined(separator: "  ")) }
        let flags = words(reading)
        if !flags.isEmpty { lines.append("  [" + flags.joined(separator: " ") + "]") }
        let first = start(
            reading.startClockSeconds, name(interval), reading.endClockSeconds - reading.startClockSeconds)
        return lines.enumerated().map { ($0 == 0 ? first : indent) + $1 }
    }

    private func text(_ interval: FlickerWatch.Interval) -> [String] {
        let values = interval.phases.map { "  L\($0.phase + 1) \(column($0.reading.shortTermSeverity, 3, 0))" }
        let flags = words(interval)
        return [
            start(seconds(interval.startFrame), "flicker", seconds(interval.endFrame - interval.startFrame))
                + "  Pst" + values.joined()
        ] + (flags.isEmpty ? [] : [padded("", Self.header.count) + suffix(flags)])
    }

    private func text(_ twoHours: LongTermFlickerWatch.TwoHours) -> [String] {
        let values = twoHours.phases.map { "  L\($0.phase + 1) \(column($0.reading.severity, 3, 0))" }
        let flags = (twoHours.isIncomplete ? ["incomplete"] : []) + (twoHours.isFlagged ? ["flagged"] : [])
        return [
            start(seconds(twoHours.startFrame), "flicker 2 h", seconds(twoHours.endFrame - twoHours.startFrame))
                + "  Plt" + values.joined()
        ] + (flags.isEmpty ? [] : [padded("", Self.header.count) + suffix(flags)])
    }

    private func words(_ interval: FlickerWatch.Interval) -> [String] {
        (interval.isIncomplete ? ["incomplete"] : []) + (interval.isFlagged ? ["flagged"] : [])
    }

    private func seconds(_ frames: Int64) -> Double { Double(frames) / sampleRateHz }

    private func start(_ seconds: Double, _ what: String, _ length: Double) -> String {
        column(seconds, 3, 9) + "  " + leading(what, 13) + column(length, 3, 10)
    }

    private func name(_ interval: EventWatch.Interval) -> String {
        switch interval {
        case .cycles150Or180: "\(shortCycles) cycles"
        case .tenMinutes: "10 min"
        case .twoHours: "2 h"
        }
    }

    private func number(_ value: Double) -> String { significant(value, 0) }

    private func suffix(_ flags: [String]) -> String {
        flags.isEmpty ? "" : "  [" + flags.joined(separator: " ") + "]"
    }

    private func words(_ reading: AggregatedReading) -> [String] {
        (reading.isIncomplete ? ["incomplete"] : []) + (reading.isFlagged ? ["event"] : []) + reading.flags.words
    }

    // MARK: JSON

    func jsonLine(_ report: EventWatch.Report, set: Int?) -> String {
        switch report {
        case .event(let event, let hasEnded):
            return object(
                "event", set,
                [
                    "\"kind\":\(json(event.kind.word))", "\"polyphase\":\(event.isPolyphase)",
                    "\"phases\":\(json(event.phases.names))", "\"start_s\":\(json(event.startFrame / sampleRateHz))",
                    "\"duration_s\":\(json(event.durationSeconds))", "\"ended\":\(hasEnded)",
                    "\"extreme_rms\":\(json(event.extremeRMS))", "\"depth\":\(json(event.deviation.magnitude))",
                    "\"declared\":\(json(declaredVoltage))", "\"flags\":\(json(event.flags.words))",
                ])
        case .frequency(let reading):
            return object(
                "frequency", set,
                [
                    "\"start_s\":\(json(reading.startClockSeconds))",
                    "\"duration_s\":\(json(FrequencyMeter.intervalSeconds))",
                    "\"f_hz\":\(json(reading.frequencyHz))",
                    "\"cycles\":\(reading.cycles)", "\"incomplete\":\(reading.isFlagged)",
                ])
        case .aggregate(let reading, let interval):
            let phases = inputs.phases.map { phase in
                json("L\(phase + 1)") + ":"
                    + json([
                        ("u_rms", inputs.hasVoltage(phase) ? reading.voltageRMS[phase] : nil),
                        ("i_rms", inputs.hasCurrent(phase) ? reading.currentRMS[phase] : nil),
                        ("p", inputs.hasBoth(phase) ? reading.activePower[phase] : nil),
                    ])
            }
            let kind = interval == .cycles150Or180 ? "\(shortCycles)cycles" : interval.rawValue
            return object(
                "aggregate", set,
                [
                    "\"interval\":\(json(kind))", "\"start_s\":\(json(reading.startClockSeconds))",
                    "\"duration_s\":\(json(reading.endClockSeconds - reading.startClockSeconds))",
                    "\"windows\":\(reading.windows)", "\"phases\":{" + phases.joined(separator: ",") + "}",
                    "\"i_neutral\":\(json(reading.neutralCurrentRMS))",
                    "\"negative_unbalance\":\(json(reading.negativeUnbalance))",
                    "\"zero_unbalance\":\(json(reading.zeroUnbalance))", "\"flagged\":\(reading.isFlagged)",
                    "\"incomplete\":\(reading.isIncomplete)", "\"flags\":\(json(reading.flags.words))",
                ])
        case .flicker(let interval, let lamp):
            let phases = interval.phases.map { phase, reading in
                json("L\(phase + 1)") + ":"
                    + json([
                        ("pst", reading.shortTermSeverity),
                        ("p_inst_max", reading.seconds > 0 ? reading.maximumSensation : nil),
                        ("classified_s", reading.seconds),
                    ])
            }
            return object(
                "flicker", set,
                [
                    "\"start_s\":\(json(seconds(interval.startFrame)))",
                    "\"duration_s\":\(json(seconds(interval.endFrame - interval.startFrame)))",
                    "\"lamp\":\(json(lamp))", "\"phases\":{" + phases.joined(separator: ",") + "}",
                    "\"flagged\":\(interval.isFlagged)", "\"incomplete\":\(interval.isIncomplete)",
                ])
        case .longTermFlicker(let twoHours, let lamp):
            let phases = twoHours.phases.map { phase, reading in
                json("L\(phase + 1)") + ":" + json([("plt", reading.severity)])
            }
            return object(
                "long_term_flicker", set,
                [
                    "\"start_s\":\(json(seconds(twoHours.startFrame)))",
                    "\"duration_s\":\(json(seconds(twoHours.endFrame - twoHours.startFrame)))",
                    "\"lamp\":\(json(lamp))", "\"intervals\":\(twoHours.intervals)",
                    "\"phases\":{" + phases.joined(separator: ",") + "}",
                    "\"flagged\":\(twoHours.isFlagged)", "\"incomplete\":\(twoHours.isIncomplete)",
                ])
        }
    }

    private func object(_ type: String, _ set: Int?, _ members: [String]) -> String {
        "{" + (["\"type\":\"\(type)\""] + (set.map { ["\"set\":\($0)"] } ?? []) + members).joined(separator: ",") + "}"
    }
}
