import Foundation
import Site
import TestSupport
import Testing

/// `headroom simulate`: files in, JSON lines, summary and report out.
struct SimulateTests {
    private static let load = """
        time,l1_a,l2_a,l3_a
        2026-01-05T00:00:00,4,6,2
        2026-01-05T12:00:00,9,6,2
        2026-01-05T23:30:00,3,3,3
        """
    private static let sessions = """
        arrival,departure,delivered_energy (kWh),station_id
        2026-01-05 07:10:00+01:00,2026-01-05 10:00:00+01:00,8,A
        2026-01-05 07:20:00+01:00,2026-01-05 09:00:00+01:00,20,Parkplatz 2
        2026-01-05 10:30:00+01:00,2026-01-05 16:00:00+01:00,12,B
        """
    private static let events = "events: [{at: \"12:00\", minutes: 30, what: signal, locked: true}]"

    /// The example of `init`, in a folder with the three files above.
    private static func site() throws -> (folder: TemporaryFolder, arguments: [String]) {
        let folder = try TemporaryFolder()
        return (
            folder,
            [
                "simulate", try folder.write(SiteSettings.example().yaml, to: "site.yaml"), "--days", "1",
                "--load", try folder.write(load, to: "load.csv"),
                "--sessions", try folder.write(sessions, to: "sessions.csv"),
                "--events", try folder.write(events, to: "events.yaml"),
            ]
        )
    }

    private static func lines(_ output: String) throws -> [[String: Any]] {
        try output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test("a small run gives the lines that it gave when it was looked at")
    func golden() throws {
        let (folder, arguments) = try Self.site()
        defer { withExtendedLifetime(folder) {} }
        let outcome = try HeadroomProcess.run(arguments + ["--car", "3x16", "--json", "--every", "7200"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let lines = try Self.lines(outcome.output)
        let intervals = lines.filter { $0["type"] as? String == "interval" }
        #expect(intervals.count == 12)
        #expect(intervals.map { $0["t_s"] as? Int } == (0..<12).map { $0 * 7200 })
        #expect(intervals.map { ($0["base_a"] as? [Double])?[0] } == [4, 4, 4, 4, 4, 4, 9, 9, 9, 9, 9, 7.5])
        let cars = lines.filter { $0["type"] as? String == "session" }
        #expect(cars.map { $0["station"] as? String } == ["Parkplatz 2", "Parkplatz 1", "Parkplatz 2"])
        #expect(cars.map { $0["full"] as? Bool } == [false, true, true])
        for car in cars {
            let delivered = try #require(car["delivered_wh"] as? Double)
            let unlimited = try #require(car["unlimited_wh"] as? Double)
            // Only what a limit takes to rise is between them: the lock comes when all are full.
            #expect(delivered <= unlimited + 10 && delivered > 0.97 * unlimited)
        }
        let summary = try #require(lines.last)
        #expect(summary["type"] as? String == "summary")
        // 12 h of 12 A, 11.5 h of 17 A and half an hour of 9 A over the three lines.
        let houseWattHours: Double = 230 * (144 + 195.5 + 4.5)
        #expect(summary["base_wh"] as? Double == houseWattHours)
        #expect((summary["interventions"] as? [[String: Any]])?.count == 1)
        #expect(summary["seconds_beyond_reaction"] as? [Int] == [0, 0, 0])
        let supply = try #require(summary["supply_wh"] as? Double), base = try #require(summary["base_wh"] as? Double)
        let delivered = try #require(summary["delivered_wh"] as? Double)
        #expect(abs(supply - base - delivered) < 1e-6 * supply)
    }

    @Test("the same seed gives the same bytes")
    func deterministic() throws {
        let folder = try TemporaryFolder()
        let site = try folder.write(SiteSettings.example().yaml, to: "site.yaml")
        func run(_ seed: String) throws -> String {
            try HeadroomProcess.run(
                ["simulate", site, "--days", "1", "--stations", "3", "--json", "--every", "600", "--seed", seed]).output
        }
        let first = try run("4")
        #expect(first.count > 10_000)
        #expect(try run("4") == first)
        #expect(try run("5") != first)
    }

    @Test("the summary answers in words, and the report is one page that needs nothing else")
    func report() throws {
        let (folder, arguments) = try Self.site()
        let page = folder.path("report.html")
        let outcome = try HeadroomProcess.run(arguments + ["--report", page, "--compare", "20,63"])
        #expect(outcome.code == 0, "\(outcome.errors)")
        for word in [
            "Does a 40 A connection carry two stations here?", "Yes", "delivered", "Jain index", "seed 1", "20 A",
        ] {
            #expect(outcome.output.contains(word), "\(outcome.output)")
        }
        #expect(outcome.errors.contains("x real time"))
        let html = folder.text("report.html")
        for word in [
            "Does a 40 A connection carry two stations here?", "<svg", "prefers-color-scheme:dark", "Parkplatz 2",
        ] {
            #expect(html.contains(word))
        }
        for word in ["<script", "http://", "https://", "src=", "@import", "url("] { #expect(!html.contains(word)) }
        try HeadroomProcess.run(arguments + ["--report", page]).expectRefusal(
            code: 1, saying: ["report.html", "exists"])
    }

    @Test("the summary fits 80 columns, also with many stations that switch phases")
    func width() throws {
        let folder = try TemporaryFolder()
        let settings = SiteSettings.example().yaml.replacing(
            "type: abb-terra-ac", with: "type: go-e\n    phase-switching: true")
        for (name, text) in [("load.csv", Self.load), ("events.yaml", Self.events), ("site.yaml", settings)] {
            _ = try folder.write(text, to: name)
        }
        let outcome = try HeadroomProcess.run(
            [
                "simulate", "site.yaml", "--days", "1", "--stations", "12", "--load", "load.csv", "--events",
                "events.yaml", "--compare", "20,63",
            ], in: folder.url)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.outputLines.contains { $0.hasPrefix("  phases ") }, "\(outcome.output)")
        #expect(outcome.outputLines.allSatisfy { $0.count <= 80 }, "\(outcome.output)")
    }

    @Test(
        "what cannot be is one line that names file or option and the remedy",
        arguments: [
            ("--days 0", 2, ["--days 0", "1 to 3660"]), ("--car 4x16", 2, ["--car 4x16", "3x16"]),
            ("--arrivals noon", 2, ["--arrivals noon", "home or work"]), ("--every 0", 2, ["--every 0"]),
            ("--main-limit 2", 2, ["--main-limit 2", "margin"]), ("--stations 0", 2, ["--stations 0"]),
            ("--load-columns a,b,c", 2, ["--load-columns without --load"]), ("--compare x", 2, ["--compare", "'x'"]),
            ("--cars-per-day 10000 --days 101", 2, ["--cars-per-day 10000", "--days 101", "use fewer days"]),
            ("--cars-per-day 3 --sessions s.csv", 2, ["--sessions and --cars-per-day"]),
            ("--from tomorrow", 2, ["--from tomorrow"]), ("--load none.csv", 1, ["none.csv", "No such file"]),
            ("--events none.yaml", 1, ["none.yaml", "No such file"]),
        ])
    func refusals(arguments: String, code: Int, says: [String]) throws {
        let folder = try TemporaryFolder()
        let site = try folder.write(SiteSettings.example().yaml, to: "site.yaml")
        try HeadroomProcess.run(["simulate", site] + arguments.split(separator: " ").map(String.init))
            .expectRefusal(code: Int32(code), saying: says)
    }

    @Test(
        "recorded load and sessions are read as they are",
        .enabled(if: RecordedMains.folder != nil, RecordedMains.word),
        arguments: [("house_3ph_10s.csv", "i1,i2,i3"), ("house_1ph_1min.csv", "i_a,-,p_kw")])
    func recorded(load: String, columns: String) throws {
        let data = try #require(RecordedMains.folder).deletingLastPathComponent()
        let folder = try TemporaryFolder()
        let site = try folder.write(SiteSettings.example().yaml, to: "site.yaml")
        let outcome = try HeadroomProcess.run([
            "simulate", site, "--days", "1", "--stations", "6", "--json", "--every", "86400",
            "--load", data.appending(path: "load/\(load)").path, "--load-columns", columns,
            "--sessions", data.appending(path: "ev_sessions/acn_caltech_2019-09_2019-12.csv").path,
            "--from", "2019-09-04",
        ])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let summary = try #require(try Self.lines(outcome.output).last)
        #expect(try #require(summary["base_wh"] as? Double) > 1000)
        #expect(try #require(summary["sessions"] as? Int) > 5)
        #expect(summary["seconds_beyond_reaction"] as? [Int] == [0, 0, 0])
    }
}
