/// The sums of the frames that a boundary may still cut: whole groups of frames, oldest first, without a gap.
/// Safe: places are masked to the eight there are.
///
/// In memory of its own: as an array inside the meter, each look at one group copied all eight.
@safe struct PendingGroups: ~Copyable {
    private struct Group: BitwiseCopyable {
        var last: Int64
        var sums: NarrowSums
    }

    /// How many there may be at a time.
    static var capacity: Int { 8 }

    private let groups: UnsafeMutablePointer<Group>
    private var oldest = 0
    private(set) var count = 0

    init() {
        unsafe groups = .allocate(capacity: Self.capacity)
        unsafe groups.initialize(repeating: Group(last: 0, sums: NarrowSums()), count: Self.capacity)
    }

    deinit { unsafe groups.deallocate() }

    /// Appends the group that ends with frame `last`. At most `capacity` may be pending.
    @_noAllocation @_noLocks
    mutating func append(last: Int64, _ sums: NarrowSums) {
        let place = (oldest + count) & 7
        unsafe groups[place].last = last
        unsafe groups[place].sums = sums
        count += 1
    }

    /// Last frame of the oldest group; of no meaning with `count` 0.
    var oldestLast: Int64 { @_noAllocation @_noLocks get { unsafe groups[oldest].last } }

    /// Removes the oldest group, adds it to `sums`, and gives its Σx.
    @_noAllocation @_noLocks
    mutating func moveOldest(to sums: inout NarrowSums) -> SIMD8<Int64> {
        let place = oldest
        oldest = (oldest + 1) & 7
        count -= 1
        unsafe sums.merge(groups[place].sums)
        return unsafe groups[place].sums.sum
    }

    /// Cuts the oldest group at its front: `sums` is what is left of it.
    @_noAllocation @_noLocks
    mutating func shortenOldest(to sums: NarrowSums) { unsafe groups[oldest].sums = sums }

    @_noAllocation @_noLocks
    mutating func removeAll() { count = 0 }
}
