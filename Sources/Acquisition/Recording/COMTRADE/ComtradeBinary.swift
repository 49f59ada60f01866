import MeterDSP

/// A binary COMTRADE data file. Little-endian; a frame is: sample number (4 bytes), timestamp (4), analogue values
/// (2 or 4 each), digital states (16 to a word).
struct ComtradeBinary {
    /// Bytes of a frame before its first sample.
    static let headerBytes = 8

    private let data: UnsafeRawBufferPointer
    private let frameCount: Int
    private let width: Int
    private let type: ComtradeConfiguration.DataType
    private let frameBytes: Int

    /// Checks the size and that sample numbers count up by one.
    init(_ data: UnsafeRawBufferPointer, _ configuration: ComtradeConfiguration) throws(RecordingFault) {
        self.data = data
        frameCount = configuration.frameCount
        width = configuration.channels.count
        type = configuration.dataType
        frameBytes = Self.frameBytes(configuration)
        // No overflow: at most 2³² frames of some 10⁵ bytes.
        let expected = frameBytes * frameCount
        if data.count < expected || data.count % frameBytes != 0 {
            throw .truncated(bytes: data.count, expectedBytes: expected, field: "endsamp")
        }
        if data.count > expected {
            throw .oversized(
                bytes: data.count, expectedBytes: expected, field: "endsamp", orFields: "##A, ##D or ft")
        }
        var wanted: UInt32?
        for frame in 0..<frameCount {
            let number = word(frame, 0)
            if let wanted, number != wanted {
                throw .sampleNumberJump(frame: frame, number: Int(number), expected: Int(wanted))
            }
            wanted = number &+ 1
        }
    }

    static func frameBytes(_ configuration: ComtradeConfiguration) -> Int {
        headerBytes + format(configuration).storageBytes * configuration.channels.count
            + 2 * ((configuration.digitalCount + 15) / 16)
    }

    /// How values stand in the file; float32 as words of their size.
    static func format(_ configuration: ComtradeConfiguration) -> SampleFormat {
        configuration.dataType == .binary ? .int16 : .int32
    }

    /// By channel: the first frame with the lowest code, which marks a missing value.
    func firstMissingFrame() -> [Int?] {
        var missing = [Int?](repeating: nil, count: width)
        for frame in 0..<frameCount {
            for channel in 0..<width where missing[channel] == nil {
                let isMissing =
                    type == .binary
                    ? data.loadUnaligned(
                        fromByteOffset: frame * frameBytes + Self.headerBytes + 2 * channel, as: UInt16.self)
                        == UInt16(littleEndian: 0x8000)
                    : word(frame, Self.headerBytes + 4 * channel) == 0x8000_0000
                if isMissing { missing[channel] = frame }
            }
        }
        return missing
    }

    /// A value of a FLOAT32 file; one that is not finite marks it as missing.
    func float(frame: Int, channel: Int) -> Double {
        FloatCodes.float(data, at: frame * frameBytes + Self.headerBytes + 4 * channel)
    }

    /// Timestamps in their unit; they go on where 32 bits are full.
    func timestamps() throws(RecordingFault) -> [Int64] {
        var timestamps: [Int64] = []
        timestamps.reserveCapacity(frameCount)
        var last: UInt32 = 0
        for frame in 0..<frameCount {
            let stamp = word(frame, 4)
            guard stamp != .max else { throw .timestampMissing(frame: frame) }
            timestamps.append((timestamps.last ?? 0) + Int64(stamp &- last))
            last = stamp
        }
        return timestamps
    }

    private func word(_ frame: Int, _ offset: Int) -> UInt32 {
        UInt32(littleEndian: data.loadUnaligned(fromByteOffset: frame * frameBytes + offset, as: UInt32.self))
    }
}
