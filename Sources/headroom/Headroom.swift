import ArgumentParser

@main
struct Headroom: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "headroom",
        abstract: "What a building leaves free for charging under its main fuse, per phase, in real time.",
        subcommands: [
            DemoCommand.self, RunCommand.self, CheckCommand.self, InitCommand.self, MeasureCommand.self,
            TwinCommand.self,
        ])
}
