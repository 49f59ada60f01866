import Glibc
import Realtime

/// The requests under way on one connection. Of one thread only.
final class Exchanges {
    enum Medium {
        case own(LinkPort)
        case shared(SerialLine, SerialLine.Turn)
    }

    struct Pending {
        var number: UInt16
        var request: ModbusRequest
        var isLimit: Bool
        var deadline: Int64
        var sentAt: Int64
        /// nil: no answer yet.
        var result: Result<[UInt16], LinkFailure>?
        /// What came on an unnumbered line and was no answer to this, in words.
        var disturbance: String?
        /// Nobody waits for it any more.
        var isGivenUp = false
    }

    let medium: Medium
    let attention: Attention
    let place: LinkPlace
    /// The unit asked. Changed only between two exchanges.
    var unit: UInt8
    let settings: LinkSettings
    /// Nanoseconds that an answer may take.
    var timeout: Int64 = 1_000_000_000
    var pending: [Pending] = []
    var lastNumber: UInt16 = 0
    var strayCount = 0
    /// Since when something is awaited and nothing has come.
    var quietSince: Int64 = .max
    var hasTurn = false

    init(
        _ medium: Medium, place: LinkPlace, unit: Int, settings: LinkSettings, attention: Attention
    ) {
        self.medium = medium
        self.place = place
        self.unit = UInt8(truncatingIfNeeded: unit)
        self.settings = settings
        self.attention = attention
    }

    func error(_ cause: ModbusError.Cause, _ action: String) -> ModbusError {
        ModbusError(place: place, unit: Int(unit), action: action, cause: cause)
    }

    var isNumbered: Bool {
        switch medium {
        case .own(let port): port.link.framing == .mbap
        case .shared: false
        }
    }

    var hasRoom: Bool {
        isNumbered && pending.count { $0.result == nil && !$0.isGivenUp } < settings.concurrentRequests
    }

    var isLineWanted: Bool { if case .shared(let line, _) = medium { line.isWanted } else { false } }

    var openLimitEnd: Int64? {
        forget(MonotonicClock.nanoseconds())
        return pending.filter { $0.isLimit && $0.isGivenUp }.map(\.deadline).max()
    }

    /// Drops what was given up so long ago that it may be taken for lost.
    func forget(_ now: Int64) {
        pending.removeAll { $0.isGivenUp && $0.deadline <= now }
    }

    // MARK: The link

    /// Uses the link, which must be there: one's own, or the line's during one's turn.
    func withLink<R>(_ body: (inout ModbusLink) throws(LinkFailure) -> R) throws(LinkFailure) -> R {
        switch medium {
        case .own(let port):
            return try body(&port.link)
        case .shared(let line, _):
            guard hasTurn, let port = line.port else {
                throw LinkFailure(cause: .noDevice("the serial line is closed"))
            }
            do throws(LinkFailure) {
                return try body(&port.link)
            } catch {
                // A device that has gone is opened anew by whoever needs it next.
                if case .noDevice = error.cause { line.port = nil }
                throw error
            }
        }
    }

    /// Takes the turn on a shared line and opens it where it is closed.
    ///
    /// - Returns: false where there was something new for the station first.
    func takeTurn(isUrgent: Bool) throws(LinkFailure) -> Bool {
        guard case .shared(let line, let turn) = medium, !hasTurn else { return true }
        guard line.acquire(turn, isUrgent: isUrgent, attention) else { return false }
        hasTurn = true
        if line.port == nil {
            line.port = LinkPort(try ModbusLink(line.settings))
            line.isUnsettled = true
        }
        if line.isUnsettled {
            let deadline = MonotonicClock.nanoseconds() + timeout
            guard try withLink({ link throws(LinkFailure) in try link.flush(until: deadline) }) else {
                throw LinkFailure(cause: .malformed("the line is never silent"))
            }
            line.isUnsettled = false
        }
        return true
    }

    func giveTurn() {
        guard hasTurn, case .shared(let line, let turn) = medium else { return }
        hasTurn = false
        line.release(turn)
    }

    /// What comes from now on is late.
    func unsettle() {
        if case .shared(let line, _) = medium, hasTurn { line.isUnsettled = true }
    }

    func openLine() throws(LinkFailure) {
        defer { giveTurn() }
        while try !takeTurn(isUrgent: false) {
            guard MonotonicClock.nanoseconds() < attention.latest() else { throw LinkFailure(cause: .timedOut) }
        }
    }

    /// The connection is not used any more.
    func end() {
        if pending.contains(where: { $0.result == nil }) { unsettle() }
        giveTurn()
    }
}
