/// The sums of codes of the last groups of frames, oldest first and without a gap between them: the cycle finder's input,
/// kept for a window's fundamentals. `Float` holds sums of 16-bit codes exactly. Safe: places are clamped to those held.
@safe struct GroupSums: ~Copyable {
    private let owned: OwnedMemory
    private let sums: UnsafeMutablePointer<SIMD8<Float>>
    private let capacity: Int
    /// Frames in a group.
    let length: Int64
    private var newest = 0
    /// The frame that the first group started with, and how many have been appended since.
    private var origin: Int64 = 0
    private var appended = 0

    /// - Parameters:
    ///   - length: frames in a group.
    ///   - frames: how far back groups are kept.
    init(length: Int, keeping frames: Int) {
        self.length = Int64(length)
        capacity = frames / length + 4
        owned = OwnedMemory(byteCount: capacity * MemoryLayout<SIMD8<Float>>.stride)
        unsafe sums = owned.start.bindMemory(to: SIMD8<Float>.self, capacity: capacity)
    }

    private var count: Int { @_noAllocation @_noLocks get { Swift.min(appended, capacity) } }

    /// The frame after the newest group.
    var end: Int64 { @_noAllocation @_noLocks get { origin + Int64(appended) * length } }

    /// The first frame of the oldest group held; `end` where there is none.
    var first: Int64 { @_noAllocation @_noLocks get { end - Int64(count) * length } }

    /// Forgets all groups; the next one starts with frame `index`.
    @_noAllocation @_noLocks
    mutating func restart(at index: Int64) {
        origin = index
        appended = 0
    }

    /// The place of the next sums and how many fit in there, one at least.
    var room: (UnsafeMutablePointer<SIMD8<Float>>, count: Int) {
        @_noAllocation @_noLocks get {
            let place = newest + 1 < capacity ? newest + 1 : 0
            return unsafe (sums + place, capacity - place)
        }
    }

    /// Takes the `count` sums that have been stored in ``room``.
    @_noAllocation @_noLocks
    mutating func take(_ count: Int) {
        let place = newest + 1 < capacity ? newest + 1 : 0
        newest = Swift.min(place + Swift.max(0, count), capacity) - 1
        appended &+= count
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

    /// The groups from the one that `number` others held come before, up to the newest or to where the ring begins
    /// anew, and how many there are; valid until the next one is appended.
    @_noAllocation @_noLocks
    func row(from number: Int) -> (UnsafePointer<SIMD8<Float>>, count: Int) {
        let number = Swift.min(Swift.max(0, number), count)
        let place = newest + 1 - count + number
        return place < 0
            ? unsafe (UnsafePointer(sums) + (place + capacity), -place)
            : unsafe (UnsafePointer(sums) + place, count - number)
    }
}
