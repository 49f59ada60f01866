import ArgumentParser
import Stations

struct StationsValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check profiles of your own: file, line, key, what is wrong and what to do.",
        discussion: """
            All files are checked, of each the first error is told. --schema prints the JSON Schema (2020-12) of a \
            profile, for editors that check while you type.

            Examples:
            headroom stations validate profiles/*.yaml
            headroom stations validate --schema > station-profile.schema.json
            """)

    @Argument(help: "Profiles.")
    var files: [String] = []

    @Flag(help: "Print the JSON Schema of a profile.")
    var schema = false

    @Flag(help: "One JSON object per file and line.")
    var json = false

    func validate() throws {
        if schema, !files.isEmpty { throw ValidationError("--schema prints the schema; name no file") }
        if !schema, files.isEmpty { throw ValidationError("name at least one file, or --schema") }
    }

    func run() throws {
        try reportingErrors {
            if schema {
                let text = StationProfile.jsonSchema
                print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
                return
            }
            var identifiers = Dictionary(
                StationProfile.builtIn.map { ($0.identifier, "the program itself") },
                uniquingKeysWith: { first, _ in first })
            var isBad = false
            for file in files {
                let problem = check(file, &identifiers)
                isBad = isBad || problem != nil
                if json {
                    print(
                        "{\"file\":\(headroom.json(file)),\"valid\":\(problem == nil),"
                            + "\"error\":\(problem.map { headroom.json($0) } ?? "null")}")
                } else if let problem {
                    complain("headroom: \(problem)")
                } else {
                    print("\(file): valid")
                }
            }
            if isBad { throw ExitCode(1) }
        }
    }

    /// What is wrong with a file; nil: nothing.
    private func check(_ file: String, _ identifiers: inout [String: String]) -> String? {
        do {
            let text = try SettingsFile.text(
                of: file, kind: "profile",
                missing: "check the path; a pattern: headroom stations show generic-modbus --yaml")
            let profile = try StationProfile.parse(yaml: text, file: file)
            if let other = identifiers[profile.identifier] {
                return "\(file): profile: '\(profile.identifier)' is the identifier of a profile in \(other); choose "
                    + "another, and name it as type of the station"
            }
            identifiers[profile.identifier] = file
            return nil
        } catch {
            return "\(error)"
        }
    }
}
