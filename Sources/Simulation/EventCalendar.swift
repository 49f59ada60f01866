import Allocation

/// Which events last, from second to second.
struct EventCalendar: Sendable {
    private let events: [SiteEvent]
    /// The seconds at which one begins or ends, last first.
    private var pending: [Int]
    private var lasting: [SiteEvent] = []
    private(set) var isMeterLost = false
    private(set) var loadMilliamperes = SIMD3<Int32>.zero

    init(_ events: [SiteEvent]) {
        self.events = events
        pending = Set(events.flatMap { [$0.startSecond, $0.endSecond] }).sorted(by: >)
    }

    /// - Returns: whether what lasts has changed.
    mutating func changes(at now: Int) -> Bool {
        guard let next = pending.last, next <= now else { return false }
        while let next = pending.last, next <= now { pending.removeLast() }
        lasting = events.filter { $0.lasts(at: now) }
        isMeterLost = lasting.contains { $0.kind == .meterLost }
        loadMilliamperes = .zero
        for event in lasting {
            if case .load(let amperes) = event.kind {
                loadMilliamperes &+= SIMD3<Int32>((amperes * 1000).rounded(.toNearestOrEven))
            }
        }
        return true
    }

    func isSilent(_ station: Int) -> Bool { lasting.contains { $0.kind == .stationSilent(station) } }

    func reboots(_ station: Int, at now: Int) -> Bool {
        lasting.contains { $0.kind == .stationReboot(station) && $0.startSecond == now }
    }

    /// The current that it lets its car draw at least; nil: it obeys.
    func disobeys(_ station: Int) -> Double? {
        for event in lasting {
            if case .stationDisobedient(station, let amperes) = event.kind { return amperes }
        }
        return nil
    }

    /// The utility's signals that last, the latest first.
    var signals: [LimitValue] {
        lasting.reversed().compactMap { if case .signal(let value) = $0.kind { value } else { nil } }
    }

    var ownerLimit: LimitValue? {
        for event in lasting.reversed() { if case .ownerLimit(let value) = event.kind { return value } }
        return nil
    }
}
