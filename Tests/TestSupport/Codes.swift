import MeterDSP

/// Samples as an ADC would give them: interleaved little-endian `int16`, channels in meter order.
public struct SimulatedADC: Sendable {
    public var sampleRateHz: Double
    public var voltsFullScale: Double
    public var amperesFullScale: Double
    /// RMS of the converter's own noise in codes.
    public var noiseCodes: Double
    /// nil: current sensors give the current; else coils of this sensitivity, volt per ampere and hertz.
    public var rogowskiSensitivity: Double?
    /// Constant part of a coil's signal, as a share of full scale.
    public var coilOffset: Double

    public init(
        sampleRateHz: Double, voltsFullScale: Double = 500, amperesFullScale: Double = 60, noiseCodes: Double = 1,
        rogowskiSensitivity: Double? = nil, coilOffset: Double = 0
    ) {
        self.sampleRateHz = sampleRateHz
        self.voltsFullScale = voltsFullScale
        self.amperesFullScale = amperesFullScale
        self.noiseCodes = noiseCodes
        self.rogowskiSensitivity = rogowskiSensitivity
        self.coilOffset = coilOffset
    }

    public static let channels: [MeterChannel] = [.u1, .u2, .u3, .i1, .i2, .i3, .iN, .aux]

    /// Coil voltage that gives full scale: twice the fundamental's at full current, for harmonic h arrives h-fold.
    private var coilFullScale: Double { (rogowskiSensitivity ?? 1) * amperesFullScale * 50 * 2 }

    public func configuration(nominalHz: Double) -> MeterConfiguration {
        var configuration = MeterConfiguration(
            sampleRateHz: sampleRateHz, nominalHz: nominalHz,
            layout: .interleavedInt16([.u1, .u2, .u3, .i1, .i2, .i3], frameBytes: 16), synchronisationThreshold: 23)
        for phase in 0..<3 {
            configuration[calibrationOf: Self.channels[phase]] = .init(scale: voltsFullScale / 32768)
            configuration[calibrationOf: Self.channels[phase + 3]] =
                rogowskiSensitivity.map {
                    .init(scale: coilFullScale / 32768, sensor: .rogowski(voltsPerAmpereHertz: $0))
                } ?? .init(scale: amperesFullScale / 32768)
        }
        return configuration
    }

    /// Frames `first` to `first + count` of `signal`.
    public func frames(
        _ signal: ThreePhaseSignal, first: Int, count: Int, generator: inout SeededGenerator
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 16)
        for frame in first..<first + count {
            let t = Double(frame) / sampleRateHz
            for lane in 0..<8 {
                var value = 0.0
                switch lane {
                case 0..<3: value = signal.voltages[lane].value(t) / voltsFullScale
                case 3..<6:
                    if let sensitivity = rogowskiSensitivity {
                        value =
                            signal.currents[lane - 3].derivative(t) * sensitivity / (2 * .pi) / coilFullScale
                            + coilOffset
                    } else {
                        value = signal.currents[lane - 3].value(t) / amperesFullScale
                    }
                default: break
                }
                let code = (value * 32768 + (noiseCodes > 0 ? noiseCodes * generator.normal() : 0)).rounded()
                let stored = Int16(max(-32768, min(32767, code)))
                bytes.append(UInt8(truncatingIfNeeded: stored))
                bytes.append(UInt8(truncatingIfNeeded: stored >> 8))
            }
        }
        return bytes
    }
}

/// All readings that `meter` gives for `bytes`, taken in blocks of `blockFrames`.
public func readings(
    _ meter: inout Meter, _ bytes: [UInt8], frameBytes: Int = 16, blockFrames: Int = 320
) -> (halfCycles: [HalfCycleReading], windows: [WindowReading]) {
    var halfCycles: [HalfCycleReading] = []
    var windows: [WindowReading] = []
    var at = 0
    while at < bytes.count {
        let block = bytes[at..<min(bytes.count, at + blockFrames * frameBytes)]
        at += blockFrames * frameBytes
        var cursor = 0
        while let event = meter.advance(through: block.span.bytes, from: &cursor) {
            switch event {
            case .halfCycle: halfCycles.append(meter.halfCycle)
            case .window: windows.append(meter.window)
            }
        }
    }
    return (halfCycles, windows)
}
