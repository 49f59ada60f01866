/// What is wrong with a recording's sidecar or data. Each case says when; the description says what to do.
public enum RecordingFault: Error, Equatable, Sendable {
    /// The file is missing or cannot be read or mapped.
    case unreadable(errno: CInt)
    /// The name ends neither in .json nor in .bin.
    case badName
    /// The sidecar is not JSON.
    case notJSON(problem: String)
    /// A field that every sidecar has is absent.
    case fieldMissing(field: String)
    /// A field holds something else than it should.
    case fieldInvalid(field: String, value: String, expected: String)
    /// Two channels carry the same name.
    case channelDuplicate(name: String)
    /// `n_channels` and the list of channels disagree.
    case channelCountMismatch(stated: Int, listed: Int)
    /// The data end within a frame or before the last frame that the sidecar states.
    case truncated(bytes: Int, expectedBytes: Int)
    /// The data go on behind the last frame that the sidecar states.
    case oversized(bytes: Int, expectedBytes: Int)
    /// A float32 sample is NaN or infinite.
    case notFinite(frame: Int, channel: String)
    /// There is no channel of that name.
    case channelUnknown(name: String, available: [String])
    /// Frames were asked for that the recording does not have.
    case rangeOutside(lower: Int, upper: Int, frameCount: Int)
}

extension RecordingFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let code): "\(errnoText(code)); put the .bin and its .json of the same name side by side"
        case .badName: "the name ends neither in .json nor in .bin; give one of the two"
        case .notJSON(let problem): "not JSON: \(oneLine(problem)); correct the sidecar there"
        case .fieldMissing(let field): "field \(field) is missing; add it to the sidecar"
        case .fieldInvalid(let field, let value, let expected):
            "field \(field) is \(oneLine(value)); write \(expected)"
        case .channelDuplicate(let name): "field channels has the name \(quoted(name)) twice; give each channel its own"
        case .channelCountMismatch(let stated, let listed):
            "field n_channels is \(stated) but channels lists \(listed); make them agree"
        case .truncated(let bytes, let expected):
            "\(bytes) bytes where field n_frames asks for \(expected); copy the file again, or correct n_frames"
        case .oversized(let bytes, let expected):
            "\(bytes) bytes where field n_frames asks for \(expected); correct n_frames, n_channels or dtype"
        case .notFinite(let frame, let channel):
            "frame \(frame) of channel \(quoted(channel)) is NaN or infinite; cut or repair that part"
        case .channelUnknown(let name, let available):
            "no channel \(quoted(name)); name one of: \(available.map(oneLine).joined(separator: ", "))"
        case .rangeOutside(let lower, let upper, let count):
            "frames \(lower)..<\(upper) asked for; it has frames 0..<\(count)"
        }
    }
}
