import Allocation
import Foundation
import Site
import Stations
import TestSupport
import Testing

/// `init`, `check`, and settings that cannot be.
struct SettingsTests {
    @Test("init writes settings that check accepts and explains")
    func initThenCheck() throws {
        let folder = try TemporaryFolder()
        let made = try HeadroomProcess.run(["init", folder.path("site.yaml")])
        #expect(made.code == 0 && made.errors.isEmpty)
        #expect(made.output.contains("headroom check --config"))
        let text = folder.text("site.yaml")
        #expect(text.split(separator: "\n").filter { $0.contains("#") }.count > 20, "commented")
        let checked = try HeadroomProcess.run(["check", "--config", folder.path("site.yaml")])
        #expect(checked.code == 0 && checked.errors.isEmpty)
        for word in [
            "settings are valid", "main fuse 40 A, margin 4 A", "within 36 A", "Parkplatz 1", "6 A to 16 A", "U1",
        ] {
            #expect(checked.output.contains(word), "\(checked.output)")
        }
        let again = try HeadroomProcess.run(["init", folder.path("site.yaml")])
        again.expectRefusal(code: 1, saying: ["site.yaml", "exists already", "another file"])
        #expect(folder.text("site.yaml") == text)
        try HeadroomProcess.run(["init", folder.path("no/site.yaml")])
            .expectRefusal(code: 1, saying: ["no/site.yaml", "No such file", "folder"])
    }

    @Test("check points to what is allowed and often a mistake")
    func remarks() throws {
        let folder = try TemporaryFolder()
        let text = SiteSettings.example().yaml.replacing("security-margin-a: [4, 4, 4]", with: "security-margin-a: 0")
            .replacing("priority: 60", with: "priority: 0").replacing(
                "main-limit-a: [40, 40, 40]", with: "main-limit-a: 10")
        let outcome = try HeadroomProcess.run(["check", "--config", try folder.write(text, to: "site.yaml")])
        #expect(outcome.code == 0)
        for word in ["Worth a look", "without a margin", "priority 0", "lower fail-safe-a"] {
            #expect(outcome.output.contains(word), "\(outcome.output)")
        }
    }

    @Test("check says which stations switch phases, and when")
    func checkPhases() throws {
        let folder = try TemporaryFolder()
        let settings = SiteSettings.example().yaml.replacing(
            "type: abb-terra-ac", with: "type: go-e\n    phase-switching: true")
        let path = try folder.write(settings, to: "site.yaml")
        let outcome = try HeadroomProcess.run(["check", "--config", path])
        #expect(outcome.code == 0, "\(outcome.errors)")
        let words = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let switches = "switches between one phase (L1) and three: to what has given more power for 2 min"
        #expect(words.ranges(of: switches).count == 1, "\(outcome.output)")
    }

    @Test("check as JSON is one object, without wiring where nothing was measured")
    func checkJSON() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(SiteSettings.example().yaml, to: "site.yaml")
        let outcome = try HeadroomProcess.run(["check", "--config", path, "--json"])
        #expect(outcome.code == 0 && outcome.errors.isEmpty && outcome.outputLines.count == 1)
        let object = try jsonObject(outcome.output)
        #expect(Set(object.keys) == ["valid", "name", "remarks", "wiring"])
        #expect(object["valid"] as? Bool == true && object["wiring"] is NSNull)
    }

    @Test("check --measure names exchanged and reversed sensors of a twin and what to do")
    func checkMeasures() throws {
        let folder = try TemporaryFolder()
        let twin = try HeadroomProcess([
            "twin", "--rate", "4000", "--stations", "1", "--sensors", "L1,L3,-L2", "--write-config",
            folder.path("twin.yaml"), "--seconds", "600",
        ])
        defer { twin.send(SIGTERM) }
        #expect(twin.wait { !folder.text("twin.yaml").isEmpty })
        let check = try HeadroomProcess(["check", "--config", folder.path("twin.yaml"), "--measure", "45", "--json"])
        let outcome = check.outcome(within: 200)
        #expect(outcome.code == 1, "\(outcome.errors)")
        let wiring = try #require(try jsonObject(outcome.output)["wiring"] as? [String: Any])
        #expect(Set(wiring.keys) == ["seconds", "sensors", "silent", "findings", "loss"])
        #expect(wiring["loss"] is NSNull)
        let sensors = try #require(wiring["sensors"] as? [String: Any])
        #expect(Set(sensors.keys) == ["known", "confidence", "says", "doubt", "inputs"])
        #expect(sensors["inputs"] as? [String] == ["L1", "L3", "-L2"], "\(outcome.output)")
        let finding = try #require((wiring["findings"] as? [[String: Any]])?.first)
        #expect(Set(finding.keys) == ["finding", "channels", "confidence", "says", "do"])
        #expect((finding["do"] as? String)?.contains("swap the sensors of L2 and L3") == true)
    }

    @Test("check --measure tells an ADC that is lost in the middle and does not come back", arguments: [false, true])
    func checkLosesADC(json: Bool) throws {
        let folder = try TemporaryFolder()
        let twin = try HeadroomProcess([
            "twin", "--rate", "4000", "--stations", "1", "--write-config", folder.path("twin.yaml"), "--seconds", "600",
        ])
        #expect(twin.wait { !folder.text("twin.yaml").isEmpty })
        let check = try HeadroomProcess(
            ["check", "--config", folder.path("twin.yaml"), "--measure", "15"] + (json ? ["--json"] : []))
        // The thread that looks at the windows is there once the ADC has answered.
        #expect(check.wait { check.threadNames.contains("wiring") })
        twin.send(SIGKILL)
        let outcome = check.outcome(within: 120)
        #expect(outcome.code == 1 && !outcome.wasSignalled, "\(outcome.errors)")
        for words in ["the ADC was lost", "is not back", "IIO source", "then check again"] {
            #expect(outcome.errors.contains(words), "\(outcome.errors)")
        }
        #expect(!outcome.output.contains("no fault found"), "\(outcome.output)")
        if json, let line = outcome.outputLines.first {
            let wiring = try jsonObject(line)["wiring"] as? [String: Any]
            #expect((wiring?["loss"] as? String)?.contains("the ADC was lost") == true, "\(line)")
        }
    }

    /// A line of the example that holds `old`, with `new` in its place; what the refusal says.
    static let broken: [(old: String, new: String, says: [String])] = [
        ("main-limit-a:", "main-limt-a:", ["supply.main-limt-a", "did you mean 'main-limit-a'?"]),
        ("site: ", "sight: ", ["sight", "unknown key"]),
        ("main-limit-a: [40, 40, 40]", "main-limit-a: forty", ["supply.main-limit-a", "'forty' is no number"]),
        ("main-limit-a: [40, 40, 40]", "main-limit-a: 0", ["supply.main-limit-a", "'0'", "from 1.0"]),
        ("main-limit-a: [40, 40, 40]", "main-limit-a: -40", ["supply.main-limit-a", "'-40'", "from 1.0"]),
        ("main-limit-a: [40, 40, 40]", "main-limit-a: .nan", ["supply.main-limit-a", "'.nan'"]),
        ("main-limit-a: [40, 40, 40]", "main-limit-a: [40, 40]", ["supply.main-limit-a", "2 values", "three"]),
        ("main-limit-a: [40, 40, 40]", "main-limit-a: [40, 40", ["no YAML", "brackets"]),
        (
            "security-margin-a: [4, 4, 4]", "security-margin-a: [4, 50, 4]",
            ["security-margin-a", "L2", "below the main limit"]
        ),
        ("nominal-hz: 50", "nominal-hz: 55", ["supply.nominal-hz", "'55'"]),
        ("nominal-v: 230", "nominal-hz: 50", ["nominal-hz", "the same key twice"]),
        ("uri: \"local:\"", "uri: \"http://x\"", ["meter.uri", "'http://x'", "ip:HOST"]),
        ("uri: \"local:\"", "uri: \"ip:adc:99999\"", ["meter.uri", "'99999'", "1 to 65535"]),
        ("uri: \"local:\"", "uri: \"\"", ["meter.uri", "empty"]),
        ("U1: {adc", "#U1: {adc", ["meter.channels", "U1 is missing"]),
        ("I2: {adc", "#I2: {adc", ["meter.channels", "I2 is missing"]),
        ("U1: {adc", "U9: {adc", ["meter.channels.U9", "use U1"]),
        ("\"voltage1\"", "\"voltage0\"", ["meter.channels", "U1 and U2", "voltage0", "its own channel"]),
        ("ratio: 665", "ratio: 0", ["meter.channels.U1.ratio", "leave it out"]),
        ("block-ms: 10", "block-ms: 0", ["meter.block-ms", "'0'", "from 1.0"]),
        ("name: \"Parkplatz 2\"", "name: \"Parkplatz 1\"", ["stations[1]", "two stations are called 'Parkplatz 1'"]),
        ("192.168.1.21", "192.168.1.20", ["stations[1]", "same address 192.168.1.20:502 unit 1", "its own address"]),
        ("type: abb-terra-ac", "type: abb-terra-dc", ["stations[0].type", "did you mean 'abb-terra-ac'?"]),
        ("type: abb-terra-ac", "type: nonsense", ["stations[0].type", "'nonsense'", "generic-modbus"]),
        ("limit-a: 16", "limit-a: 5", ["stations[0].limit-a", "'5'", "from 6.0"]),
        ("fail-safe-a: 6", "fail-safe-a: 3", ["stations[0].fail-safe-a", "use 0 or 6"]),
        ("unit: 1", "unit: 250", ["stations[0].unit", "250", "0 to 247"]),
        ("port: 502", "port: 0", ["stations[0].port", "'0'", "65535"]),
        ("phases: [L1, L2, L3]", "phases: [L1, L1]", ["stations[0].phases[1]", "L1 twice"]),
        ("phases: [L1, L2, L3]", "phases: []", ["stations[0].phases", "name each supply line"]),
        ("phases: [L1, L2, L3]", "phases: [L4]", ["stations[0].phases", "'L4'"]),
        ("load-management: true", "load-management: yes", ["load-management", "true or false"]),
        ("priority: 60", "priority: 100", ["realtime.priority", "'100'", "0 to 99"]),
    ]

    @Test("settings that cannot be are refused with file, line, key and remedy", arguments: broken.indices)
    func brokenSettings(index: Int) throws {
        let item = Self.broken[index]
        let text = SiteSettings.example().yaml
        let place = try #require(text.range(of: item.old), "the example has no '\(item.old)'")
        let folder = try TemporaryFolder()
        let path = try folder.write(text.replacingCharacters(in: place, with: item.new), to: "site.yaml")
        // Both read settings the same way; each case asks one of them.
        try HeadroomProcess.run([index.isMultiple(of: 2) ? "check" : "run", "--config", path])
            .expectRefusal(code: 1, saying: ["site.yaml:"] + item.says)
    }

    @Test(
        "files that are no settings are refused",
        arguments: [
            (Data("site: \"".utf8) + Data([0xFF, 0xFE]), ["not UTF-8", "save it as UTF-8"]),
            (Data(), ["empty", "key: value"]),
            (Data("hello".utf8), ["site.yaml:1", "not a mapping"]), (Data("{{{".utf8), ["no YAML"]),
            (Data(count: 2 << 20), ["larger than 1 MiB"]), (Data("site: [a".utf8), ["no YAML"]),
        ] as [(Data, [String])])
    func noSettings(data: Data, says: [String]) throws {
        let folder = try TemporaryFolder()
        try HeadroomProcess.run(["check", "--config", try folder.write(data, to: "site.yaml")])
            .expectRefusal(code: 1, saying: ["site.yaml"] + says)
    }

    /// Each line doubles the one before; forty would fill any memory.
    @Test("aliases of aliases are refused wherever they stand", arguments: [": ", ":", ":\u{2028}", ":\u{85}", ":\t"])
    func aliases(colon: String) throws {
        let lines = (1...12).map { "a\($0): &a\($0) {\"x\"\(colon)*a\($0 - 1), \"y\"\(colon)*a\($0 - 1)}\n" }
        let folder = try TemporaryFolder()
        let path = try folder.write("a0: &a0 1\n" + lines.joined(), to: "site.yaml")
        try HeadroomProcess.run(["check", "--config", path])
            .expectRefusal(code: 1, saying: ["site.yaml:", "more than 16 aliases", "write the values out"])
    }

    @Test("a missing file and a folder in its place are refused", arguments: ["check", "run"])
    func missingFile(command: String) throws {
        let folder = try TemporaryFolder()
        try HeadroomProcess.run([command, "--config", folder.path("none.yaml")])
            .expectRefusal(code: 1, saying: ["none.yaml", "No such file", "headroom init"])
        try HeadroomProcess.run([command, "--config", folder.url.path])
            .expectRefusal(code: 1, saying: [folder.url.lastPathComponent, "folder"])
    }

    @Test("settings written by the program read back to the same values", arguments: 1...40 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let settings = Self.random(&generator)
        let back = try SiteSettings.parse(yaml: settings.yaml, file: "seed \(seed)")
        #expect(back.name == settings.name && back.supply == settings.supply, "seed \(seed)")
        #expect(back.meter == settings.meter, "seed \(seed)")
        #expect(back.realtime == settings.realtime, "seed \(seed)")
        #expect(back.policy.raiseAfterSeconds == settings.policy.raiseAfterSeconds, "seed \(seed)")
        #expect(back.yaml == settings.yaml, "seed \(seed)")
        try #require(back.stations.count == settings.stations.count)
        for (one, other) in zip(back.stations, settings.stations) {
            #expect(one.name == other.name && one.profile.identifier == other.profile.identifier, "seed \(seed)")
            #expect(one.host == other.host && one.port == other.port, "seed \(seed)")
            #expect(
                one.unitIdentifier == other.unitIdentifier && one.supplyPhases == other.supplyPhases, "seed \(seed)")
            #expect(one.maximumAmperes == other.maximumAmperes, "seed \(seed)")
            #expect(one.failSafeAmperes == other.failSafeAmperes && one.isManaged == other.isManaged, "seed \(seed)")
            #expect(one.failSafeAfterSeconds == other.failSafeAfterSeconds, "seed \(seed)")
        }
    }

    private static func random(_ generator: inout SeededGenerator) -> SiteSettings {
        func number(_ range: ClosedRange<Double>) -> Double {
            let value = Double.random(in: range, using: &generator)
            return Bool.random(using: &generator) ? value : (value * 10).rounded(.up) / 10
        }
        let words = [
            "Hof", "a\"b", "back\\slash", "line\nbreak", "tab\there", "ü ß 𝄞 🚗", "# no comment", "'", ": x",
            "é\u{301}\u{200B}\u{7F}\u{1B}",
        ]
        func word() -> String { words[Int.random(in: words.indices, using: &generator)] }
        var settings = SiteSettings.example()
        settings.name = word() + word()
        let limit = number(16...100)
        settings.supply.limits = SupplyLimits(
            mainAmperes: .init(limit, limit + 1, 63), marginAmperes: .init(number(0...10)))
        settings.supply.nominalHz = Bool.random(using: &generator) ? 50 : 60
        settings.supply.nominalVolts = number(100...300)
        settings.meter.uri = "ip:adc.local:30431"
        settings.meter.device = Bool.random(using: &generator) ? word() : nil
        settings.meter.blockSeconds = number(1...100) / 1000
        settings.meter.kernelBuffers = Int.random(in: 4...4096, using: &generator)
        for index in settings.meter.inputs.indices {
            if index >= 3, Bool.random(using: &generator) {
                settings.meter.inputs[index].rogowskiVoltsPerAmpereHertz = number(0.1...1000) / 1e6
                settings.meter.inputs[index].ratio = 1
            } else {
                settings.meter.inputs[index].ratio = -number(0.001...1000)
            }
            settings.meter.inputs[index].gain = number(0.9...1.1)
            settings.meter.inputs[index].offset = number(-1...1)
            settings.meter.inputs[index].unitsPerCode =
                Bool.random(using: &generator) ? number(1e-9...1e-3) + 1e-9 : nil
        }
        settings.realtime.cpu = Bool.random(using: &generator) ? 1 : nil
        settings.realtime.priority = Bool.random(using: &generator) ? 33 : nil
        settings.policy.raiseAfterSeconds = number(2...100)
        for index in settings.stations.indices {
            settings.stations[index].name = "\(index) " + word()
            settings.stations[index].supplyPhases = Array(Phase.allCases.shuffled(using: &generator).prefix(index + 1))
            settings.stations[index].maximumAmperes = number(10...32)
            settings.stations[index].failSafeAfterSeconds = Double(Int.random(in: 30...120, using: &generator))
            settings.stations[index].isManaged = Bool.random(using: &generator)
        }
        return settings
    }
}
