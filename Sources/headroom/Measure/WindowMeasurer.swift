import MeterDSP
import Spectrum

/// Frames in, findings out: the meter, and the samples that its windows' spectra need.
struct WindowMeasurer: ~Copyable {
    /// What each window carries beside its reading and harmonics.
    struct Wishes {
        /// 40 or more.
        var highestOrder = WindowDetail.distortionOrder
        /// The bins between the harmonics.
        var spectra = false
        var samples = false
        /// Whether windows are looked into at all: their readings come in any case.
        var details = true
        /// The only window that is looked into, counted from 1; nil: all.
        var window: Int?
    }

    private var meter: Meter
    private let configuration: MeterConfiguration
    private let wishes: Wishes
    private var analyser: HarmonicAnalyser
    /// Values by lane from frame `base` on.
    private var values: [[Double]]
    private var base: Int64 = 0
    private var end: Int64 = 0
    private var waiting: [WindowReading] = []
    private(set) var skippedSeconds = 0.0
    private(set) var windowCount = 0

    init(_ configuration: MeterConfiguration, _ wishes: Wishes = Wishes()) throws(MeterConfiguration.Failure) {
        self.configuration = configuration
        self.wishes = wishes
        analyser = HarmonicAnalyser(maximumOrder: wishes.highestOrder)
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

    /// Takes a block and gives what is found to `emit`.
    mutating func take(_ block: RawSpan, emit: (Finding) -> Void) {
        append(block)
        var cursor = 0
        while let event = meter.advance(through: block, from: &cursor) {
            guard case .window = event else {
                emit(.halfCycle(meter.halfCycle))
                continue
            }
            emit(.window(meter.window))
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
            emit(.detail(detail(next)))
        }
        forget()
    }

    /// A gap of `frames` before the next block.
    mutating func markGap(_ frames: Int64, emit: (Finding) -> Void) {
        finish(emit: emit)
        meter.markGap(lostFrames: frames)
        end += frames
        base = end
        for lane in values.indices { values[lane].removeAll(keepingCapacity: true) }
    }

    /// Gives what waits for samples that will not come.
    mutating func finish(emit: (Finding) -> Void) {
        let last = waiting
        waiting = []
        for reading in last { emit(.detail(detail(reading))) }
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

    private mutating func detail(_ reading: WindowReading) -> WindowDetail {
        windowCount += 1
        var detail = WindowDetail(reading: reading, harmonics: Array(repeating: nil, count: 6))
        guard wishes.details, wishes.window == nil || wishes.window == windowCount else { return detail }
        detail.harmonics = []
        for lane in 0..<6 {
            detail.harmonics.append(harmonics(lane, reading))
            if wishes.spectra { detail.spectra.append(spectrum(lane, reading)) }
            if wishes.samples { detail.samples.append(samples(lane, reading)) }
        }
        detail.samplesStart = reading.firstFrame - reading.firstFrame.rounded(.down)
        return detail
    }

    /// The samples of the window and those beside it that the values at its edges need, no more: the rest may hold
    /// another amplitude; and where in them the window starts.
    private func surroundings(_ lane: Int, _ reading: WindowReading) -> (samples: [Double], start: Double)? {
        let start = reading.firstFrame - Double(base)
        let first = max(0, Int(start) - HarmonicAnalyser.context)
        let last = min(values[lane].count, Int(start + reading.frames) + HarmonicAnalyser.context + 1)
        guard first < last else { return nil }
        return (Array(values[lane][first..<last]), start - Double(first))
    }

    private mutating func harmonics(_ lane: Int, _ reading: WindowReading) -> Harmonics? {
        guard let found = surroundings(lane, reading) else { return nil }
        let harmonics = analyser.harmonics(
            found.samples.span, start: found.start, length: reading.frames, cycles: reading.halfCycles / 2
        )?.advanced(seconds: delaySeconds(lane), frequencyHz: frequencyHz(reading))
        guard let sensitivity = sensitivity(lane) else { return harmonics }
        return harmonics?.integrated(frequencyHz: frequencyHz(reading), voltsPerAmpereHertz: sensitivity)
    }

    private mutating func spectrum(_ lane: Int, _ reading: WindowReading) -> GroupedSpectrum? {
        guard let found = surroundings(lane, reading) else { return nil }
        let spectrum = analyser.groupedSpectrum(
            found.samples.span, start: found.start, length: reading.frames, cycles: reading.halfCycles / 2)
        guard let sensitivity = sensitivity(lane) else { return spectrum }
        return spectrum?.integrated(frequencyHz: frequencyHz(reading), voltsPerAmpereHertz: sensitivity)
    }

    /// Empty for a coil, whose samples are no current.
    private func samples(_ lane: Int, _ reading: WindowReading) -> [Double] {
        guard sensitivity(lane) == nil else { return [] }
        let first = max(0, Int(reading.firstFrame.rounded(.down)) - Int(base))
        let last = min(values[lane].count, Int(reading.firstFrame + reading.frames) - Int(base) + 1)
        return first < last ? Array(values[lane][first..<last]) : []
    }

    private func sensitivity(_ lane: Int) -> Double? {
        guard let channel = MeterChannel(rawValue: lane),
            case .rogowski(let sensitivity) = configuration[calibrationOf: channel].sensor
        else { return nil }
        return sensitivity
    }

    private func delaySeconds(_ lane: Int) -> Double {
        MeterChannel(rawValue: lane).map { configuration[calibrationOf: $0].delaySeconds } ?? 0
    }

    private func frequencyHz(_ reading: WindowReading) -> Double {
        configuration.sampleRateHz * Double(reading.halfCycles / 2) / reading.frames
    }

    /// A block that holds `cycles` whole cycles, by itself.
    static func detail(
        ofWholeCycles block: RawSpan, cycles: Int, firstFrame: Int64, configuration: MeterConfiguration,
        wishes: Wishes, analyser: inout HarmonicAnalyser
    ) throws(MeterConfiguration.Failure) -> WindowDetail {
        let reading = try WindowReading.ofWholeCycles(
            block, cycles: cycles, firstFrame: firstFrame, configuration: configuration)
        var detail = WindowDetail(reading: reading, harmonics: [], extraFlags: ["segment"])
        let count = block.byteCount / configuration.layout.frameBytes
        for lane in 0..<6 {
            var samples: [Double] = []
            if let channel = MeterChannel(rawValue: lane), configuration.layout[channel] != nil {
                let calibration = configuration[calibrationOf: channel]
                for frame in 0..<count {
                    let code = configuration.layout.code(of: channel, in: block, frame: frame) ?? 0
                    samples.append(Double(code) * calibration.scale + calibration.offset)
                }
            }
            detail.harmonics.append(
                analyser.harmonics(samples.span, start: 0, length: Double(samples.count), cycles: cycles))
            if wishes.spectra {
                detail.spectra.append(
                    analyser.groupedSpectrum(samples.span, start: 0, length: Double(samples.count), cycles: cycles))
            }
            if wishes.samples { detail.samples.append(samples) }
        }
        return detail
    }
}
