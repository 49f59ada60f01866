import Foundation
import Testing

/// Commands, options and help.
struct UsageTests {
    @Test(
        "every command has a help with an example",
        arguments: ["", "demo", "run", "check", "init", "measure", "twin", "simulate"])
    func helpHasAnExample(command: String) throws {
        let outcome = try HeadroomProcess.run((command.isEmpty ? [] : [command]) + ["--help"])
        #expect(outcome.code == 0 && outcome.errors.isEmpty)
        #expect(outcome.output.contains("Example"), "\(outcome.output)")
        #expect(outcome.output.contains("headroom \(command)"))
        #expect(outcome.output.contains("USAGE: headroom"))
    }

    @Test(
        "wrong usage is one line that names the option and the remedy, and exit code 2",
        arguments: [
            ("frobnicate", ["'frobnicate'", "headroom --help"]), ("--frob", ["--frob", "headroom --help"]),
            ("check", ["--config", "headroom check --help"]), ("run", ["--config", "headroom run --help"]),
            ("run --config a.yaml --seconds 0", ["--seconds 0", "more than 0"]),
            ("run --config a.yaml --seconds nan", ["--seconds nan", "more than 0"]),
            ("demo --seconds 0", ["--seconds 0", "more than 0"]),
            ("demo --seconds -1", ["--seconds -1", "more than 0"]),
            ("demo --seconds soon", ["soon", "headroom demo --help"]), ("demo --stations 0", ["--stations", "give 1"]),
            ("demo --stations 101", ["--stations", "to 100"]),
            ("demo --stations 1.5", ["1.5", "headroom demo --help"]),
            ("demo --speed -1", ["--speed", "-1", "give"]), ("demo --speed 0", ["--speed", "give"]),
            ("demo --speed nan", ["--speed", "nan", "give"]), ("demo --rate 5", ["--rate", "give 1000"]),
            ("demo --main-limit 0", ["--main-limit", "give 1"]), ("demo --main-limit -5", ["--main-limit", "give 1"]),
            ("demo --photovoltaics -1", ["--photovoltaics", "give 0"]),
            ("demo --seed -1", ["-1", "headroom demo --help"]),
            ("demo --sensors L1,L2", ["L1,L2", "headroom demo --help"]),
            ("demo --taps L1,L2,L4", ["L1,L2,L4", "headroom demo --help"]),
            ("demo --sensors L1*2,L2,L3", ["L1*2", "headroom demo --help"]),
            ("check --config a.yaml --measure 0", ["--measure 0", "more than 0"]),
            ("twin --seconds 0", ["--seconds 0", "more than 0"]),
            ("twin --seconds nan", ["--seconds nan", "more than 0"]),
            ("twin --every 0.01", ["--every 0.01", "0.05 to 3600"]),
            ("run --config a.yaml --every 4000", ["--every 4000", "0.05 to 3600"]),
            ("twin --stations 0", ["--stations", "give 1"]), ("twin --rate 1000000000", ["--rate", "to 128000"]),
        ])
    func wrongUsage(arguments: String, says: [String]) throws {
        try HeadroomProcess.run(arguments.split(separator: " ").map(String.init))
            .expectRefusal(code: 2, saying: says)
    }

    @Test("twin writes its settings over no file and into no missing folder")
    func twinRefusesFiles() throws {
        let folder = try TemporaryFolder()
        let old = try folder.write("mine", to: "old.yaml")
        try HeadroomProcess.run(["twin", "--seconds", "1", "--write-config", old])
            .expectRefusal(code: 1, saying: ["old.yaml", "exists already", "another"])
        #expect(folder.text("old.yaml") == "mine")
        try HeadroomProcess.run(["twin", "--seconds", "1", "--write-config", folder.path("no/new.yaml")])
            .expectRefusal(code: 1, saying: ["no/new.yaml", "No such file", "folder"])
    }
}
