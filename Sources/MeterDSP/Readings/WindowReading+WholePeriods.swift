extension WindowReading {
    /// The reading of a block that is known to hold whole cycles, for example a recording of single periods. No
    /// crossing is looked for and no frequency measured, and no ``ChannelCalibration/delaySeconds`` made up for.
    ///
    /// - Parameters:
    ///   - block: whole frames of `configuration.layout`, one or more, together `cycles` whole cycles.
    ///   - firstFrame: index of the block's first frame.
    /// - Throws: what makes the configuration unmeasurable; `calibration` for a Rogowski coil, whose integral needs
    ///   the signal before the block.
    public static func ofWholeCycles(
        _ block: RawSpan, cycles: Int, firstFrame: Int64, configuration: MeterConfiguration
    ) throws(MeterConfiguration.Failure) -> WindowReading {
        try configuration.check()
        for channel in MeterChannel.allCases where configuration[calibrationOf: channel].sensitivity != nil {
            throw .calibration(channel)
        }
        var scales = ChannelScales(configuration)
        let decoder = FrameDecoder(configuration.layout)
        let count = block.byteCount / configuration.layout.frameBytes
        // A period closes on itself: the sum of its frames is its integral, without edge terms.
        var sums = WideSums()
        for frame in 0..<count { sums.add(decoder.decode(block, at: frame * configuration.layout.frameBytes)) }
        var stretch = Stretch()
        sums.add(to: &stretch)
        stretch.frames = Double(count)
        let moments = Moments(stretch, hasCoils: false)
        var reading = WindowReading(stretch, moments, scales: scales, subtracted: .zero)
        reading.countEnergy(seconds: Double(count) / configuration.sampleRateHz)
        reading.firstFrame = Double(firstFrame)
        reading.halfCycles = 2 * cycles
        reading.flags = scales.clipping(stretch.minimum, stretch.maximum)
        return reading
    }
}
