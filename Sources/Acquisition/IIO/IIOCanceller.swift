import CIIO
import Realtime
import Synchronization

/// Ends or interrupts a source's wait from any thread.
///
/// The reading thread takes the lock only while a buffer opens or closes, never in ``IIOSource/nextBlock(_:)``.
public final class IIOCanceller: Sendable {
    /// Sendable because libiio documents `iio_buffer_cancel` as safe from any thread, and the handle is used for
    /// nothing else here; the lock around it keeps the buffer from being destroyed meanwhile.
    private struct BufferHandle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let buffer = Mutex<BufferHandle?>(nil)
    private let cancelled = Atomic<Bool>(false)
    /// Monotonic nanoseconds when the wait under way began; 0: no wait.
    private let waitingSince = Atomic<Int64>(0)

    public init() {}

    /// Ends reading for good: a wait under way, and every later one, throws ``AcquisitionError/cancelled(uri:)``.
    /// Returns at once. Not for signal handlers.
    public func cancel() {
        cancelled.store(true, ordering: .sequentiallyConsistent)
        interrupt()
    }

    /// Whether ``cancel()`` was called.
    public var isCancelled: Bool { cancelled.load(ordering: .sequentiallyConsistent) }

    /// For a watchdog: interrupts a wait that has lasted longer than `seconds`, which then throws
    /// ``AcquisitionError/contextLost(uri:device:errno:)``. libiio's own time-out has been seen to fail on a pulled
    /// cable; twice the time-out of the settings is a good choice.
    ///
    /// - Returns: whether a wait was interrupted.
    @discardableResult
    public func interrupt(whereWaitingLongerThan seconds: Double) -> Bool {
        let since = waitingSince.load(ordering: .relaxed)
        guard since != 0, Double(MonotonicClock.nanoseconds() - since) > seconds * 1e9 else { return false }
        interrupt()
        return true
    }

    private func interrupt() {
        buffer.withLock { handle in
            if let handle { iio_buffer_cancel(handle.pointer) }
        }
    }

    func adopt(_ pointer: OpaquePointer) {
        let handle = BufferHandle(pointer: pointer)
        buffer.withLock { $0 = handle }
        // A cancel that came before the buffer was known must not be lost.
        if isCancelled { interrupt() }
    }

    func forget() { buffer.withLock { $0 = nil } }

    func beginWait(at now: Int64) { waitingSince.store(now, ordering: .relaxed) }

    func endWait() { waitingSince.store(0, ordering: .relaxed) }

    /// Sleeps in short slices.
    ///
    /// - Returns: false where cancelled.
    func sleep(seconds: Double) -> Bool {
        let end = MonotonicClock.nanoseconds() + Int64(min(3600, max(0, seconds)) * 1e9)
        while !isCancelled {
            let now = MonotonicClock.nanoseconds()
            guard now < end else { return true }
            MonotonicClock.sleep(until: min(end, now + 20_000_000))
        }
        return false
    }
}
