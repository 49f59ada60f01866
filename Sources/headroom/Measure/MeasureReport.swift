import MeterDSP
import Site

/// What `measure` prints of one set of channels: takes findings, prints lines.
struct MeasureReport {
    private let options: ReportOptionGroup
    private let configuration: MeterConfiguration
    private let units: MeasureUnits
    private let inputs: RecordedInputs
    /// Counts the `--channels` options from 1 where there are several.
    private let set: Int?
    private var watch: EventWatch?
    private var events: EventLines?
    private var energy = EnergyTotals()
    private var windowsShown = 0
    private var eventsShown = 0
    /// Lines that wait for the first window with a cycle; nil: none wait any more.
    private var held: [String]?
    /// Whole windows so far.
    private(set) var windowCount = 0
    /// Whether a window had cycles.
    private(set) var hasCycles = false
    private(set) var drawing: Plot?

    /// - Parameters:
    ///   - declaredVoltage: what events are counted in percent of, in the recording's unit; nil: no events.
    ///   - holdsBack: prints nothing before a window with a cycle has come.
    init(
        _ options: ReportOptionGroup, _ configuration: MeterConfiguration, units: MeasureUnits, set: Int?,
        declaredVoltage: Double?, holdsBack: Bool
    ) throws(UsageError) {
        self.options = options
        self.configuration = configuration
        self.units = units
        self.set = set
        inputs = RecordedInputs(configuration.layout)
        held = holdsBack ? [] : nil
        if let declaredVoltage {
            watch = try EventWatch(configuration, declaredVoltage: declaredVoltage)
            events = EventLines(configuration, units: units, declaredVoltage: declaredVoltage)
        }
    }

    /// What the measurer is to find for `options`.
    static func wishes(_ options: ReportOptionGroup) -> WindowMeasurer.Wishes {
        .init(
            highestOrder: max(WindowDetail.distortionOrder, options.harmonics ? options.highestOrder : 0),
            spectra: options.harmonics, samples: options.plot != nil,
            details: options.showsWindows || options.plot != nil, window: options.window)
    }

    /// Takes a block of frames, before what the measurer finds in it.
    mutating func take(frames block: RawSpan) { watch?.add(frames: block) }

    /// A gap of `frames` before the next block, after what the measurer found before it.
    mutating func markGap(_ frames: Int64) { watch?.markGap(frames) }

    mutating func take(_ finding: Finding) {
        switch finding {
        case .halfCycle(let reading):
            var found: [EventWatch.Report] = []
            watch?.add(reading) { found.append($0) }
            found.forEach { print($0) }
        case .window(let window):
            count(window, fundamentalReactivePower: nil)
            var found: [EventWatch.Report] = []
            watch?.add(window) { found.append($0) }
            found.forEach { print($0) }
        case .detail(let detail):
            windowCount += 1
            if !detail.reading.flags.contains(.unsynchronised) {
                hasCycles = true
                release()
            }
            guard options.window == nil || options.window == windowCount else { return }
            show(detail)
        }
    }

    /// Takes a segment, which the meter has not seen.
    mutating func take(segment detail: WindowDetail) {
        let q = (0..<3).map { phase in
            zip2(detail.harmonics[phase], detail.harmonics[phase + 3]).map {
                ($0.fundamental * $1.fundamental.conjugate).imaginary
            } ?? 0
        }
        count(detail.reading, fundamentalReactivePower: SIMD3(q[0], q[1], q[2]))
        take(.detail(detail))
    }

    /// Prints what stands at the end: intervals that run, energy.
    mutating func finish() {
        var found: [EventWatch.Report] = []
        watch?.finish { found.append($0) }
        found.forEach { print($0) }
        if options.quantities { showEnergy() }
    }

    private mutating func count(_ window: WindowReading, fundamentalReactivePower: SIMD3<Double>?) {
        var reactive = fundamentalReactivePower
        if reactive == nil, window.fundamentalVoltages != nil {
            reactive = SIMD3(
                window.fundamentalReactivePower(0) ?? 0, window.fundamentalReactivePower(1) ?? 0,
                window.fundamentalReactivePower(2) ?? 0)
        }
        energy.add(
            window, fundamentalReactivePower: reactive, seconds: window.frames / configuration.sampleRateHz)
    }

    // MARK: Windows

    private mutating func show(_ detail: WindowDetail) {
        if options.plot != nil, drawing == nil, !detail.reading.flags.contains(.unsynchronised) {
            drawing = Plot(
                detail, configuration: configuration, units: units, windowNumber: windowCount)
        }
        guard options.showsWindows else { return }
        let record = WindowRecord(detail, configuration: configuration)
        let quantities =
            options.quantities
            ? QuantityTable(detail, configuration: configuration, units: units, wiring: options.wiring) : nil
        let harmonics =
            options.harmonics
            ? HarmonicTable(detail, inputs: inputs, units: units, highestOrder: options.highestOrder) : nil
        if options.json {
            var more: [String] = []
            if options.quantities || options.harmonics { more.append("\"units\":" + unitsObject) }
            if options.quantities { more.append("\"quantities\":" + (quantities?.jsonObject ?? "null")) }
            if let harmonics { more.append("\"harmonics\":" + harmonics.jsonObject) }
            print(record.jsonLine(set: set, more: more))
        } else if options.quantities || options.harmonics {
            if let set, windowsShown == 0 { print("set \(set)") }
            if windowsShown > 0 || eventsShown > 0 { print("") }
            print(heading(record, detail))
            quantities?.textLines.forEach { print($0) }
            if options.quantities, quantities == nil { print("no quantities: the values are beyond measure") }
            harmonics?.textLines.forEach { print($0) }
        } else {
            if windowsShown % 20 == 0 {
                if let set, windowsShown == 0 { print("set \(set)") }
                print(WindowRecord.tableHeader)
            }
            record.tableLines.forEach { print($0) }
        }
        windowsShown += 1
    }

    private func heading(_ record: WindowRecord, _ detail: WindowDetail) -> String {
        let cycles = detail.reading.halfCycles / 2
        let end = record.seconds + record.frames / configuration.sampleRateHz
        return "window \(windowCount)  \(fixed(record.seconds, 3)) s to \(fixed(end, 3)) s  "
            + "\(cycles) cycle\(cycles == 1 ? "" : "s")  "
            + (record.frequencyHz.map { fixed($0, 4) + " Hz" } ?? "frequency –")
            + (record.flags.isEmpty ? "" : "  " + record.flags.joined(separator: " "))
    }

    private var unitsObject: String {
        "{\"u\":\(json(units.voltage)),\"i\":\(json(units.current)),\"p\":\(json(units.power("W"))),"
            + "\"q\":\(json(units.power("var"))),\"s\":\(json(units.power("VA")))}"
    }

    // MARK: Events and energy

    private mutating func print(_ report: EventWatch.Report) {
        guard let events else { return }
        if options.json {
            print(events.jsonLine(report, set: set))
        } else {
            if eventsShown == 0, !options.showsWindows {
                if let set { print("set \(set)") }
                print(EventLines.header)
            }
            events.text(report).forEach { print($0) }
        }
        eventsShown += 1
    }

    private mutating func showEnergy() {
        let rows = energy.rows(inputs, units)
        let phases = inputs.phases
        if options.json {
            let members = phases.map { phase in
                json("L\(phase + 1)") + ":" + json(rows.map { ($0.key, $0.phases[phase].number) })
            }
            print(
                "{\"type\":\"energy\"," + (set.map { "\"set\":\($0)," } ?? "") + "\"seconds\":\(json(energy.seconds)),"
                    + "\"seconds_without_reactive\":\(json(energy.secondsWithoutReactive)),"
                    + "\"unit\":\(json(units.power("W") + "h")),\"phases\":{" + members.joined(separator: ",")
                    + "},\"sum\":" + json(rows.map { ($0.key, $0.sum.number) }) + "}")
            return
        }
        guard phases.contains(where: { inputs.hasBoth($0) }) else { return }
        print("")
        let without = energy.secondsWithoutReactive
        print(
            "energy of \(fixed(energy.seconds, 3)) s"
                + (without > 0 ? "; reactive without \(fixed(without, 3)) s that have no fundamental" : ""))
        for row in rows {
            let cells = phases.map { row.phases[$0] } + (phases.count > 1 ? [row.sum] : [])
            print(QuantityTable.line(row, cells))
        }
    }

    // MARK: Printing

    private mutating func print(_ line: String) {
        if held != nil { held?.append(line) } else { Swift.print(line) }
    }

    private mutating func release() {
        held?.forEach { Swift.print($0) }
        held = nil
    }
}

/// Both values, or nil where one is missing.
private func zip2<A, B>(_ a: A?, _ b: B?) -> (A, B)? {
    guard let a, let b else { return nil }
    return (a, b)
}
