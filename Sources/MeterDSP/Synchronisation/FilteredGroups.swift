/// The band-passed sums of groups: those still to be looked at, and before them the last four that have been.
///
/// Groups are filtered many at a time, with the filter's state in registers, and looked at one after the other. Safe:
/// every access to the memory is clamped to what it holds.
@safe struct FilteredGroups: ~Copyable {
    /// Most groups that are held beside the last four.
    static var most: Int { @_noAllocation @_noLocks get { 64 } }
    private static var past: Int { @_noAllocation @_noLocks get { 4 } }

    private let owned: OwnedMemory
    private let values: UnsafeMutablePointer<SIMD4<Double>>
    private var filter: BandPass
    /// Places of the next group to be looked at, and after the last one.
    private var next = Self.past
    private var end = Self.past
    /// How many have been looked at.
    private(set) var count = 0

    init(_ filter: BandPass) {
        self.filter = filter
        let capacity = Self.past + Self.most
        owned = OwnedMemory(byteCount: capacity * MemoryLayout<SIMD4<Double>>.stride)
        unsafe values = owned.start.bindMemory(to: SIMD4<Double>.self, capacity: capacity)
    }

    /// How many are still to be looked at.
    var left: Int { @_noAllocation @_noLocks get { end - next } }

    /// Forgets all groups, and what the filter has been given.
    @_noAllocation @_noLocks
    mutating func reset() {
        filter.reset()
        for place in 0..<Self.past { unsafe values[place] = .zero }
        next = Self.past
        end = Self.past
        count = 0
    }

    /// Filters groups; no more than fit in.
    ///
    /// - Parameters:
    ///   - sums: of all lanes, `count` of them.
    ///   - lane: the first of four that are signals.
    @_noAllocation @_noLocks
    mutating func append(_ sums: UnsafePointer<SIMD8<Float>>, count: Int, from lane: Int) {
        makeRoom()
        let added = Swift.min(count, Self.past + Self.most - end)
        guard added > 0 else { return }
        unsafe filter.filter(sums, count: added, from: lane, to: values + end)
        end += added
    }

    /// Filters the signals of one group, where there is room.
    @_noAllocation @_noLocks
    mutating func append(_ sums: SIMD4<Double>) {
        makeRoom()
        guard end < Self.past + Self.most else { return }
        unsafe values[end] = filter.filter(sums)
        end += 1
    }

    @_noAllocation @_noLocks
    private mutating func makeRoom() {
        let gone = next - Self.past
        guard gone > 0 else { return }
        for place in gone..<end { unsafe values[place - gone] = values[place] }
        next -= gone
        end -= gone
    }

    /// Goes on to the next group.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func advance() {
        guard next < end else { return }
        next += 1
        count &+= 1
    }

    /// The group looked at `back` groups before the latest one, 0 to 3.
    subscript(back back: Int) -> SIMD4<Double> {
        @inline(__always) @_noAllocation @_noLocks get { unsafe values[next &- 1 &- (back & 3)] }
    }

    /// Whether any signal changed its sign between the last but two and the last but one.
    var hasCrossed: Bool {
        @inline(__always) @_noAllocation @_noLocks get { unsafe Self.changesSign(values + next) }
    }

    /// Goes on as long as no signal changes its sign, by `most` groups at most.
    ///
    /// - Returns: the largest magnitudes on the way, and how many groups it went.
    @_noAllocation @_noLocks
    mutating func skipQuiet(most: Int) -> (peaks: SIMD4<Double>, count: Int) {
        var peaks = SIMD4<Double>.zero
        var at = unsafe values + next
        let length = Swift.min(most, left)
        var gone = 0
        while gone < length, unsafe !Self.changesSign(at + 1) {
            let value = unsafe at.pointee
            peaks = larger(peaks, magnitude(value))
            unsafe at += 1
            gone &+= 1
        }
        next += gone
        count &+= gone
        return (peaks, gone)
    }

    /// Of the second and the third value before `end`.
    @_noAllocation @_noLocks
    @inline(__always)
    private static func changesSign(_ end: UnsafeMutablePointer<SIMD4<Double>>) -> Bool {
        let before = unsafe end[-3], after = unsafe end[-2]
        let changes =
            (before[0].bitPattern ^ after[0].bitPattern) | (before[1].bitPattern ^ after[1].bitPattern)
            | (before[2].bitPattern ^ after[2].bitPattern)
        return Int64(bitPattern: changes) < 0
    }
}
