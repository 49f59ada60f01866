import MeterDSP

/// Flicker of every recorded voltage: raw frames in, P_st per 10 minutes out. Clock: frames since the first, lost ones
/// included.
struct FlickerWatch {
    /// One interval of 10 minutes, or what there was of it at the end.
    struct Interval {
        /// Since the first frame, from 0.
        var number: Int64
        var startFrame: Int64
        var endFrame: Int64
        /// Of the phases (0 to 2) that have a voltage.
        var phases: [(phase: Int, reading: FlickerReading)]
        /// The signal ended before the 10 minutes did.
        var isIncomplete: Bool
        /// A dip, swell or interruption touched it.
        var hasEvent = false

        /// Not to be compared with others: an event, a gap, a start or too little voltage fell into it.
        var isFlagged: Bool { hasEvent || phases.contains { $0.reading.isFlagged } }
    }

    private struct Voltage {
        let phase: Int
        let channel: MeterChannel
        /// To the lamp's volts, so that any unit and any transformer ratio will do: flicker is relative.
        let scale: Double
        let offset: Double
        var meter: FlickerMeter
    }

    /// Samples per second that a flickermeter takes.
    static let sampleRatesHz = 1000.0...1_000_000.0
    static let intervalSeconds = 600.0

    /// For 50 Hz the lamp of 230 V, for 60 Hz that of 120 V.
    let lampWord: String
    private let layout: FrameLayout
    private let intervalFrames: Double
    /// Frames until an event that began in an interval is known for certain: more than two cycles.
    private let latestNews: Double
    private var voltages: [Voltage] = []
    private var number: Int64 = 0
    private var end: Int64 = 0
    /// Whether the running interval holds a frame.
    private var hasFrames = false
    private var isTouched = false
    /// Ended intervals, into which an event may still be found to have fallen.
    private var waiting: [Interval] = []

    /// nil: no voltage, or not within `sampleRatesHz`.
    ///
    /// - Parameter declaredVoltage: in the unit of the recording.
    init?(_ configuration: MeterConfiguration, declaredVoltage: Double) {
        let is50 = configuration.nominalHz < 55
        let lampVolts = is50 ? 230.0 : 120
        lampWord = is50 ? "230 V 50 Hz" : "120 V 60 Hz"
        layout = configuration.layout
        intervalFrames = Self.intervalSeconds * configuration.sampleRateHz
        latestNews = 0.05 * configuration.sampleRateHz
        for (phase, channel) in [MeterChannel.u1, .u2, .u3].enumerated() where layout[channel] != nil {
            guard
                let meter = try? FlickerMeter(
                    sampleRateHz: configuration.sampleRateHz, declaredVolts: lampVolts,
                    lamp: is50 ? .volts230 : .volts120)
            else { return nil }
            let calibration = configuration[calibrationOf: channel]
            let factor = lampVolts / declaredVoltage
            voltages.append(
                Voltage(
                    phase: phase, channel: channel, scale: calibration.scale * factor,
                    offset: calibration.offset * factor, meter: meter))
        }
        guard !voltages.isEmpty else { return nil }
    }

    /// Takes a block of frames.
    mutating func add(_ block: RawSpan) {
        let count = block.byteCount / layout.frameBytes
        var first = 0
        while first < count {
            let last = min(count, first + Int(boundary - end))
            for index in voltages.indices {
                // In a copy: the loop then needs no access to the array for each sample.
                var voltage = voltages[index]
                for frame in first..<last {
                    let code = layout.code(of: voltage.channel, in: block, frame: frame) ?? 0
                    voltage.meter.add(volts: Double(code) * voltage.scale + voltage.offset)
                }
                voltages[index] = voltage
            }
            hasFrames = true
            end += Int64(last - first)
            first = last
            if end == boundary { close(at: end, isIncomplete: false) }
        }
    }

    /// A gap of `frames`, 0 or more, before the next block.
    mutating func markGap(_ frames: Int64) {
        for index in voltages.indices { voltages[index].meter.restart() }
        let resumed = end + max(0, frames)
        if resumed >= boundary {
            close(at: boundary, isIncomplete: false)
            // Intervals of which nothing was seen are not reported.
            number = max(number, Int64(Double(resumed) / intervalFrames))
            if boundary <= resumed { number += 1 }
        }
        end = resumed
    }

    /// Flags the intervals that a voltage event touches, in frames.
    mutating func touch(from first: Double, to last: Double) {
        for index in waiting.indices
        where first < Double(waiting[index].endFrame) && last > Double(waiting[index].startFrame) {
            waiting[index].hasEvent = true
        }
        if last > Double(start) { isTouched = true }
    }

    /// The next interval whose events are all known, when half cycles are known to `frame`.
    mutating func next(knownTo frame: Double) -> Interval? {
        guard let first = waiting.first, Double(first.endFrame) + latestNews <= frame else { return nil }
        return waiting.removeFirst()
    }

    /// All that is left, the interval that runs too.
    mutating func finish() -> [Interval] {
        if hasFrames { close(at: end, isIncomplete: true) }
        defer { waiting = [] }
        return waiting
    }

    private var start: Int64 { frames(ofIntervals: number) }
    private var boundary: Int64 { frames(ofIntervals: number + 1) }

    private func frames(ofIntervals count: Int64) -> Int64 { Int64((Double(count) * intervalFrames).rounded()) }

    private mutating func close(at frame: Int64, isIncomplete: Bool) {
        var interval = Interval(
            number: number, startFrame: start, endFrame: frame, phases: [], isIncomplete: isIncomplete,
            hasEvent: isTouched)
        for index in voltages.indices {
            interval.phases.append((voltages[index].phase, voltages[index].meter.closeInterval()))
        }
        if hasFrames { waiting.append(interval) }
        number += 1
        hasFrames = false
        isTouched = false
    }
}
