/// A station's place in an order that is kept from decision to decision.
struct Ranked: BitwiseCopyable {
    var key: Double
    /// Decides between equal keys: the lower comes first.
    let tie: Int32
    let station: Int32

    @_noAllocation @_noLocks
    init(key: Double, tie: Int, station: Int) {
        self.key = key
        self.tie = Int32(truncatingIfNeeded: tie)
        self.station = Int32(truncatingIfNeeded: station)
    }

    /// Of the two events of a station: whether it begins to rise here. A begin comes before an end of the same level, so
    /// that a station of a single step passes through both.
    var isBegin: Bool { @_noAllocation @_noLocks get { tie == station } }

    @_noAllocation @_noLocks
    fileprivate func precedes(_ other: Ranked) -> Bool {
        key < other.key || key == other.key && tie < other.tie
    }
}

/// The orders of `count` stations, in one stretch of memory: the queue, the events of the filling, and as much again to
/// sort them with.
struct Orders: BitwiseCopyable {
    let count: Int

    @_noAllocation @_noLocks
    init(count: Int) { self.count = count }

    var queue: Range<Int> { @_noAllocation @_noLocks get { 0..<count } }
    var events: Range<Int> { @_noAllocation @_noLocks get { count..<3 * count } }

    /// Allocates.
    var memory: [Ranked] {
        let queue = (0..<count).map { Ranked(key: 0, tie: $0, station: $0) }
        let begins = (0..<count).map { Ranked(key: 0, tie: $0, station: $0) }
        let ends = (0..<count).map { Ranked(key: 0, tie: count + $0, station: $0) }
        return queue + begins + ends + begins + ends
    }

    /// Sorts the items of `range`, which must be `queue` or `events`, by rising key.
    ///
    /// Merges from the bottom up, and leaves alone what is in order already, as most of it is from one second to the
    /// next.
    ///
    /// - Complexity: O(n) where little has changed, O(n log n) at worst.
    @_noAllocation @_noLocks
    func sort(_ range: Range<Int>, of items: inout MutableSpan<Ranked>) {
        guard !isSorted(range, &items) else { return }
        var width = 1
        while width < range.count {
            var start = range.lowerBound
            while range.upperBound &- start > width {
                let middle = start &+ width
                let end = range.upperBound &- middle > width ? middle &+ width : range.upperBound
                if items[middle].precedes(items[middle - 1]) { merge(&items, start, middle, end) }
                start = end
            }
            width *= 2
        }
    }

    @_noAllocation @_noLocks
    private func isSorted(_ range: Range<Int>, _ items: inout MutableSpan<Ranked>) -> Bool {
        for place in range where place > range.lowerBound && items[place].precedes(items[place - 1]) { return false }
        return true
    }

    @_noAllocation @_noLocks
    private func merge(_ items: inout MutableSpan<Ranked>, _ start: Int, _ middle: Int, _ end: Int) {
        let scratch = 3 * count
        let length = middle - start
        for offset in 0..<length { items[scratch + offset] = items[start + offset] }
        var left = 0, right = middle, place = start
        while left < length {
            if right < end, items[right].precedes(items[scratch + left]) {
                items[place] = items[right]
                right += 1
            } else {
                items[place] = items[scratch + left]
                left += 1
            }
            place += 1
        }
    }

    /// Brings the keys up to date and sorts both orders.
    @_noAllocation @_noLocks
    func rank(
        _ stations: inout MutableSpan<StationState>, _ ranks: inout MutableSpan<Ranked>, now: MonotonicTime,
        policy: AllocationPolicy
    ) {
        for place in queue {
            ranks[place].key = stations[Int(ranks[place].station)].queueKey(now: now, policy: policy)
        }
        sort(queue, of: &ranks)
        for place in events {
            let station = Int(ranks[place].station)
            let weight = stations[station].rating.weight
            let amperes =
                ranks[place].isBegin ? stations[station].grid.lowestAmperes : stations[station].highestAmperes
            ranks[place].key = weight > 0 ? amperes / weight : amperes
        }
        sort(events, of: &ranks)
    }
}
