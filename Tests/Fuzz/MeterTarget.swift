import MeterDSP

/// Any layout, any configuration, any bytes in blocks of any length, with gaps anywhere. The first 8 bytes of an input
/// choose all but the frames.
struct MeterTarget: FuzzTarget {
    let name = "meter"

    var corpus: [[UInt8]] {
        var random = FuzzRandom(seed: 77)
        return (0..<24).map { index in
            var bytes = (0..<8).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let frames = 3000
            for frame in 0..<frames {
                // A triangle of 160 frames in 16-bit words, silence, a constant, or noise.
                for lane in 0..<8 {
                    let place = (frame + 53 * lane) % 160
                    let value: Int =
                        switch index % 4 {
                        case 0, 1: (place < 80 ? place - 40 : 120 - place) * 500
                        case 2: frame / 700 % 2 == 0 ? 0 : 20_000
                        default: Int(random.next() % 65_536)
                        }
                    bytes += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
                }
            }
            return bytes
        }
    }

    func run(_ input: [UInt8]) throws -> Bool {
        var random = FuzzRandom(seed: input.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
        let configuration = Self.configuration(&random)
        let frames = Array(input.dropFirst(8))
        return try Self.measure(configuration, frames, &random)
    }

    private static func measure(
        _ configuration: MeterConfiguration, _ bytes: [UInt8], _ random: inout FuzzRandom
    ) throws -> Bool {
        var meter: Meter
        do throws(MeterConfiguration.Failure) { meter = try Meter(configuration) } catch { return false }
        var checker = ReadingChecker(configuration)
        if random.below(4) == 0 {
            let stretch = bytes.prefix(random.below(bytes.count + 1))
            meter.settle(on: stretch.span.bytes)
        }
        var at = 0
        while at < bytes.count {
            let end = min(bytes.count, at + 1 + random.below(1 << (3 + random.below(14))))
            let block = bytes[at..<end]
            try checker.take(&meter, block.span.bytes)
            at = end
            if random.below(16) == 0 {
                meter.temperatureCelsius = random.pick([20, -40, 90, 1e6, -1e300, .infinity, .nan])
            }
            if random.below(8) == 0 {
                meter.markGap(lostFrames: random.pick([0, 1, 7, 1000, -5, 1 << 31, 1 << 40] as [Int64]))
            }
        }
        return true
    }

    private static func configuration(_ random: inout FuzzRandom) -> MeterConfiguration {
        let isPlain = random.below(3) == 0
        // Mostly such that the meter takes it: one in eight may have values that it must refuse.
        let isBad = random.below(8) == 0
        let nominalHz = random.pick([50.0, 60, 50, 60, 40, 70] + (isBad ? [16.7, .nan, -50] : []))
        let frameBytes = isPlain ? 16 : 1 + random.below(48)
        var layout = FrameLayout(frameBytes: frameBytes, timestampOffset: random.below(5) == 0 ? 0 : nil)
        for channel in MeterChannel.allCases where isPlain || random.below(6) > 0 {
            let bits = random.pick([16, 32])
            let shift = random.below(9)
            let format = SampleFormat(
                storageBits: bits, significantBits: random.below(bits + 2), shift: shift,
                isSigned: random.below(4) > 0, isBigEndian: random.below(2) == 0)
            layout[channel] = FrameLayout.Slot(
                byteOffset: isPlain ? 2 * channel.rawValue : random.below(frameBytes + 3) - 1,
                format: isPlain ? .int16 : format ?? .int32)
        }
        var configuration = MeterConfiguration(
            sampleRateHz: random.pick(
                [8000.0, 12_800, 32_000, 4000, 1000, 999.5, 421, 1e6] + (isBad ? [300, 0, -8000, .nan] : [])),
            nominalHz: nominalHz, layout: layout,
            synchronisationThreshold: random.pick([23, 0, 1e-9, 1e6, 5, 5, 5] + (isBad ? [-1, .infinity, .nan] : [])))
        for channel in MeterChannel.allCases where random.below(3) > 0 {
            let scale = random.pick(
                [0.015, 1, -0.02, 1e-9, 1e6, 1e-30, 1e30, 0.001, 0.001, 0.001] + (isBad ? [0, .nan, .infinity] : []))
            let sensor: ChannelCalibration.Sensor =
                random.below(3) == 0
                ? .rogowski(voltsPerAmpereHertz: random.pick([0.45e-6, 1e-3, 1, isBad ? 0 : 1e-6])) : .direct
            var calibration = ChannelCalibration(
                scale: scale, offset: random.pick([0, 0, 1, -1e6]), sensor: sensor)
            let rate = configuration.sampleRateHz
            calibration.delaySeconds = random.pick(
                [0, 0, 1e-6, -3e-5, 0.4 / rate, -64 / rate] + (isBad ? [1, .nan] : []))
            calibration.sincOrder = random.pick([0, 0, 3, 5] + (isBad ? [-1, 1 << 40] : []))
            calibration.temperatureCoefficient = random.pick([0, 0, 30e-6, -0.01] + (isBad ? [1, .nan] : []))
            for _ in 0..<random.below(10) where random.below(2) == 0 {
                _ = calibration.transformer.add(
                    amperes: random.pick([0, 0.01, 1, 20, 1e30, 1e300, .nan]),
                    ratioErrorPercent: random.pick([0, 0.2, -49.9, 60]), phaseDegrees: random.pick([0, 0.5, -10, 11]))
            }
            configuration[calibrationOf: channel] = calibration
        }
        return configuration
    }
}

/// Runs the meter and all that is built on its readings.
struct ReadingChecker {
    private var energy = EnergyRegister()
    private var aggregator = Aggregator()
    private var frequency: FrequencyMeter?
    private var events: VoltageEventDetector?
    private let rate: Double

    init(_ configuration: MeterConfiguration) {
        rate = configuration.sampleRateHz
        frequency = FrequencyMeter(sampleRateHz: rate, nominalHz: configuration.nominalHz)
        events = try? VoltageEventDetector(
            VoltageEventThresholds(declaredVoltage: 230), phases: .all, sampleRateHz: rate,
            nominalHz: configuration.nominalHz)
    }

    mutating func take(_ meter: inout Meter, _ block: RawSpan) throws {
        var cursor = 0
        var count = 0
        while let event = meter.advance(through: block, from: &cursor) {
            count += 1
            // A half cycle is at least some frames, and each ends at most one window.
            guard count < 1000 + 2 * block.byteCount else { throw FuzzError("more readings than frames") }
            switch event {
            case .halfCycle:
                let reading = meter.halfCycle
                try Oracle.check(reading)
                events?.add(reading)
                while let event = events?.nextEnded() {
                    try Oracle.requireFinite(event.extremeRMS, "extremeRMS")
                    try Oracle.requireFinite(event.durationSeconds, "durationSeconds")
                }
                if let interval = frequency?.add(reading, clockSeconds: reading.endFrame / rate),
                    let hertz = interval.frequencyHz
                {
                    try Oracle.requireFinite(hertz, "frequency of 10 s")
                }
            case .window: try take(meter.window)
            }
        }
    }

    private mutating func take(_ window: WindowReading) throws {
        try Oracle.check(window)
        energy.add(window)
        for phase in 0..<3 { try Oracle.requireFinite(energy.imported[phase] + energy.exported[phase], "energy") }
        let start = window.firstFrame / rate
        let ended = aggregator.add(
            AggregationInput(window, isFlagged: false), startClockSeconds: start,
            endClockSeconds: start + window.frames / rate)
        for interval in [ended?.cycles150Or180, ended?.tenMinutes, ended?.twoHours] {
            for phase in 0..<3 { try Oracle.requireFinite(interval?.voltageRMS[phase] ?? 0, "aggregated voltage") }
        }
    }
}
