/// A configuration's calibration in the form the readings need: one lane per channel.
struct ChannelScales {
    /// Unit per code; for a Rogowski channel ampere per code · frame of the integrated signal.
    var scale: SIMD8<Double> = .zero
    var offset: SIMD8<Double> = .zero
    /// The codes at which a channel is clipped.
    var lowest = FrameCodes(repeating: .min)
    var highest = FrameCodes(repeating: .max)
    /// 1 for phases with a Rogowski coil, else 0.
    var rogowski: SIMD3<Double> = .zero
    /// Channels that the layout has.
    var isPresent = InlineArray<8, Bool>(repeating: false)

    var hasRogowski: Bool { @_noAllocation @_noLocks get { rogowski[0] + rogowski[1] + rogowski[2] != 0 } }

    init(_ configuration: MeterConfiguration) {
        for channel in MeterChannel.allCases {
            guard let slot = configuration.layout[channel] else { continue }
            let lane = channel.rawValue
            let calibration = configuration[calibrationOf: channel]
            isPresent[lane] = true
            scale[lane] = calibration.scale
            offset[lane] = calibration.offset
            lowest[lane] = slot.format.codeRange.lowerBound
            highest[lane] = slot.format.codeRange.upperBound
            guard let sensitivity = calibration.sensitivity, (3..<6).contains(lane) else { continue }
            // v = M·di/dt with M = sensitivity / 2π, so i = (1/M)·∫v dt, and one frame lasts 1/fs.
            rogowski[lane - 3] = 1
            scale[lane] = calibration.scale * 2 * Double.pi / (sensitivity * configuration.sampleRateHz)
            offset[lane] = 0
        }
    }
}

extension ChannelScales {
    /// Which inputs reached the end of their converter's range.
    @_noAllocation @_noLocks
    func clipping(_ sums: FrameSums) -> ReadingFlags {
        let clipped = (sums.minimum .<= lowest) .| (sums.maximum .>= highest)
        var flags = ReadingFlags(rawValue: 0)
        // The neutral decides nothing, and an input left open clips for ever.
        for lane in 0..<6 where clipped[lane] && isPresent[lane] {
            flags.mark(lane < 3 ? .voltageClipped : .currentClipped)
        }
        return flags
    }
}

/// The straight line that an offset of the coils' signals leaves in their integrals, as of the last window.
struct RogowskiLine: BitwiseCopyable {
    /// Codes · frames; level, because the integrator subtracts what made it rise.
    var value = SIMD3<Double>.zero
    var isKnown = false
}
