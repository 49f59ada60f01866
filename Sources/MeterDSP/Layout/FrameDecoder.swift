/// Widens the samples of one frame to 32-bit codes: load the stored word, swap where it is big-endian, shift, and
/// extend from the significant bits. What stands above them is never trusted.
struct FrameDecoder {
    private let layout: FrameLayout
    /// For frames of little-endian `int16` in channel order from byte 0, on a little-endian processor: all ones in the
    /// lanes that are present. Else nil.
    let plainLanes: SIMD8<Int16>?

    init(_ layout: FrameLayout) {
        self.layout = layout
        var lanes = SIMD8<Int16>.zero
        var isPlain = layout.frameBytes >= 16
        for channel in MeterChannel.allCases {
            guard let slot = layout[channel] else { continue }
            lanes[channel.rawValue] = -1
            if slot.byteOffset != 2 * channel.rawValue || slot.format != .int16 { isPlain = false }
        }
        #if _endian(little)
            plainLanes = isPlain ? lanes : nil
        #else
            plainLanes = nil
        #endif
    }

    @_noAllocation @_noLocks
    func decode(_ block: RawSpan, at offset: Int) -> FrameCodes {
        var codes = FrameCodes.zero
        for lane in 0..<8 {
            guard let slot = layout.slots[lane] else { continue }
            codes[lane] = Self.code(block, at: offset + slot.byteOffset, slot.format)
        }
        return codes
    }

    /// Place and format of the channel in `lane`, 0 to 7; nil where it is absent.
    @_noAllocation @_noLocks
    func slot(_ lane: Int) -> FrameLayout.Slot? { layout.slots[lane] }

    @_noAllocation @_noLocks
    @inline(__always)
    static func code(_ block: RawSpan, at offset: Int, _ format: SampleFormat) -> Int32 {
        var word: UInt32
        if format.storageBits == 16 {
            let stored = unsafe block.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self)
            word = UInt32(format.isBigEndian ? UInt16(bigEndian: stored) : UInt16(littleEndian: stored))
        } else {
            let stored = unsafe block.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
            word = format.isBigEndian ? UInt32(bigEndian: stored) : UInt32(littleEndian: stored)
        }
        word &>>= UInt32(format.shift)
        let above = UInt32(32 - format.significantBits)
        let left = Int32(bitPattern: word &<< above)
        return format.isSigned ? left &>> Int32(above) : Int32(bitPattern: UInt32(bitPattern: left) &>> above)
    }
}
