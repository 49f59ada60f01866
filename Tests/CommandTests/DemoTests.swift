import Foundation
import Testing

/// `demo`, `twin` and `run`: the device program on a simulated building.
struct DemoTests {
    private static let lineKeys: Set = [
        "t_s", "f_hz", "phases", "stations", "frames", "frames_lost", "reconnects", "flags", "alarms", "groups",
        "signal", "late_blocks",
    ]
    private static let phaseKeys: Set = [
        "u_rms", "i_rms", "p", "pf", "headroom_a", "fuse_used_share", "time_to_trip_s",
    ]
    private static let stationKeys: Set = [
        "name", "status", "answering", "limit_a", "reason", "limiting_phase", "accepted_a", "drawn_a",
        "says", "limit_in_force_a", "last_contact_s", "faults", "error", "limiting_place",
        "limiting_group", "limit_lines_a", "proposed_phase_mode", "phase_mode", "limit_note",
    ]
    /// Of a machine that was busy with something else.
    private static let lateBlockKeys: Set = [
        "event", "number", "block_s", "arrival_s", "measuring_s", "deciding_s", "publishing_s",
    ]
    private static let summaryKeys: Set = [
        "summary", "t_s", "imported_wh", "exported_wh", "highest_a", "seconds_above_main_limit",
        "station_seconds_by_reason",
        "frames", "frames_lost", "gaps", "reconnects", "late_blocks", "times",
    ]
    /// Few frames and stations: a debug build on a busy machine must keep up.
    private static let small = ["--rate", "4000", "--stations", "2", "--seed", "7"]

    private func expectJSON(
        _ outcome: HeadroomProcess.Outcome, stations: Int, withTwin: Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(outcome.code == 0 && !outcome.wasSignalled, "\(outcome.errors)", sourceLocation: sourceLocation)
        let all = try outcome.outputLines.map(jsonObject)
        let lines = all.filter { $0["event"] == nil }
        for event in all where event["event"] as? String == "late_block" {
            #expect(Set(event.keys) == Self.lateBlockKeys, sourceLocation: sourceLocation)
        }
        try #require(lines.count >= 3, "\(outcome.output) \(outcome.errors)", sourceLocation: sourceLocation)
        for line in lines.dropLast() {
            #expect(Set(line.keys) == Self.lineKeys, sourceLocation: sourceLocation)
            let phases = try #require(line["phases"] as? [String: [String: Any]])
            #expect(Set(phases.keys) == ["L1", "L2", "L3"], sourceLocation: sourceLocation)
            for phase in phases.values { #expect(Set(phase.keys) == Self.phaseKeys, sourceLocation: sourceLocation) }
            let list = try #require(line["stations"] as? [[String: Any]])
            #expect(list.count == stations, sourceLocation: sourceLocation)
            for station in list { #expect(Set(station.keys) == Self.stationKeys, sourceLocation: sourceLocation) }
        }
        let last = try #require(lines.dropLast().last)
        let volts = ((last["phases"] as? [String: [String: Any]])?["L1"]?["u_rms"] as? Double) ?? 0
        #expect((200...260).contains(volts), "\(volts) V", sourceLocation: sourceLocation)
        let summary = try #require(lines.last)
        #expect(
            Set(summary.keys) == Self.summaryKeys.union(withTwin ? ["twin"] : []), sourceLocation: sourceLocation)
        #expect(summary["summary"] as? Bool == true, sourceLocation: sourceLocation)
        #expect((summary["frames"] as? Int ?? 0) > 4000, sourceLocation: sourceLocation)
        let times = try #require(summary["times"] as? [String: [String: Any]])
        #expect(
            Set(times.keys) == ["arrival", "measuring", "deciding", "publishing", "handover"],
            sourceLocation: sourceLocation)
        #expect((times["measuring"]?["count"] as? Int ?? 0) > 100, sourceLocation: sourceLocation)
    }

    @Test("demo --json gives one documented object per second and a summary", arguments: [[], ["--rogowski"]])
    func demoJSON(options: [String]) throws {
        let outcome = try HeadroomProcess.run(["demo", "--seconds", "3", "--json"] + Self.small + options)
        try expectJSON(outcome, stations: 2, withTwin: true)
    }

    @Test("without a terminal demo prints plain lines and a summary")
    func demoLines() throws {
        let outcome = try HeadroomProcess.run(["demo", "--seconds", "2"] + Self.small)
        #expect(outcome.code == 0)
        #expect(!outcome.output.contains("\u{1B}"), "no control sequences")
        for word in [
            " s | L1 ", "Parking 1: ", "After 2 s", "energy drawn", "the twin's own observer", "0 lost",
            "its own times", "late blocks",
        ] {
            #expect(outcome.output.contains(word), "'\(word)' in \(outcome.output)")
        }
    }

    @Test("a signal ends demo with its summary and exit code 0", arguments: [SIGINT, SIGTERM])
    func signalEndsDemo(signal: Int32) throws {
        let demo = try HeadroomProcess(["demo", "--json"] + Self.small)
        #expect(demo.wait { demo.output.split(separator: "\n").count >= 2 }, "\(demo.errors)")
        demo.send(signal)
        try expectJSON(demo.outcome(), stations: 2, withTwin: true)
    }

    @Test("twin writes settings, run steers its stations as another process, both end on a signal")
    func twinAndRun() throws {
        let folder = try TemporaryFolder()
        let twin = try HeadroomProcess(["twin", "--write-config", folder.path("twin.yaml"), "--json"] + Self.small)
        #expect(twin.wait { twin.errors.contains("Parking 2") }, "\(twin.errors)")
        let checked = try HeadroomProcess.run(["check", "--config", folder.path("twin.yaml")])
        #expect(checked.code == 0 && checked.output.contains("Parking 2"), "\(checked.errors)")
        let device = try HeadroomProcess(["run", "--config", folder.path("twin.yaml"), "--json"])
        #expect(
            device.wait {
                device.output.split(separator: "\n").count >= 3 && device.output.contains("\"answering\":true")
            }, "\(device.errors)")
        device.send(SIGTERM)
        let outcome = device.outcome()
        try expectJSON(outcome, stations: 2, withTwin: false)
        #expect(!outcome.errors.contains("could not be told"), "\(outcome.errors)")
        twin.send(SIGINT)
        let seen = twin.outcome()
        #expect(seen.code == 0 && !seen.wasSignalled, "\(seen.errors)")
        let summary = try jsonObject(seen.output)
        #expect(summary["summary"] as? Bool == true && summary["twin"] != nil)
    }

    @Test("measure reads the twin's ADC over the network, and says what it lacks")
    func measureTwin() throws {
        let twin = try HeadroomProcess(["twin"] + Self.small)
        #expect(twin.wait { twin.errors.contains("Parking 2") }, "\(twin.errors)")
        let line = try #require(twin.errors.split(separator: "\n").first { $0.hasPrefix("ADC") })
        let uri = String(try #require(line.split(separator: " ").first { $0.hasPrefix("ip:") }).filter { $0 != "," })
        let measured = try HeadroomProcess.run([
            "measure", uri, "--channels", "U1=voltage0,I1=current0", "--seconds", "2", "--json",
        ])
        #expect(measured.code == 0, "\(measured.errors)")
        let windows = try MeasuredWindow.lines(measured.output)
        #expect(windows.count >= 2)
        for window in windows {
            #expect((200...260).contains(try #require(window.phases["L1"]?.u_rms)))
            #expect((49...51).contains(try #require(window.f_hz)))
        }
        try HeadroomProcess.run(["measure", uri, "--channels", "U1=nothing", "--seconds", "1"])
            .expectRefusal(code: 1, saying: [uri, "\"nothing\"", "voltage0"])
        try HeadroomProcess.run(["measure", uri, "--device", "none", "--channels", "U1=voltage0", "--seconds", "1"])
            .expectRefusal(code: 1, saying: [uri, "\"none\"", "headroom-twin"])
        twin.send(SIGINT)
        #expect(twin.outcome().code == 0)
    }
}
