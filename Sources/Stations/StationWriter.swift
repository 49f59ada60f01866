import Allocation
import Glibc
import Realtime
import Synchronization

/// Keeps one station at its limit and knows what it does: one thread, one connection, its own time-outs. Whatever
/// the station does, neither the caller nor another station waits for it.
public final class StationWriter: Sendable {
    /// The station as it was set up.
    public let configuration: StationConfiguration
    /// What the allocator has to know of it. `failSafeAmperes` is nil where the profile knows no fail-safe.
    public let rating: StationRating

    private let steps: LimitSteps
    /// The lines of the station's own phases; what is beyond its phases repeats the last.
    private let ownLines: (l1: Phase, l2: Phase, l3: Phase)
    private let shared: StationShared
    private let thread: Mutex<RealtimeThread?>

    /// Starts the thread, which connects at once and from then on whenever the connection is lost.
    ///
    /// - Parameter scheduling: of the thread; its warnings stand in `diagnostics()`.
    /// - Throws: `StationError` for a setting that cannot be, or where the system has no thread or file left.
    public init(
        _ configuration: StationConfiguration, scheduling: RealtimeThread.Scheduling = .normal
    ) throws(StationError) {
        try configuration.check()
        func exhausted(_ what: String) -> StationError {
            StationError(
                station: configuration.name, field: "start", problem: "the system has no \(what) left",
                remedy: "raise the limits of the service (LimitNOFILE, TasksMax)")
        }
        guard let shared = StationShared() else { throw exhausted("file") }
        // The thread is the only one to store it from its start on.
        shared.knowledge.store(StationShared.Knowledge(before: configuration.profile))
        shared.diagnostics.withLock {
            $0.energyIsOfSession = configuration.profile.measurements.energyIsOfSession
        }
        let started = RealtimeThread(name: "station", scheduling: scheduling) { warnings in
            shared.diagnostics.withLock { $0.warnings = warnings }
            var loop = StationLoop(configuration, shared: shared)
            loop.run()
            shared.finished.signal()
        }
        guard let started else { throw exhausted("thread") }
        self.configuration = configuration
        self.shared = shared
        steps = configuration.limitSteps
        let lines = configuration.supplyPhases
        ownLines = (lines[0], lines[min(1, lines.count - 1)], lines[lines.count - 1])
        rating = configuration.rating
        thread = Mutex(started)
    }

    deinit { stop() }

    /// Hands over the newest limit, rounded down to what the station takes. Wait-free, allocation-free; one system
    /// call where the limit changed, none otherwise. One thread only may call this.
    ///
    /// Where it differs by line (`lineAmperes`), a station with a limit for each phase gets each of its lines', one
    /// with a single limit the smallest of them.
    public func publish(_ limit: StationLimit) {
        let wanted = limit.lineAmperes ?? PerPhaseAmperes(limit.amperes)
        let own = PerPhaseAmperes(
            steps.rounded(wanted[ownLines.l1]), steps.rounded(wanted[ownLines.l2]), steps.rounded(wanted[ownLines.l3]))
        let last = shared.wish.load()
        guard last.sequence == 0 || last.own != own else { return }
        let smallest = min(own.l1, own.l2, own.l3)
        shared.wish.store(StationShared.Wish(amperes: smallest, own: own, sequence: last.sequence &+ 1))
        shared.wake.signal()
    }

    /// What is known of the station now. Allocation-free, no lock, no system call. A limit is in flight from the
    /// moment of `publish` until the station confirms it; of several the largest counts.
    public func report() -> StationReport {
        let knowledge = shared.knowledge.load()
        let wish = shared.wish.load()
        var report = knowledge.report
        if wish.sequence != 0, wish.sequence != knowledge.confirmedSequence {
            report.inFlightAmperes = max(knowledge.countedAmperes(wish), report.inFlightAmperes ?? 0)
        }
        return report
    }

    /// What people need to find a fault. Any thread; takes a lock.
    public func diagnostics() -> StationDiagnostics { shared.diagnostics.withLock { $0 } }

    /// Has the thread leave the station at its fail-safe limit and end, and does not wait for it: `stop` does. For many
    /// stations at a time: first ask all, then wait for each. Only the first call sets the time.
    public func requestStop(timeoutSeconds: Double = 2) {
        let nanoseconds = Int64(min(max(timeoutSeconds, 0.1), 60) * 1e9)
        let end = MonotonicClock.nanoseconds() + nanoseconds
        guard shared.stopEnd.compareExchange(expected: 0, desired: end, ordering: .acquiringAndReleasing).exchanged
        else { return }
        // The rest is for coming to an end.
        shared.stopDeadline.store(end - nanoseconds / 10, ordering: .releasing)
        shared.wake.signal()
    }

    /// Leaves the station at its fail-safe limit, closes the connection and ends the thread. Returns within about
    /// `timeoutSeconds` of the request even where the station is dead: then its own time-out has to bring it down
    /// (`StationDiagnostics.isLeftAtFailSafe` tells).
    ///
    /// - Returns: false where the thread is still held up, by the name resolver for example; it ends by itself.
    @discardableResult
    public func stop(timeoutSeconds: Double = 2) -> Bool {
        requestStop(timeoutSeconds: timeoutSeconds)
        return thread.withLock { running in
            guard let held = running else { return true }
            let end = shared.stopEnd.load(ordering: .acquiring)
            if !shared.finished.wait(until: end) {
                shared.interruptSocket()
                guard shared.finished.wait(until: end + 200_000_000) else { return false }
            }
            held.join()
            running = nil
            return true
        }
    }
}
