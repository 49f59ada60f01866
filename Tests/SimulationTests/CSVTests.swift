import Simulation
import Testing

@Suite struct CSVTests {
    @Test(arguments: [
        ("", "a.csv: no rows"),
        ("time,l1_a,l2_a,l3_a\n", "a.csv: no rows"),
        ("time,l1_a,l2_a,l3_a\n2020-01-01,1,2\n", "a.csv:2: 3 fields instead of 4"),
        ("time,l1_a,l2_a,l3_a\n2020-01-01,1,x,3\n", "a.csv:2: l2_a: 'x' is no number"),
        ("time,l1_a,l2_a,l3_a\n2020-01-01,1,nan,3\n", "a.csv:2: l2_a: 'nan' is no number"),
        ("time,l1_a,l2_a,l3_a\n2020-02-30,1,2,3\n", "a.csv:2: time: '2020-02-30' is no time"),
        (
            "time,l1_a,l2_a,l3_a\n2020-01-01 00:00:10,1,2,3\n\n2020-01-01 00:00:10,1,2,3\n",
            "a.csv:4: time: not a second"
        ),
        (
            "time,l1_a,l2_a,l3_a\n2026-10-25 02:30,1,2,3\n2026-10-25 02:00,1,2,3\n",
            "a.csv:3: time: not a second or more after the row before; sort the rows by time, one a second at most; "
                + "where this is the hour that comes twice"
        ),
        (
            "time,l1_a,l2_a,l3_a\n2026-10-24 02:00,1,2,3\n2026-10-24 02:30,1,2,3\n2026-10-24 02:00,1,2,3\n",
            "a.csv:4: time: not a second"
        ),
        (
            "time,l1_a,l2_a,l3_a\n2026-10-25 02:00+02:00,1,2,3\n2026-10-25 02:00,1,2,3\n",
            "a.csv:3: time: another way to write the time"
        ),
        ("time,l1_a,l1_a,l3_a\n2020-01-01,1,2,3\n", "a.csv:1: two columns are called 'l1_a'"),
        ("time,a,b,c\n2020-01-01,1,2,3\n", "a.csv:1: no columns l1_a"),
        ("when,l1_a,l2_a,l3_a\n2020-01-01,1,2,3\n", "a.csv:1: t_s: there is no such column"),
        ("time,l1_a,l2_a,l3_a\n2020-01-01,\"1,2,3\n", "a.csv:2: a quote that does not end"),
    ])
    func `a load table that cannot be read is told by file, line and column`(text: String, message: String) {
        let error = #expect(throws: CSVError.self) { try RecordedLoad.parse(text, file: "a.csv", volts: 230) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    @Test(arguments: [
        ("arrival,departure,station_id\nx,y,z\n", "s.csv:1: delivered_energy (kWh): there is no such column"),
        (header + "2019-09-01 10:00:00,2019-09-01 09:00:00,5,A\n", "s.csv:2: departure: not within 100 days"),
        (header + "2019-09-01 10:00:00,noon,5,A\n", "s.csv:2: departure: 'noon' is no time"),
        (header + "2019-09-01 10:00:00,2019-09-01 11:00:00,-5,A\n", "s.csv:2: delivered_energy (kWh): '-5' is no"),
        (header + "2019-09-01 10:00:00,2019-09-01 11:00:00,0,A\n", "s.csv: delivered_energy (kWh): no session"),
    ])
    func `a table of sessions that cannot be read is told by file, line and column`(text: String, message: String) {
        let error = #expect(throws: CSVError.self) { try RecordedSessions.parse(text, file: "s.csv") }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    private static let header = "arrival,departure,delivered_energy (kWh),station_id\n"

    @Test func `a stay over the end of summer time is as long as it was`() throws {
        let text = Self.header + "2019-11-02 23:00:00-07:00,2019-11-03 07:00:00-08:00,5,A\n"
        let sessions = try RecordedSessions.parse(text, file: "s.csv")
        let visit = try #require(
            sessions.visits(from: sessions.firstDay, days: 1, car: nil, seed: 1, stations: ["A"]).first)
        #expect(visit.arrivalSecond == 23 * 3600)
        #expect(visit.departureSecond - visit.arrivalSecond == 9 * 3600)
        #expect(visit.stationName == "A")
        #expect(visit.neededWattHours == 5000)
    }

    @Test func `quoted fields and semicolons are read`() throws {
        let table = try CSVTable("a;b\n\"x;1\";\"say \"\"no\"\"\"\n", file: "t.csv")
        #expect(table.rows[0].fields == ["x;1", "say \"no\""])
        #expect(table.rows[0].line == 2)
    }

    @Test(arguments: [
        ("1970-01-01", 0), ("2019-09-01T08:00:00", 1_567_324_800), ("2000-02-29 23:59:59", 951_868_799),
        ("2023-08-24T01:21:30S", 1_692_840_090),
    ])
    func `wall times count the days of the calendar`(text: String, seconds: Int64) throws {
        let time = try #require(WallTime.parse(text)).time
        #expect(time.seconds == seconds)
        #expect(WallTime.parse(time.text)?.time == time)
    }

    @Test(arguments: [
        "2019-13-01", "2019-02-29", "2019-09-01T24:00", "2019-09-01T08", "20190901", "", "2019-09-01T08:00:00+1",
    ])
    func `what is no moment is refused`(text: String) { #expect(WallTime.parse(text) == nil) }
}
