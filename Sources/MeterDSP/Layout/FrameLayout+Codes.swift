extension FrameLayout {
    /// The code of `channel` in one frame of a block, widened to 32 bits as its format says.
    ///
    /// - Parameters:
    ///   - channel: the one wanted.
    ///   - block: whole frames as this layout describes them.
    ///   - frame: 0 to the number of frames in `block` − 1.
    /// - Returns: nil where the frames do not carry the channel or `block` does not hold the frame.
    public func code(of channel: MeterChannel, in block: RawSpan, frame: Int) -> Int32? {
        guard let slot = self[channel], frame >= 0, frame < block.byteCount / frameBytes else { return nil }
        return FrameDecoder.code(block, at: frame * frameBytes + slot.byteOffset, slot.format)
    }
}
