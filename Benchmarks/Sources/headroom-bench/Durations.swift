import CBenchmark
import Histogram

/// The lengths of timed calls, in nanoseconds. Allocates in `init` only, so that it can be filled in measured loops.
struct Durations: ~Copyable {
    private let values: UnsafeMutableBufferPointer<UInt32>
    private(set) var count = 0
    private var total: UInt64 = 0
    /// What happened to the thread while the calls ran.
    private(set) var allocations: UInt64 = 0
    private(set) var frees: UInt64 = 0
    private(set) var preemptions: Int64 = 0
    private var preemptionsBefore: Int64 = 0
    private var heapBefore = cbenchmark_heap()

    /// - Parameter capacity: calls that can be recorded; further ones are counted in no percentile.
    init(capacity: Int) {
        values = .allocate(capacity: capacity)
        // Touched once, so that no page is first met in a measured loop.
        values.initialize(repeating: 0)
    }

    deinit { values.deallocate() }

    var capacity: Int { values.count }
    var hasRoom: Bool { count < values.count }

    /// Forgets everything recorded.
    mutating func clear() {
        count = 0
        total = 0
        allocations = 0
        frees = 0
        preemptions = 0
    }

    /// Records a call; one above 4.29 s counts as 4.29 s.
    mutating func append(_ nanoseconds: Int64) {
        guard count < values.count else { return }
        values[count] = UInt32(clamping: nanoseconds)
        total &+= UInt64(clamping: nanoseconds)
        count += 1
    }

    /// Begins a measured loop: from here on the thread's heap and scheduling count.
    mutating func beginLoop() {
        preemptionsBefore = cbenchmark_preemptions()
        heapBefore = cbenchmark_heap_count()
    }

    /// Ends a measured loop.
    mutating func endLoop() {
        let heap = cbenchmark_heap_count()
        preemptions += cbenchmark_preemptions() - preemptionsBefore
        allocations += heap.allocations - heapBefore.allocations
        frees += heap.frees - heapBefore.frees
    }

    /// The median in nanoseconds.
    var typical: Double { distribution().typical }

    /// The distribution in nanoseconds.
    func distribution() -> Distribution {
        var histogram = Histogram<UInt64>(highestTrackableValue: 5_000_000_000, numberOfSignificantValueDigits: .three)
        var largest: UInt32 = 0
        for value in values[..<count] {
            histogram.record(UInt64(value))
            largest = max(largest, value)
        }
        return Distribution(
            histogram, maximum: Double(largest), mean: count > 0 ? Double(total) / Double(count) : 0)
    }
}

/// Percentiles of times in nanoseconds, three significant digits.
struct Distribution: Codable {
    var count: Int
    var mean: Double
    var p50: Double?
    var p99: Double?
    var p999: Double?
    var p9999: Double?
    var maximum: Double

    /// The median, or the mean of very few.
    var typical: Double { p50 ?? mean }

    /// Of no calls.
    static let none = Distribution(count: 0, mean: 0, maximum: 0)

    /// Of percentiles that somebody else has found; the mean is then their median.
    init(count: Int, maximum: Double, p50: Double?, p99: Double?, p999: Double?, p9999: Double?) {
        self.init(count: count, mean: p50 ?? maximum, maximum: maximum)
        self.p50 = p50
        self.p99 = p99
        self.p999 = p999
        self.p9999 = p9999
    }

    private init(count: Int, mean: Double, maximum: Double) {
        self.count = count
        self.mean = mean
        self.maximum = maximum
    }

    /// - Parameter maximum: exact, where the histogram rounds.
    init(_ histogram: Histogram<UInt64>, maximum: Double, mean: Double) {
        let count = Int(histogram.totalCount)
        // A percentile that no single value lies above would only be the maximum under another name.
        func percentile(_ percent: Double) -> Double? {
            Double(count) * (100 - percent) / 100 >= 0.999
                ? min(Double(histogram.valueAtPercentile(percent)), maximum) : nil
        }
        self.count = count
        self.mean = mean
        self.maximum = maximum
        p50 = percentile(50)
        p99 = percentile(99)
        p999 = percentile(99.9)
        p9999 = percentile(99.99)
    }
}
