import Allocation
import Glibc
import Realtime

/// What the thread of one station does. All its waits end: at a wake-up, at the next thing due, at a time-out.
struct StationLoop: ~Copyable {
    let configuration: StationConfiguration
    let shared: StationShared
    /// The serial line it is on; nil: it is reached by TCP.
    let line: SerialLine?
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
    var refusals = Refusals()
    /// What made the latest request fail that was answered so.
    var latestException: ModbusException?
    var phaseSwitch = PhaseSwitchState()
    var keepAliveDue: Int64 = 0
    var lastExchangeEnd: Int64 = .min
    /// Not longer, so that a station that is back holds its limit within a second.
    var reconnectWait = GrowingWait(longest: 700_000_000)
    /// Registers that this firmware does not have, found on this connection.
    var missing: Set<StationProfile.RegisterIndex> = []
    /// What the request under way may be interrupted by.
    var urgency = Urgency.ordinary
    /// On this connection the station may be given limits: whatever has to come before the first one is done. From then
    /// on a changed limit interrupts what is under way.
    var isReadyForLimits = false
    /// The station took its fail-safe limit on leaving.
    var hasLeft = false

    init(_ configuration: StationConfiguration, shared: StationShared, line: SerialLine? = nil) {
        self.configuration = configuration
        self.shared = shared
        self.line = line
        plainProfile = configuration.profile.shifted(by: configuration.addressOffset)
        profile = plainProfile
        round = PollPlan.round(of: plainProfile, switchesPhases: configuration.switchesPhases)
        knowledge = StationShared.Knowledge(before: plainProfile)
        share()
    }

    /// Connects, serves, and connects again, until it is to stop.
    mutating func run() {
        while !shared.isStopping {
            connectAndServe()
            if !shared.isStopping { waitBeforeReconnecting() }
        }
        // Not connected when the stop came, or the link was lost over it: one more attempt.
        if !hasLeft, shared.secondsUntilStop > 0.02 { connectAndServe() }
    }

    /// Every wait on the network ends when a stop wants it to, and hears of what is new.
    private var attention: Attention {
        Attention(wake: shared.wake) { [shared] in
            let deadline = shared.stopDeadline.load(ordering: .acquiring)
            return deadline == 0 ? .max : deadline
        }
    }

    private func connect() throws(ModbusError) -> ModbusConnection {
        if let line {
            return try ModbusConnection(
                line: line, unit: configuration.unitIdentifier, settings: profile.link, attention: attention)
        }
        return try ModbusConnection(
            host: configuration.host, port: configuration.port, unit: configuration.unitIdentifier,
            framing: configuration.transport == .tcp ? .mbap : .rtu, settings: profile.link, attention: attention)
    }

    private mutating func connectAndServe() {
        do throws(ModbusError) {
            let connection = try connect()
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
            // Switched by somebody else meanwhile, perhaps: it counts on all its lines.
            knowledge.report.phaseMode = nil
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

    /// One connection's life.
    private mutating func serve(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        repeat { try serveUntilBack(connection) } while refusals.isBack && !shared.isStopping
        if recognition.isDone { try leave(connection) }
    }

    /// Is it the right station, set-up, then one request at a time, the limit always first; until it is to stop, or the
    /// station is back from refusing everything.
    private mutating func serveUntilBack(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        missing = []
        refusals = Refusals()
        isReadyForLimits = false
        poll = PollState()
        limit.connectionBegan()
        phaseSwitch.connectionBegan()
        connection.setTimeout(seconds: profile.requestTimeoutSeconds)
        guard try recognise(connection) else { return }
        if !shared.isStopping { try setUp(connection) }
        while !shared.isStopping, !refusals.isBack {
            settleOvertaken(connection)
            let now = MonotonicClock.nanoseconds()
            let wish = shared.currentWish()
            if limitDue(wish) <= now {
                try writeLimit(connection, wish)
            } else if keepAliveDue <= now {
                try keepAlive(connection)
            } else if limit.checkDue <= now {
                try checkLimit(connection)
            } else if failSafe.checkDue <= now {
                try tendFailSafe(connection)
            } else if phaseSwitch.isWriteDue {
                try switchPhases(connection)
            } else if poll.due <= now {
                try pollNextBlock(connection)
            } else {
                let next = min(limitDue(wish), limit.checkDue, keepAliveDue, failSafe.checkDue, poll.due)
                shared.wake.wait(until: min(next, shared.silenceDue))
            }
        }
    }

    /// Writes the limit at which the station has to stay without us.
    private mutating func leave(_ connection: borrowing ModbusConnection) throws(ModbusError) {
        let left = shared.secondsUntilStop
        guard left > 0 else { return }
        connection.setTimeout(seconds: min(left, profile.requestTimeoutSeconds))
        phaseSwitch.end()
        urgency = .leaving
        defer { urgency = .ordinary }
        let isLeft = try sendLimit(connection, setpoint(uniform: configuration.leaveAmperes))
        hasLeft = isLeft
        shared.diagnostics.withLock { $0.isLeftAtFailSafe = isLeft }
    }

    /// A lost connection is tried again after a growing wait. A lower limit shortens it, but never below the shortest
    /// that the station bears.
    private mutating func waitBeforeReconnecting() {
        let failed = MonotonicClock.nanoseconds()
        let known = shared.currentWish()
        let shortest = max(GrowingWait.shortest, Int64(profile.link.reconnectWaitSeconds * 1e9))
        var due = failed + max(reconnectWait.next(), shortest)
        while !shared.isStopping {
            guard MonotonicClock.nanoseconds() < due else { return }
            shared.wake.wait(until: due)
            let wish = shared.currentWish()
            if wish.isLower(than: known) { due = min(due, failed + shortest) }
        }
    }

    /// Lets the other threads see what is known.
    func share() { shared.knowledge.store(knowledge) }
}

/// A wait that doubles from 0.1 s to a longest one, in nanoseconds.
struct GrowingWait: Sendable {
    static let shortest: Int64 = 100_000_000
    private let longest: Int64
    private var upcoming = shortest

    init(longest: Int64 = 5_000_000_000) { self.longest = longest }

    mutating func next() -> Int64 {
        defer { upcoming = min(upcoming * 2, longest) }
        return upcoming
    }

    mutating func reset() { upcoming = Self.shortest }
}
