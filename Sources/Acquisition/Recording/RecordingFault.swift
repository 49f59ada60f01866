/// What is wrong with a recording's description or data. Each case says when; the description says what to do.
/// Lines count from 1, frames from 0.
public enum RecordingFault: Error, Equatable, Sendable {
    /// The file is missing or cannot be read or mapped.
    case unreadable(errno: CInt)
    /// The name's extension is none of .json, .bin, .cfg, .dat and .wav.
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
    /// The data end within a frame or before the last frame; `field` states how many there are.
    case truncated(bytes: Int, expectedBytes: Int, field: String)
    /// The data go on behind the last frame that `field` states. `orFields`: what else may be wrong.
    case oversized(bytes: Int, expectedBytes: Int, field: String, orFields: String)
    /// A float32 sample is NaN or infinite.
    case notFinite(frame: Int, channel: String)
    /// A text file ends before a line that it must have.
    case lineMissing(line: Int, expected: String)
    /// A line has another number of fields than it should.
    case fieldCountWrong(line: Int, fields: Int, expected: String)
    /// A field of a line holds something else than it should.
    case lineInvalid(line: Int, field: String, value: String, expected: String)
    /// The last line has no end: whether something is missing cannot be told.
    case lineCut(line: Int)
    /// An ASCII file has more frames than the configuration states.
    case framesLeft(line: Int, stated: Int)
    /// Frames are missing or out of order: sample numbers do not count up by one.
    case sampleNumberJump(frame: Int, number: Int, expected: Int)
    /// The recorder marked a value of this channel as missing; other channels may be whole.
    case valueMissing(frame: Int, channel: String)
    /// The sampling rate changes within the recording.
    case ratesDiffer(firstHz: Double, nextHz: Double, frame: Int)
    /// No sampling rate is stated and a frame has no timestamp.
    case timestampMissing(frame: Int)
    /// No sampling rate is stated and the timestamps are not evenly spaced.
    case timestampsUneven(frame: Int, offSeconds: Double, stepSeconds: Double)
    /// No sampling rate is stated and the timestamps are too few or too coarse to tell one.
    case timestampsCoarse(spanUnits: Double, stepUnits: Double, unitSeconds: Double)
    /// A sampling rate that follows from timestamps is out of range.
    case rateOutside(hertz: Double)
    /// A WAV file lacks a chunk.
    case chunkMissing(chunk: String)
    /// There is no channel of that name.
    case channelUnknown(name: String, available: [String])
    /// Frames were asked for that the recording does not have.
    case rangeOutside(lower: Int, upper: Int, frameCount: Int)
}

extension RecordingFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let code):
            "\(errnoText(code)); put both files of one name side by side: .json and .bin, or .cfg and .dat"
        case .badName: "the name ends in none of .json, .bin, .cfg, .dat and .wav; give such a file"
        case .notJSON(let problem): "not JSON: \(oneLine(problem)); correct the sidecar there"
        case .fieldMissing(let field): "field \(field) is missing; add it to the sidecar"
        case .fieldInvalid(let field, let value, let expected):
            "field \(field) is \(oneLine(value)); write \(expected)"
        case .channelDuplicate(let name): "field channels has the name \(quoted(name)) twice; give each channel its own"
        case .channelCountMismatch(let stated, let listed):
            "field n_channels is \(stated) but channels lists \(listed); make them agree"
        case .truncated(let bytes, let expected, let field):
            "\(bytes) bytes where field \(field) asks for \(expected); copy the file again, or correct \(field)"
        case .oversized(let bytes, let expected, let field, let others):
            "\(bytes) bytes where field \(field) asks for \(expected); correct \(field), \(others)"
        case .notFinite(let frame, let channel):
            "frame \(frame) of channel \(quoted(channel)) is NaN or infinite; cut or repair that part"
        case .lineMissing(let line, let expected):
            "the file ends before line \(line), which holds \(expected); copy it again, or add that line"
        case .fieldCountWrong(let line, let fields, let expected):
            "line \(line) has \(fields) fields between commas; write \(expected)"
        case .lineInvalid(let line, let field, let value, let expected):
            "line \(line), field \(field) is \(quoted(value)); write \(expected)"
        case .lineCut(let line):
            "line \(line), the last, has no line break; copy the file again, or add one if the line is whole"
        case .framesLeft(let line, let stated):
            "line \(line) goes on behind the \(stated) frames that field endsamp states; correct endsamp"
        case .sampleNumberJump(let frame, let number, let expected):
            "frame \(frame) has sample number \(number) where \(expected) comes next; "
                + "cut the recording there: frames are missing or out of order"
        case .valueMissing(let frame, let channel):
            "frame \(frame) of channel \(quoted(channel)) is marked as missing; "
                + "cut the recording before it, or measure another channel"
        case .ratesDiffer(let first, let next, let frame):
            "\(first) frames per second, from frame \(frame) on \(next): frequency, power and harmonics cannot be "
                + "measured across; cut it into files of one rate"
        case .timestampMissing(let frame):
            "no rate is stated and frame \(frame) has no timestamp: frequency, power and harmonics cannot be "
                + "measured; write the rate to nrates and samp"
        case .timestampsUneven(let frame, let off, let step):
            "no rate is stated and the timestamp of frame \(frame) is off by \(off) s in an even spacing of "
                + "\(step) s: frequency, power and harmonics cannot be measured; cut out an even part"
        case .timestampsCoarse(let span, let step, let unit):
            "no rate is stated and the timestamps (\(step) steps of \(unit) s apart, \(span) in all) are too "
                + "coarse or too few to tell one within 0.01 %; write the rate to nrates and samp"
        case .rateOutside(let hertz):
            "the timestamps tell \(hertz) frames per second, not 1 to 1e9; correct timemult, or write the rate to samp"
        case .chunkMissing(let chunk):
            "there is no chunk \(quoted(chunk)); copy the file again, or write it anew as WAV"
        case .channelUnknown(let name, let available):
            "no channel \(quoted(name)); name one of: \(available.map(oneLine).joined(separator: ", "))"
        case .rangeOutside(let lower, let upper, let count):
            "frames \(lower)..<\(upper) asked for; it has frames 0..<\(count)"
        }
    }
}
