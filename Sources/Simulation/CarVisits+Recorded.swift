import SiteTwin

/// Sessions as charging networks publish them.
public struct RecordedSessions: Sendable {
    struct Session: Sendable {
        var arrival: WallTime
        var staySeconds: Int64
        var neededWattHours: Double
        var stationName: String
    }
    private let sessions: [Session]

    /// Midnight of the day of the first arrival.
    public var firstDay: WallTime { sessions[0].arrival.startOfDay }
    public var count: Int { sessions.count }

    /// Reads a table in the form of the ACN-Data sets: columns `arrival`, `departure`, `station_id` and
    /// `delivered_energy (kWh)`, others are left alone. What was delivered counts as what the battery takes: what the
    /// driver asked for is a guess that is often far above it.
    ///
    /// - Throws: `CSVError` with file, line, column and remedy.
    public static func parse(_ text: String, file: String) throws(CSVError) -> RecordedSessions {
        let table = try CSVTable(text, file: file)
        let arrivalPlace = try table.place(of: "arrival")
        let departurePlace = try table.place(of: "departure")
        let energyPlace = try table.place(of: "delivered_energy (kWh)")
        let stationPlace = try table.place(of: "station_id")
        var sessions: [Session] = []
        for row in table.rows {
            let arrival = try table.time(row, arrivalPlace)
            let departure = try table.time(row, departurePlace)
            let shift =
                (arrival.clock.offsetSeconds ?? 0)
                - (departure.clock.offsetSeconds ?? arrival.clock.offsetSeconds ?? 0)
            let stay = departure.time.seconds - arrival.time.seconds + shift
            guard stay > 0, stay <= 100 * 86_400 else {
                throw table.error(
                    row, departurePlace, "not within 100 days after the arrival", "correct one of the two")
            }
            let energy = try table.number(row, energyPlace, 0...1000) * 1000
            guard energy > 0 else { continue }
            sessions.append(
                Session(
                    arrival: arrival.time, staySeconds: stay, neededWattHours: energy,
                    stationName: String(row.fields[stationPlace])))
        }
        guard !sessions.isEmpty else {
            throw CSVError(
                file: file, line: nil, column: "delivered_energy (kWh)", problem: "no session took any energy",
                remedy: "give a table with at least one that did")
        }
        return RecordedSessions(sessions: sessions.sorted { $0.arrival < $1.arrival })
    }

    /// The visits that begin within `days` days from `from`, by arrival.
    ///
    /// - Parameters:
    ///   - car: the charger of each; nil: drawn by `seed` from what is usual in Europe.
    ///   - stations: the names of the site's stations. A session at a station of such a name goes there, others to any.
    public func visits(
        from: WallTime, days: Int, car: CarKind?, seed: UInt64, stations: [String]
    ) -> [CarVisit] {
        var visits: [CarVisit] = []
        let names = Set(stations)
        for (index, session) in sessions.enumerated() {
            let second = session.arrival.seconds - from.seconds
            guard second >= 0, second < Int64(days) * 86_400 else { continue }
            // A stream for each session: another stretch of days has the same cars.
            var random = RandomSource(seed: seed, stream: 1 << 32 + UInt64(index))
            let drawn = CarKind.drawn(random.uniform(0...1))
            visits.append(
                CarVisit(
                    arrivalSecond: Int(second), departureSecond: Int(second + session.staySeconds),
                    neededWattHours: session.neededWattHours, car: car ?? drawn,
                    stationName: names.contains(session.stationName) ? session.stationName : nil))
        }
        return visits
    }
}
