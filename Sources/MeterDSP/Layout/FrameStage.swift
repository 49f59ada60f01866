/// Decoded frames between the block they came in and the sums: the few that boundaries may still need, and a
/// stretch of new ones. Safe: every access to the memory is clamped to what it holds.
///
/// Frames whose codes all lie within 16 bits are kept as eight 16-bit lanes, others as eight 32-bit lanes.
@safe struct FrameStage: ~Copyable {
    private let layout: FrameLayout
    private let decoder: FrameDecoder
    private let isNarrow: Bool
    private let memory: UnsafeMutableRawPointer
    /// Bytes of a frame here.
    private let stride: Int
    private let capacity: Int
    /// Index of the first frame held.
    private var base: Int64 = 0
    private var count = 0

    /// - Parameters:
    ///   - isNarrow: all codes lie within 16 bits.
    ///   - keep: how many frames back a caller reaches at most.
    init(_ layout: FrameLayout, isNarrow: Bool, keep: Int) {
        self.layout = layout
        self.isNarrow = isNarrow
        decoder = FrameDecoder(layout)
        capacity = 2 * keep + 1024
        stride = isNarrow ? 16 : 32
        unsafe memory = .allocate(byteCount: capacity * stride, alignment: 32)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: capacity * stride)
    }

    deinit { unsafe memory.deallocate() }

    /// Index after the last frame held.
    var end: Int64 { @_noAllocation @_noLocks get { base + Int64(count) } }

    /// The codes of frame `index`; beyond either end the nearest frame held.
    subscript(index: Int64) -> FrameCodes {
        @_noAllocation @_noLocks get {
            guard count > 0 else { return .zero }
            let place = Swift.min(Swift.max(0, Int(index - base)), count - 1)
            if isNarrow {
                let codes = unsafe memory.load(fromByteOffset: 16 * place, as: SIMD8<Int16>.self)
                return FrameCodes(truncatingIfNeeded: codes)
            }
            return unsafe memory.load(fromByteOffset: 32 * place, as: FrameCodes.self)
        }
    }

    /// Sums of the narrow frames from `first` to `last`; of those held, where there are fewer.
    @_noAllocation @_noLocks
    func narrowSums(from first: Int64, through last: Int64) -> NarrowSums {
        let from = Swift.min(Swift.max(0, Int(first - base)), count)
        let to = Swift.min(Swift.max(from, Int(last - base) + 1), count)
        guard isNarrow else { return NarrowSums() }
        return unsafe NarrowSums(UnsafeRawPointer(memory) + 16 * from, count: to - from)
    }

    /// Adds the wide frames from `first` to `last` to `sums`.
    @_noAllocation @_noLocks
    func addWide(to sums: inout FrameSums, from first: Int64, through last: Int64) {
        var index = first
        while index <= last {
            sums.add(self[index])
            index += 1
        }
    }

    /// Drops frames before `keepingFrom` and decodes new ones from `block`.
    ///
    /// - Returns: false where `block` has no whole frame left.
    @_noAllocation @_noLocks
    mutating func decode(_ block: RawSpan, from cursor: inout Int, keepingFrom: Int64) -> Bool {
        let available = block.byteCount / layout.frameBytes - cursor
        guard available > 0 else { return false }
        let drop = Swift.min(Swift.max(0, Int(keepingFrom - base)), count)
        if drop > 0 {
            unsafe memory.copyMemory(from: memory + drop * stride, byteCount: (count - drop) * stride)
            base += Int64(drop)
            count -= drop
        }
        let room = Swift.min(Swift.min(available, 512), capacity - count)
        if isNarrow, let lanes = decoder.plainLanes {
            decodePlain(block, from: cursor * layout.frameBytes, count: room, lanes)
        } else {
            decodeAny(block, from: cursor * layout.frameBytes, count: room)
        }
        count += room
        cursor += room
        return room > 0
    }

    /// Frames of eight little-endian 16-bit words in channel order: only the absent lanes are cleared.
    @_noAllocation @_noLocks
    private func decodePlain(_ block: RawSpan, from offset: Int, count room: Int, _ lanes: SIMD8<Int16>) {
        let step = layout.frameBytes
        var source = offset
        var target = unsafe memory + 16 * count
        for _ in 0..<room {
            let codes = unsafe block.unsafeLoadUnaligned(fromByteOffset: source, as: SIMD8<Int16>.self)
            unsafe target.storeBytes(of: codes & lanes, as: SIMD8<Int16>.self)
            source += step
            unsafe target += 16
        }
    }

    @_noAllocation @_noLocks
    private func decodeAny(_ block: RawSpan, from offset: Int, count room: Int) {
        for frame in 0..<room {
            let codes = decoder.decode(block, at: offset + frame * layout.frameBytes)
            let place = (count + frame) * stride
            if isNarrow {
                unsafe memory.storeBytes(
                    of: SIMD8<Int16>(truncatingIfNeeded: codes), toByteOffset: place, as: SIMD8<Int16>.self)
            } else {
                unsafe memory.storeBytes(of: codes, toByteOffset: place, as: FrameCodes.self)
            }
        }
    }

    /// Forgets all frames; the next one decoded is frame `index`.
    @_noAllocation @_noLocks
    mutating func restart(at index: Int64) {
        base = index
        count = 0
    }
}
