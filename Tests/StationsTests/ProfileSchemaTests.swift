import Glibc
import StrictYAML
import Testing

@testable import Stations

/// The JSON Schema beside the profiles describes what the parser takes. JSON is YAML: our own reader reads it.
@Suite struct ProfileSchemaTests {
    /// Where the schema has the properties of each section, and the parser its keys.
    static let sections: [(path: [String], keys: [String])] = [
        ([], ProfileKeys.top), (["$defs", "connection"], ProfileKeys.connection),
        (["$defs", "connection", "properties", "serial"], ProfileKeys.serial),
        (["$defs", "register"], ProfileKeys.register), (["$defs", "test"], ProfileKeys.test),
        (["$defs", "statusRule"], ProfileKeys.statusRule), (["$defs", "measurements"], ProfileKeys.measurements),
        (["$defs", "limit"], ProfileKeys.limit), (["$defs", "registerValue"], ProfileKeys.registerValue),
        (["$defs", "failSafe"], ProfileKeys.failSafe), (["$defs", "keepAlive"], ProfileKeys.keepAlive),
        (["$defs", "startUp"], ProfileKeys.startUp),
        (["$defs", "identity", "properties", "check"], ProfileKeys.identityCheck),
        (["$defs", "identity", "properties", "check", "properties", "model"], ProfileKeys.model),
        (["$defs", "faults"], ProfileKeys.faults), (["$defs", "probe"], ProfileKeys.probe),
        (["$defs", "variant"], ProfileKeys.variant), (["$defs", "phases"], ProfileKeys.phases),
        (["$defs", "phases", "properties", "count"], ProfileKeys.phaseCount),
        (["$defs", "phases", "properties", "switch"], ProfileKeys.phaseSwitch),
    ]

    private static func node(_ path: [String]) throws -> YAMLNode {
        var node = try YAMLNode.parse(StationProfile.jsonSchema, file: "station-profile.schema.json")
        for key in path { node = try #require(try node.entries().first { $0.0 == key }?.1, "no \(key) in \(path)") }
        return node
    }

    @Test("the schema names the same keys as the parser, each with a description", arguments: sections.indices)
    func keys(index: Int) throws {
        let (path, keys) = Self.sections[index]
        let properties = try Self.node(path + ["properties"]).entries()
        #expect(Set(properties.map(\.0)) == Set(keys))
        for (key, property) in properties {
            let known = try property.entries().map(\.0)
            #expect(known.contains("description") || known == ["$ref"], "\(path) \(key)")
        }
    }

    @Test("every section of the schema that has settled keys is compared with the parser")
    func allSections() throws {
        var found: Set<String> = []
        func walk(_ node: YAMLNode, _ path: [String]) throws {
            guard node.isMapping else { return }
            for (key, below) in try node.entries() {
                if key == "additionalProperties", try !below.isMapping && below.string() == "false" {
                    found.insert(path.joined(separator: "/"))
                }
                try walk(below, path + [key])
            }
        }
        try walk(Self.node([]), [])
        // Lists (oneOf) are not walked: the one section inside a list is the fault with a remedy.
        #expect(found == Set(Self.sections.map { $0.path.joined(separator: "/") }))
    }

    /// A value for each key of the schema that is at least not unknown to the parser.
    @Test("the parser knows each key of the schema and refuses one more", arguments: ProfileKeys.top)
    func parserKnows(key: String) throws {
        func error(_ text: String) throws -> YAMLError? {
            do throws(YAMLError) {
                _ = try StationProfile.parse(yaml: text, file: "p.yaml")
                return nil
            } catch { return error }
        }
        let found = try error(profileText([key: "17"]))
        #expect(found?.problem.contains("unknown key") != true)
        let more = try #require(try error(profileText() + "\(key)-x: 17\n"))
        #expect(more.problem.contains("unknown key '\(key)-x'"))
    }

    @Test("the list of built-in profiles is the folder's content")
    func folder() throws {
        let folder =
            #filePath.dropLast("Tests/StationsTests/ProfileSchemaTests.swift".count) + "Sources/Stations/Profiles"
        let directory = try #require(opendir(String(folder)))
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".yaml") { names.append(name) }
        }
        #expect(names.sorted() == StationProfile.builtInFiles.map(\.name))
    }

    @Test(
        "the built-in profiles and the examples of the tests are valid by the schema, and broken ones are not",
        .enabled(
            if: jsonschemaIsInstalled,
            "needs /usr/bin/python3 with jsonschema and yaml (apt install python3-jsonschema python3-yaml)"))
    func validates() throws {
        let folder = String(
            #filePath.dropLast("Tests/StationsTests/ProfileSchemaTests.swift".count) + "Sources/Stations/Profiles")
        #expect(try run([fixturePath("validate_profiles.py"), folder]) == 0)
    }
}

private let jsonschemaIsInstalled: Bool =
    (try? run(["-c", "from jsonschema import Draft202012Validator; import yaml"])) == 0

/// Runs Python and gives back its status.
private func run(_ words: [String]) throws -> CInt {
    var child = pid_t()
    var arguments = (["/usr/bin/python3"] + words).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    let failed = posix_spawn(&child, "/usr/bin/python3", nil, nil, &arguments, environ)
    guard failed == 0 else { throw SystemError(text: "cannot start python3: \(String(cString: strerror(failed)))") }
    var status: CInt = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status
}
