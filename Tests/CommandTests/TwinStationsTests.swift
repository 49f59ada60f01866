import Foundation
import Testing

@Suite("Stations listed in a file")
struct TwinStationsTests {
    private static let file = """
        stations:
          - {profile: webasto-unite, count: 2, name: Unite, firmware: "3.156", car: present, hurry: 10}
          - {profile: heidelberg-energy-control, transport: rtu-over-tcp, phases: [L2], maximum-a: 16, car: none}
          - profile: keba-p40
            serial-number: "4711"
            car: {arrives-s: 0, phases: 1, maximum-a: 10, energy-kwh: 5}

        """

    @Test("twin serves them without an ADC and gives one documented object per second and a summary")
    func twin() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.file, to: "stations.yaml")
        let outcome = try HeadroomProcess.run([
            "twin", "--stations", path, "--json", "--seconds", "3", "--rate", "4000",
        ])
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(!outcome.errors.contains("ADC"))
        for words in ["Unite 2: webasto-unite at 127.0.0.1:", "unit 1, rtu-over-tcp", "unit 255"] {
            #expect(outcome.errors.contains(words), "'\(words)' in \(outcome.errors)")
        }
        #expect(outcome.outputLines.count >= 3)
        for line in outcome.outputLines.dropLast() {
            let stations = try #require(jsonObject(line)["stations"] as? [[String: Any]])
            #expect(
                stations.map { $0["profile"] as? String } == [
                    "webasto-unite", "webasto-unite", "heidelberg-energy-control", "keba-p40",
                ])
            for station in stations {
                #expect(
                    Set(station.keys) == [
                        "name", "profile", "status", "limit_a", "limit_in_force_a", "drawn_a", "fail_safe_a",
                        "fail_safe_after_s", "contact_lost", "since_contact_s", "requests", "writes", "energy_wh",
                    ])
            }
            #expect((try jsonObject(line)["phases_a"] as? [Double])?.count == 3)
        }
        #expect(try jsonObject(#require(outcome.outputLines.last))["summary"] as? Bool == true)
    }

    @Test("twin takes faults of its ADC from standard input, refuses others, and goes on; lines come as often as asked")
    func faults() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.file, to: "stations.yaml")
        let twin = try HeadroomProcess(
            [
                "twin", "--stations", path, "--json", "--every", "0.1", "--faults", "--write-config",
                folder.path("site.yaml"), "--seconds", "3", "--rate", "4000",
            ], input: "shift-timestamps 3600\nlose-frames 0\nlose-frames 100\nmake-coffee\nshift-timestamps nan\n")
        let outcome = twin.outcome()
        #expect(outcome.code == 0)
        let refused = outcome.errorLines.filter { $0.hasPrefix("headroom: ") }
        #expect(refused.count == 3, "\(outcome.errors)")
        for (line, words) in zip(refused, ["'lose-frames 0'", "'make-coffee'", "'shift-timestamps nan'"]) {
            #expect(line.contains(words) && line.contains("lose-frames COUNT"))
        }
        #expect(outcome.outputLines.count > 5)
    }

    @Test("without a terminal twin prints a line for each change of a station")
    func lines() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.file, to: "stations.yaml")
        let outcome = try HeadroomProcess.run(["twin", "--stations", path, "--seconds", "2", "--rate", "4000"])
        #expect(outcome.code == 0 && outcome.output.contains("Parking 3: free, limit 16.0 A"), "\(outcome.output)")
    }

    @Test("stations read tells how a station that switches phases is switched")
    func phaseMode() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("stations:\n  - {profile: go-e}\n  - {profile: keba-p30}\n", to: "stations.yaml")
        let twin = try HeadroomProcess(["twin", "--stations", path, "--seconds", "600"])
        defer { twin.send(SIGTERM) }
        #expect(twin.wait { twin.errors.split(separator: "\n").count >= 2 })
        let addresses = twin.errors.matches(of: /at (127\.0\.0\.1:\d+) unit (\d+)/)
        try #require(addresses.count == 2, "\(twin.errors)")
        func read(_ station: Int, _ profile: String, _ options: String...) throws -> String {
            let outcome = try HeadroomProcess.run(
                ["stations", "read", String(addresses[station].1), "--unit", String(addresses[station].2)]
                    + ["--profile", profile] + options)
            #expect(outcome.code == 0, "\(outcome.errors)")
            return outcome.output
        }
        #expect(try read(0, "go-e").contains(/phase mode +three phases/))
        #expect(try jsonObject(read(0, "go-e", "--json"))["phase_mode"] as? String == "three")
        #expect(try !read(1, "keba-p30").contains("phase mode"))
        #expect(try jsonObject(read(1, "keba-p30", "--json"))["phase_mode"] is NSNull)
    }

    @Test("twin plays makers' clouds, tells how to reach them and what reached them")
    func clouds() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.file, to: "stations.yaml")
        let outcome = try HeadroomProcess.run([
            "twin", "--stations", path, "--cloud", "zaptec", "--cloud", "easee", "--seconds", "1", "--json",
        ])
        #expect(outcome.code == 0, "\(outcome.errors)")
        for words in ["type: zaptec", "type: easee", "address: http://127.0.0.1:", "credentials: env:ZAPTEC"] {
            #expect(outcome.errors.contains(words), "'\(words)' in \(outcome.errors)")
        }
        let summary = try jsonObject(#require(outcome.outputLines.last))
        let clouds = try #require(summary["clouds"] as? [[String: Any]])
        #expect(clouds.map { $0["maker"] as? String } == ["zaptec", "easee"])
        #expect(clouds.allSatisfy { $0["requests"] as? Int == 0 && $0["changes"] as? Int == 0 })
    }

    @Test("demo steers a mix of models")
    func demo() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(
            "stations:\n  - {profile: webasto-next, car: present}\n  - {profile: alfen-eve, car: present}\n",
            to: "mix.yaml")
        let outcome = try HeadroomProcess.run([
            "demo", "--stations", path, "--json", "--seconds", "5", "--rate", "4000",
        ])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let lines = try outcome.outputLines.map { try jsonObject($0) }
        let answering = lines.compactMap { $0["stations"] as? [[String: Any]] }.map { stations in
            stations.compactMap { $0["answering"] as? Bool }
        }
        #expect(answering.contains([true, true]), "\(outcome.output)")
    }

    @Test(
        "what is wrong with the file is said with file, line and field",
        arguments: [
            ("stations:\n  - {profile: webasto-unit}\n", ["stations.yaml:2", "did you mean 'webasto-unite'?"]),
            ("stations:\n  - {profile: webasto-unite, firmware: \"9\"}\n", ["firmware", "'9'", "3.187"]),
            ("stations:\n  - {profile: go-e, count: 2, serial-number: \"1\"}\n", ["serial-number", "2 stations"]),
            ("stations:\n  - {profile: go-e, phases: [L1, L4]}\n", ["phases", "'L4'"]),
            ("stations:\n  - {profile: go-e, car: {arrives-s: -1}}\n", ["arrives-s", "'-1'"]),
            ("stations: []\n", ["0 stations", "1 to 100"]),
            ("stations:\n  - {profile: none.yaml}\n", ["none.yaml", "name a file with a station profile"]),
        ])
    func refused(text: String, words: [String]) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, to: "stations.yaml")
        try HeadroomProcess.run(["twin", "--stations", path, "--seconds", "1"]).expectRefusal(code: 1, saying: words)
    }
}
