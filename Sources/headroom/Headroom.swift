import ArgumentParser

@main
struct Headroom: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "headroom",
        abstract: "What a building leaves free for charging under its main fuse, per phase, in real time.",
        discussion: "Example: headroom demo --seconds 60",
        subcommands: [
            DemoCommand.self, RunCommand.self, CheckCommand.self, InitCommand.self, MeasureCommand.self,
            TwinCommand.self, StationsCommand.self, SimulateCommand.self, ExplainCommand.self, BenchCommand.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let code as ExitCode {
            exit(withError: code)
        } catch {
            // Help is no error: the library prints it.
            guard exitCode(for: error) != .success else { exit(withError: error) }
            let words = CommandLine.arguments.dropFirst().prefix(1)
            let known = configuration.subcommands.compactMap { $0.configuration.commandName }
            let command = (["headroom"] + words.filter(known.contains)).joined(separator: " ")
            complain("headroom: \(message(for: error)); see \(command) --help")
            exit(withError: ExitCode(2))
        }
    }
}
