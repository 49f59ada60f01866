import CBenchmark
import Glibc
import Histogram

/// What the machine does to any program at the same time: a tail of the product that is no longer than that of a busy
/// loop of the same length is the machine's.
struct MachineNoise: ~Copyable {
    /// Clock reads at a stretch: some milliseconds.
    private static let reads = 65_536

    private let times = UnsafeMutablePointer<Int64>.allocate(capacity: Self.reads)
    private let lengths: [Double]
    private var stretches: [Tally]
    private var gaps = Tally()

    /// - Parameter lengths: how long the calls are with which the noise is compared, in nanoseconds.
    init(lengths: [Double]) {
        self.lengths = lengths.map { max($0, 100) }
        stretches = lengths.map { _ in Tally() }
        times.initialize(repeating: 0, count: Self.reads)
    }

    deinit { times.deallocate() }

    /// Reads the clock for some milliseconds in a busy loop.
    mutating func watch() {
        cbenchmark_spin(times, Self.reads)
        for index in 1..<Self.reads { gaps.record(times[index] - times[index - 1]) }
        // As many reads as take the call's time where nothing disturbs them.
        let undisturbed = max(1, Double(gaps.median))
        for place in lengths.indices {
            let width = min(Self.reads - 1, max(1, Int(lengths[place] / undisturbed)))
            var index = width
            while index < Self.reads {
                stretches[place].record(times[index] - times[index - width])
                index += width
            }
        }
    }

    /// The times of a busy loop as long as the calls of number `place`.
    func stretch(_ place: Int) -> Distribution { stretches[place].distribution() }

    func row() -> Row { Row("machine: gap between two clock reads", .machine, gaps.distribution()) }

    /// Sleeps 1 ms at a time and looks how late it wakes up.
    static func timerRow(wakeUps: Int, _ progress: inout Progress) -> Row {
        var late = Tally()
        var deadline = cbenchmark_nanoseconds()
        for wakeUp in 0..<wakeUps {
            deadline += 1_000_000
            var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
            while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
            let delay = cbenchmark_nanoseconds() - deadline
            late.record(delay)
            // A late wake-up must not make the next ones late too.
            deadline += delay
            progress.report(done: wakeUp + 1, of: wakeUps, "wake-ups from a 1 ms timer")
        }
        return Row("machine: wake-up from a 1 ms timer, late by", .machine, late.distribution())
    }
}

/// Times that are too many to keep one by one.
private struct Tally {
    private var histogram = Histogram<UInt64>(
        highestTrackableValue: 5_000_000_000, numberOfSignificantValueDigits: .three)
    private var largest: Int64 = 0
    private var total: Int64 = 0

    mutating func record(_ nanoseconds: Int64) {
        histogram.record(UInt64(clamping: nanoseconds))
        largest = max(largest, nanoseconds)
        total += nanoseconds
    }

    var median: UInt64 { histogram.valueAtPercentile(50) }

    func distribution() -> Distribution {
        let count = histogram.totalCount
        return Distribution(
            histogram, maximum: Double(largest), mean: count > 0 ? Double(total) / Double(count) : 0)
    }
}
