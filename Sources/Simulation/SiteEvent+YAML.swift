import Allocation
import StrictYAML

extension SiteEvent {
    /// Reads a list of events.
    ///
    ///     events:
    ///       - {at: "2 17:30", minutes: 60, what: signal, percent: 30}    # day 2, half past five
    ///       - {at: "1 18:00", minutes: 10, what: station-silent, station: Parking 3}
    ///
    /// - Parameters:
    ///   - began: when the run begins: day 1 is the day of it.
    ///   - stations: their names, in their order.
    /// - Throws: `YAMLError` with file, line, field and remedy.
    public static func parse(
        yaml: String, file: String, began: WallTime, stations: [String]
    ) throws(YAMLError) -> [SiteEvent] {
        var events: [SiteEvent] = []
        var loads = 0.0
        for node in try YAMLNode.parse(yaml, file: file).fields(["events"]).required("events").list() {
            let fields = try node.fields([
                "at", "minutes", "what", "station", "ampere", "kilowatt", "percent", "locked", "line",
            ])
            let what = try fields.required("what").choice(Word.allCases.map { ($0.rawValue, $0) }, what: "event")
            for key in fields.entries.keys.sorted() where !what.keys.contains(key) {
                throw (fields[key] ?? node).error(
                    "\(what.rawValue) has no '\(key)'", "its keys are \(what.keys.joined(separator: ", "))")
            }
            let start = try second(fields.required("at"), began: began)
            let seconds = try fields["minutes"].map { entry throws(YAMLError) in Int(try entry.number(0.05...1e6) * 60)
            }
            events.append(
                SiteEvent(
                    try what.kind(fields, stations: stations), startSecond: start,
                    endSecond: seconds.map { start + $0 } ?? .max))
            guard case .load(let amperes)? = events.last?.kind else { continue }
            loads += max(amperes.max().magnitude, amperes.min().magnitude)
            // Sums of milliamperes stay whole numbers of 32 bits.
            guard loads <= 1_000_000 else {
                throw node.error("loads of more than 1 000 000 A in all", "put them into the table of the base load")
            }
        }
        return events
    }

    private enum Word: String, CaseIterable {
        case stationSilent = "station-silent"
        case stationDisobedient = "station-disobedient"
        case stationReboot = "station-reboot"
        case meterLost = "meter-lost"
        case signal
        case ownerLimit = "owner-limit"
        case load

        var keys: [String] {
            switch self {
            case .stationSilent: ["what", "at", "minutes", "station"]
            case .stationReboot: ["what", "at", "station"]
            case .stationDisobedient: ["what", "at", "minutes", "station", "ampere"]
            case .meterLost: ["what", "at", "minutes"]
            case .signal, .ownerLimit: ["what", "at", "minutes", "ampere", "kilowatt", "percent", "locked"]
            case .load: ["what", "at", "minutes", "ampere", "line"]
            }
        }

        func kind(_ fields: YAMLFields, stations: [String]) throws(YAMLError) -> Kind {
            func station() throws(YAMLError) -> Int {
                try fields.required("station").choice(
                    stations.enumerated().map { ($1, $0) }, what: "station of the site")
            }
            switch self {
            case .stationSilent: return .stationSilent(try station())
            case .stationReboot: return .stationReboot(try station())
            case .stationDisobedient:
                return .stationDisobedient(try station(), amperes: try fields["ampere"]?.number(0...80) ?? 0)
            case .meterLost: return .meterLost
            case .signal: return .signal(try limit(fields))
            case .ownerLimit: return .ownerLimit(try limit(fields))
            case .load:
                let amperes = try fields.required("ampere").number(-1000...1000)
                guard let line = fields["line"] else { return .load(SIMD3(repeating: amperes)) }
                var load = SIMD3<Double>.zero
                load[try line.choice([("L1", 0), ("L2", 1), ("L3", 2)], what: "supply line")] = amperes
                return .load(load)
            }
        }

        private func limit(_ fields: YAMLFields) throws(YAMLError) -> LimitValue {
            let given = ["ampere", "kilowatt", "percent", "locked"].filter { fields[$0] != nil }
            guard given.count == 1 else {
                throw fields.parent.error(
                    given.isEmpty ? "no limit" : "\(given.joined(separator: " and "))",
                    "write one of ampere, kilowatt, percent (of the main fuse), locked: true")
            }
            if let node = fields["ampere"] { return .amperes(PerPhaseAmperes(try node.number(0...10_000))) }
            if let node = fields["kilowatt"] { return .watts(try node.number(0...10_000) * 1000) }
            if let node = fields["percent"] { return .shareOfMain(try node.number(0...100) / 100) }
            guard let node = fields["locked"], try node.boolean() else {
                throw fields.parent.error("locked: false is no limit", "write locked: true, or remove the event")
            }
            return .locked
        }
    }

    /// `2 17:30`: day and time of day; `17:30`: on day 1.
    private static func second(_ node: YAMLNode, began: WallTime) throws(YAMLError) -> Int {
        let text = try node.string()
        let parts = text.split(separator: " ")
        let day = parts.count == 2 ? Int(parts[0]) : 1
        guard (1...2).contains(parts.count), let day, (1...100_000).contains(day), let last = parts.last,
            let time = WallTime.parse("1970-01-01 " + String(last))
        else { throw node.error("'\(text)' is no time", "write day and time of day, for example \"2 17:30\"") }
        let second = (day - 1) * 86_400 + Int(time.time.secondOfDay) - Int(began.secondOfDay)
        guard second >= 0 else { throw node.error("'\(text)' is before the run begins", "write a later time") }
        return second
    }
}
