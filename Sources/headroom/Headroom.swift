import ArgumentParser

@main
struct Headroom: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "headroom", abstract: "What your building leaves free for charging, per phase, in real time.")
}
