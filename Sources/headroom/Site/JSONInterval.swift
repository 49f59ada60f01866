import ArgumentParser

/// How often a JSON line comes.
struct JSONInterval: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("With --json: a line each this many seconds, 0.05 to 3600.", valueName: "s"))
    var every = 1.0

    func validate() throws {
        guard (0.05...3600).contains(every) else { throw ValidationError("--every \(every): use 0.05 to 3600") }
    }
}
