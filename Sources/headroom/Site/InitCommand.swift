import ArgumentParser
import Site

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Write commented example settings to start from.",
        discussion: "Example: headroom init site.yaml")

    @Argument(help: "The file to write; an existing one is left alone.")
    var file = "site.yaml"

    func run() throws {
        try reportingErrors {
            try SettingsFile.write(SiteSettings.example().yaml, to: file)
            print("\(file) written. Edit it, then: headroom check --config \(file)")
        }
    }
}
