import Allocation
import Glibc
import Realtime
import Site

/// Tells each intervention of the utility once, when it ends: the evidence of what it cost.
struct InterventionEvents {
    private var count = 0

    /// Prints what has ended since the last call; with `isLast` what lasts, too.
    mutating func report(_ device: SiteDevice, kind: ViewKind, isLast: Bool = false) {
        let news = device.interventions(after: count)
        count = news.count
        var found = news.ended
        if isLast, let running = device.snapshot().intervention { found.append(running) }
        for intervention in found {
            switch kind {
            case .json: print(Self.jsonLine(intervention))
            case .lines: print(Self.line(intervention))
            // The table shows the one that lasts; its end is told below it, when it is gone.
            case .table: if isLast { print(Self.line(intervention)) } else { ended.append(intervention) }
            }
        }
        guard isLast else { return }
        for intervention in ended { print(Self.line(intervention)) }
        ended = []
    }

    private var ended: [Intervention] = []

    static func line(_ intervention: Intervention) -> String {
        let end = intervention.end.map { "to \(wallTime($0)) (\(duration($0.seconds(since: intervention.start))))" }
        return "intervention: \(intervention.words), from \(wallTime(intervention.start)) \(end ?? "on"), "
            + "\(fixed(intervention.withheldWattHours / 1000, 2)) kWh withheld"
    }

    static func jsonLine(_ intervention: Intervention) -> String {
        "{\"event\":\"intervention\",\"mode\":\(json(intervention.mode.words)),"
            + "\"source\":\(json(intervention.source.identifier)),\"limit\":\(json(intervention.limit.words)),"
            + "\"start\":\(json(wallTime(intervention.start))),"
            + "\"end\":\(intervention.end.map { json(wallTime($0)) } ?? "null"),"
            + "\"duration_s\":\(json(intervention.end.map { $0.seconds(since: intervention.start) })),"
            + "\"withheld_wh\":\(json(intervention.withheldWattHours))}"
    }

    /// `2026-11-22T19:40:12Z`: the wall clock's label of a moment.
    private static func wallTime(_ moment: MonotonicTime) -> String {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        let ago = MonotonicTime(nanoseconds: MonotonicClock.nanoseconds()).seconds(since: moment)
        var seconds = wall.tv_sec - Int(ago.rounded())
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T\(two(parts.tm_hour)):"
            + "\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
    }
}
