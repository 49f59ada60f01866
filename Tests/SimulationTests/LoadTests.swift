import Simulation
import Testing

@Suite struct LoadTests {
    /// The base load of L1 in ampere at seconds from `began`, as played beside no station.
    private static func played(_ csv: String, began: String, at seconds: [Int]) throws -> [Double] {
        let load = try RecordedLoad.parse(csv, file: "l.csv", volts: 200)
        let time = try #require(WallTime.parse(began)).time
        var simulation = Simulation(
            Sites.site(stations: 1), load: .recorded(load), visits: [], began: time, seed: 1)
        return (0...(seconds.max() ?? 0)).compactMap { second in
            simulation.step()
            return seconds.contains(second) ? Double(simulation.baseMilliamperes[0]) / 1000 : nil
        }
    }

    @Test func `rows any time apart hold until the next, and a short load begins with the run and repeats`() throws {
        let csv = "t_s,l1_a,l2_a,l3_a\n100,1,0,0\n110,2,0,0\n111,3,0,0\n"
        // 12 s long: the last row holds as long as the one before it.
        let amperes = try Self.played(csv, began: "2026-01-05T13:00", at: [0, 9, 10, 11, 12, 21, 22, 23, 24])
        #expect(amperes == [1, 1, 2, 3, 1, 1, 2, 3, 1])
    }

    @Test func `a load of a day and more is played by the time of day, in whole days`() throws {
        let hours = (0..<30 as Range<Int64>).map { "\(WallTime(seconds: 1_000_080_000 + $0 * 3600).text),\($0),0,0" }
        let csv = (["time,l1_a,l2_a,l3_a"] + hours).joined(separator: "\n")
        // It begins at midnight and covers 30 hours: 24 of them are played.
        #expect(WallTime(seconds: 1_000_080_000).secondOfDay == 0)
        let amperes = try Self.played(csv, began: "2026-01-05T22:00", at: [0, 3600, 7199, 7200, 10_800])
        #expect(amperes == [22, 23, 23, 0, 1])
    }

    /// Two days from Saturday noon, 24 October 2026; row n holds n ampere. Clocks are set back on Sunday at 3 h.
    private static func twoDays(every seconds: Int64, _ text: (WallTime, Bool) -> String) -> String {
        let noon: Int64 = 1_792_843_200
        let rows = (0..<48 * 3600 / seconds as Range<Int64>).map { row in
            let isSummer = row * seconds < 15 * 3600
            return "\(text(WallTime(seconds: noon + row * seconds - (isSummer ? 0 : 3600)), isSummer)),\(row),0,0"
        }
        return (["time,l1_a,l2_a,l3_a"] + rows).joined(separator: "\n")
    }

    private static let clocks: [@Sendable (WallTime, Bool) -> String] = [
        { time, isSummer in time.text + (isSummer ? "+02:00" : "+01:00") },
        { time, isSummer in time.text + (isSummer ? "S" : "W") },
        { time, isSummer in time.advanced(bySeconds: isSummer ? -7200 : -3600).text + "Z" },
        { time, _ in time.text },
    ]

    @Test(arguments: [0, 1, 3], [900, 3600] as [Int64])
    func `both hours that the clock shows twice are played`(clock: Int, every: Int64) throws {
        let csv = Self.twoDays(every: every, Self.clocks[clock])
        let row = Double(3600 / every)
        // The run begins with the load, and its clock is not set.
        let hours = [0, 14, 15, 16, 17, 47]
        let amperes = try Self.played(csv, began: "2026-10-24T12:00", at: hours.map { $0 * 3600 })
        #expect(amperes == hours.map { Double($0) * row })
        // It begins after the change, at the time of day: 8 h in winter is the 21st hour since noon.
        let later = try Self.played(csv, began: "2026-10-25T08:00", at: [0, 3600])
        #expect(later == [21 * row, 22 * row])
    }

    @Test func `a load in UTC is played by UTC`() throws {
        let csv = Self.twoDays(every: 3600, Self.clocks[2])
        #expect(try Self.played(csv, began: "2026-10-24T10:00", at: [0, 16 * 3600]) == [0, 16])
    }

    @Test func `powers become currents, and what is fed in is negative`() throws {
        let csv = "t_s,l1_kw,l2_kw,l3_kw\n0,1,2,3\n5,-0.5,0,0\n"
        #expect(try Self.played(csv, began: "2026-01-05", at: [0, 5]) == [5, -2.5])
    }

    @Test func `a power that no line carries is refused by its column`() throws {
        let error = try #require(throws: CSVError.self) {
            try Self.played("t_s,l1_kw,l2_kw,l3_kw\n0,1,-90000,3\n", began: "2026-01-05", at: [0])
        }
        #expect(error.description.contains("2: l2_kw: '-90000' is -"), "\(error)")
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `drawn visits follow the days, whatever comes after them`(seed: UInt64) {
        func drawn(_ days: Int) -> [CarVisit] {
            CarVisit.drawn(perDay: 7.5, days: days, pattern: .home, car: nil, seed: seed, began: Sites.monday)
        }
        let month = drawn(30)
        #expect(drawn(3) == month.filter { $0.arrivalSecond < 3 * 86_400 })
        #expect(abs(Double(month.count) / 30 - 7.5) < 0.5)
        #expect(month.allSatisfy { $0.departureSecond > $0.arrivalSecond && $0.neededWattHours > 0 })
        #expect(zip(month, month.dropFirst()).allSatisfy { $0.arrivalSecond <= $1.arrivalSecond })
    }

    @Test(arguments: [("3x16", 3, 16.0), ("1x7.5", 1, 7.5), ("2x32", 2, 32)])
    func `a car's charger is phases x ampere`(text: String, phases: Int, amperes: Double) throws {
        let kind = try #require(CarKind(text))
        #expect(kind == CarKind(phaseCount: phases, maximumAmperes: amperes))
        #expect(kind.description == text)
    }

    @Test(arguments: ["", "3", "0x16", "4x16", "3x5", "3x81", "3xx16", "x16", "3x16x"])
    func `what is no charger is refused`(text: String) { #expect(CarKind(text) == nil) }
}
