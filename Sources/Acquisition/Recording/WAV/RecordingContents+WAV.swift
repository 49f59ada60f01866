import MeterDSP

extension RecordingContents {
    /// `NAME.wav`, and `NAME.json` where there is one.
    init(wave path: RecordingPath) throws(AcquisitionError) {
        dataPath = path.file("wav")
        let mapping = try MappedFile(path: dataPath)
        let wave: WaveFile
        do throws(RecordingFault) {
            wave = try WaveFile(mapping.bytes)
        } catch { throw .recording(file: dataPath, error) }
        let description = try WaveDescription(wave, sidecarPath: path.existing("json"))
        channels = description.channels
        format = wave.sampleType == .int16 ? .int16 : .int32
        switch wave.sampleType {
        case .int16, .int32:
            frames = FrameStorage(mapping, wave.data)
        case .int24:
            frames = FrameStorage(taking: Self.widened(mapping.bytes, wave.data))
            format = SampleFormat(storageBits: 32, significantBits: 24) ?? .int32
        case .float32:
            do throws(RecordingFault) {
                let codes = try FloatCodes(
                    UnsafeRawBufferPointer(rebasing: mapping.bytes[wave.data]), channels: channels)
                channels = codes.channels
                frames = FrameStorage(taking: codes.bytes)
            } catch { throw .recording(file: dataPath, error) }
        }
        name = description.name
        sampleRateHz = wave.sampleRateHz
        nominalHz = description.nominalHz
        frameCount = wave.frameCount
        segmentFrames = description.segmentFrames
        startTime = description.startTime
        frameBytes = format.storageBytes * wave.channelCount
        firstMissingFrame = Array(repeating: nil, count: wave.channelCount)
    }

    /// Codes of 24 bits as little-endian int32; the owner deallocates them.
    private static func widened(_ file: UnsafeRawBufferPointer, _ data: Range<Int>) -> UnsafeMutableRawBufferPointer {
        let count = data.count / 3
        let codes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 * count, alignment: 16)
        for index in 0..<count {
            let place = data.lowerBound + 3 * index
            let low = UInt32(file[place]) | UInt32(file[place + 1]) << 8 | UInt32(file[place + 2]) << 16
            let code = Int32(bitPattern: low << 8) >> 8
            codes.storeBytes(of: code.littleEndian, toByteOffset: 4 * index, as: Int32.self)
        }
        return codes
    }
}

/// What the sidecar beside a WAV file says, or what is taken where there is none: channels `ch1`, `ch2`, ... in
/// shares of full scale, unit `FS`.
///
/// The sidecar has the native format's fields. `channels` is required, with scales per stored code (float32: per
/// stored value). Fields that the WAV file states itself are optional and must agree with it.
private struct WaveDescription {
    var name: String?
    var nominalHz: Double?
    var startTime: String?
    var segmentFrames: Int?
    let channels: [RecordingChannel]

    init(_ wave: WaveFile, sidecarPath: String?) throws(AcquisitionError) {
        guard let sidecarPath else {
            channels = (1...wave.channelCount).map {
                RecordingChannel(name: "ch\($0)", unit: "FS", scale: 1 / wave.sampleType.fullScale, offset: 0)
            }
            return
        }
        let file = try MappedFile(path: sidecarPath)
        do throws(RecordingFault) {
            let fields = try SidecarFields(parsing: file.bytes)
            channels = try RecordingSidecar.channels(fields)
            let labels = try RecordingSidecar.Labels(fields)
            (name, nominalHz) = (labels.name, labels.nominalHz)
            (startTime, segmentFrames) = (labels.startTime, labels.segmentFrames)
            try Self.agree(fields, wave, channels.count)
        } catch { throw .recording(file: sidecarPath, error) }
    }

    private static func agree(_ fields: SidecarFields, _ wave: WaveFile, _ listed: Int) throws(RecordingFault) {
        guard listed == wave.channelCount else {
            throw fields.invalid("channels", "\(wave.channelCount) channels, as the WAV file has")
        }
        if let stated = try fields.count("n_channels"), stated != wave.channelCount {
            throw fields.invalid("n_channels", "\(wave.channelCount), as the WAV file has, or leave it out")
        }
        if let stated = try fields.count("n_frames"), stated != wave.frameCount {
            throw fields.invalid("n_frames", "\(wave.frameCount), as the WAV file has, or leave it out")
        }
        if let stated = try fields.number("sample_rate_hz"), stated != wave.sampleRateHz {
            throw fields.invalid("sample_rate_hz", "\(wave.sampleRateHz), as the WAV file has, or leave it out")
        }
        if let stated = try fields.string("dtype"), stated != wave.sampleType.word {
            throw fields.invalid("dtype", "\"\(wave.sampleType.word)\", as the WAV file has, or leave it out")
        }
    }
}
