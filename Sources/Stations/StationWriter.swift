import Allocation
import Glibc
import Realtime
import Synchronization

/// Keeps one station at its limit and knows what it does: one thread, one connection, its own time-outs. Whatever
/// the station does, neither the caller nor another station waits for it. The real-time thread meets no other type.
public final class StationWriter: Sendable {
    /// What people call the station.
    public let name: String
    /// What people call its model, for example "ABB Terra AC".
    public let modelName: String
    /// What the allocator has to know of it. `failSafeAmperes` is nil where its model knows no fail-safe.
    public let rating: StationRating

    private let steps: LimitSteps
    /// The lines of the station's own phases; what is beyond its phases repeats the last.
    private let ownLines: (l1: Phase, l2: Phase, l3: Phase)
    private let shared: StationShared
    private let thread: Mutex<RealtimeThread?>

    /// Starts the thread, which connects at once and from then on whenever the connection is lost.
    ///
    /// - Parameters:
    ///   - scheduling: of the thread; its warnings stand in `diagnostics()`.
    ///   - heartbeat: of the thread that publishes limits. While it is silent, the station is told no more than its
    ///     fail-safe current. nil: a limit holds until the next one.
    /// - Throws: `StationError` for a setting that cannot be, or where the system has no thread or file left.
    public convenience init(
        _ configuration: StationConfiguration, scheduling: RealtimeThread.Scheduling = .normal,
        heartbeat: Heartbeat? = nil
    ) throws(StationError) {
        try configuration.check()
        var line: SerialLine?
        if configuration.transport == .serial, let serial = configuration.serial {
            line = try SerialLines.line(serial, station: configuration.name)
        }
        try self.init(
            name: configuration.name, modelName: configuration.profile.name, rating: configuration.rating,
            steps: configuration.limitSteps, supplyPhases: configuration.supplyPhases,
            knowledge: StationShared.Knowledge(before: configuration.profile), scheduling: scheduling,
            heartbeat: heartbeat, abandonedAmperes: configuration.leaveAmperes
        ) { [line] shared in
            shared.diagnostics.withLock {
                $0.energyIsOfSession = configuration.profile.measurements.energyIsOfSession
            }
            var loop = StationLoop(configuration, shared: shared, line: line)
            loop.run()
        }
    }

    /// Starts a thread that serves a station of any kind.
    ///
    /// - Parameters:
    ///   - rating: what the allocator is told of it.
    ///   - steps: the limits that `publish` rounds down to.
    ///   - supplyPhases: the line of each of its own phases; one to three.
    ///   - knowledge: what is known of it before the thread runs.
    ///   - heartbeat: of the thread that publishes limits; nil: a limit holds until the next one.
    ///   - abandonedAmperes: what the station is told at most while that thread is silent.
    ///   - body: runs on the thread. It follows `shared.wish`, stores what it knows in `shared.knowledge`, and returns
    ///     by `shared.stopDeadline`, with the station left at its fail-safe limit where that can be.
    /// - Throws: `StationError` where the system has no thread or file left.
    package init(
        name: String, modelName: String, rating: StationRating, steps: LimitSteps, supplyPhases: [Phase],
        knowledge: StationShared.Knowledge, scheduling: RealtimeThread.Scheduling = .normal,
        heartbeat: Heartbeat? = nil, abandonedAmperes: Double = .infinity,
        body: @escaping @Sendable (StationShared) -> Void
    ) throws(StationError) {
        func exhausted(_ what: String) -> StationError {
            StationError(
                station: name, field: "start", problem: "the system has no \(what) left",
                remedy: "raise the limits of the service (LimitNOFILE, TasksMax)")
        }
        guard let shared = StationShared(heartbeat: heartbeat, abandonedAmperes: abandonedAmperes) else {
            throw exhausted("file")
        }
        // The thread is the only one to store it from its start on.
        shared.knowledge.store(knowledge)
        let started = RealtimeThread(name: "station", scheduling: scheduling) { warnings in
            shared.diagnostics.withLock { $0.warnings = warnings }
            body(shared)
            shared.finished.signal()
        }
        guard let started else { throw exhausted("thread") }
        self.name = name
        self.modelName = modelName
        self.rating = rating
        self.steps = steps
        self.shared = shared
        ownLines = (supplyPhases[0], supplyPhases[min(1, supplyPhases.count - 1)], supplyPhases[supplyPhases.count - 1])
        thread = Mutex(started)
    }

    deinit { stop() }

    /// Hands over the newest limit, rounded down to what the station takes. Wait-free, allocation-free; one system
    /// call where the limit changed, none otherwise. One thread only may call this.
    ///
    /// Where it differs by line (`lineAmperes`), a station with a limit for each phase gets each of its lines', one
    /// with a single limit the smallest of them. A `proposedMode` is carried out where the station may switch.
    ///
    /// - Parameter decidedOn: when the block that the limit follows from was in memory, in monotonic nanoseconds, for
    ///   `handoverLatency`; 0: it follows from none.
    public func publish(_ limit: StationLimit, decidedOn: Int64 = 0) {
        let mode = limit.proposedMode.map { Int($0.rawValue) } ?? -1
        if shared.wantedMode.load(ordering: .relaxed) != mode { shared.wantedMode.store(mode, ordering: .relaxed) }
        let wanted = limit.lineAmperes ?? PerPhaseAmperes(limit.amperes)
        let own = PerPhaseAmperes(
            steps.rounded(wanted[ownLines.l1]), steps.rounded(wanted[ownLines.l2]), steps.rounded(wanted[ownLines.l3]))
        let last = shared.wish.load()
        guard last.sequence == 0 || last.own != own else { return }
        let smallest = min(own.l1, own.l2, own.l3)
        shared.wish.store(
            StationShared.Wish(amperes: smallest, own: own, sequence: last.sequence &+ 1, decidedOn: decidedOn))
        shared.wake.signal()
    }

    /// What is known of the station now. Allocation-free, no lock, no system call. A limit is in flight from the
    /// moment of `publish` until the station confirms it; of several the largest counts.
    public func report() -> StationReport { shared.report() }

    /// The station has said what it does: the report holds its status, its limit and its currents as far as it has them,
    /// and not only that it answers. Never false again. Allocation-free, no lock, no system call.
    public var hasBeenRead: Bool { shared.knowledge.load().hasBeenRead }

    /// From the moment at which a block was in memory to that at which a lower limit that follows from it was in the
    /// socket. Any thread, no lock.
    public func handoverLatency() -> LatencyDistribution { shared.handover.distribution() }

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
