import MeterDSP
import Spectrum

/// Frames in, records out: the meter, and the samples that its windows' spectra need.
struct WindowMeasurer: ~Copyable {
    private var meter: Meter
    private let configuration: MeterConfiguration
    private var analyser = HarmonicAnalyser()
    /// Values by lane from frame `base` on.
    private var values: [[Double]]
    private var base: Int64 = 0
    private var end: Int64 = 0
    private var waiting: [WindowReading] = []
    private(set) var skippedSeconds = 0.0
    private(set) var windowCount = 0

    init(_ configuration: MeterConfiguration) throws(MeterConfiguration.Failure) {
        self.configuration = configuration
        meter = try Meter(configuration)
        values = Array(repeating: [], count: 6)
    }

    /// Lets the first window start with the recording: settles the meter on the recording's own first cycles.
    ///
    /// - Parameter opening: the recording's first half second, or all of it.
    mutating func settle(on opening: RawSpan) throws(MeterConfiguration.Failure) {
        var scout = try Meter(configuration)
        var cursor = 0
        var crossings: [Double] = []
        while let event = scout.advance(through: opening, from: &cursor) {
            if case .halfCycle = event, !scout.halfCycle.flags.contains(.unsynchronised) {
                crossings.append(scout.halfCycle.endFrame)
            }
        }
        // The last crossings are the best settled; an even number of half cycles apart.
        guard crossings.count >= 3 else { return }
        let span = min(8, (crossings.count - 1) / 2 * 2)
        let cycle = (crossings[crossings.count - 1] - crossings[crossings.count - 1 - span]) / Double(span / 2)
        // As many cycles as come nearest to a whole number of frames: the seam to the first frame is then smooth.
        let least = (0.12 * configuration.sampleRateHz / cycle).rounded(.up)
        let most = Double(opening.byteCount / configuration.layout.frameBytes) / cycle
        let candidates = stride(from: least, through: min(most, 3 * least), by: 1)
        let cycles = candidates.min {
            abs(($0 * cycle).rounded() - $0 * cycle) < abs(($1 * cycle).rounded() - $1 * cycle)
        }
        let frames = ((cycles ?? least) * cycle).rounded()
        let count = min(opening.byteCount, Int(frames) * configuration.layout.frameBytes)
        meter.settle(on: opening.extracting(0..<count))
    }

    /// Takes a block and gives the records that are ready to `emit`.
    mutating func take(_ block: RawSpan, emit: (WindowRecord) -> Void) {
        append(block)
        var cursor = 0
        while let event = meter.advance(through: block, from: &cursor) {
            guard case .window = event else { continue }
            if meter.window.flags.contains(.partial) {
                skippedSeconds += meter.window.frames / configuration.sampleRateHz
            } else {
                waiting.append(meter.window)
            }
        }
        while let next = waiting.first,
            Double(end) >= next.firstFrame + next.frames + Double(HarmonicAnalyser.context) + 1
        {
            waiting.removeFirst()
            emit(record(next))
        }
        forget()
    }

    /// A gap of `frames` before the next block.
    mutating func markGap(_ frames: Int64, emit: (WindowRecord) -> Void) {
        finish(emit: emit)
        meter.markGap(lostFrames: frames)
        end += frames
        base = end
        for lane in values.indices { values[lane].removeAll(keepingCapacity: true) }
    }

    /// Gives what waits for samples that will not come.
    mutating func finish(emit: (WindowRecord) -> Void) {
        let last = waiting
        waiting = []
        for reading in last { emit(record(reading)) }
    }

    private mutating func append(_ block: RawSpan) {
        let count = block.byteCount / configuration.layout.frameBytes
        for lane in 0..<6 {
            guard let channel = MeterChannel(rawValue: lane), configuration.layout[channel] != nil else { continue }
            let calibration = configuration[calibrationOf: channel]
            for frame in 0..<count {
                let code = configuration.layout.code(of: channel, in: block, frame: frame) ?? 0
                values[lane].append(Double(code) * calibration.scale + calibration.offset)
            }
        }
        end += Int64(count)
    }

    /// Drops samples before the oldest window that may still come: two windows back.
    private mutating func forget() {
        let keep = Int64(0.6 * configuration.sampleRateHz) + 2 * Int64(HarmonicAnalyser.context)
        guard end - base > 3 * keep else { return }
        let drop = Int(end - base - keep)
        for lane in values.indices where !values[lane].isEmpty { values[lane].removeFirst(drop) }
        base += Int64(drop)
    }

    private mutating func record(_ reading: WindowReading) -> WindowRecord {
        windowCount += 1
        var harmonics: [Harmonics?] = []
        for lane in 0..<6 { harmonics.append(self.harmonics(lane, reading)) }
        return WindowRecord(
            reading, configuration: configuration, voltages: Array(harmonics[0..<3]), currents: Array(harmonics[3...]))
    }

    private mutating func harmonics(_ lane: Int, _ reading: WindowReading) -> Harmonics? {
        guard !values[lane].isEmpty, let channel = MeterChannel(rawValue: lane) else { return nil }
        // Only the window and what the values at its edges need: the rest may hold another amplitude.
        let first = max(0, Int(reading.firstFrame - Double(base)) - HarmonicAnalyser.context)
        let last = min(
            values[lane].count, Int(reading.firstFrame + reading.frames - Double(base)) + HarmonicAnalyser.context + 1)
        guard first < last else { return nil }
        let samples = Array(values[lane][first..<last])
        let found = analyser.harmonics(
            samples.span, start: reading.firstFrame - Double(base) - Double(first),
            length: reading.frames, cycles: reading.halfCycles / 2)
        guard case .rogowski(let sensitivity) = configuration[calibrationOf: channel].sensor else { return found }
        return found?.integrated(
            frequencyHz: configuration.sampleRateHz * Double(reading.halfCycles / 2) / reading.frames,
            voltsPerAmpereHertz: sensitivity)
    }

    /// Harmonics of a block that holds `cycles` whole cycles, by lane.
    static func harmonics(
        ofWholeCycles block: RawSpan, cycles: Int, configuration: MeterConfiguration,
        analyser: inout HarmonicAnalyser
    ) -> [Harmonics?] {
        let count = block.byteCount / configuration.layout.frameBytes
        var all: [Harmonics?] = []
        for lane in 0..<6 {
            guard let channel = MeterChannel(rawValue: lane), configuration.layout[channel] != nil else {
                all.append(nil)
                continue
            }
            let calibration = configuration[calibrationOf: channel]
            var samples: [Double] = []
            for frame in 0..<count {
                let code = configuration.layout.code(of: channel, in: block, frame: frame) ?? 0
                samples.append(Double(code) * calibration.scale + calibration.offset)
            }
            all.append(analyser.harmonics(samples.span, start: 0, length: Double(count), cycles: cycles))
        }
        return all
    }
}
