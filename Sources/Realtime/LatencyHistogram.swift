import Synchronization

/// Durations in classes 3 % wide: one thread records, any other takes a copy at any moment, nobody waits for anybody.
///
/// Classes of one nanosecond up to 32 ns, then 32 classes for each doubling (the layout of HdrHistogram), up to 68 s;
/// what is longer counts in the last one.
public final class LatencyHistogram: @unchecked Sendable {
    // Sendable because all shared state is atomic, and the pointer never changes between init and deinit.
    private let counts: UnsafeMutablePointer<Atomic<UInt64>>
    private let largest = Atomic<Int64>(0)

    static let classesPerDoubling = 32
    private static let largestExponent = 35
    static let classCount = classesPerDoubling * (largestExponent - 5 + 2)

    /// Empty. The only moment at which it allocates: 8 KB.
    public init() {
        counts = .allocate(capacity: Self.classCount)
        for index in 0..<Self.classCount { (counts + index).initialize(to: Atomic(0)) }
    }

    deinit {
        counts.deinitialize(count: Self.classCount)
        counts.deallocate()
    }

    /// Counts one duration; a negative one as 0. One thread only may call this. No allocation, lock or system call.
    public func record(nanoseconds: Int64) {
        let duration = max(0, nanoseconds)
        let place = counts + Self.place(of: duration)
        // Nobody else stores: no exchange is needed.
        place.pointee.store(place.pointee.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        if duration > largest.load(ordering: .relaxed) { largest.store(duration, ordering: .relaxed) }
    }

    /// What has been recorded so far. Any thread; what is recorded meanwhile may be in it or not.
    public func distribution() -> LatencyDistribution {
        var found = [UInt64](repeating: 0, count: Self.classCount)
        for index in found.indices { found[index] = counts[index].load(ordering: .relaxed) }
        return LatencyDistribution(counts: found, maximumNanoseconds: largest.load(ordering: .relaxed))
    }

    static func place(of duration: Int64) -> Int {
        guard duration >= classesPerDoubling else { return Int(duration) }
        let exponent = 63 - duration.leadingZeroBitCount
        guard exponent <= largestExponent else { return classCount - 1 }
        return classesPerDoubling * (exponent - 4) + Int(duration >> Int64(exponent - 5)) - classesPerDoubling
    }

    /// The longest duration in the class at `place`.
    static func longest(inClass place: Int) -> Int64 {
        guard place >= classesPerDoubling else { return Int64(place) }
        let exponent = place / classesPerDoubling + 4
        let part = Int64(place % classesPerDoubling + classesPerDoubling)
        return (part + 1) << Int64(exponent - 5) - 1
    }
}

/// How often which duration came.
public struct LatencyDistribution: Sendable, Equatable {
    private var counts: [UInt64]
    /// The longest; 0 where there is none.
    public private(set) var maximumNanoseconds: Int64

    /// Of nothing.
    public init() { self.init(counts: Array(repeating: 0, count: LatencyHistogram.classCount), maximumNanoseconds: 0) }

    init(counts: [UInt64], maximumNanoseconds: Int64) {
        self.counts = counts
        self.maximumNanoseconds = maximumNanoseconds
    }

    public var count: Int { Int(counts.reduce(0, &+)) }

    /// The shortest duration that at least the share `share` (0 to 1) of all do not exceed, at most 3 % too long;
    /// nil: nothing was recorded.
    public func nanoseconds(atShare share: Double) -> Int64? {
        let total = count
        guard total > 0 else { return nil }
        let wanted = min(max(1, UInt64((share * Double(total)).rounded(.up))), UInt64(total))
        var seen: UInt64 = 0
        for place in counts.indices {
            seen += counts[place]
            if seen >= wanted { return min(LatencyHistogram.longest(inClass: place), maximumNanoseconds) }
        }
        return maximumNanoseconds
    }

    /// How many lasted longer than `nanoseconds`, by whole classes.
    public func count(longerThan nanoseconds: Int64) -> Int {
        let place = LatencyHistogram.place(of: max(0, nanoseconds))
        return Int(counts[(place + 1)...].reduce(0, &+))
    }

    /// The share of durations (0 to 1) that are no longer than the nanoseconds: one pair for each class with any.
    public var cumulative: [(nanoseconds: Int64, share: Double)] {
        let total = Double(count)
        var seen: UInt64 = 0
        var curve: [(nanoseconds: Int64, share: Double)] = []
        for place in counts.indices where counts[place] > 0 {
            seen += counts[place]
            curve.append((min(LatencyHistogram.longest(inClass: place), maximumNanoseconds), Double(seen) / total))
        }
        return curve
    }

    /// Takes in what another thread recorded.
    public mutating func add(_ other: LatencyDistribution) {
        for place in counts.indices { counts[place] &+= other.counts[place] }
        maximumNanoseconds = max(maximumNanoseconds, other.maximumNanoseconds)
    }

    /// What came since `earlier` was taken from the same histogram. The maximum is that of its longest class, because
    /// the exact one may be older.
    public func since(_ earlier: LatencyDistribution) -> LatencyDistribution {
        var rest = self
        var last = 0
        for place in counts.indices {
            rest.counts[place] &-= earlier.counts[place]
            if rest.counts[place] > 0 { last = place }
        }
        rest.maximumNanoseconds = min(maximumNanoseconds, LatencyHistogram.longest(inClass: last))
        return rest
    }
}
