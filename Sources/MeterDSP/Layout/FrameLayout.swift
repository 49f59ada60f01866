/// Where each channel's sample stands in a frame of raw bytes.
///
/// A frame is one sample of every channel; frames follow one another without a gap, `frameBytes` apart.
public struct FrameLayout: Sendable, Equatable {
    /// Place and format of one channel.
    public struct Slot: Sendable, Equatable, BitwiseCopyable {
        /// Bytes from the start of the frame.
        public var byteOffset: Int
        public var format: SampleFormat

        public init(byteOffset: Int, format: SampleFormat) {
            self.byteOffset = byteOffset
            self.format = format
        }
    }

    /// Distance of two frames in bytes.
    public let frameBytes: Int
    /// Byte offset of the little-endian signed 64-bit timestamp in nanoseconds, where the frames carry one.
    public let timestampOffset: Int?
    private(set) var slots: InlineArray<8, Slot?>

    /// A layout without channels yet.
    ///
    /// - Parameters:
    ///   - frameBytes: 1 or more.
    ///   - timestampOffset: where the frames carry a timestamp, bytes from the start of the frame; else nil.
    public init(frameBytes: Int, timestampOffset: Int? = nil) {
        self.frameBytes = max(1, frameBytes)
        self.timestampOffset = timestampOffset
        slots = InlineArray(repeating: nil)
    }

    /// The place of `channel`; nil where the frames do not carry it. Setting a slot that reaches past the frame
    /// is refused: the channel then stays absent.
    public subscript(channel: MeterChannel) -> Slot? {
        get { slots[channel.rawValue] }
        set {
            if let newValue,
                newValue.byteOffset < 0 || newValue.byteOffset + newValue.format.storageBytes > frameBytes
            {
                slots[channel.rawValue] = nil
                return
            }
            slots[channel.rawValue] = newValue
        }
    }

    public static func == (left: FrameLayout, right: FrameLayout) -> Bool {
        guard left.frameBytes == right.frameBytes, left.timestampOffset == right.timestampOffset else { return false }
        for index in left.slots.indices where left.slots[index] != right.slots[index] { return false }
        return true
    }

    /// `int16` channels one behind the other from byte 0, in the order given.
    public static func interleavedInt16(
        _ channels: [MeterChannel], frameBytes: Int, timestampOffset: Int? = nil
    ) -> FrameLayout {
        var layout = FrameLayout(frameBytes: frameBytes, timestampOffset: timestampOffset)
        for (index, channel) in channels.enumerated() { layout[channel] = Slot(byteOffset: 2 * index, format: .int16) }
        return layout
    }
}
