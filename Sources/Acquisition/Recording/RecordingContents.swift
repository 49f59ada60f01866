import MeterDSP

/// What every format comes down to: ``Recording`` serves it.
struct RecordingContents {
    /// nil: the file's name without its folder and extension.
    var name: String?
    var channels: [RecordingChannel]
    var sampleRateHz: Double
    var nominalHz: Double?
    var frameCount: Int
    var segmentFrames: Int?
    var startTime: String?
    var frames: FrameStorage
    /// The file that holds the frames.
    var dataPath: String
    /// How each sample is stored.
    var format: SampleFormat
    /// Bytes of a frame before its first sample.
    var headerBytes = 0
    /// Distance of two frames in bytes.
    var frameBytes: Int
    /// By channel: the first frame whose value the recorder marked as missing; nil: none.
    var firstMissingFrame: [Int?]
}
