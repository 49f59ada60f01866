/// Decoded frames between the block they came in and the sums: the few that boundaries may still need, and a
/// stretch of new ones. Safe: every access to the buffer is clamped to what it holds.
@safe struct FrameStage: ~Copyable {
    private let layout: FrameLayout
    private let buffer: UnsafeMutableBufferPointer<FrameCodes>
    private let capacity: Int
    /// Index of the first frame held.
    private var base: Int64 = 0
    private var count = 0
    private let decoder: FrameDecoder

    /// - Parameter keep: how many frames back a caller reaches at most.
    init(_ layout: FrameLayout, keep: Int) {
        self.layout = layout
        capacity = 2 * keep + 1024
        decoder = FrameDecoder(layout)
        unsafe buffer = .allocate(capacity: capacity)
        unsafe buffer.initialize(repeating: .zero)
    }

    deinit { unsafe buffer.deallocate() }

    /// Index after the last frame held.
    var end: Int64 { @_noAllocation @_noLocks get { base + Int64(count) } }

    /// The codes of frame `index`; beyond either end the nearest frame held.
    subscript(index: Int64) -> FrameCodes {
        @_noAllocation @_noLocks get {
            guard count > 0 else { return .zero }
            let place = Swift.min(Swift.max(0, Int(index - base)), count - 1)
            return unsafe buffer[place]
        }
    }

    /// Adds the frames held from `first` to `last` to `sums`.
    ///
    /// - Parameter isNarrow: all codes lie within 16 bits.
    @_noAllocation @_noLocks
    func add(to sums: inout FrameSums, from first: Int64, through last: Int64, isNarrow: Bool) {
        let from = Swift.min(Swift.max(0, Int(first - base)), count)
        let to = Swift.min(Swift.max(from, Int(last - base) + 1), count)
        guard let start = unsafe buffer.baseAddress else { return }
        let frames = unsafe UnsafeBufferPointer<FrameCodes>(start: start + from, count: to - from)
        if isNarrow { unsafe sums.addNarrow(frames) } else { unsafe sums.addWide(frames) }
    }

    /// Lets `finder` look at the frames held from its position on, up to the first boundary.
    @_noAllocation @_noLocks
    func nextBoundary(_ finder: inout CycleFinder) -> Double? {
        let from = Swift.min(Swift.max(0, Int(finder.position - base)), count)
        guard let start = unsafe buffer.baseAddress else { return nil }
        return unsafe finder.nextBoundary(in: UnsafeBufferPointer(start: start + from, count: count - from))
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
            for place in drop..<count { unsafe buffer[place - drop] = buffer[place] }
            base += Int64(drop)
            count -= drop
        }
        let room = Swift.min(Swift.min(available, 512), capacity - count)
        for frame in 0..<room {
            unsafe buffer[count + frame] = decoder.decode(block, at: (cursor + frame) * layout.frameBytes)
        }
        count += room
        cursor += room
        return room > 0
    }

    /// Forgets all frames; the next one decoded is frame `index`.
    @_noAllocation @_noLocks
    mutating func restart(at index: Int64) {
        base = index
        count = 0
    }
}
