import Acquisition
import Allocation
import Realtime
import Synchronization

/// What the real-time thread shares with the one that started it.
final class LoopShared: Sendable {
    let canceller = IIOCanceller()
    let warnings = Mutex<[String]>([])
    let lastError = Mutex<String?>(nil)
    private let stopping = Atomic<Bool>(false)
    private let ended = Atomic<Bool>(false)

    var isStopping: Bool { stopping.load(ordering: .acquiring) }

    /// Lets the thread end at its next block.
    func requestStop() { stopping.store(true, ordering: .releasing) }

    /// Ends the thread: at its next block, and by interrupting libiio where no block comes.
    func stop() {
        requestStop()
        let deadline = MonotonicClock.nanoseconds() + 200_000_000
        while !ended.load(ordering: .acquiring), MonotonicClock.nanoseconds() < deadline {
            MonotonicClock.sleep(until: MonotonicClock.nanoseconds() + 2_000_000)
        }
        canceller.cancel()
    }

    func end() { ended.store(true, ordering: .releasing) }
}

/// The real-time thread's life: blocks while there are any; else the fail-safe plan and the way back.
enum MeasuringThread {
    static func run(_ source: inout IIOSource, _ control: inout ControlLoop, shared: LoopShared) {
        defer { shared.end() }
        while !shared.isStopping {
            do throws(AcquisitionError) {
                try source.nextBlock { block, info in control.take(block, info) }
            } catch {
                guard !shared.isStopping else { return }
                shared.lastError.withLock { $0 = "\(error)" }
                control.lost()
                reconnect(&source, &control, shared)
            }
        }
    }

    /// Connecting may block for seconds: the fail-safe plan is out before the first attempt.
    private static func reconnect(_ source: inout IIOSource, _ control: inout ControlLoop, _ shared: LoopShared) {
        let policy = ReconnectPolicy()
        var attempt = 0
        var next: Int64 = 0
        while !shared.isStopping {
            let now = MonotonicClock.nanoseconds()
            control.wait(MonotonicTime(nanoseconds: now))
            guard control.holdsFailSafePlan, now >= next else {
                MonotonicClock.sleep(until: now + 20_000_000)
                continue
            }
            do throws(AcquisitionError) {
                try source.reconnectOnce()
                control.regained()
                shared.lastError.withLock { $0 = nil }
                return
            } catch {
                shared.lastError.withLock { $0 = "\(error)" }
                attempt += 1
                next = MonotonicClock.nanoseconds() + Int64(policy.delaySeconds(beforeAttempt: attempt) * 1e9)
            }
        }
    }
}
