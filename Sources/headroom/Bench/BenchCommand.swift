import ArgumentParser
import Glibc
import Realtime
import Site
import SiteTwin

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Whether this machine keeps the device's real-time budgets, in minutes.",
        discussion: """
            The device program runs on a simulated building, through libiio and Modbus TCP, while overload after overload \
            is switched on: undisturbed, beside other work on all processors, with dead stations, with many readers, \
            with settings that change, with other block lengths and numbers of stations. Each situation beside how late the \
            machine wakes any thread up, so that a long tail is told apart. Then as a process of its own, for processor \
            time and memory. Exit code 1 where a budget is broken or could not be measured.

            Example: sudo headroom bench --seconds 60 --report bench.html
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Seconds of each situation, 5 to 86400.", valueName: "s"))
    var seconds = 20.0

    @Option(
        help: ArgumentHelp(
            "Only these situations: \(BenchScenario.all.map(\.name).joined(separator: ", ")), program; separated by commas.",
            valueName: "names"))
    var only: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("SCHED_FIFO priority of the measuring thread, 1 to 99; 0: normal.", valueName: "n"))
    var priority: Int32 = 60

    @Flag(help: "JSON lines instead of a table.")
    var json = false

    @Option(help: ArgumentHelp("Write a page with pictures of the times to this new file.", valueName: "file"))
    var report: String?

    func run() throws {
        try reportingErrors {
            guard (5...86_400).contains(seconds) else { throw UsageError("--seconds \(seconds): use 5 to 86400") }
            guard (0...99).contains(priority) else { throw UsageError("--priority \(priority): use 0 to 99") }
            let names = BenchScenario.all.map(\.name) + ["program"]
            let wanted = only.map { $0.split(separator: ",").map(String.init) } ?? names
            if let unknown = wanted.first(where: { !names.contains($0) }) {
                throw UsageError("--only \(unknown): use one of \(names.joined(separator: ", "))")
            }
            if let report { try SettingsFile.requireNew(report) }
            try Self.tellScheduling(priority)
            var results: [BenchResult] = []
            var isIncomplete = false
            var bed: BenchBed?
            for scenario in BenchScenario.all where wanted.contains(scenario.name) {
                var bar = ProgressBar(leading(scenario.name, 9))
                do {
                    let running = bed.flatMap { $0.serves(scenario) ? $0 : nil }
                    if running == nil { bed?.stop() }
                    let serving = try running ?? BenchBed(scenario, priority: priority > 0 ? priority : nil)
                    bed = serving
                    results.append(
                        try BenchResult.measure(scenario, on: serving, seconds: seconds, report: { bar.update($0) }))
                } catch let error as RunError {
                    // What the others came to is not lost.
                    complain("headroom: \(error)")
                    isIncomplete = true
                    bed?.stop()
                    bed = nil
                }
            }
            bed?.stop()
            bed = nil
            var programs: [ProgramRun] = []
            if wanted.contains("program") {
                for (place, rate) in [8_000, 32_000, 64_000, 128_000].enumerated() {
                    var bar = ProgressBar(leading("program", 9))
                    bar.update(Double(place) / 4)
                    programs.append(try ProgramRun.measure(sampleRateHz: rate, seconds: min(seconds, 10)))
                }
            }
            let budgets = Budget.all(results, programs)
            let lines =
                json
                ? BenchJSON.lines(results, programs, budgets) : BenchText.lines(results, programs, budgets)
            lines.forEach { print($0) }
            if let report {
                try SettingsFile.write(BenchPage.html(results, programs, budgets), to: report)
            }
            if isIncomplete || budgets.contains(where: { $0.verdict == .broken }) { throw ExitCode(1) }
        }
    }

    /// Without the right to it the measuring thread is a normal one, and its tails are those of any program.
    private static func tellScheduling(_ priority: Int32) throws {
        guard priority > 0 else { return }
        let probe = RealtimeThread(name: "probe", scheduling: .init(fifoPriority: priority)) { warnings in
            for warning in warnings { complain("headroom: \(warning)") }
        }
        guard let probe else { throw RunError("no thread left; raise the limit (ulimit -u)") }
        probe.join()
    }
}
