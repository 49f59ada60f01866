import Acquisition
import MeterDSP
import Site
import Spectrum

extension MeasureCommand {
    func measureRecording(_ maps: [ChannelMap], _ coils: Set<MeterChannel>) throws {
        let recording = try Recording.open(source)
        var sets = maps
        if sets.isEmpty {
            guard let guess = ChannelMap(guessing: recording.channels) else {
                throw RunError(
                    "\(source): no channel is in volt or ampere; name them with --channels U1=…,I1=…: "
                        + recording.channels.map(\.name).joined(separator: ", "))
            }
            complain("\(recording.name): measuring \(guess.description); choose others with --channels")
            sets = [guess]
        }
        if report.events, recording.segmentFrames != nil {
            throw UsageError(
                "--events: \(recording.name) is cut into segments, between which time is unknown; leave --events out")
        }
        let frequency = nominal.map(Double.init) ?? recording.nominalHz ?? 50
        for (index, map) in sets.enumerated() {
            var (configuration, units) = try self.configuration(recording, map, coils, nominalHz: frequency)
            if recording.segmentFrames == nil {
                configuration.synchronisationThreshold = try threshold(recording, configuration)
            }
            var output = try MeasureReport(
                report, configuration, units: units, set: sets.count > 1 ? index + 1 : nil,
                declaredVoltage: report.events ? try declaredVoltage(recording, configuration, units) : nil,
                holdsBack: recording.segmentFrames == nil)
            if let frames = recording.segmentFrames {
                try measureSegments(recording, frames, configuration, &output)
            } else {
                try measureWhole(recording, configuration, &output)
            }
            try checkWindow(output)
            output.finish()
            try draw(output, name: recording.name)
        }
    }

    private func configuration(
        _ recording: Recording, _ map: ChannelMap, _ coils: Set<MeterChannel>, nominalHz: Double
    ) throws -> (MeterConfiguration, MeasureUnits) {
        let layout = try recording.layout(map.entries.map { ($0.channel, $0.name) })
        var configuration = MeterConfiguration(
            sampleRateHz: recording.sampleRateHz, nominalHz: nominalHz, layout: layout, synchronisationThreshold: 0)
        for coil in coils where layout[coil] == nil {
            throw UsageError("--rogowski \(coil.name): no channel is mapped to it; add it to --channels")
        }
        let channels = try map.entries.map { ($0.channel, try recording.channel($0.name)) }
        let (units, factors) = MeasureUnits.of(channels, coils: coils)
        let earliest = channels.map(\.1.skewSeconds).min() ?? 0
        saySkew(channels.map(\.1.skewSeconds), recording)
        for entry in map.entries {
            let channel = try recording.channel(entry.name)
            let factor = factors[entry.channel] ?? 1
            var scale = channel.scale * factor
            var offset = channel.offset * factor
            if coils.contains(entry.channel), channel.unit.hasSuffix("V") {
                // The sensitivity is in volt; the coil's recording may be in millivolt.
                scale *= channel.baseUnitsPerUnit ?? 1
                offset *= channel.baseUnitsPerUnit ?? 1
            }
            configuration[calibrationOf: entry.channel] = ChannelCalibration(
                scale: scale, offset: offset, sensor: sensor(entry.channel, coils))
            if !ignoreSkew, recording.segmentFrames == nil {
                // Sampled later than the frame, it shows early what the others show then.
                configuration[calibrationOf: entry.channel].delaySeconds = earliest - channel.skewSeconds
            }
        }
        return (configuration, units)
    }

    /// Says what is made up for, or cannot be.
    private func saySkew(_ skews: [Double], _ recording: Recording) {
        guard !ignoreSkew, let first = skews.min(), let last = skews.max(), last > first else { return }
        let microseconds = fixed((last - first) * 1e6, 1)
        complain(
            recording.segmentFrames == nil
                ? "channels were sampled up to \(microseconds) us apart: made up for (--ignore-skew: not)"
                : "channels were sampled up to \(microseconds) us apart: not made up for in segments")
    }

    /// A twentieth of the strongest signal's RMS over the first seconds: recordings do not say their nominal voltage.
    private func threshold(_ recording: Recording, _ configuration: MeterConfiguration) throws -> Double {
        let layout = configuration.layout
        let voltages = [MeterChannel.u1, .u2, .u3].filter { layout[$0] != nil }
        let sources = voltages.isEmpty ? [MeterChannel.i1, .i2, .i3].filter { layout[$0] != nil } : voltages
        let count = min(recording.frameCount, Int(5 * recording.sampleRateHz))
        guard count > 0 else { throw RunError("\(source): it holds no frame; record again, or correct n_frames") }
        let strongest = try recording.withFrames(0..<count) { block in
            var strongest = 0.0
            for channel in sources {
                let calibration = configuration[calibrationOf: channel]
                var sum = 0.0
                var squares = 0.0
                for frame in 0..<count {
                    let code = Double(layout.code(of: channel, in: block, frame: frame) ?? 0)
                    sum += code
                    squares += code * code
                }
                let mean = sum / Double(count)
                var unit = calibration.scale.magnitude
                if case .rogowski(let volts) = calibration.sensor { unit /= volts * configuration.nominalHz }
                strongest = max(strongest, max(0, squares / Double(count) - mean * mean).squareRoot() * unit)
            }
            return strongest
        }
        guard strongest > 0 else {
            throw RunError(
                "\(source): \(voltages.isEmpty ? "no voltage is mapped and the currents" : "the voltages") "
                    + "do not change: there is no cycle to measure; map other channels with --channels")
        }
        return strongest / 20
    }

    private func measureWhole(
        _ recording: Recording, _ configuration: MeterConfiguration, _ output: inout MeasureReport
    ) throws {
        var measurer = try makeMeasurer(configuration, MeasureReport.wishes(report))
        var progress = ProgressBar("measuring \(recording.name)")
        let block = max(64, Int(recording.sampleRateHz / 10))
        let opening = min(recording.frameCount, Int(recording.sampleRateHz / 2))
        // A configuration that cannot be measured was refused when the measurer was made.
        try recording.withFrames(0..<opening) { bytes in Result { try measurer.settle(on: bytes) } }.get()
        var first = 0
        while first < recording.frameCount {
            let range = first..<min(recording.frameCount, first + block)
            try recording.withFrames(range) { bytes in
                output.take(frames: bytes)
                measurer.take(bytes) { output.take($0) }
            }
            first = range.upperBound
            progress.update(Double(first) / Double(recording.frameCount))
        }
        measurer.finish { output.take($0) }
        let seconds = Double(recording.frameCount) / recording.sampleRateHz
        if report.events, !json, seconds < FrequencyMeter.intervalSeconds {
            complain("\(recording.name): shorter than 10 s, so there is no frequency of 10 s")
        }
        sayWhyNoFlicker(configuration, seconds: seconds)
        if !output.hasCycles {
            let window = configuration.nominalHz < 55 ? "10 cycles at 50 Hz" : "12 cycles at 60 Hz"
            throw RunError(
                seconds < 0.4 && output.windowCount == 0
                    ? "\(source): \(fixed(seconds, 3)) s is too short: a window is \(window), and finding its cycles takes 0.1 s before"
                    : "\(source): no cycle found near \(Int(configuration.nominalHz)) Hz; check --channels and --nominal"
            )
        }
        if !json {
            complain(
                "\(measurer.windowCount) windows; \(fixed(measurer.skippedSeconds, 2)) s at the start and around "
                    + "changes belong to no whole window")
        }
    }

    private func measureSegments(
        _ recording: Recording, _ frames: Int, _ configuration: MeterConfiguration, _ output: inout MeasureReport
    ) throws {
        let exact = Double(frames) * configuration.nominalHz / recording.sampleRateHz
        guard let cycles = Int(exactly: exact.rounded()), cycles >= 1, (exact - exact.rounded()).magnitude <= 0.1 else {
            throw RunError(
                "\(source): field segment_frames: \(frames) frames are \(fixed(exact, 2)) cycles at "
                    + "\(Int(configuration.nominalHz)) Hz; segments of whole cycles can be measured, one or more")
        }
        let rest = recording.frameCount % frames
        guard rest == 0 else {
            throw RunError(
                "\(source): field segment_frames: \(recording.frameCount) frames are no whole number of segments of "
                    + "\(frames) frames; correct it, or cut the last \(rest) frames")
        }
        let wishes = MeasureReport.wishes(report)
        var analyser = HarmonicAnalyser(maximumOrder: wishes.highestOrder)
        var progress = ProgressBar("measuring \(recording.name)")
        for first in stride(from: 0, through: recording.frameCount - frames, by: frames) {
            let detail = try recording.withFrames(first..<first + frames) { block in
                Result {
                    try WindowMeasurer.detail(
                        ofWholeCycles: block, cycles: cycles, firstFrame: Int64(first), configuration: configuration,
                        wishes: wishes, analyser: &analyser)
                }
            }.get()
            output.take(segment: detail)
            progress.update(Double(first + frames) / Double(recording.frameCount))
        }
        if !json {
            complain(
                "the recording is cut into segments of \(frames) frames: each was measured as \(cycles) whole "
                    + "cycle\(cycles == 1 ? "" : "s") at \(Int(configuration.nominalHz)) Hz; a frequency cannot be told from it"
            )
        }
    }
}
