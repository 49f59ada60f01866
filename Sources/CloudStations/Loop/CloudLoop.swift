import Allocation
import Realtime
import Stations

/// What the thread of one installation does: one request at a time, the most urgent first. `step` decides and does one
/// thing, so that tests can let time pass without waiting.
package struct CloudLoop<Installation: CloudInstallation>: ~Copyable {
    let configuration: CloudStationConfiguration
    let shared: StationShared
    var session: CloudSession
    var installation: Installation
    var pacing: LimitPacing
    var knowledge = StationShared.Knowledge.ofCloud

    // When what is due next, in monotonic nanoseconds.
    var limitReadDue: Int64 = .min
    var roundDue: Int64 = .min
    var offlineDue: Int64 = .max
    var refreshDue: Int64 = .max
    /// Pauses after failures, for limits and for all else: a limit that is refused must not stop reading, and a cloud
    /// that is away must not keep a lower limit waiting for long.
    var limitPause = Pause(longestSeconds: 60)
    var lowerLimitPause = Pause(longestSeconds: 10)
    var readPause = Pause(longestSeconds: 60)
    /// The last attempt was a limit, and the cloud could not be reached.
    var limitJustFailed = false

    var checks = CloudWait(shortestSeconds: 1, longestSeconds: 60)
    var corrections = CloudWait(shortestSeconds: 60, longestSeconds: 3600)
    /// What was sent last, and when it was accepted.
    var sent: (amperes: PerPhaseAmperes, at: Int64)?
    /// What the cloud holds was read since it was written last.
    var isReadBack = false
    /// The last reading of the limit.
    var reading: LimitReading?
    var round: ChargerRound?

    package init(
        _ configuration: CloudStationConfiguration, installation: Installation, session: CloudSession,
        shared: StationShared
    ) {
        self.configuration = configuration
        self.installation = installation
        self.session = session
        self.shared = shared
        pacing = LimitPacing(raiseIntervalSeconds: configuration.raiseIntervalSeconds)
        // Nobody knows yet what the chargers do without their cloud.
        knowledge.report.keepsFailSafe = false
        shared.knowledge.store(knowledge)
    }

    package mutating func run() {
        while !shared.isStopping {
            let due = step()
            if due > session.clock.nanoseconds(), !shared.isStopping {
                session.clock.wait(until: min(due, shared.silenceDue), for: shared.wake)
            }
        }
        leave()
    }

    /// Does the most urgent thing that is due.
    ///
    /// - Returns: when to call again; a moment that has passed: at once. A new wish or a stop comes earlier.
    package mutating func step() -> Int64 {
        let now = session.clock.nanoseconds()
        let wish = shared.currentWish()
        let limit = wish.sequence == 0 ? nil : proposal(wish, now)
        if limit == nil, wish.sequence != knowledge.confirmedSequence { confirm() }
        let limitDue = limit.map { isLower($0) ? lowerLimitPause.end : limitPause.end } ?? .max
        let otherDue = max(min(limitReadDue, roundDue, offlineDue), readPause.end)
        let isLimitDue = limitDue <= now || (otherDue <= now && mustTryLimitFirst)
        guard otherDue <= now || (limit != nil && isLimitDue) else {
            let raise =
                limit == nil && wish.sequence != 0 && pacing.isRaiseWaiting(target(wish)) ? pacing.raiseDue : .max
            return min(otherDue, limitDue, limit == nil ? refreshDue : .max, max(raise, now))
        }
        let isLimit = limit != nil && isLimitDue
        do throws(CloudError) {
            if let limit, isLimitDue {
                try writeLimit(limit, wish)
            } else if limitReadDue <= now {
                try readLimit()
            } else if roundDue <= now {
                try readNextCharger()
            } else {
                try correctOfflineCurrent()
            }
            succeeded(isLimit)
        } catch {
            failed(error, isLimit)
        }
        return session.clock.nanoseconds()
    }

    /// When a cloud that was away comes back, it hears the newest limit before anything else.
    private var mustTryLimitFirst: Bool {
        !knowledge.report.isAnswering && knowledge.report.lastContact != .never && !limitJustFailed
            && limitPause.mayBeBroken
    }

    private func isLower(_ limit: PerPhaseAmperes) -> Bool {
        guard let mayHold = pacing.mayHold else { return true }
        return Phase.allCases.contains { limit[$0] < mayHold[$0] - LimitPacing.tolerance }
    }

    /// Lets the installation send requests; a stop interrupts them, and a lower wish what only reads.
    ///
    /// - Parameter end: while leaving, when all of it is over; nil: not leaving.
    mutating func ask<Answer>(
        until end: Int64? = nil, _ body: (inout Installation, Sender) throws(CloudError) -> Answer
    ) throws(CloudError) -> Answer {
        let shared = shared
        let known = shared.currentWish()
        let clock = session.clock
        // A copy for the time of the request: nothing else uses the session meanwhile.
        var session = session
        defer { self.session = session }
        return try body(&installation) { request, purpose throws(CloudError) in
            let began = clock.nanoseconds()
            return try session.send(
                request, for: purpose, until: end ?? .max, isStopping: { end == nil && shared.isStopping },
                isWanted: {
                    let wish = shared.currentWish()
                    guard wish.isLower(than: known) || wish.sequence != 0 && known.sequence == 0 else {
                        return true
                    }
                    // A limit under way may be about to be accepted: sending anew at every wish would never get there.
                    return purpose == .writing && clock.nanoseconds() - began < CloudWait.nanoseconds(3)
                })
        }
    }
}
