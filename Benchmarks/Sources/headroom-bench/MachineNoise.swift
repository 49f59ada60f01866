import CBenchmark
import Glibc
import Histogram

/// What the machine does to any program: a tail of the product that is no longer than these is the machine's.
struct MachineNoise: ~Copyable {
    /// Clock reads at a stretch: some milliseconds.
    private static let reads = 65_536

    private let times = UnsafeMutablePointer<Int64>.allocate(capacity: Self.reads)
    private let stretchNanoseconds: Double
    private var gaps = Histogram<UInt64>(highestTrackableValue: 5_000_000_000, numberOfSignificantValueDigits: .three)
    private var largestGap: Int64 = 0
    private var totalGap: Int64 = 0
    private var stretches = Histogram<UInt64>(
        highestTrackableValue: 5_000_000_000, numberOfSignificantValueDigits: .three)
    private var largestStretch: Int64 = 0
    private var totalStretch: Int64 = 0
    private var timer = Histogram<UInt64>(highestTrackableValue: 5_000_000_000, numberOfSignificantValueDigits: .three)
    private var latest: Int64 = 0
    private var totalLate: Int64 = 0
    private var preemptions: Int64 = 0
    private var timerPreemptions: Int64 = 0

    /// - Parameter stretchNanoseconds: how long the calls are with which the noise is compared.
    init(stretchNanoseconds: Double) {
        self.stretchNanoseconds = max(stretchNanoseconds, 100)
        times.initialize(repeating: 0, count: Self.reads)
    }

    deinit { times.deallocate() }

    /// Reads the clock for some milliseconds in a busy loop.
    mutating func watch() {
        let before = cbenchmark_preemptions()
        cbenchmark_spin(times, Self.reads)
        preemptions += cbenchmark_preemptions() - before
        for index in 1..<Self.reads {
            let gap = times[index] - times[index - 1]
            gaps.record(UInt64(clamping: gap))
            largestGap = max(largestGap, gap)
            totalGap += gap
        }
        // As many reads as take the stretch's time where nothing disturbs them.
        let undisturbed = max(1, Double(gaps.valueAtPercentile(50)))
        let width = min(Self.reads - 1, max(1, Int(stretchNanoseconds / undisturbed)))
        var index = width
        while index < Self.reads {
            let length = times[index] - times[index - width]
            stretches.record(UInt64(clamping: length))
            largestStretch = max(largestStretch, length)
            totalStretch += length
            index += width
        }
    }

    /// Sleeps 1 ms at a time and looks how late it wakes up.
    mutating func watchTimer(wakeUps: Int, _ progress: inout Progress) {
        let before = cbenchmark_preemptions()
        var deadline = cbenchmark_nanoseconds()
        for wakeUp in 0..<wakeUps {
            deadline += 1_000_000
            var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
            while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
            let late = cbenchmark_nanoseconds() - deadline
            timer.record(UInt64(clamping: late))
            latest = max(latest, late)
            totalLate += late
            // A late wake-up must not make the next ones late too.
            deadline += late
            progress.report(done: wakeUp + 1, of: wakeUps, "wake-ups from a 1 ms timer")
        }
        timerPreemptions += cbenchmark_preemptions() - before
    }

    func rows() -> [Row] {
        func mean(_ total: Int64, _ count: UInt64) -> Double { count > 0 ? Double(total) / Double(count) : 0 }
        func row(_ name: String, _ histogram: Histogram<UInt64>, _ maximum: Int64, _ total: Int64) -> Row {
            Row(
                name, .machine,
                Distribution(histogram, maximum: Double(maximum), mean: mean(total, histogram.totalCount)))
        }
        var spin = row(Row.spinName, stretches, largestStretch, totalStretch)
        spin.preemptions = preemptions
        var wakeUps = row("machine: wake-up from a 1 ms timer, late by", timer, latest, totalLate)
        wakeUps.preemptions = timerPreemptions
        return [spin, row("machine: gap between two clock reads", gaps, largestGap, totalGap), wakeUps]
    }
}
