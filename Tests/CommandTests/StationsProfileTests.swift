import Foundation
import Stations
import Testing

/// `stations list`, `show` and `validate`: profiles only, no station.
struct StationsProfileTests {
    static let profiles = StationProfile.builtIn.map(\.identifier)
    private static let listKeys: Set = [
        "profile", "name", "manufacturer", "transports", "confidence", "port", "unit", "minimum_a", "largest_a",
        "step_a",
        "limit_per_phase", "can_stop", "fail_safe", "fail_safe_a", "fail_safe_after_s", "read_back", "serial_number",
        "variants",
    ]

    @Test("list names every built-in profile, in lines and in JSON")
    func list() throws {
        let plain = try HeadroomProcess.run(["stations", "list"])
        #expect(plain.code == 0 && plain.errors.isEmpty)
        #expect(plain.outputLines.allSatisfy { $0.count <= 80 })
        let objects = try HeadroomProcess.run(["stations", "list", "--json"]).outputLines.map(jsonObject)
        #expect(objects.compactMap { $0["profile"] as? String } == Self.profiles + ["easee", "zaptec"])
        for object in objects where object["transports"] as? [String] != ["cloud"] {
            #expect(Set(object.keys) == Self.listKeys)
        }
        for profile in Self.profiles { #expect(plain.output.contains("\(profile)  "), "\(profile)") }
    }

    @Test("a maker's cloud is shown like any other", arguments: ["zaptec", "easee"])
    func cloud(profile: String) throws {
        let shown = try HeadroomProcess.run(["stations", "show", profile])
        #expect(shown.code == 0 && shown.errors.isEmpty && shown.outputLines.allSatisfy { $0.count <= 80 })
        #expect(shown.output.contains("At the station") && shown.output.contains("credentials"))
        let object = try jsonObject(HeadroomProcess.run(["stations", "show", profile, "--json"]).output)
        #expect(object["transports"] as? [String] == ["cloud"] && object["advice"] is String)
        let refused = try HeadroomProcess.run(["stations", "show", profile, "--yaml"])
        #expect(refused.code == 2 && refused.errors.contains("maker's cloud"))
    }

    @Test("show begins with the advice and fits a terminal", arguments: profiles)
    func show(profile: String) throws {
        let shown = try HeadroomProcess.run(["stations", "show", profile])
        #expect(shown.code == 0 && shown.errors.isEmpty)
        let lines = shown.output.split(separator: "\n", omittingEmptySubsequences: false)
        let advice = try #require(lines.firstIndex(of: "At the station"))
        for heading in ["What it can", "Sources"] { #expect(try #require(lines.firstIndex { $0 == heading }) > advice) }
        #expect(lines.contains { $0.hasPrefix("Registers") })
        let long = lines.filter { $0.count > 80 && $0.dropFirst(40).contains(" ") }
        #expect(long.isEmpty, "\(long)")
        let object = try jsonObject(HeadroomProcess.run(["stations", "show", profile, "--json"]).output)
        #expect(Set(object.keys) == Self.listKeys.union(["advice", "sources", "registers", "faults"]))
        let registers = try #require(object["registers"] as? [[String: Any]])
        #expect(registers.contains { ($0["uses"] as? [String])?.contains("limit") == true && $0["write"] is Int })
    }

    @Test("show --yaml gives a file that is valid under another name")
    func ownProfile() throws {
        let folder = try TemporaryFolder()
        let text = try HeadroomProcess.run(["stations", "show", "abb-terra-ac", "--yaml"]).output
        let own = try folder.write(text.replacing("profile: abb-terra-ac", with: "profile: mine"), to: "mine.yaml")
        let checked = try HeadroomProcess.run(["stations", "validate", own])
        #expect(checked.code == 0 && checked.output.contains("valid"), "\(checked.errors)")
        let shown = try HeadroomProcess.run(["stations", "show", "mine", "--profiles", folder.url.path])
        #expect(shown.code == 0 && shown.output.contains("(mine)"), "\(shown.errors)")
    }

    @Test("an unknown profile is refused with the nearest one")
    func unknown() throws {
        try HeadroomProcess.run(["stations", "show", "abb-tera-ac"])
            .expectRefusal(code: 2, saying: ["abb-tera-ac", "did you mean 'abb-terra-ac'?"])
    }

    @Test("validate checks every file and names file, line and key of each error")
    func validate() throws {
        let folder = try TemporaryFolder()
        let text = try HeadroomProcess.run(["stations", "show", "generic-modbus", "--yaml"]).output
            .replacing("profile: generic-modbus", with: "profile: mine")
        let good = try folder.write(text, to: "good.yaml")
        let bad = try folder.write(text.replacing("step-a: ", with: "stepp-a: "), to: "bad.yaml")
        let taken = try folder.write(text, to: "taken.yaml")
        let outcome = try HeadroomProcess.run(["stations", "validate", bad, good, taken, folder.path("none.yaml")])
        #expect(outcome.code == 1)
        #expect(outcome.output == "\(good): valid\n")
        try #require(outcome.errorLines.count == 3, "\(outcome.errors)")
        #expect(outcome.errorLines[0].contains("bad.yaml:") && outcome.errorLines[0].contains("did you mean 'step-a'?"))
        #expect(outcome.errorLines[1].contains("taken.yaml") && outcome.errorLines[1].contains("good.yaml"))
        #expect(outcome.errorLines[2].contains("none.yaml") && outcome.errorLines[2].contains("No such file"))
        let objects = try HeadroomProcess.run(["stations", "validate", "--json", bad, good]).outputLines.map(jsonObject)
        #expect(objects.map { $0["valid"] as? Bool } == [false, true])
    }

    @Test("validate --schema prints the JSON Schema")
    func schema() throws {
        let schema = try jsonObject(HeadroomProcess.run(["stations", "validate", "--schema"]).output)
        #expect((schema["$schema"] as? String)?.contains("2020-12") == true)
    }

    @Test(
        "wrong usage is refused",
        arguments: [
            ["validate"], ["validate", "--schema", "x.yaml"], ["probe"], ["probe", "host:0"], ["probe", "host:x"],
            ["probe", "host", "--device", "/dev/null"], ["probe", "host", "--unit", "250"],
            ["probe", "host", "--baud", "9600"],
            ["probe", "host", "--transport", "serial"], ["read", "host"], ["read", "--config", "x.yaml"],
            ["set", "host", "--profile", "abb-terra-ac", "--amperes", "3", "--yes"],
            ["set", "host", "--profile", "abb-terra-ac", "--amperes", "80", "--yes"],
            ["set", "host", "--profile", "abb-terra-ac", "--amperes", "8"],
            ["set", "host", "--profile", "abb-terra-ac", "--amperes", "8", "--phase", "L1=6", "--yes"],
            ["set", "host", "--profile", "abb-terra-ac", "--amperes", "8", "--for", "soon", "--yes"],
        ])
    func usage(arguments: [String]) throws {
        try HeadroomProcess.run(["stations"] + arguments).expectRefusal(code: 2, saying: [])
    }
}
