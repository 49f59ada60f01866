import MeterDSP
import Site

/// Dips, swells and interruptions, frequency per 10 s, values per 150/180 cycles, 10 minutes and 2 hours, of the
/// readings that it is given; flicker per 10 minutes and 2 hours, of the frames. Clock: seconds since the first frame.
struct EventWatch {
    /// What there is to report, in the order in which it is known.
    enum Report {
        case event(VoltageEvent, hasEnded: Bool)
        case frequency(FrequencyReading)
        case aggregate(AggregatedReading, Interval)
        case flicker(FlickerWatch.Interval, lamp: String)
        case longTermFlicker(LongTermFlickerWatch.TwoHours, lamp: String)
    }

    enum Interval: String {
        case cycles150Or180 = "cycles"
        case tenMinutes = "10min"
        case twoHours = "2h"
    }

    let declaredVoltage: Double
    private let sampleRateHz: Double
    private let watched: [Int]
    private let hasThreeVoltages: Bool
    private var detector: VoltageEventDetector?
    private var frequency: FrequencyMeter?
    private var aggregator = Aggregator()
    private var flicker: FlickerWatch?
    private var longTermFlicker = LongTermFlickerWatch()
    /// A voltage event fell into the time since the last window.
    private var isTouched = false

    /// - Parameter declaredVoltage: in the unit of the recording.
    /// - Throws: `UsageError` where nothing can be counted in percent of it.
    init(_ configuration: MeterConfiguration, declaredVoltage: Double) throws(UsageError) {
        let inputs = RecordedInputs(configuration.layout)
        self.declaredVoltage = declaredVoltage
        sampleRateHz = configuration.sampleRateHz
        watched = (0..<3).filter { inputs.hasVoltage($0) }
        hasThreeVoltages = inputs.hasThreeVoltages
        frequency = FrequencyMeter(sampleRateHz: configuration.sampleRateHz, nominalHz: configuration.nominalHz)
        guard !watched.isEmpty else { return }
        flicker = FlickerWatch(configuration, declaredVoltage: declaredVoltage)
        do {
            detector = try VoltageEventDetector(
                VoltageEventThresholds(declaredVoltage: declaredVoltage),
                phases: SupplyPhases(rawValue: watched.reduce(0) { $0 | 1 << UInt8($1) }),
                sampleRateHz: configuration.sampleRateHz, nominalHz: configuration.nominalHz)
        } catch {
            throw UsageError("--nominal-voltage: \(error)")
        }
    }

    /// Takes a block before the readings that are made of it.
    mutating func add(frames block: RawSpan) { flicker?.add(block) }

    /// A gap of `frames` before the next block.
    mutating func markGap(_ frames: Int64) { flicker?.markGap(frames) }

    mutating func add(_ reading: HalfCycleReading, report: (Report) -> Void) {
        if let found = frequency?.add(reading, clockSeconds: reading.endFrame / sampleRateHz) {
            report(.frequency(found))
        }
        detector?.add(reading)
        while let event = detector?.nextEnded() {
            isTouched = true
            flicker?.touch(from: event.startFrame, to: event.endFrame)
            if isWorthReporting(event) { report(.event(event, hasEnded: true)) }
        }
        if detector?.isRunning == true {
            isTouched = true
            flicker?.touch(from: reading.endFrame - reading.frames, to: reading.endFrame)
        }
        while let interval = flicker?.next(knownTo: reading.endFrame) { self.report(interval, report) }
    }

    mutating func add(_ window: WindowReading, report: (Report) -> Void) {
        // Less than a cycle, as at the start, has no RMS.
        guard window.halfCycles > 1 else { return }
        let components = hasThreeVoltages ? window.fundamentalVoltages.map { SymmetricalComponents($0) } : nil
        let input = AggregationInput(
            window, negativeUnbalance: components?.negativeUnbalance, zeroUnbalance: components?.zeroUnbalance,
            isFlagged: isTouched)
        isTouched = detector?.isRunning == true
        let ended = aggregator.add(
            input, startClockSeconds: window.firstFrame / sampleRateHz,
            endClockSeconds: (window.firstFrame + window.frames) / sampleRateHz)
        if let ended { self.report(ended, report) }
    }

    /// Reports what runs still, as unfinished.
    mutating func finish(report: (Report) -> Void) {
        if let detector {
            for kind in VoltageEvent.Kind.allCases {
                for phase in watched.map(Optional.some) + [nil] {
                    guard let event = detector.running(kind, phase: phase), isWorthReporting(event) else { continue }
                    report(.event(event, hasEnded: false))
                }
            }
        }
        self.report(aggregator.finish(), report)
        for interval in flicker?.finish() ?? [] { self.report(interval, report) }
        if let flicker, let last = longTermFlicker.finish() { report(.longTermFlicker(last, lamp: flicker.lampWord)) }
    }

    private mutating func report(_ interval: FlickerWatch.Interval, _ report: (Report) -> Void) {
        guard let flicker else { return }
        // What missing intervals ended, ended before this one began.
        let ended = longTermFlicker.add(interval)
        for twoHours in ended where twoHours.endFrame <= interval.startFrame {
            report(.longTermFlicker(twoHours, lamp: flicker.lampWord))
        }
        report(.flicker(interval, lamp: flicker.lampWord))
        for twoHours in ended where twoHours.endFrame > interval.startFrame {
            report(.longTermFlicker(twoHours, lamp: flicker.lampWord))
        }
    }

    private func report(_ ended: Aggregator.Ended, _ report: (Report) -> Void) {
        if let reading = ended.cycles150Or180 { report(.aggregate(reading, .cycles150Or180)) }
        if let reading = ended.tenMinutes { report(.aggregate(reading, .tenMinutes)) }
        if let reading = ended.twoHours { report(.aggregate(reading, .twoHours)) }
    }

    /// With one voltage the supply's events are that phase's.
    private func isWorthReporting(_ event: VoltageEvent) -> Bool { watched.count > 1 || !event.isPolyphase }
}

extension SupplyPhases {
    /// `L1`, `L2`, `L3`.
    var names: [String] { (0..<3).filter { rawValue & 1 << UInt8($0) != 0 }.map { "L\($0 + 1)" } }
}

extension VoltageEvent.Kind {
    /// As the tables and JSON lines name it.
    var word: String {
        switch self {
        case .dip: "dip"
        case .swell: "swell"
        case .interruption: "interruption"
        }
    }
}
