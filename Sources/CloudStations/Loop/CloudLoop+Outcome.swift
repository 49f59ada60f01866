import Allocation
import Realtime
import Stations

/// What follows from an answer or its absence, and what others get to know of it.
extension CloudLoop {
    mutating func succeeded(_ isLimit: Bool) {
        if isLimit {
            limitPause.reset()
            lowerLimitPause.reset()
        } else {
            readPause.reset()
        }
        limitJustFailed = false
        knowledge.report.isAnswering = true
        knowledge.report.lastContact = MonotonicTime(nanoseconds: session.clock.nanoseconds())
        share()
    }

    mutating func failed(_ error: CloudError, _ isLimit: Bool) {
        guard error.kind != .interrupted else { return share() }
        let now = session.clock.nanoseconds()
        note(error.words)
        // A refused password is not tried again and again: the account would be locked.
        let refusal = error.kind == .forbidden || error.kind == .refused || error.kind == .notFound ? 10.0 : 0
        let least = error.kind == .credentials ? 60 : max(refusal, error.retryAfterSeconds ?? 0)
        let isForAll = error.kind == .credentials || error.kind == .tooMany
        if isLimit || isForAll {
            limitPause.begin(now, atLeastSeconds: least)
            lowerLimitPause.begin(now, atLeastSeconds: least)
        }
        if !isLimit || isForAll { readPause.begin(now, atLeastSeconds: least) }
        if pacing.unsure != nil { limitReadDue = min(limitReadDue, now) }
        limitJustFailed = isLimit
        switch error.kind {
        case .forbidden, .refused, .notFound, .tooMany:
            // The cloud answers and does not do it: what it holds is known all the same.
            break
        default:
            knowledge.report.isAnswering = false
            knowledge.report.status = .unknown
            // The cloud keeps the last limit while nobody speaks to it, and chargers may still hear the cloud.
            // What it accepted counts beside what it held before, until it is read back.
            let unread = isReadBack ? nil : reading?.held.flatMap { inForce($0) }
            knowledge.report.inFlightAmperes = inForce(pacing.mayHold).map { max($0, unread ?? 0) }
        }
        share()
    }

    /// The largest current on the used lines: what the cloud may hold and what offline chargers take.
    func inForce(_ held: PerPhaseAmperes?) -> Double? {
        guard let held else { return nil }
        let offline = round?.offlineAmperes ?? .zero
        return configuration.ownLines.map { held[$0] + offline[$0] }.max()
    }

    /// Lets the other threads see what is known.
    mutating func share() {
        shared.knowledge.store(knowledge)
        let counts = session.counts
        let isAnswering = knowledge.report.isAnswering
        let contact = knowledge.report.lastContact
        shared.diagnostics.withLock {
            $0.isConnected = isAnswering
            $0.lastContact = contact
            $0.connects = counts.logins
            $0.reads = counts.reads
            $0.writes = counts.writes
            $0.timeouts = counts.timeouts
            $0.exceptions = counts.refusals
        }
    }

    func note(_ words: String) {
        let time = MonotonicTime(nanoseconds: session.clock.nanoseconds())
        shared.diagnostics.withLock {
            $0.lastError = "\(configuration.name): \(words)"
            $0.lastErrorTime = time
        }
    }
}
