import Synchronization

/// Spreads an account's requests. Shared by all installations of the account, because the cloud counts by account.
///
/// Zaptec allows 10 requests a second and account (its fair-use policy). Reading takes at most 5 of them, limits and
/// logins at most 3 more, so that reading never delays a limit; the rest is room for the owner's own app.
package final class RequestPacer: Sendable {
    private struct Lane {
        let interval: Int64
        /// When the next request may go.
        var next = Int64.min

        mutating func reserve(_ now: Int64) -> Int64 {
            let start = max(now, next)
            next = start + interval
            return start
        }
    }

    private struct State {
        var reading = Lane(interval: 200_000_000)
        var writing = Lane(interval: 333_333_334)
    }

    private let state = Mutex(State())

    package init() {}

    /// When a request may go that was made at `now`; its place is taken.
    package func reserve(isReading: Bool, now: Int64) -> Int64 {
        state.withLock { isReading ? $0.reading.reserve(now) : $0.writing.reserve(now) }
    }

    /// The one of an account, by base address and credentials.
    package static func shared(_ key: String) -> RequestPacer {
        known.withLock { known in
            if let pacer = known[key] { return pacer }
            let pacer = RequestPacer()
            known[key] = pacer
            return pacer
        }
    }

    private static let known = Mutex<[String: RequestPacer]>([:])
}
