import ArgumentParser

struct StationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stations",
        abstract: "Charging stations: which are known, which one is there, what it does; and a limit by hand.",
        discussion: """
            list, show and validate look at profiles only; probe and read ask a station and never write to it; set \
            writes a limit.

            Example: headroom stations probe 192.168.1.20
            """,
        subcommands: [
            StationsListCommand.self, StationsShowCommand.self, StationsValidateCommand.self, StationsProbeCommand.self,
            StationsReadCommand.self, StationsSetCommand.self,
        ])
}
