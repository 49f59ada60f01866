import MeterDSP

/// A recording of frames in a file, mapped into memory: the second source of frames beside the ADC.
///
/// | files | what |
/// |---|---|
/// | `NAME.json` + `NAME.bin` | interleaved little-endian frames of int16 or float32 |
/// | `NAME.cfg` + `NAME.dat` | COMTRADE (IEEE C37.111-1991, -1999, -2013): ASCII, BINARY, BINARY32, FLOAT32 |
/// | `NAME.wav` | PCM of 16, 24 or 32 bits or float32; `NAME.json` beside it may name the channels |
///
/// Codes of 16 and 32 bits are lent as they stand in the file, with a layout that steps over what stands between
/// them. 24-bit codes are widened on opening. Floats and COMTRADE's ASCII become 32-bit codes on opening: integers
/// as they are, other values channel by channel with a step that is a power of two: the error is at most 10⁻⁹ of
/// the channel's largest value.
///
/// The file must not be shortened while it is open: the system then ends the program at the next read.
public final class Recording: @unchecked Sendable {
    // Sendable because nothing changes after `init`: all properties are constants, the mapping is read-only, the
    // converted codes are written before the value leaves `init` and freed in `deinit` only.

    /// Name of the recording, as the sidecar says, else the file's.
    public let name: String
    /// Analogue channels; COMTRADE's digital ones are left out.
    public let channels: [RecordingChannel]
    /// Frames per second.
    public let sampleRateHz: Double
    /// Nominal mains frequency, where the recording says.
    public let nominalHz: Double?
    /// 0 or more.
    public let frameCount: Int
    /// Frames after which the recording breaks and starts with something else; nil: it is one piece.
    public let segmentFrames: Int?
    /// Wall time of the first frame as the recording writes it (COMTRADE: date,time): a label only.
    public let startTime: String?
    /// Distance of two frames in what ``withFrames(_:_:)`` lends, in bytes.
    public let frameBytes: Int

    private let path: String
    private let format: SampleFormat
    private let headerBytes: Int
    private let firstMissingFrame: [Int?]
    private let frames: FrameStorage

    /// Opens a recording. Takes memory in proportion to the files' size at most, whatever they state.
    ///
    /// - Parameter path: of the `.json`, `.bin`, `.cfg`, `.dat` or `.wav`, in upper or lower case.
    /// - Throws: `recording`, with the file, the line or field and the remedy.
    public static func open(_ path: String) throws(AcquisitionError) -> Recording { try Recording(path) }

    private init(_ path: String) throws(AcquisitionError) {
        let path = try RecordingPath(path)
        let contents =
            switch path.format {
            case .native: try RecordingContents(native: path)
            case .comtrade: try RecordingContents(comtrade: path)
            case .wave: try RecordingContents(wave: path)
            }
        name = contents.name ?? path.name
        channels = contents.channels
        sampleRateHz = contents.sampleRateHz
        nominalHz = contents.nominalHz
        frameCount = contents.frameCount
        segmentFrames = contents.segmentFrames
        startTime = contents.startTime
        frameBytes = contents.frameBytes
        self.path = contents.dataPath
        format = contents.format
        headerBytes = contents.headerBytes
        firstMissingFrame = contents.firstMissingFrame
        frames = contents.frames
    }

    /// The channel of that name.
    public func channel(_ name: String) throws(AcquisitionError) -> RecordingChannel {
        channels[try index(of: name)]
    }

    /// Where the named channels stand in a frame.
    ///
    /// - Throws: `recording` with `channelUnknown`, or with `valueMissing` where the recorder marked a value of the
    ///   channel as missing; `badSetting` where a meter channel comes twice.
    public func layout(_ wanted: [(channel: MeterChannel, name: String)]) throws(AcquisitionError) -> FrameLayout {
        var layout = FrameLayout(frameBytes: frameBytes)
        for (channel, name) in wanted {
            let index = try index(of: name)
            if let frame = firstMissingFrame[index] {
                throw .recording(file: path, .valueMissing(frame: frame, channel: name))
            }
            let slot = FrameLayout.Slot(byteOffset: headerBytes + index * format.storageBytes, format: format)
            guard layout[channel] == nil else {
                throw .badSetting(field: "channels", value: "\(channel)", remedy: "give each meter channel one input")
            }
            layout[channel] = slot
        }
        return layout
    }

    /// Lends frames to `body`, ``frameBytes`` apart. No allocation.
    ///
    /// - Parameter range: within `0..<frameCount`.
    /// - Throws: `recording` with `rangeOutside`.
    @inlinable
    public func withFrames<R>(_ range: Range<Int>, _ body: (RawSpan) -> R) throws(AcquisitionError) -> R {
        body(try bytes(range).bytes)
    }

    @usableFromInline
    func bytes(_ range: Range<Int>) throws(AcquisitionError) -> UnsafeRawBufferPointer {
        guard range.lowerBound >= 0, range.upperBound <= frameCount else {
            throw .recording(
                file: path,
                .rangeOutside(lower: range.lowerBound, upper: range.upperBound, frameCount: frameCount))
        }
        return UnsafeRawBufferPointer(
            rebasing: frames.bytes[range.lowerBound * frameBytes..<range.upperBound * frameBytes])
    }

    private func index(of name: String) throws(AcquisitionError) -> Int {
        guard let index = channels.firstIndex(where: { $0.name == name }) else {
            throw .recording(file: path, .channelUnknown(name: name, available: channels.map(\.name)))
        }
        return index
    }
}
