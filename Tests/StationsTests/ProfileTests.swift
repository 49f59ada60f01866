import StrictYAML
import Testing

@testable import Stations

/// One case of `broken-profiles.yaml`.
struct BrokenProfile: Sendable, CustomTestStringConvertible {
    var name: String
    var edits: [(old: String, new: String)]
    /// Lines after the first of the change; nil: not checked.
    var line: Int?
    var field: String
    var says: String
    var testDescription: String { name }

    static let all: [BrokenProfile] = (try? read()) ?? []

    static func read() throws -> [BrokenProfile] {
        let root = try YAMLNode.parse(fixture("broken-profiles.yaml"), file: "broken-profiles.yaml")
        return try root.list().map { node in
            let fields = try node.fields(["case", "replace", "by", "also", "alsoBy", "line", "field", "says"])
            // Some cases replace a text by nothing.
            func text(_ key: String) throws -> String { (try? fields.required(key).string()) ?? "" }
            var edits = [(old: try text("replace"), new: try text("by"))]
            if fields["also"] != nil { edits.append((try text("also"), try text("alsoBy"))) }
            return BrokenProfile(
                name: try text("case"), edits: edits, line: try fields["line"].map { Int(try $0.integer(0...99)) },
                field: try text("field"), says: try text("says"))
        }
    }
}

@Suite struct ProfileTests {
    @Test("the cases of broken profiles are there")
    func casesExist() throws { #expect(try BrokenProfile.read().count > 35) }

    @Test("a control character is refused in one line that names its line", arguments: ["\u{1}", "\u{8}", "\u{7F}"])
    func controlCharacter(character: String) {
        #expect {
            try StationProfile.parse(yaml: "profile: a\nname: b\(character)\n", file: "p.yaml")
        } throws: { error in
            "\(error)".hasPrefix("p.yaml:2: ") && !"\(error)".contains("\n")
        }
    }

    @Test("a broken profile is refused with file, line, field and remedy", arguments: BrokenProfile.all)
    func refused(broken: BrokenProfile) throws {
        var text = String(decoding: PackageResources.generic_modbus_yaml, as: UTF8.self)
        var line: Int?
        for edit in broken.edits {
            let parts = text.split(separator: edit.old, maxSplits: 1, omittingEmptySubsequences: false)
            try #require(parts.count == 2, "the generic profile has no '\(edit.old)'")
            line = parts[0].count { $0 == "\n" } + 1
            text = parts.joined(separator: edit.new)
        }
        let error = try #require(throws: YAMLError.self) { _ = try StationProfile.parse(yaml: text, file: "my.yaml") }
        #expect(error.field == broken.field)
        #expect(error.description.contains(broken.says), "\(error)")
        #expect(error.description.hasPrefix("my.yaml"))
        #expect(!error.description.contains("\n") && !error.remedy.isEmpty)
        if let after = broken.line { #expect(error.line == line.map { $0 + after }, "\(error)") }
        if !broken.field.isEmpty { #expect(error.line != nil, "\(error)") }
    }

    @Test("text that is no profile is refused", arguments: ["", "# nothing", "- a\n- b\n", "name", "\u{0}", "&a [*a]"])
    func noProfile(text: String) {
        #expect(throws: YAMLError.self) { _ = try StationProfile.parse(yaml: text, file: "my.yaml") }
    }

    @Test(
        "a profile cut off anywhere is refused or whole, never a crash", arguments: ["generic-modbus", "abb-terra-ac"])
    func cutOff(name: String) throws {
        let bytes = name == "generic-modbus" ? PackageResources.generic_modbus_yaml : PackageResources.abb_terra_ac_yaml
        var refused = 0
        for length in stride(from: 0, to: bytes.count, by: 61) {
            let text = String(decoding: bytes.prefix(length), as: UTF8.self)
            do throws(YAMLError) { _ = try StationProfile.parse(yaml: text, file: name) } catch { refused += 1 }
        }
        #expect(refused > 10)
    }

    @Test("the built-in profiles are complete and found by name")
    func builtInProfiles() throws {
        let files = StationProfile.builtInFiles.map { String($0.name.dropLast(".yaml".count)) }
        #expect(StationProfile.builtIn.map(\.identifier) == files)
        #expect(StationProfile.builtIn(named: "nothing") == nil)
        for profile in StationProfile.builtIn {
            #expect(!profile.sources.isEmpty && !profile.advice.contains("\n\n"))
            #expect([0, 1, 3].contains(profile.measurements.currents.count) && profile.minimumAmperes >= 6)
        }
        let abb = try builtIn("abb-terra-ac")
        #expect(abb.confidence == .documented && abb.defaultPort == 502 && abb.defaultUnitIdentifier == 1)
        #expect(
            abb.keepAliveSeconds(timeoutSeconds: 60).map { $0 < 30 } == true, "well within the default time-out of 60 s"
        )
    }

    @Test("ABB is read in one block and its optional limit alone")
    func abbBlocks() throws {
        let plan = PollPlan.round(of: try builtIn("abb-terra-ac"))
        #expect(plan.blocks.map(\.address) == [0x4008, 0x4022])
        #expect(plan.blocks.map(\.wordCount) == [24, 2])
        #expect(plan.blocks.map(\.isOptional) == [false, true])
    }

    @Test("blocks have no gaps unless the profile allows them, and are no longer than it says")
    func blocks() throws {
        let plan = PollPlan.round(of: try builtIn("generic-modbus"))
        #expect(plan.blocks.map(\.address) == [0, 11, 30])
        #expect(plan.blocks.map(\.wordCount) == [4, 1, 2])
        let gaps = PollPlan.round(of: try genericProfile([("address-base: 0", "largest-gap: 7")]))
        #expect(gaps.blocks.map(\.address) == [0, 30])
        let short = PollPlan.round(of: try genericProfile([("address-base: 0", "largest-block: 2")]))
        #expect(short.blocks.map(\.wordCount) == [2, 2, 1, 2])
    }

    @Test("address base 1 counts as manuals do")
    func addressBase() throws {
        let edits = [("address-base: 0", "address-base: 1"), ("state: {address: 0,", "state: {address: 5,")]
        let profile = try genericProfile(edits)
        #expect(profile.registers.first { $0.name == "state" }?.address == 4)
        #expect(profile.registers.first { $0.name == "limit" }?.address == 9)
    }
}
