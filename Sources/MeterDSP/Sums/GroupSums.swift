/// The sums of codes of the last groups of frames, oldest first and without a gap between them: the cycle finder's input,
/// kept for a window's fundamentals. `Float` holds sums of 16-bit codes exactly. Safe: places are clamped to those held.
@safe struct GroupSums: ~Copyable {
    private let owned: OwnedMemory
    private let sums: UnsafeMutablePointer<SIMD8<Float>>
    private let capacity: Int
    /// Frames in a group.
    let length: Int64
    private var newest = 0
    private var count = 0
    /// The frame after the newest group.
    private(set) var end: Int64 = 0

    /// - Parameters:
    ///   - length: frames in a group.
    ///   - frames: how far back groups are kept.
    init(length: Int, keeping frames: Int) {
        self.length = Int64(length)
        capacity = frames / length + 4
        owned = OwnedMemory(byteCount: capacity * MemoryLayout<SIMD8<Float>>.stride)
        unsafe sums = owned.start.bindMemory(to: SIMD8<Float>.self, capacity: capacity)
    }

    /// The first frame of the oldest group held; `end` where there is none.
    var first: Int64 { @_noAllocation @_noLocks get { end - Int64(count) * length } }

    /// Forgets all groups; the next one starts with frame `index`.
    @_noAllocation @_noLocks
    mutating func restart(at index: Int64) {
        end = index
        count = 0
    }

    @_noAllocation @_noLocks
    mutating func append(_ sum: SIMD8<Double>) {
        newest = newest + 1 == capacity ? 0 : newest + 1
        var stored = SIMD8<Float>.zero
        for lane in 0..<8 { stored[lane] = Float(sum[lane]) }
        unsafe sums[newest] = stored
        count = Swift.min(count + 1, capacity)
        end += length
    }

    /// The first frame of the group with frame `index`, held or still to come.
    @_noAllocation @_noLocks
    func start(ofGroupWith index: Int64) -> Int64 {
        let back = end - index
        return back <= 0 ? end : end - (back + length - 1) / length * length
    }

    /// How many groups held start before frame `index`.
    @_noAllocation @_noLocks
    func count(before index: Int64) -> Int {
        let frames = index - first
        return frames <= 0 ? 0 : Swift.min(count, Int((frames + length - 1) / length))
    }

    /// The sum of the group that `number` others held come before; 0 to the number held − 1.
    @_noAllocation @_noLocks
    subscript(number: Int) -> SIMD8<Double> {
        @_noAllocation @_noLocks get {
            var place = newest + 1 - count + Swift.min(Swift.max(0, number), count - 1)
            if place < 0 { place += capacity }
            guard place >= 0, place < capacity else { return .zero }
            let stored = unsafe sums[place]
            var sum = SIMD8<Double>.zero
            for lane in 0..<8 { sum[lane] = Double(stored[lane]) }
            return sum
        }
    }
}
