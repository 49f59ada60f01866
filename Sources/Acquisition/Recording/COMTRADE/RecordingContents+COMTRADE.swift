import MeterDSP

extension RecordingContents {
    /// `NAME.cfg` and `NAME.dat`.
    init(comtrade path: RecordingPath) throws(AcquisitionError) {
        let configurationPath = path.file("cfg")
        let text = try MappedFile(path: configurationPath)
        let configuration: ComtradeConfiguration
        do throws(RecordingFault) {
            configuration = try ComtradeConfiguration(text.bytes)
            // Rates that differ are the configuration's fault, not the data's.
            _ = try configuration.statedRateHz()
        } catch { throw .recording(file: configurationPath, error) }

        dataPath = path.file("dat")
        let mapping = try MappedFile(path: dataPath)
        let decoded: ComtradeFrames
        do throws(RecordingFault) {
            decoded = try ComtradeFrames(mapping.bytes, configuration)
        } catch { throw .recording(file: dataPath, error) }

        switch decoded.storage {
        case .mapped:
            frames = FrameStorage(mapping, 0..<mapping.bytes.count)
            format = ComtradeBinary.format(configuration)
            headerBytes = ComtradeBinary.headerBytes
            frameBytes = ComtradeBinary.frameBytes(configuration)
        case .owned(let codes):
            frames = FrameStorage(taking: codes)
            format = .int32
            frameBytes = format.storageBytes * decoded.channels.count
        }
        channels = decoded.channels
        firstMissingFrame = decoded.firstMissingFrame
        sampleRateHz = decoded.sampleRateHz
        nominalHz = configuration.nominalHz
        frameCount = configuration.frameCount
        startTime = configuration.startTime
    }
}
