import Allocation
import Glibc
import Realtime

/// What the thread of one station does. All its waits end: at a wake-up, at the next thing due, at a time-out.
struct StationLoop: ~Copyable {
    let configuration: StationConfiguration
    let shared: StationShared
    /// The profile as this station has it: before it is recognised the plain one, afterwards perhaps a variant.
    var profile: StationProfile
    var round: PollPlan
    /// The plain profile, at the station's address offset.
    let plainProfile: StationProfile
    var recognition = RecognitionState()
    var knowledge: StationShared.Knowledge
    var limit = LimitState()
    var failSafe = FailSafeState()
    var poll = PollState()
    var keepAliveDue: Int64 = 0
    var lastExchangeEnd: Int64 = .min
    var reconnectWait = GrowingWait()
    /// Registers that this firmware does not have, found on this connection.
    var missing: Set<StationProfile.RegisterIndex> = []
    /// The station took its fail-safe limit on leaving.
    var hasLeft = false

    init(_ configuration: StationConfiguration, shared: StationShared) {
        self.configuration = configuration
        self.shared = shared
        plainProfile = configuration.profile.shifted(by: configuration.addressOffset)
        profile = plainProfile
        round = PollPlan.round(of: plainProfile)
        knowledge = StationShared.Knowledge(before: plainProfile)
        share()
    }

    /// Connects, serves, and connects again, until it is to stop.
    mutating func run() {
        while !shared.isStopping {
            // Connecting cannot be interrupted: it must end well within a stop.
            connectAndServe(timeoutSeconds: min(profile.requestTimeoutSeconds, 1))
            if !shared.isStopping { waitBeforeReconnecting() }
        }
        // Not connected when the stop came, or the link was lost over it: one more attempt.
        if !hasLeft, shared.secondsUntilStop > 0.02 { connectAndServe(timeoutSeconds: shared.secondsUntilStop) }
    }

    private mutating func connectAndServe(timeoutSeconds: Double) {
        do throws(ModbusError) {
            let connection = try ModbusConnection(
                host: configuration.host, port: configuration.port, unit: configuration.unitIdentifier,
                timeoutSeconds: timeoutSeconds)
            shared.socket.withLock { $0 = connection.descriptor }
            shared.diagnostics.withLock {
                $0.connects += 1
                $0.isConnected = true
            }
            let failure = serveUntilFailure(connection)
            shared.diagnostics.withLock { $0.isConnected = false }
            shared.socket.withLock { $0 = -1 }
            // Not before: another file could have got its number while a stop shuts it down.
            connection.close()
            if let failure { throw failure }
        } catch {
            note(error)
            knowledge.report.isAnswering = false
            knowledge.report.status = .unknown
            share()
        }
    }

    private mutating func serveUntilFailure(_ connection: borrowing ModbusConnection) -> ModbusError? {
        do throws(ModbusError) {
            try serve(connection)
            return nil
        } catch {
            return error
        }
    }

    /// One connection's life: is it the right station, set-up, then one request at a time, the limit always first.
    private mutating func serve(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        missing = []
        poll = PollState()
        limit.connectionBegan()
        connection.setTimeout(seconds: profile.requestTimeoutSeconds)
        guard try recognise(connection) else { return }
        if !shared.isStopping { try setUp(connection) }
        while !shared.isStopping {
            let now = MonotonicClock.nanoseconds()
            let wish = shared.wish.load()
            if limit.writeDue(wish) <= now {
                try writeLimit(connection, wish)
            } else if keepAliveDue <= now {
                try keepAlive(connection)
            } else if limit.checkDue <= now {
                try checkLimit(connection)
            } else if failSafe.checkDue <= now {
                try checkFailSafe(connection)
            } else if poll.due <= now {
                try pollNextBlock(connection)
            } else {
                let next = min(limit.writeDue(wish), limit.checkDue, keepAliveDue, failSafe.checkDue, poll.due)
                shared.wake.wait(until: next)
            }
        }
        try leave(connection)
    }

    /// Writes the limit at which the station has to stay without us.
    private mutating func leave(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        let left = shared.secondsUntilStop
        guard left > 0 else { return }
        connection.setTimeout(seconds: min(left, profile.requestTimeoutSeconds))
        let isLeft = try sendLimit(connection, setpoint(uniform: configuration.leaveAmperes))
        hasLeft = isLeft
        shared.diagnostics.withLock { $0.isLeftAtFailSafe = isLeft }
    }

    /// A lost connection is tried again after a growing wait. A lower limit shortens it, but never below 0.1 s.
    private mutating func waitBeforeReconnecting() {
        let failed = MonotonicClock.nanoseconds()
        let known = shared.wish.load()
        var due = failed + reconnectWait.next()
        while !shared.isStopping {
            guard MonotonicClock.nanoseconds() < due else { return }
            shared.wake.wait(until: due)
            let wish = shared.wish.load()
            if wish.sequence != known.sequence, wish.amperes < known.amperes {
                due = min(due, failed + GrowingWait.shortest)
            }
        }
    }

    /// Lets the other threads see what is known.
    func share() { shared.knowledge.store(knowledge) }
}

/// A wait that doubles from 0.1 s to 5 s, in nanoseconds.
struct GrowingWait: Sendable {
    static let shortest: Int64 = 100_000_000
    static let longest: Int64 = 5_000_000_000
    private var upcoming = shortest

    mutating func next() -> Int64 {
        defer { upcoming = min(upcoming * 2, Self.longest) }
        return upcoming
    }

    mutating func reset() { upcoming = Self.shortest }
}
