import Glibc
import MeterDSP

/// An analogue front end with its converter: what is between the mains and the core.
struct FrontEnd {
    enum Sensor {
        case transformer
        /// Volt per ampere and hertz.
        case coil(Double)
    }

    /// 16, 24 or 32.
    var bits: Int
    /// RMS of the converter's noise in codes.
    var noiseCodes: Double
    /// Peak volts and amperes at full scale.
    var voltsFullScale: Double
    var amperesFullScale: Double
    var sensor = Sensor.transformer
    /// The coil input's full scale over the coil's signal at a 50 Hz sine of `amperesFullScale`: room for the h-fold
    /// signal of harmonic h.
    var coilReserve = 2.0

    var codesFullScale: Double { scalbn(1, bits - 1) }
    private var format: SampleFormat {
        switch bits {
        case 16: .int16
        case 24: SampleFormat(storageBits: 32, significantBits: 24) ?? .int32
        default: .int32
        }
    }
    var sampleBytes: Int { format.storageBytes }
    var frameBytes: Int { 8 * sampleBytes }
    /// Units at the input per code, voltage channels and current channels.
    var scales: (voltage: Double, current: Double) {
        let current =
            switch sensor {
            case .transformer: amperesFullScale
            case .coil(let sensitivity): amperesFullScale * 50 * sensitivity * coilReserve
            }
        return (voltsFullScale / codesFullScale, current / codesFullScale)
    }

    func configuration(sampleRateHz: Double, nominalHz: Double, threshold: Double) -> MeterConfiguration {
        var layout = FrameLayout(frameBytes: frameBytes)
        for (index, channel) in MeterChannel.allCases.prefix(6).enumerated() {
            layout[channel] = .init(byteOffset: index * sampleBytes, format: format)
        }
        var configuration = MeterConfiguration(
            sampleRateHz: sampleRateHz, nominalHz: nominalHz, layout: layout, synchronisationThreshold: threshold)
        for channel in [MeterChannel.u1, .u2, .u3] {
            configuration[calibrationOf: channel] = .init(scale: scales.voltage)
        }
        for channel in [MeterChannel.i1, .i2, .i3] {
            switch sensor {
            case .transformer: configuration[calibrationOf: channel] = .init(scale: scales.current)
            case .coil(let sensitivity):
                configuration[calibrationOf: channel] = .init(
                    scale: scales.current, sensor: .rogowski(voltsPerAmpereHertz: sensitivity))
            }
        }
        return configuration
    }

    /// What the current inputs see of `current`.
    func atInput(_ current: Waveform) -> Waveform {
        switch sensor {
        case .transformer: current
        case .coil(let sensitivity): current.coilSignal(voltsPerAmpereHertz: sensitivity)
        }
    }
}
