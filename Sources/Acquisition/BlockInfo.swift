/// What is known of a block of frames besides its codes.
public struct BlockInfo: Sendable, Equatable, BitwiseCopyable {
    /// Index of the block's first frame since start. Lost frames are counted too, so that index / rate is time.
    public var firstFrame: Int64
    /// Frames in the block, 1 or more.
    public var frameCount: Int
    /// Frames that were found missing since the block before: in front of this block, or shortly before in the
    /// stream (a loss is reported once it is certain, see ``GapDetector``). 0 or more.
    public var framesLost: Int64
    /// Frames are missing, how many may be unknown: a measuring window must not join this block to the one before.
    /// Set also where ``framesLost`` is above 0.
    public var isDiscontinuity: Bool
    /// Monotonic nanoseconds of this machine when the block was in memory.
    public var deliveredAt: Int64
    /// The device's timestamp of the last frame in nanoseconds, on the clock that ``IIOSource/timestampClock``
    /// names; nil where frames carry none.
    public var lastFrameTime: Int64?
    /// How long after its last frame the block was in memory, in nanoseconds, 0 or more. Where the frames do not carry
    /// this machine's monotonic clock: how much longer than for the promptest blocks.
    public var lateNanoseconds: Int64

    public init(
        firstFrame: Int64, frameCount: Int, framesLost: Int64 = 0, isDiscontinuity: Bool = false, deliveredAt: Int64,
        lastFrameTime: Int64? = nil, lateNanoseconds: Int64 = 0
    ) {
        self.lateNanoseconds = lateNanoseconds
        self.firstFrame = firstFrame
        self.frameCount = frameCount
        self.framesLost = framesLost
        self.isDiscontinuity = isDiscontinuity
        self.deliveredAt = deliveredAt
        self.lastFrameTime = lastFrameTime
    }
}
