import Foundation
import Testing

/// `stations probe`, `read` and `set` against stations in other processes.
@Suite(.serialized, .enabled(if: ModelServer.isInstalled, ModelServer.needs)) struct StationsLiveTests {
    private static let readKeys: Set = [
        "t_s", "profile", "variant", "status", "says", "drawn_a", "u_v", "p_w", "energy_wh", "energy_of_session",
        "phase_count", "phase_mode",
        "limit_in_force_a", "fail_safe_a", "fail_safe_after_s", "identity", "faults", "remarks",
    ]
    private static let probeKeys: Set = [
        "profile", "verdict", "why", "reasons_held", "reasons", "unit", "identity", "serial_number", "variant",
    ]
    private static let setKeys: Set = [
        "t_s", "status", "says", "answering", "limit_a", "written_a", "limit_in_force_a", "drawn_a", "fail_safe_kept",
        "error",
    ]

    @Test(
        "probe finds the model, writes nothing, and says why the others do not fit",
        arguments: ["abb-terra-ac", "webasto-unite", "keba-p40", "go-e", "bender-cc612"])
    func probe(model: String) throws {
        let server = try ModelServer(model)
        let outcome = try HeadroomProcess.run(["stations", "probe", server.address])
        #expect(outcome.code == 0, "\(outcome.output) \(outcome.errors)")
        #expect(outcome.output.contains("(\(model)) fits"), "\(outcome.output)")
        for word in ["type: \(model)", "port: \(server.port)", "Why not the others", "nothing written"] {
            #expect(outcome.output.contains(word), "'\(word)' in \(outcome.output)")
        }
        let objects = try HeadroomProcess.run(["stations", "probe", server.address, "--json"]).outputLines.map(
            jsonObject)
        for object in objects { #expect(Set(object.keys) == Self.probeKeys) }
        #expect(objects.first?["verdict"] as? String == "fits")
        #expect(!server.journal.isEmpty && server.writes.isEmpty, "\(server.writes)")
    }

    @Test(
        "read tells status, currents, limit and identity, and writes nothing",
        arguments: StationsProfileTests.profiles.filter {
            !["generic-modbus", "heidelberg-energy-control", "mennekes-amtron-compact-2-0s"].contains($0)
        })
    func read(model: String) throws {
        let server = try ModelServer(model)
        let outcome = try HeadroomProcess.run(["stations", "read", server.address, "--profile", model, "--json"])
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        let object = try jsonObject(outcome.output)
        #expect(Set(object.keys) == Self.readKeys)
        #expect(object["status"] as? String == "charging", "\(outcome.output)")
        #expect(server.writes.isEmpty, "\(server.writes)")
    }

    @Test("read --watch goes on until a signal, --raw shows the words")
    func watch() throws {
        let server = try ModelServer("abb-terra-ac")
        let reader = try HeadroomProcess([
            "stations", "read", server.address, "--profile", "abb-terra-ac", "--watch", "--raw",
        ])
        #expect(reader.wait { reader.output.components(separatedBy: "status").count > 2 }, "\(reader.errors)")
        reader.send(SIGINT)
        let outcome = reader.outcome()
        #expect(outcome.code == 0 && !outcome.wasSignalled)
        #expect(outcome.output.contains("[") && server.writes.isEmpty)
    }

    @Test("set writes the limit, says so, and leaves the station at its fail-safe limit")
    func set() throws {
        let server = try ModelServer("abb-terra-ac")
        let setter = try HeadroomProcess([
            "stations", "set", server.address, "--profile", "abb-terra-ac", "--amperes", "8", "--yes", "--json",
        ])
        #expect(
            setter.wait {
                setter.output.split(separator: "\n").contains {
                    (try? jsonObject(String($0)))?["limit_in_force_a"] as? Double == 8
                }
            }, "\(setter.output) \(setter.errors)")
        setter.send(SIGINT)
        let outcome = setter.outcome()
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("address 16640, function 16"), "\(outcome.errors)")
        let lines = try outcome.outputLines.map(jsonObject)
        for line in lines.dropLast() { #expect(Set(line.keys) == Self.setKeys) }
        #expect(lines.last?["summary"] as? Bool == true && lines.last?["left_at_fail_safe"] as? Bool == true)
        // 8 A and then 6 A, in mA.
        #expect(server.writes.contains("W 16 16640 0 8000"), "\(server.writes)")
        #expect(server.writes.last { $0.hasPrefix("W 16 16640") } == "W 16 16640 0 6000", "\(server.writes)")
    }

    @Test("set for a time shows what happens in words")
    func setLines() throws {
        let server = try ModelServer("abb-terra-ac")
        let outcome = try HeadroomProcess.run([
            "stations", "set", server.address, "--profile", "abb-terra-ac", "--amperes", "8", "--yes", "--for", "8s",
        ])
        #expect(outcome.code == 0, "\(outcome.output) \(outcome.errors)")
        for word in ["written and accepted", "in force (read back)", "left at 6 A"] {
            #expect(outcome.output.contains(word), "'\(word)' in \(outcome.output)")
        }
    }

    @Test("set writes nothing to a station that is of another model, or has another serial number")
    func setRefuses() throws {
        let server = try ModelServer("abb-terra-ac")
        try HeadroomProcess.run([
            "stations", "set", server.address, "--unit", "1", "--profile", "keba-p30", "--amperes", "8", "--yes",
        ]).expectRefusal(code: 1, saying: ["not KEBA", "nothing is written", "probe"])
        try HeadroomProcess.run([
            "stations", "set", server.address, "--profile", "abb-terra-ac", "--amperes", "8", "--yes",
            "--serial-number", "another",
        ]).expectRefusal(code: 1, saying: ["serial number", "'another'", "nothing is written"])
        try HeadroomProcess.run([
            "stations", "set", server.address, "--profile", "generic-modbus", "--amperes", "8", "--yes",
        ]).expectRefusal(code: 1, saying: ["nothing to tell the station by", "--unidentified"])
        #expect(server.writes.isEmpty, "\(server.writes)")
    }
}

/// The same where nothing, or nothing sensible, answers.
struct StationsDeadTests {
    private static let commands = [
        ["probe"], ["read", "--profile", "abb-terra-ac"],
        ["set", "--profile", "abb-terra-ac", "--amperes", "8", "--yes"],
    ]

    @Test("a dead address is one line with a remedy", arguments: commands)
    func dead(command: [String]) throws {
        let port = try LoopbackListener().port
        try HeadroomProcess.run(["stations"] + command + ["127.0.0.1:\(port)"])
            .expectRefusal(code: 1, saying: ["127.0.0.1:\(port)", "refused", "switch on Modbus TCP"])
        try HeadroomProcess.run(["stations"] + command + ["no-such-host.invalid"])
            .expectRefusal(code: 1, saying: ["no-such-host.invalid", "enter the IP address"])
    }

    @Test("a serial device that is not there is one line with a remedy")
    func noDevice() throws {
        try HeadroomProcess.run(["stations", "probe", "--device", "/dev/no-such-line"])
            .expectRefusal(code: 1, saying: ["/dev/no-such-line", "No such file"])
    }

    @Test(
        "garbage is no station, for every command, and the end is never far",
        arguments: [Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), [UInt8](repeating: 0, count: 300), [0xFF]])
    func garbage(bytes: [UInt8]) throws {
        let listener = try LoopbackListener()
        listener.answer(with: bytes)
        for command in Self.commands {
            let outcome = try HeadroomProcess.run(["stations"] + command + ["127.0.0.1:\(listener.port)"])
            #expect(outcome.code == 1 && !outcome.wasSignalled, "\(outcome.errors)")
            if command[0] == "probe" { #expect(outcome.output.contains("No unit answers"), "\(outcome.output)") }
        }
    }
}
