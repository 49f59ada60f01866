/// The values of a COMTRADE data file: where they stand in it, or as codes of their own.
struct ComtradeFrames {
    enum Storage {
        /// As in the file.
        case mapped
        /// Decoded to int32; the owner deallocates them.
        case owned(UnsafeMutableRawBufferPointer)
    }

    let storage: Storage
    /// With scales that fit the codes.
    let channels: [RecordingChannel]
    /// By channel: the first frame marked as missing.
    let firstMissingFrame: [Int?]
    let sampleRateHz: Double

    init(_ data: UnsafeRawBufferPointer, _ configuration: ComtradeConfiguration) throws(RecordingFault) {
        let stated = try configuration.statedRateHz()
        let timestamps: [Int64]?
        if configuration.dataType == .ascii {
            let values = try ComtradeASCII(data, configuration, wantsTimestamps: stated == nil)
            timestamps = values.timestamps
            sampleRateHz = try Self.rate(stated, timestamps, configuration)
            let width = configuration.channels.count
            let codes = FloatCodes(
                frameCount: configuration.frameCount, channels: configuration.channels, keepsIntegers: true
            ) { frame, channel in values.values[frame * width + channel] }
            storage = .owned(codes.bytes)
            channels = codes.channels
            firstMissingFrame = codes.firstMissingFrame
            return
        }
        let binary = try ComtradeBinary(data, configuration)
        timestamps = stated == nil ? try binary.timestamps() : nil
        sampleRateHz = try Self.rate(stated, timestamps, configuration)
        if configuration.dataType == .float32 {
            let codes = FloatCodes(
                frameCount: configuration.frameCount, channels: configuration.channels, keepsIntegers: false,
                value: binary.float)
            storage = .owned(codes.bytes)
            channels = codes.channels
            firstMissingFrame = codes.firstMissingFrame
        } else {
            storage = .mapped
            channels = configuration.channels
            firstMissingFrame = binary.firstMissingFrame()
        }
    }

    private static func rate(
        _ stated: Double?, _ timestamps: [Int64]?, _ configuration: ComtradeConfiguration
    ) throws(RecordingFault) -> Double {
        if let stated { return stated }
        return try ComtradeTimestamps.rateHz(timestamps ?? [], unitSeconds: configuration.timestampSeconds)
    }
}

/// Timestamps as the only word on the sampling rate.
enum ComtradeTimestamps {
    /// The rate of evenly spaced timestamps.
    ///
    /// They are rounded or cut to whole units, so the line through the first and the last may miss each by one unit.
    /// A frame that is missing shifts at least one timestamp by half a step from that line: it shows where steps have
    /// four units and more. The rate is known to one unit of the whole: 10 000 units give 0.01 %.
    static func rateHz(_ timestamps: [Int64], unitSeconds: Double) throws(RecordingFault) -> Double {
        let origin = timestamps.first ?? 0
        let span = Double((timestamps.last ?? 0) - origin)
        let step = timestamps.count > 1 ? span / Double(timestamps.count - 1) : 0
        // Time that stands still or runs back is named first: it is no matter of resolution.
        for frame in timestamps.indices.dropFirst() where timestamps[frame] <= timestamps[frame - 1] {
            throw .timestampsUneven(
                frame: frame, offSeconds: Double(timestamps[frame] - timestamps[frame - 1]) * unitSeconds,
                stepSeconds: step * unitSeconds)
        }
        guard step >= 4, span >= 10_000 else {
            throw .timestampsCoarse(spanUnits: span, stepUnits: step, unitSeconds: unitSeconds)
        }
        for (frame, timestamp) in timestamps.enumerated() {
            let off = Double(timestamp - origin) - step * Double(frame)
            guard abs(off) <= 1 + 1e-9 * span else {
                throw .timestampsUneven(
                    frame: frame, offSeconds: off * unitSeconds, stepSeconds: step * unitSeconds)
            }
        }
        let rate = 1 / (step * unitSeconds)
        guard 1...1e9 ~= rate else { throw .rateOutside(hertz: rate) }
        return rate
    }
}
