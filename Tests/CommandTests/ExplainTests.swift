import Foundation
import Testing

@Suite("Decisions recorded and explained", .timeLimit(.minutes(3)))
struct ExplainTests {
    @Test("a demo's recording tells each station's limit, its reason and the change that led there")
    func demo() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("decisions.jsonl")
        let run = try HeadroomProcess.run([
            "demo", "--seconds", "12", "--rate", "4000", "--json", "--stations", "2", "--record", path,
        ])
        #expect(run.code == 0, "\(run.errors)")
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
        try #require(lines.count >= 3)
        let last = try jsonObject(lines[lines.count - 1])
        #expect(
            Set(last.keys).isSuperset(of: [
                "number", "t_s", "time", "kind", "measured_a", "counted_a", "usable_a", "base_a", "highest_base_a",
                "signal", "alarms", "time_to_trip_s", "stations",
            ]))
        let numbers = try lines.map { try #require(jsonObject($0)["number"] as? Int) }
        #expect(numbers == Array(numbers[0]..<numbers[0] + numbers.count))

        let plain = try HeadroomProcess.run(["explain", path])
        #expect(plain.code == 0 && plain.errors.isEmpty, "\(plain.errors)")
        #expect(plain.outputLines.allSatisfy { $0.count <= 80 }, "\(plain.output)")
        let stations = try #require(last["stations"] as? [[String: Any]])
        try #require(stations.count == 2)
        for station in stations {
            let name = try #require(station["name"] as? String)
            #expect(plain.output.contains(name), "\(plain.output)")
        }
        #expect(plain.output.contains("usable below fuse and margin"))

        let name = try #require(stations[1]["name"] as? String)
        let same = try HeadroomProcess.run(["explain", path, "--json", "--station", name, "--at", "100000"])
        let one = try jsonObject(#require(same.outputLines.first))
        #expect((one["stations"] as? [[String: Any]])?.count == 1)
        #expect(one["number"] as? Int == last["number"] as? Int)

        let changes = try HeadroomProcess.run(["explain", path, "--changes", "--station", name])
        #expect(changes.code == 0 && !changes.outputLines.isEmpty)
        #expect(changes.outputLines.allSatisfy { $0.contains(name) })
    }

    @Test("a station that pauses to change its phases is explained")
    func phases() throws {
        let folder = try TemporaryFolder()
        let station =
            "{\"name\":\"Wallbox\",\"limit_a\":16,\"reason\":\"main_fuse\",\"limiting_phase\":\"L2\",\"role\":\"car\","
            + "\"counted_on\":[\"L1\"],\"in_force_a\":[16,0,0],\"credited_a\":[0,0,0],\"share_a\":[16,0,0],"
            + "\"share_reason\":\"main_fuse\",\"share_phase\":\"L3\",\"served_ah\":1,\"status\":\"occupied\","
            + "\"drawn_a\":[0,0,0],\"phase_mode\":\"single\",\"proposed_phase_mode\":\"three\","
            + "\"limit_note\":\"it pauses to change to three phases\"}"
        let three = "[1,2,3]"
        let path = try folder.write(
            "{\"number\":1,\"t_s\":1,\"time\":\"2026-11-23T18:04:10Z\",\"kind\":\"allocation\",\"measured_a\":\(three),"
                + "\"counted_a\":\(three),\"usable_a\":\(three),\"base_a\":\(three),\"highest_base_a\":\(three),"
                + "\"signal\":\"normal\",\"alarms\":[],\"time_to_trip_s\":[null,null,null],\"stations\":[\(station)]}\n",
            to: "decisions.jsonl")
        let outcome = try HeadroomProcess.run(["explain", path])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let words = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for sentence in [
            "main fuse L2", "ended by: main fuse L3", "switched to one phase, to be changed to three phases",
            "Note: it pauses to change to three phases",
        ] {
            #expect(words.contains(sentence), "'\(sentence)' in \(outcome.output)")
        }
    }

    @Test(
        "what is no recording is told with file and line",
        arguments: [
            ("", "empty"), ("{\"number\":1}\n", ":1: no decision (without"), ("hello\n", ":1: no decision (no JSON)"),
        ])
    func wrong(_ text: String, _ words: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, to: "decisions.jsonl")
        let outcome = try HeadroomProcess.run(["explain", path])
        #expect(outcome.code != 0 && outcome.errors.contains(words), "\(outcome.errors)")
    }

    @Test("a moment that cannot be is told")
    func moment() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("", to: "decisions.jsonl")
        let outcome = try HeadroomProcess.run(["explain", path, "--at", "yesterday"])
        #expect(outcome.code == 2 && outcome.errors.contains("--at yesterday"), "\(outcome.errors)")
    }
}
