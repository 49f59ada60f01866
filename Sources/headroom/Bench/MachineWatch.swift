import Glibc
import Realtime
import Synchronization

/// How late the machine itself wakes up a thread that asked to be woken each millisecond (what cyclictest measures): once
/// with the device's real-time priority, once with the normal one that writers, drivers and networks have.
final class MachineWatch {
    private let stopping = StopSign()
    private let realtime = LatencyHistogram()
    private let normal = LatencyHistogram()
    private var threads: [RealtimeThread] = []

    /// - Parameter scheduling: of the device's real-time thread.
    init(_ scheduling: RealtimeThread.Scheduling) {
        for (histogram, scheduling) in [(realtime, scheduling), (normal, .normal)] {
            let thread = RealtimeThread(name: "watch-machine", scheduling: scheduling) { [stopping] _ in
                var due = MonotonicClock.nanoseconds()
                while !stopping.isSet {
                    due += 1_000_000
                    MonotonicClock.sleep(until: due)
                    let late = MonotonicClock.nanoseconds() - due
                    histogram.record(nanoseconds: late)
                    // A late wake-up must not make the next ones late too.
                    due += max(0, late)
                }
            }
            if let thread { threads.append(thread) }
        }
    }

    /// How late so far: at the device's real-time priority, and at the normal one.
    var lateness: (realtime: LatencyDistribution, normal: LatencyDistribution) {
        (realtime.distribution(), normal.distribution())
    }

    func stop() {
        stopping.set()
        threads.forEach { $0.join() }
        threads = []
    }

    deinit { stop() }
}

/// Other work on all processors, at normal priority.
final class BusyProcessors {
    private let stopping = StopSign()
    private var threads: [RealtimeThread] = []

    /// - Parameter count: threads; 0: one for each processor.
    init(threads count: Int = 0) {
        let wanted = count > 0 ? count : max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN)))
        for _ in 0..<wanted {
            let thread = RealtimeThread(name: "busy") { [stopping] _ in
                var value: UInt64 = 88_172_645_463_325_252
                while !stopping.isSet {
                    for _ in 0..<10_000 {
                        value ^= value << 13
                        value ^= value >> 7
                        value ^= value << 17
                    }
                    // Lest all of it be left out.
                    if value == 0 { break }
                }
            }
            if let thread { threads.append(thread) }
        }
    }

    func stop() {
        stopping.set()
        threads.forEach { $0.join() }
        threads = []
    }

    deinit { stop() }
}

/// Set once, seen by all threads.
final class StopSign: Sendable {
    private let value = Atomic<Bool>(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}
