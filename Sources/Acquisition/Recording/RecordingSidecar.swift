/// The description beside a recording's data, read strictly: what is missing or odd is an error with its field.
struct RecordingSidecar {
    /// How samples are stored; always little-endian.
    enum SampleType: String, CaseIterable {
        case int16, float32

        var bytes: Int { self == .int16 ? 2 : 4 }
    }

    let name: String?
    /// A plain file name in the sidecar's folder.
    let dataFile: String?
    let sampleType: SampleType
    let frameCount: Int
    let sampleRateHz: Double
    let nominalHz: Double?
    let startTime: String?
    let segmentFrames: Int?
    let channels: [RecordingChannel]

    init(path: String) throws(AcquisitionError) {
        let file = try MappedFile(path: path)
        do throws(RecordingFault) {
            try self.init(file.bytes)
        } catch { throw .recording(file: path, error) }
    }

    private init(_ text: UnsafeRawBufferPointer) throws(RecordingFault) {
        let fields: SidecarFields
        do throws(JSONFault) {
            fields = try SidecarFields(JSONValue(parsing: text), place: "")
        } catch { throw .notJSON(problem: error.description) }

        name = try fields.string("name")
        dataFile = try fields.string("data_file")
        if let dataFile, dataFile.isEmpty || dataFile.contains("/") {
            throw fields.invalid("data_file", "a file name without a folder")
        }
        guard let type = SampleType(rawValue: try fields.required("dtype", fields.string)) else {
            throw fields.invalid("dtype", SampleType.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or "))
        }
        sampleType = type
        frameCount = try fields.required("n_frames", fields.count)
        let rate = try fields.required("sample_rate_hz", fields.number)
        guard rate >= 1, rate <= 1e9 else { throw fields.invalid("sample_rate_hz", "1 to 1e9 frames per second") }
        sampleRateHz = rate
        nominalHz = try fields.number("nominal_hz")
        if let nominalHz, !(nominalHz > 0) { throw fields.invalid("nominal_hz", "a frequency above 0, or null") }
        startTime = try fields.string("start_time")
        segmentFrames = try fields.count("segment_frames")
        if segmentFrames == 0 { throw fields.invalid("segment_frames", "1 or more frames, or null") }

        var channels: [RecordingChannel] = []
        for (index, entry) in try fields.required("channels", fields.array).enumerated() {
            let channel = try Self.channel(entry, place: "channels[\(index)]")
            guard !channels.contains(where: { $0.name == channel.name }) else {
                throw .channelDuplicate(name: channel.name)
            }
            channels.append(channel)
        }
        guard (1...4096).contains(channels.count) else { throw fields.invalid("channels", "1 to 4096 channels") }
        let stated = try fields.required("n_channels", fields.count)
        guard stated == channels.count else {
            throw .channelCountMismatch(stated: stated, listed: channels.count)
        }
        guard frameCount <= Int.max / (4 * 4096) else { throw fields.invalid("n_frames", "the number of frames") }
        self.channels = channels
    }

    private static func channel(_ entry: JSONValue, place: String) throws(RecordingFault) -> RecordingChannel {
        guard case .object = entry else {
            throw .fieldInvalid(field: place, value: entry.words, expected: "an object with name, unit and scale")
        }
        let fields = SidecarFields(entry, place: place)
        let scale = try fields.required("scale", fields.number)
        guard scale != 0 else { throw fields.invalid("scale", "units per code, not 0") }
        let name = try fields.required("name", fields.string)
        guard !name.isEmpty else { throw fields.invalid("name", "a name") }
        return RecordingChannel(
            name: name, unit: try fields.required("unit", fields.string), scale: scale,
            offset: try fields.number("offset") ?? 0, phase: try fields.string("phase"),
            skewSeconds: (try fields.number("skew_us") ?? 0) * 1e-6)
    }
}

/// One object of the sidecar. Each accessor gives nil for an absent or null field and refuses another kind of value.
private struct SidecarFields {
    private let members: [String: JSONValue]
    private let place: String

    init(_ value: JSONValue, place: String) {
        // A text that is no object has no fields: the first required one is then reported missing.
        if case .object(let members) = value { self.members = members } else { members = [:] }
        self.place = place
    }

    func invalid(_ name: String, _ expected: String) -> RecordingFault {
        .fieldInvalid(field: path(name), value: (members[name] ?? .null).words, expected: expected)
    }

    func required<Value>(
        _ name: String, _ read: (String) throws(RecordingFault) -> Value?
    ) throws(RecordingFault) -> Value {
        guard let value = try read(name) else { throw .fieldMissing(field: path(name)) }
        return value
    }

    func string(_ name: String) throws(RecordingFault) -> String? {
        switch members[name] ?? .null {
        case .null: return nil
        case .string(let value): return value
        default: throw invalid(name, "a text in quotation marks")
        }
    }

    func number(_ name: String) throws(RecordingFault) -> Double? {
        switch members[name] ?? .null {
        case .null: return nil
        case .number(let value): return value
        default: throw invalid(name, "a number")
        }
    }

    func count(_ name: String) throws(RecordingFault) -> Int? {
        guard let value = try number(name) else { return nil }
        guard let count = Int(exactly: value), count >= 0 else { throw invalid(name, "a whole number, 0 or more") }
        return count
    }

    func array(_ name: String) throws(RecordingFault) -> [JSONValue]? {
        switch members[name] ?? .null {
        case .null: return nil
        case .array(let value): return value
        default: throw invalid(name, "a list")
        }
    }

    private func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }
}
