extension WindowReading {
    /// The reading of a block that is known to hold whole cycles, for example a recording of single periods. No
    /// crossing is looked for and no frequency measured.
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
        let scales = ChannelScales(configuration)
        let decoder = FrameDecoder(configuration.layout)
        let count = block.byteCount / configuration.layout.frameBytes
        var sums = IntervalSums()
        for frame in 0..<count { sums.frames.add(decoder.decode(block, at: frame * configuration.layout.frameBytes)) }
        // A period closes on itself: the sum of its frames is its integral, without edge terms.
        let start = Boundary(position: 0, codes: .zero, nextCodes: .zero)
        let end = Boundary(position: Double(count), codes: .zero, nextCodes: .zero)
        let moments = Moments(sums, from: start, to: end, rogowski: .zero)
        var reading = WindowReading(moments, scales: scales, sampleRateHz: configuration.sampleRateHz)
        reading.firstFrame = Double(firstFrame)
        reading.halfCycles = 2 * cycles
        reading.flags = scales.clipping(sums.frames)
        return reading
    }
}
