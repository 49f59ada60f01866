/// A configuration's calibration in the form the readings need: one lane per channel.
struct ChannelScales {
    /// Unit per code; for a Rogowski channel ampere per code · frame of the integrated signal.
    private(set) var scale: SIMD8<Double> = .zero
    /// The same at 23 °C, and what a kelvin changes of it.
    private var scaleAt23: SIMD8<Double> = .zero
    private var temperatureCoefficient: SIMD8<Double> = .zero
    var offset: SIMD8<Double> = .zero
    /// The codes at which a channel is clipped.
    private var lowest = SIMD8<Double>(repeating: -.infinity)
    private var highest = SIMD8<Double>(repeating: .infinity)
    /// 1 in lanes whose channel is a Rogowski coil, else 0.
    private(set) var coils: SIMD8<Double> = .zero
    /// Frames by which a channel is late.
    private var delayFrames: SIMD8<Double> = .zero
    /// Order of the converter's sinc filter by channel.
    private var sincOrders: SIMD8<Int32> = .zero
    /// 1 in lanes whose channel the layout has, else 0.
    private var present: SIMD8<Double> = .zero

    init(_ configuration: MeterConfiguration) {
        for channel in MeterChannel.allCases {
            guard let slot = configuration.layout[channel] else { continue }
            let lane = channel.rawValue
            let calibration = configuration[calibrationOf: channel]
            present[lane] = 1
            scale[lane] = calibration.scale
            offset[lane] = calibration.offset
            lowest[lane] = Double(slot.format.codeRange.lowerBound)
            highest[lane] = Double(slot.format.codeRange.upperBound)
            delayFrames[lane] = calibration.delaySeconds * configuration.sampleRateHz
            sincOrders[lane] = Int32(calibration.sincOrder)
            temperatureCoefficient[lane] = calibration.temperatureCoefficient
            guard let sensitivity = calibration.sensitivity, (3..<7).contains(lane) else { continue }
            // v = M·di/dt with M = sensitivity / 2π, so i = (1/M)·∫v dt, and one frame lasts 1/fs.
            coils[lane] = 1
            scale[lane] = calibration.scale * 2 * Double.pi / (sensitivity * configuration.sampleRateHz)
            offset[lane] = 0
        }
        scaleAt23 = scale
    }

    /// Sensors of `celsius`.
    @_noAllocation @_noLocks
    mutating func setTemperature(_ celsius: Double) {
        scale = scaleAt23 / (1 + temperatureCoefficient * (celsius - 23))
    }
}

extension ChannelScales {
    @_noAllocation @_noLocks
    func isPresent(_ lane: Int) -> Bool { present[lane] != 0 }

    @_noAllocation @_noLocks
    func isCoil(_ lane: Int) -> Bool { coils[lane] != 0 }

    /// Which inputs reached the end of their converter's range. `mutating`, for else all scales are copied.
    @_noAllocation @_noLocks
    mutating func clipping(_ minimum: SIMD8<Double>, _ maximum: SIMD8<Double>) -> ReadingFlags {
        let clipped = (minimum .<= lowest) .| (maximum .>= highest)
        var flags = ReadingFlags(rawValue: 0)
        // The neutral decides nothing, and an input left open clips for ever.
        for lane in 0..<6 where clipped[lane] && isPresent(lane) {
            flags.mark(lane < 3 ? .voltageClipped : .currentClipped)
        }
        return flags
    }

    /// What a channel's fundamental at `omega` radians per frame is multiplied by to become one of volt or ampere: scale,
    /// delay, the converter's droop, and for a coil 1/(jω).
    @_noAllocation @_noLocks
    func fundamentalGain(_ lane: Int, omega: Double) -> Phasor {
        var gain = scale[lane]
        let half = omega / 2
        for _ in 0..<Int(sincOrders[lane]) { gain *= half / sine(half) }
        let (c, s) = unitCircle(omega * delayFrames[lane])
        return isCoil(lane) ? Phasor(gain * s / omega, -gain * c / omega) : Phasor(gain * c, gain * s)
    }
}
