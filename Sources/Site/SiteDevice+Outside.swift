import Allocation
import Realtime

/// What may be set and seen from outside while the device runs. Any thread.
extension SiteDevice {
    /// Sets a limit on all stations together, or takes it back. It is one more minimum beside those of the other sources,
    /// acts within a second, and ends by itself.
    ///
    /// - Parameters:
    ///   - limit: nil: none.
    ///   - source: who sets it. `.digitalInput` belongs to the receiver's thread where the settings have one, which
    ///     overrides what is set here.
    ///   - seconds: how long it holds; nil: until it is taken back.
    public func set(_ limit: LimitValue?, by source: SignalSource, forSeconds seconds: Double? = nil) {
        wishes.set(limit.map { OutsideLimit($0, expires: Self.end(seconds)) }, source: source)
    }

    /// Sets the owner's limit on one station below that of the settings, or takes it back. It acts within a second.
    ///
    /// - Parameters:
    ///   - amperes: per line, 0 or more; nil, or no such number: none.
    ///   - station: as in `stations()`.
    /// - Returns: false where there is no such station.
    @discardableResult
    public func setOwnerLimit(_ amperes: Double?, station: Int, forSeconds seconds: Double? = nil) -> Bool {
        var limit = OutsideWishes.StationWish()
        if let amperes, amperes >= 0 {
            limit = OutsideWishes.StationWish(amperes: amperes, expires: Self.end(seconds) ?? .never)
        }
        return wishes.set(ownerLimit: limit, station: station)
    }

    private static func end(_ seconds: Double?) -> MonotonicTime? {
        seconds.map { MonotonicTime(nanoseconds: MonotonicClock.nanoseconds()).advanced(bySeconds: $0) }
    }

    /// The interventions of the utility that have ended, from the `count`-th on (0: the first since the start), as far as
    /// they are still kept: the last 64.
    ///
    /// - Returns: them, and how many have ended in all: what to ask for next.
    public func interventions(after count: Int) -> (ended: [Intervention], count: Int) {
        let total = snapshot().endedInterventions
        let first = max(0, count, total - LoopOutlets.keptInterventions)
        guard first < total else { return ([], total) }
        let ended = (first..<total).compactMap {
            outlets.interventions[$0 % LoopOutlets.keptInterventions].load()
        }
        return (ended, total)
    }

    /// What each group of the settings bears and what of it is taken, in their order.
    public func groups() -> [GroupSnapshot] { outlets.groups.map { $0.load() } }

    /// True where the utility's receiver cannot be read, or its inputs are as they cannot be: the safe mode holds.
    public var isReceiverFaulty: Bool { inputs?.isFaulty ?? false }
}
