import Glibc
import Realtime
import Synchronization

/// Where a link is kept while it is used.
final class LinkPort {
    var link: ModbusLink
    init(_ link: consuming ModbusLink) { self.link = link }
}

/// One serial line with all its stations: one descriptor, one exchange at a time. A limit is next after the exchange
/// under way; all others wait in the order in which they came.
final class SerialLine: @unchecked Sendable {
    // Sendable because `port` and `isUnsettled` are touched only by whoever has the turn, and `turns`, under its lock,
    // gives the turn to one at a time.

    /// A place in the waiting line: one for each station.
    final class Turn: Sendable {
        /// Signalled when the turn is given.
        let given: WakeUp
        /// The station's own signal, for telling it that another's limit waits.
        let wake: WakeUp?

        /// nil where the process has no descriptor left.
        init?(wake: WakeUp?) {
            guard let given = WakeUp() else { return nil }
            self.given = given
            self.wake = wake
        }
    }

    private struct Turns {
        var holder: Turn?
        var urgent: [Turn] = []
        var ordinary: [Turn] = []
    }

    let settings: SerialSettings
    private let turns = Mutex(Turns())
    /// nil: not open. Only for who has the turn.
    var port: LinkPort?
    /// Late bytes may still come: the line is flushed before it is used. Only for who has the turn.
    var isUnsettled = false

    init(_ settings: SerialSettings) { self.settings = settings }

    /// Waits for the turn.
    ///
    /// - Returns: false where `attention` came first: then there is no turn.
    func acquire(_ turn: Turn, isUrgent: Bool, _ attention: borrowing Attention) -> Bool {
        let isFree = turns.withLock { turns in
            guard turns.holder != nil else {
                turns.holder = turn
                return true
            }
            if isUrgent { turns.urgent.append(turn) } else { turns.ordinary.append(turn) }
            // A read of which nothing has come need not be waited for to its end.
            if isUrgent { turns.holder?.wake?.signal() }
            return false
        }
        if isFree { return true }
        while true {
            let ready = Descriptors.wait(
                for: turn.given.descriptor, CInt(POLLIN), wake: attention.wake, until: attention.latest())
            if ready.isReady {
                turn.given.take()
                return true
            }
            if ready.isWoken { attention.wake?.take() }
            guard ready.isWoken || attention.latest() <= MonotonicClock.nanoseconds() else { continue }
            let wasGiven = turns.withLock { turns in
                turns.urgent.removeAll { $0 === turn }
                turns.ordinary.removeAll { $0 === turn }
                return turns.holder === turn
            }
            if wasGiven {
                turn.given.take()
                // What there is to attend to shows with the exchange.
                if ready.isWoken { attention.wake?.signal() }
            }
            return wasGiven
        }
    }

    /// Gives the turn to the next.
    func release(_ turn: Turn) {
        turns.withLock { turns in
            guard turns.holder === turn else { return }
            let next = turns.urgent.isEmpty ? turns.ordinary.first : turns.urgent.first
            if !turns.urgent.isEmpty { turns.urgent.removeFirst() } else if next != nil { turns.ordinary.removeFirst() }
            turns.holder = next
            next?.given.signal()
        }
    }

    /// True where another station's limit waits.
    var isWanted: Bool { turns.withLock { !$0.urgent.isEmpty } }
}
