import Acquisition
import Allocation
import Realtime
import Synchronization

/// What the real-time thread shares with the one that started it.
final class LoopShared: Sendable {
    let canceller = IIOCanceller()
    /// Of the real-time thread.
    let heartbeat: Heartbeat
    let warnings = Mutex<[String]>([])
    let lastError = Mutex<String?>(nil)
    private let stopping = Atomic<Bool>(false)
    private let ended = Atomic<Bool>(false)

    /// - Parameter blockTimeoutSeconds: the longest wait for a block, until libiio gives up or is interrupted at twice
    ///   the time.
    init(blockTimeoutSeconds: Double) {
        heartbeat = Heartbeat(silentAfterSeconds: 2 * blockTimeoutSeconds + 1)
    }

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

/// The real-time thread's life: blocks while there are any; else the fail-safe plan when its time has come, while another
/// thread connects anew.
enum MeasuringThread {
    /// Attempts to connect cost little, and nobody charges before one succeeds.
    static let reconnecting = ReconnectPolicy(longestDelaySeconds: 0.5)

    static func run(
        _ source: inout IIOSource, _ control: inout ControlLoop, connector: IIOConnector, shared: LoopShared
    ) {
        defer { shared.end() }
        while !shared.isStopping {
            do throws(AcquisitionError) {
                try source.nextBlock { block, info in control.take(block, info) }
                shared.heartbeat.beat(at: MonotonicClock.nanoseconds())
            } catch {
                guard !shared.isStopping else { return }
                control.lost()
                reconnect(&source, &control, connector, shared, after: error)
            }
        }
    }

    /// - Parameter loss: what is told to people; never waiting for one who is just reading it.
    private static func reconnect(
        _ source: inout IIOSource, _ control: inout ControlLoop, _ connector: IIOConnector, _ shared: LoopShared,
        after loss: AcquisitionError
    ) {
        var isTold = false
        connector.request()
        while !shared.isStopping {
            let now = MonotonicClock.nanoseconds()
            control.wait(MonotonicTime(nanoseconds: now))
            shared.heartbeat.beat(at: now)
            if source.resume(from: connector) {
                control.regained()
                shared.lastError.withLock { $0 = nil }
                return
            }
            if !isTold { isTold = shared.lastError.withLockIfAvailable { $0 = $0 ?? "\(loss)" } != nil }
            MonotonicClock.sleep(until: now + 10_000_000)
        }
    }
}
