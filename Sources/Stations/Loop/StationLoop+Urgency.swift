import Realtime

extension StationLoop {
    /// What the request under way may be interrupted by.
    enum Urgency: Sendable {
        /// By a changed limit and by a stop.
        case ordinary
        /// A limit: by a lower one.
        case limit
        /// The last words: by nothing.
        case leaving
    }

    /// Sends a request and waits for its answer, so that nothing urgent waits with it: a changed limit goes out at
    /// once, beside the request where the station bears two, else instead of it, and the request is asked anew.
    ///
    /// - Returns: nil where the writer is to stop.
    /// - Throws: an exception that the station answers, what makes the connection unusable, and `overtaken` where a
    ///   lower limit has to go out in place of the one that `request` is part of.
    mutating func perform(
        _ connection: borrowing ModbusConnection, _ request: ModbusRequest
    ) throws(ModbusError) -> [UInt16]? {
        var failures = 0
        // How long nobody answered, over all times it was asked: a station whose limit changes ever again must still
        // be found to be silent.
        var silent: Int64 = 0
        let longestSilence = Int64(profile.requestTimeoutSeconds * 3e9)
        while true {
            guard try attend(connection), try keepGap(connection) else { return nil }
            let began = MonotonicClock.nanoseconds()
            // Where there was something new before the line was free: attend to it first.
            guard let ticket = try connection.begin(request, isLimit: urgency == .limit) else { continue }
            lastExchangeEnd = began
            if urgency == .limit, let decided = limit.awaitsSocketSince {
                shared.handover.record(nanoseconds: MonotonicClock.nanoseconds() - decided)
                limit.awaitsSocketSince = nil
            }
            switch try awaitAnswer(connection, ticket) {
            case .answer(let words): return words
            case .givenUp: silent += MonotonicClock.nanoseconds() - began
            case .failed(let error):
                guard request.isRead, failures < allowedFailures(error, connection) else { throw error }
                failures += 1
                note(error)
            }
            lastExchangeEnd = MonotonicClock.nanoseconds()
            if urgency == .ordinary, silent > longestSilence {
                throw ModbusError(
                    place: configuration.place, unit: configuration.unitIdentifier, action: request.action,
                    cause: .timedOut)
            }
        }
    }

    /// How often a read that failed so is asked again on the same connection.
    private func allowedFailures(_ error: ModbusError, _ connection: borrowing ModbusConnection) -> Int {
        switch error.cause {
        case .timedOut: profile.link.retries
        // A disturbance on a line is nothing to start anew for.
        case .malformed: connection.isNumbered ? 0 : max(profile.link.retries, 1)
        default: 0
        }
    }

    private enum Answer {
        case answer([UInt16])
        case givenUp
        /// This request; what went on beside it throws, so that nobody takes the one for the other.
        case failed(ModbusError)

        init(_ words: [UInt16]?) { self = words.map { .answer($0) } ?? .givenUp }
    }

    /// Waits for an answer and does meanwhile what cannot wait.
    private mutating func awaitAnswer(
        _ connection: borrowing ModbusConnection, _ ticket: ModbusConnection.Ticket
    ) throws(ModbusError) -> Answer {
        while true {
            let bearsMore = mayInterrupt && connection.hasRoom
            let keepAliveEnd = bearsMore ? keepAliveDue : .max
            let checkEnd = bearsMore ? limit.checkDue : .max
            do throws(ModbusError) {
                let end = min(limitDueBeside(), keepAliveEnd, checkEnd)
                if case .answer(let words) = try connection.wait(for: ticket, until: end) { return .answer(words) }
            } catch {
                return .failed(error)
            }
            let now = MonotonicClock.nanoseconds()
            switch urgency {
            case .leaving: continue
            case .limit:
                guard shared.currentWish().isLower(than: limit.sent) else { continue }
                // Its answer may still come in time; the lower limit goes out all the same.
                _ = try connection.giveUp(ticket)
                throw ModbusError(
                    place: configuration.place, unit: configuration.unitIdentifier, action: "write limit",
                    cause: .overtaken)
            case .ordinary: break
            }
            if shared.isStopping { return Answer(try connection.giveUp(ticket)) }
            if isReadyForLimits, limitDue(shared.currentWish()) <= now {
                if connection.hasRoom {
                    try writeLimit(connection, shared.currentWish())
                    continue
                }
                let answer = try connection.giveUp(ticket)
                try writeLimit(connection, shared.currentWish())
                return Answer(answer)
            }
            if keepAliveEnd <= now {
                try keepAlive(connection)
            } else if checkEnd <= now {
                try checkLimit(connection)
            } else if connection.isLineWanted {
                return Answer(try connection.giveUp(ticket))
            }
        }
    }

    private var mayInterrupt: Bool { urgency == .ordinary && isReadyForLimits && !shared.isStopping }

    /// When the limit is due again without anybody's signal: a refresh, or a write that failed.
    private func limitDueBeside() -> Int64 {
        guard mayInterrupt else { return .max }
        let due = limitDue(shared.currentWish())
        // What is due already was seen to before the request went out, or a signal comes for it.
        return due > MonotonicClock.nanoseconds() ? due : .max
    }

    /// Does what cannot wait, before a request goes out.
    ///
    /// - Returns: false where the writer is to stop.
    private mutating func attend(_ connection: borrowing ModbusConnection) throws(ModbusError) -> Bool {
        switch urgency {
        case .leaving: return true
        case .limit:
            guard shared.currentWish().isLower(than: limit.sent) else { return true }
            throw ModbusError(
                place: configuration.place, unit: configuration.unitIdentifier, action: "write limit",
                cause: .overtaken)
        case .ordinary:
            if shared.isStopping { return false }
            let wish = shared.currentWish()
            if isReadyForLimits, limitDue(wish) <= MonotonicClock.nanoseconds() {
                try writeLimit(connection, wish)
            }
            return !shared.isStopping
        }
    }

    /// Some stations need a pause between requests. What is urgent uses the end of it first.
    ///
    /// - Returns: false where the writer is to stop.
    private mutating func keepGap(_ connection: borrowing ModbusConnection) throws(ModbusError) -> Bool {
        let gap = Int64(profile.waitBetweenRequestsSeconds * 1e9)
        while gap > 0, lastExchangeEnd != .min, MonotonicClock.nanoseconds() < lastExchangeEnd + gap {
            let end = lastExchangeEnd + gap
            if urgency == .leaving {
                MonotonicClock.sleep(until: end)
            } else if shared.wake.wait(until: end), try !attend(connection) {
                return false
            }
        }
        return true
    }
}
