import Glibc
import MeterDSP

/// A recording of frames in a file, mapped into memory: the second source of frames beside the ADC.
///
/// Format: `NAME.bin` with interleaved little-endian frames, `NAME.json` beside it as ``RecordingSidecar`` reads it.
/// 16-bit codes are lent as they stand in the file. float32 values become 32-bit codes on opening, channel by
/// channel with a step that is a power of two: the error is at most 10⁻⁹ of the channel's largest value.
///
/// The file must not be shortened while it is open: the system then ends the program at the next read.
public final class Recording: @unchecked Sendable {
    // Sendable because nothing changes after `init`: all properties are constants, the mapping is read-only, the
    // converted codes are written before the value leaves `init` and freed in `deinit` only.

    /// Name of the recording, as the sidecar says, else the file's.
    public let name: String
    public let channels: [RecordingChannel]
    /// Frames per second.
    public let sampleRateHz: Double
    /// 50 or 60, where the sidecar says.
    public let nominalHz: Double?
    /// 0 or more.
    public let frameCount: Int
    /// Frames after which the recording breaks and starts with something else; nil: it is one piece.
    public let segmentFrames: Int?
    /// Wall time of the first frame as the sidecar writes it: a label only.
    public let startTime: String?
    /// Distance of two frames in what ``withFrames(_:_:)`` lends, in bytes.
    public let frameBytes: Int

    private let path: String
    private let format: SampleFormat
    private let mapping: MappedFile
    private let converted: UnsafeMutableRawBufferPointer?

    /// Opens a recording.
    ///
    /// - Parameter path: of the `.json` or the `.bin`.
    /// - Throws: `recording`, with the file, the field and the remedy.
    public static func open(_ path: String) throws(AcquisitionError) -> Recording { try Recording(path) }

    private init(_ path: String) throws(AcquisitionError) {
        guard path.hasSuffix(".json") || path.hasSuffix(".bin") else { throw .recording(file: path, .badName) }
        let stem = String(path.dropLast(path.hasSuffix(".json") ? 5 : 4))
        let sidecar = try RecordingSidecar(path: stem + ".json")
        let folder = stem.lastIndex(of: "/").map { String(stem[...$0]) } ?? ""
        let dataPath = sidecar.dataFile.map { folder + $0 } ?? stem + ".bin"
        let mapping = try MappedFile(path: dataPath)
        let storedFrameBytes = sidecar.sampleType.bytes * sidecar.channels.count
        let expected = storedFrameBytes * sidecar.frameCount
        if mapping.bytes.count < expected || mapping.bytes.count % storedFrameBytes != 0 {
            throw .recording(file: dataPath, .truncated(bytes: mapping.bytes.count, expectedBytes: expected))
        }
        if mapping.bytes.count > expected {
            throw .recording(file: dataPath, .oversized(bytes: mapping.bytes.count, expectedBytes: expected))
        }
        switch sidecar.sampleType {
        case .int16:
            converted = nil
            channels = sidecar.channels
            format = .int16
        case .float32:
            let codes: FloatCodes
            do throws(RecordingFault) {
                codes = try FloatCodes(mapping.bytes, channels: sidecar.channels)
            } catch { throw .recording(file: dataPath, error) }
            converted = codes.bytes
            channels = codes.channels
            format = .int32
        }
        name =
            sidecar.name ?? String(stem[(stem.lastIndex(of: "/").map { stem.index(after: $0) } ?? stem.startIndex)...])
        sampleRateHz = sidecar.sampleRateHz
        nominalHz = sidecar.nominalHz
        frameCount = sidecar.frameCount
        segmentFrames = sidecar.segmentFrames
        startTime = sidecar.startTime
        frameBytes = format.storageBytes * sidecar.channels.count
        self.path = dataPath
        self.mapping = mapping
    }

    deinit { converted?.deallocate() }

    /// The channel of that name.
    public func channel(_ name: String) throws(AcquisitionError) -> RecordingChannel {
        channels[try index(of: name)]
    }

    /// Where the named channels stand in a frame.
    ///
    /// - Throws: `recording` with `channelUnknown`; `badSetting` where a meter channel comes twice.
    public func layout(_ wanted: [(channel: MeterChannel, name: String)]) throws(AcquisitionError) -> FrameLayout {
        var layout = FrameLayout(frameBytes: frameBytes)
        for (channel, name) in wanted {
            let slot = FrameLayout.Slot(byteOffset: try index(of: name) * format.storageBytes, format: format)
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
        let all = converted.map { UnsafeRawBufferPointer($0) } ?? mapping.bytes
        return UnsafeRawBufferPointer(
            rebasing: all[range.lowerBound * frameBytes..<range.upperBound * frameBytes])
    }

    private func index(of name: String) throws(AcquisitionError) -> Int {
        guard let index = channels.firstIndex(where: { $0.name == name }) else {
            throw .recording(file: path, .channelUnknown(name: name, available: channels.map(\.name)))
        }
        return index
    }
}
