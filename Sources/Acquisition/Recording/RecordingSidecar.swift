/// The description beside a recording's data, read strictly: what is missing or odd is an error with its field.
struct RecordingSidecar {
    /// How samples are stored; always little-endian.
    enum SampleType: String, CaseIterable {
        case int16, float32

        var bytes: Int { self == .int16 ? 2 : 4 }
    }

    /// Fields that every recording may have and none needs.
    struct Labels {
        let name: String?
        let nominalHz: Double?
        let startTime: String?
        let segmentFrames: Int?

        init(_ fields: SidecarFields) throws(RecordingFault) {
            name = try fields.string("name")
            nominalHz = try fields.number("nominal_hz")
            if let nominalHz, !(1...1000).contains(nominalHz) {
                throw fields.invalid("nominal_hz", "a frequency of 1 to 1000, or null")
            }
            startTime = try fields.string("start_time")
            segmentFrames = try fields.count("segment_frames")
            if segmentFrames == 0 { throw fields.invalid("segment_frames", "1 or more frames, or null") }
        }
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
        let fields = try SidecarFields(parsing: text)
        let labels = try Labels(fields)
        (name, nominalHz) = (labels.name, labels.nominalHz)
        (startTime, segmentFrames) = (labels.startTime, labels.segmentFrames)
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

        let channels = try Self.channels(fields)
        let stated = try fields.required("n_channels", fields.count)
        guard stated == channels.count else {
            throw .channelCountMismatch(stated: stated, listed: channels.count)
        }
        guard frameCount <= Int.max / (4 * 4096) else { throw fields.invalid("n_frames", "the number of frames") }
        self.channels = channels
    }

    /// The list `channels`: 1 to 4096, each with a name of its own.
    static func channels(_ fields: SidecarFields) throws(RecordingFault) -> [RecordingChannel] {
        var channels: [RecordingChannel] = []
        for (index, entry) in try fields.required("channels", fields.array).enumerated() {
            let channel = try Self.channel(entry, place: "channels[\(index)]")
            guard !channels.contains(where: { $0.name == channel.name }) else {
                throw .channelDuplicate(name: channel.name)
            }
            channels.append(channel)
        }
        guard (1...4096).contains(channels.count) else { throw fields.invalid("channels", "1 to 4096 channels") }
        return channels
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

extension RecordingContents {
    /// The native format: `NAME.json` and `NAME.bin`, or the data file that the sidecar names.
    init(native path: RecordingPath) throws(AcquisitionError) {
        let sidecar = try RecordingSidecar(path: path.file("json"))
        let dataPath = sidecar.dataFile.map { path.folder + $0 } ?? path.file("bin")
        let mapping = try MappedFile(path: dataPath)
        do throws(RecordingFault) {
            try self.init(sidecar, mapping, dataPath: dataPath)
        } catch { throw .recording(file: dataPath, error) }
    }

    private init(_ sidecar: RecordingSidecar, _ mapping: MappedFile, dataPath: String) throws(RecordingFault) {
        let storedFrameBytes = sidecar.sampleType.bytes * sidecar.channels.count
        let expected = storedFrameBytes * sidecar.frameCount
        if mapping.bytes.count < expected || mapping.bytes.count % storedFrameBytes != 0 {
            throw .truncated(bytes: mapping.bytes.count, expectedBytes: expected, field: "n_frames")
        }
        if mapping.bytes.count > expected {
            throw .oversized(
                bytes: mapping.bytes.count, expectedBytes: expected, field: "n_frames", orFields: "n_channels or dtype")
        }
        switch sidecar.sampleType {
        case .int16:
            channels = sidecar.channels
            frames = FrameStorage(mapping, 0..<expected)
            format = .int16
        case .float32:
            let codes = try FloatCodes(mapping.bytes, channels: sidecar.channels)
            channels = codes.channels
            frames = FrameStorage(taking: codes.bytes)
            format = .int32
        }
        name = sidecar.name
        sampleRateHz = sidecar.sampleRateHz
        nominalHz = sidecar.nominalHz
        frameCount = sidecar.frameCount
        segmentFrames = sidecar.segmentFrames
        startTime = sidecar.startTime
        self.dataPath = dataPath
        frameBytes = format.storageBytes * channels.count
        firstMissingFrame = Array(repeating: nil, count: channels.count)
    }
}
