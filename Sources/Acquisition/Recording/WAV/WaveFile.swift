/// The chunks of a WAV file: RIFF, or RF64 and BW64 for more than 4 GB.
struct WaveFile: Equatable {
    enum SampleType {
        case int16, int24, int32, float32

        var bytes: Int {
            switch self {
            case .int16: 2
            case .int24: 3
            case .int32, .float32: 4
            }
        }

        /// The sidecar's word for it.
        var word: String { self == .float32 ? "float32" : "int\(8 * bytes)" }

        /// The stored value of full scale.
        var fullScale: Double {
            switch self {
            case .int16: 0x8000
            case .int24: 0x80_0000
            case .int32: 0x8000_0000
            case .float32: 1
            }
        }
    }

    let channelCount: Int
    let sampleRateHz: Double
    let sampleType: SampleType
    /// Where the frames stand in the file: whole ones.
    let data: Range<Int>

    var frameBytes: Int { sampleType.bytes * channelCount }
    var frameCount: Int { data.count / frameBytes }

    init(_ file: UnsafeRawBufferPointer) throws(RecordingFault) {
        let chunks = try WaveChunks(file)
        guard let fmt = chunks.fmt else { throw .chunkMissing(chunk: "fmt ") }
        guard let data = chunks.data else { throw .chunkMissing(chunk: "data") }
        let format = UnsafeRawBufferPointer(rebasing: file[fmt])
        guard format.count >= 16 else {
            throw .fieldInvalid(field: "fmt size", value: "\(format.count)", expected: "16 bytes or more")
        }
        func word(_ offset: Int) -> Int { Int(format.littleEndian(at: offset, as: UInt16.self)) }
        channelCount = word(2)
        guard 1...4096 ~= channelCount else {
            throw .fieldInvalid(field: "fmt nChannels", value: "\(channelCount)", expected: "1 to 4096 channels")
        }
        let rate = format.littleEndian(at: 4, as: UInt32.self)
        guard 1...1_000_000_000 ~= rate else {
            throw .fieldInvalid(
                field: "fmt nSamplesPerSec", value: "\(rate)", expected: "1 to 1e9 frames per second")
        }
        sampleRateHz = Double(rate)
        let bits = word(14)
        switch (try Self.formatTag(format), bits) {
        case (Self.pcm, 16): sampleType = .int16
        case (Self.pcm, 24): sampleType = .int24
        case (Self.pcm, 32): sampleType = .int32
        case (Self.ieeeFloat, 32): sampleType = .float32
        case (let tag, _):
            throw .fieldInvalid(
                field: "fmt wFormatTag, wBitsPerSample", value: "\(tag), \(bits)",
                expected: "1 (PCM) with 16, 24 or 32 bits, or 3 (float) with 32: convert the file")
        }
        let align = word(12)
        guard align == sampleType.bytes * channelCount else {
            throw .fieldInvalid(
                field: "fmt nBlockAlign", value: "\(align)", expected: "\(sampleType.bytes * channelCount)")
        }
        guard data.count % align == 0 else {
            throw .fieldInvalid(
                field: "data size", value: "\(data.count)", expected: "a multiple of the \(align) bytes of a frame")
        }
        self.data = data
    }

    private static let pcm = 1
    private static let ieeeFloat = 3

    /// With WAVE_FORMAT_EXTENSIBLE the tag stands at the head of the sub-format's identifier.
    private static func formatTag(_ format: UnsafeRawBufferPointer) throws(RecordingFault) -> Int {
        let tag = Int(format.littleEndian(at: 0, as: UInt16.self))
        guard tag == 0xFFFE else { return tag }
        guard format.count >= 40 else {
            throw .fieldInvalid(
                field: "fmt size", value: "\(format.count)", expected: "40 bytes or more for WAVE_FORMAT_EXTENSIBLE")
        }
        let rest: [UInt8] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        guard format[26..<40].elementsEqual(rest) else {
            throw .fieldInvalid(
                field: "fmt SubFormat", value: "not that of PCM or float", expected: "PCM or float: convert the file")
        }
        let bits = Int(format.littleEndian(at: 14, as: UInt16.self))
        let valid = Int(format.littleEndian(at: 18, as: UInt16.self))
        // Fewer valid bits stand at the top of the word: full scale is that of the word.
        guard 1...max(1, bits) ~= valid else {
            throw .fieldInvalid(
                field: "fmt wValidBitsPerSample", value: "\(valid)", expected: "1 to wBitsPerSample, \(bits)")
        }
        return Int(format.littleEndian(at: 24, as: UInt16.self))
    }
}

/// Where the two chunks that count stand. Others are passed over, in whatever order.
private struct WaveChunks {
    var fmt: Range<Int>?
    var data: Range<Int>?

    init(_ file: UnsafeRawBufferPointer) throws(RecordingFault) {
        guard file.count >= 12 else { throw .truncated(bytes: file.count, expectedBytes: 12, field: "RIFF size") }
        let isLarge = file.holds("RF64", at: 0) || file.holds("BW64", at: 0)
        guard isLarge || file.holds("RIFF", at: 0), file.holds("WAVE", at: 8) else {
            throw .fieldInvalid(
                field: "RIFF", value: "another file type", expected: "a RIFF, RF64 or BW64 file of type WAVE")
        }
        var size = UInt64(file.littleEndian(at: 4, as: UInt32.self))
        var largeData: UInt64?
        if isLarge {
            guard file.count >= 36, file.holds("ds64", at: 12) else { throw .chunkMissing(chunk: "ds64") }
            size = file.littleEndian(at: 20, as: UInt64.self)
            largeData = file.littleEndian(at: 28, as: UInt64.self)
        }
        // A last chunk of odd size may come without the byte that fills it up.
        guard size <= UInt64(file.count - 8) else {
            throw .truncated(bytes: file.count, expectedBytes: Self.end(8, size), field: "RIFF size")
        }
        let end = Int(size) + 8
        guard file.count <= end + end % 2 else {
            throw .oversized(
                bytes: file.count, expectedBytes: end, field: "RIFF size", orFields: "or cut off what follows")
        }
        var position = 12
        while position < end {
            guard end - position >= 8 else {
                throw .truncated(bytes: end, expectedBytes: position + 8, field: "RIFF size")
            }
            var size = UInt64(file.littleEndian(at: position + 4, as: UInt32.self))
            let isData = file.holds("data", at: position)
            if isData, size == UInt64(UInt32.max), let largeData { size = largeData }
            let start = position + 8
            guard size <= UInt64(end - start) else {
                throw .truncated(
                    bytes: end, expectedBytes: Self.end(start, size),
                    field: isData ? "data size" : "size of the chunk at byte \(position)")
            }
            let chunk = start..<start + Int(size)
            if isData { try Self.set(&data, chunk, "data") }
            if file.holds("fmt ", at: position) { try Self.set(&fmt, chunk, "fmt ") }
            position = chunk.upperBound + chunk.count % 2
        }
    }

    /// Where `size` bytes from `start` on end; the largest number where they have no end.
    private static func end(_ start: Int, _ size: UInt64) -> Int {
        let (end, overflows) = size.addingReportingOverflow(UInt64(start))
        return overflows ? .max : Int(clamping: end)
    }

    private static func set(_ place: inout Range<Int>?, _ chunk: Range<Int>, _ name: String) throws(RecordingFault) {
        guard place == nil else {
            throw .fieldInvalid(field: "chunk \(name)", value: "there twice", expected: "it once: convert the file")
        }
        place = chunk
    }
}

extension UnsafeRawBufferPointer {
    /// - Precondition: the value lies within the buffer.
    func littleEndian<Word: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Word.Type) -> Word {
        Word(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// - Precondition: as many bytes lie within the buffer.
    func holds(_ text: StaticString, at offset: Int) -> Bool {
        text.withUTF8Buffer { self[offset..<offset + $0.count].elementsEqual($0) }
    }
}
