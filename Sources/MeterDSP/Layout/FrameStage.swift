/// Decoded frames between the block they came in and the sums: those of the running half cycle and the few before it
/// that its edge needs. Safe: every access to the memory is clamped to what it holds.
///
/// Frames whose codes all lie within 16 bits are kept as eight 16-bit lanes, others as eight 32-bit lanes.
@safe struct FrameStage: ~Copyable {
    private let owned: OwnedMemory
    /// In memory of its own: what is large beside what is needed often is copied with it.
    private let decoder: UnsafeMutablePointer<FrameDecoder>
    private let frameBytes: Int
    private let plainLanes: SIMD8<Int16>?
    /// Frames of a block are those of the stage, byte for byte.
    private let areFramesCopied: Bool
    private let isNarrow: Bool
    /// Ones, which the compiler must not know: it would fold a multiplication away that is to be.
    private let ones: SIMD8<Int16>
    /// Four times 1 and 16, for the same reason.
    private let weights: SIMD8<Int16>
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
        self.isNarrow = isNarrow
        frameBytes = layout.frameBytes
        capacity = 3 * keep
        stride = isNarrow ? 16 : 32
        ones = SIMD8(repeating: layout.frameBytes > 0 ? 1 : 0)
        weights = ones &<< SIMD8(0, 4, 0, 4, 0, 4, 0, 4)
        let rows = capacity * stride
        owned = OwnedMemory(byteCount: rows + MemoryLayout<FrameDecoder>.stride)
        unsafe memory = owned.start
        unsafe decoder = (owned.start + rows).bindMemory(to: FrameDecoder.self, capacity: 1)
        unsafe decoder.initialize(to: FrameDecoder(layout))
        plainLanes = unsafe decoder.pointee.plainLanes
        areFramesCopied = layout.frameBytes == 16 && plainLanes == SIMD8(repeating: -1)
    }

    /// Index of the first frame held.
    var start: Int64 { @_noAllocation @_noLocks get { base } }

    /// Index after the last frame held.
    var end: Int64 { @_noAllocation @_noLocks get { base + Int64(count) } }

    /// The codes of frame `index`; beyond either end the nearest frame held.
    subscript(index: Int64) -> FrameCodes {
        @inline(__always) @_noAllocation @_noLocks get {
            guard count > 0 else { return .zero }
            let place = Swift.min(Swift.max(0, Int(index - base)), count - 1)
            if isNarrow {
                let codes = unsafe memory.load(fromByteOffset: 16 * place, as: SIMD8<Int16>.self)
                return FrameCodes(truncatingIfNeeded: codes)
            }
            return unsafe memory.load(fromByteOffset: 32 * place, as: FrameCodes.self)
        }
    }

    /// The places of frames `first` to `last` in memory; of those held, where there are fewer.
    @_noAllocation @_noLocks
    private func places(_ first: Int64, _ last: Int64) -> (from: Int, to: Int) {
        let from = Swift.min(Swift.max(0, Int(first - base)), count)
        return (from, Swift.min(Swift.max(from, Int(last - base) + 1), count))
    }

    /// Whether frames are kept as 16-bit lanes.
    var holdsNarrowFrames: Bool { @_noAllocation @_noLocks get { isNarrow } }

    /// The frames from `index` on in memory, 16 bytes each where they are narrow, else 32, and how many follow; valid until
    /// the stage decodes again.
    @_noAllocation @_noLocks
    func rows(from index: Int64) -> (UnsafeRawPointer, count: Int) {
        let place = Swift.min(Swift.max(0, Int(index - base)), count)
        return unsafe (UnsafeRawPointer(memory) + stride * place, count - place)
    }

    /// Σx of each of `count` groups of `length` narrow frames from `row` on, a place that ``rows(from:)`` gave.
    /// `mutating`, for else the stage is copied.
    @_noAllocation @_noLocks
    mutating func sumGroups(
        of length: Int, at row: UnsafeRawPointer, count: Int, to target: UnsafeMutablePointer<SIMD8<Float>>
    ) {
        var row = unsafe row
        // Copies stay in registers.
        let (ones, weights) = (ones, weights)
        if length == 8 {
            var target = unsafe target
            for _ in 0..<count {
                let total = unsafe NarrowSums.sumOfEight(row, weights: weights)
                unsafe target.pointee = SIMD8(lowHalf: floats(total.lowHalf), highHalf: floats(total.highHalf))
                unsafe row += 128
                unsafe target += 1
            }
            return
        }
        for number in 0..<count {
            let total = unsafe NarrowSums.sum(row, count: length, ones: ones)
            unsafe target[number] = SIMD8(lowHalf: floats(total.lowHalf), highHalf: floats(total.highHalf))
            unsafe row += 16 * length
        }
    }

    /// Σx over the frames from `first` to `last`, no more than 65 536.
    @_noAllocation @_noLocks
    func sum(from first: Int64, through last: Int64) -> SIMD8<Double> {
        let (from, to) = places(first, last)
        var sum = SIMD8<Double>.zero
        if isNarrow {
            let total = unsafe NarrowSums.sum(UnsafeRawPointer(memory) + 16 * from, count: to - from, ones: ones)
            for lane in 0..<8 { sum[lane] = Double(total[lane]) }
        } else {
            var total = SIMD8<Int64>.zero
            for place in from..<to {
                total &+= unsafe SIMD8<Int64>(
                    truncatingIfNeeded: memory.load(fromByteOffset: 32 * place, as: FrameCodes.self))
            }
            for lane in 0..<8 { sum[lane] = Double(total[lane]) }
        }
        return sum
    }

    /// Adds the sums over the frames from `first` to `last` to `narrow`, and what that cannot take to `stretch`. `mutating`, for
    /// else the stage is copied.
    @_noAllocation @_noLocks
    mutating func add(from first: Int64, through last: Int64, to stretch: inout Stretch, _ narrow: inout NarrowSums) {
        var (from, to) = places(first, last)
        while isNarrow, from < to {
            if narrow.count == NarrowSums.mostFrames {
                narrow.add(to: &stretch)
                narrow = NarrowSums()
            }
            let count = Swift.min(to - from, NarrowSums.mostFrames - narrow.count)
            unsafe narrow.add(UnsafeRawPointer(memory) + 16 * from, count: count)
            from += count
        }
        guard from < to else { return }
        var sums = WideSums()
        for place in from..<to { sums.add(unsafe memory.load(fromByteOffset: 32 * place, as: FrameCodes.self)) }
        sums.add(to: &stretch)
    }

    /// Drops frames before `keepingFrom` and decodes new ones from `block`.
    ///
    /// - Returns: false where `block` has no whole frame left.
    @_noAllocation @_noLocks
    mutating func decode(_ block: RawSpan, from cursor: inout Int, keepingFrom: Int64) -> Bool {
        let available = block.byteCount / frameBytes - cursor
        guard available > 0 else { return false }
        if capacity - count < Swift.min(available, 512) {
            let drop = Swift.min(Swift.max(0, Int(keepingFrom - base)), count)
            if drop > 0 {
                unsafe memory.copyMemory(from: memory + drop * stride, byteCount: (count - drop) * stride)
                base += Int64(drop)
                count -= drop
            }
        }
        let room = Swift.min(Swift.min(available, 512), capacity - count)
        if isNarrow, let lanes = plainLanes {
            decodePlain(block, from: cursor * frameBytes, count: room, lanes)
        } else {
            decodeAny(block, from: cursor * frameBytes, count: room)
        }
        count += room
        cursor += room
        return room > 0
    }

    /// Frames of eight little-endian 16-bit words in channel order: only the absent lanes are cleared.
    @_noAllocation @_noLocks
    private func decodePlain(_ block: RawSpan, from offset: Int, count room: Int, _ lanes: SIMD8<Int16>) {
        // One check for all frames: a check of each costs more than the copy.
        guard room > 0, offset >= 0, offset + (room - 1) * frameBytes + 16 <= block.byteCount else { return }
        let step = frameBytes
        let areFramesCopied = areFramesCopied
        let end = unsafe memory + 16 * count
        unsafe block.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            var source = unsafe start + offset
            var target = unsafe end
            var left = room
            if areFramesCopied {
                unsafe target.copyMemory(from: source, byteCount: 16 * room)
                return
            }
            if step == 16 {
                while left >= 4 {
                    for place in 0..<4 {
                        let codes = unsafe source.loadUnaligned(fromByteOffset: 16 * place, as: SIMD8<Int16>.self)
                        unsafe target.storeBytes(of: codes & lanes, toByteOffset: 16 * place, as: SIMD8<Int16>.self)
                    }
                    unsafe source += 64
                    unsafe target += 64
                    left -= 4
                }
            }
            for _ in 0..<left {
                let codes = unsafe source.loadUnaligned(as: SIMD8<Int16>.self)
                unsafe target.storeBytes(of: codes & lanes, as: SIMD8<Int16>.self)
                unsafe source += step
                unsafe target += 16
            }
        }
    }

    /// One channel after the other: its format is then looked at once. Lanes of absent channels are 0 from the start.
    @_noAllocation @_noLocks
    private func decodeAny(_ block: RawSpan, from offset: Int, count room: Int) {
        for lane in 0..<8 {
            guard let slot = unsafe decoder.pointee.slot(lane) else { continue }
            let format = slot.format
            var source = offset + slot.byteOffset
            var target = unsafe memory + count * stride + lane * (stride / 8)
            for _ in 0..<room {
                let code = FrameDecoder.code(block, at: source, format)
                if isNarrow {
                    unsafe target.storeBytes(of: Int16(truncatingIfNeeded: code), as: Int16.self)
                } else {
                    unsafe target.storeBytes(of: code, as: Int32.self)
                }
                source += frameBytes
                unsafe target += stride
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

/// Codes as `Double`, exactly.
@_noAllocation @_noLocks
@inline(__always)
func widened(_ codes: FrameCodes) -> SIMD8<Double> {
    var wide = SIMD8<Double>.zero
    for lane in 0..<8 { wide[lane] = Double(codes[lane]) }
    return wide
}
