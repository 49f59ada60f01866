import Glibc
import MeterDSP

/// One second of a three-phase 50 Hz signal as an ADC gives it: 8 channels × 32 kHz, int16, interleaved.
///
/// It holds whole cycles, so that it can be repeated without a seam.
struct BuildingSignal {
    static let sampleRateHz = 32_000.0
    static let frameBytes = 16
    /// 10 ms.
    static let blockFrames = 320
    static let blockBytes = blockFrames * frameBytes
    static let blockNanoseconds = 10_000_000.0
    static let blocks = 100

    static let volts = 230.0
    static let amperes = 16.0
    /// The currents lag by 30°.
    static let wattsPerPhase = volts * amperes * 0.75.squareRoot()
    static let voltsFullScale = 500.0
    private static let amperesFullScale = 60.0
    private static let coilSensitivity = 0.45e-6
    /// Twice the coil's voltage at full current: harmonic h arrives h-fold.
    private static let coilFullScale = coilSensitivity * amperesFullScale * 50 * 2

    let usesCoils: Bool
    let samples: [Int16]

    init(usesCoils: Bool) {
        self.usesCoils = usesCoils
        var generator = SeededGenerator(seed: 1)
        let frames = Self.blocks * Self.blockFrames
        var samples = [Int16](repeating: 0, count: frames * 8)
        for frame in 0..<frames {
            let turn = 2 * Double.pi * 50 * Double(frame) / Self.sampleRateHz
            for lane in 0..<8 {
                let angle = turn - 2 * Double.pi / 3 * Double(lane % 3) - (lane < 3 ? 0 : Double.pi / 6)
                let value: Double
                switch lane {
                case 0..<3: value = Self.volts * sin(angle) / Self.voltsFullScale
                case 3..<6 where usesCoils:
                    value = Self.coilSensitivity * 50 * Self.amperes * cos(angle) / Self.coilFullScale
                case 3..<6: value = Self.amperes * sin(angle) / Self.amperesFullScale
                default: value = 0
                }
                let noise = Double.random(in: -1.5...1.5, using: &generator)
                samples[frame * 8 + lane] = Int16((value * 2.0.squareRoot() * 32_768 + noise).rounded())
            }
        }
        self.samples = samples
    }

    func configuration() -> MeterConfiguration {
        var configuration = MeterConfiguration(
            sampleRateHz: Self.sampleRateHz, nominalHz: 50,
            layout: .interleavedInt16(MeterChannel.allCases, frameBytes: Self.frameBytes),
            synchronisationThreshold: 23)
        for channel in [MeterChannel.u1, .u2, .u3] {
            configuration[calibrationOf: channel] = .init(scale: Self.voltsFullScale / 32_768)
        }
        for channel in [MeterChannel.i1, .i2, .i3] {
            configuration[calibrationOf: channel] =
                usesCoils
                ? .init(
                    scale: Self.coilFullScale / 32_768,
                    sensor: .rogowski(voltsPerAmpereHertz: Self.coilSensitivity))
                : .init(scale: Self.amperesFullScale / 32_768)
        }
        return configuration
    }

    /// What is wrong with the last window that a meter made of this signal; nil: nothing.
    func fault(in meter: borrowing Meter) -> String? {
        let window = meter.window
        guard let frequency = window.frequencyHz, abs(frequency - 50) < 0.001 else {
            return "the meter read \(window.frequencyHz.map { "\($0)" } ?? "no") Hz where the signal has 50"
        }
        for phase in 0..<3 {
            guard abs(window.voltageRMS[phase] / Self.volts - 1) < 0.001 else {
                return "the meter read \(window.voltageRMS[phase]) V where the signal has \(Self.volts)"
            }
            guard abs(window.currentRMS[phase] / Self.amperes - 1) < 0.001 else {
                return "the meter read \(window.currentRMS[phase]) A where the signal has \(Self.amperes)"
            }
        }
        return nil
    }
}

/// SplitMix64: small, and the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
