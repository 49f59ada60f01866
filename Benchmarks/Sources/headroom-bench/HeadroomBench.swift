import ArgumentParser
import CBenchmark
import Glibc

@main
struct HeadroomBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "headroom-bench",
        abstract:
            "Measures the measuring core, spectra, the allocator and the machine under them, in one run and one table.",
        discussion: """
            Times are only reported: they are the machine's as much as the program's. Counts decide: where a measured \
            loop touches the heap, the exit code is 1.

            Example: headroom-bench --short --json bench.json
            """)

    @Flag(help: "A run of about ten seconds, without the whole chain.")
    var short = false

    @Option(
        help: ArgumentHelp(
            "Timed blocks and timed decisions of each kind (default: 300000, short 50000).",
            valueName: "n"))
    var calls: Int?

    @Option(help: ArgumentHelp("Write all results to this file too.", valueName: "file"))
    var json: String?

    @Flag(help: "One busy thread per processor beside the measurement, which then asks for SCHED_FIFO.")
    var load = false

    @Option(
        help: ArgumentHelp(
            "Runs of the whole chain, 50 s each (default: 1, short 0).", valueName: "n"))
    var overloads: Int?

    @Option(help: ArgumentHelp("The headroom command for the whole chain.", valueName: "path"))
    var headroom = "../.build/release/headroom"

    func validate() throws {
        if let calls, !(1_000...100_000_000).contains(calls) {
            throw ValidationError("--calls \(calls): use 1000 to 100000000")
        }
        if let overloads, !(0...1_000).contains(overloads) {
            throw ValidationError("--overloads \(overloads): use 0 to 1000")
        }
    }

    func run() throws {
        do {
            let report = try measure()
            report.table().forEach { print($0) }
            if let json { try save(report.json(), to: json) }
            let offenders = report.heapOffenders
            for row in offenders {
                complain(
                    "\(row.name): \(row.heapAllocations ?? 0) heap allocations and \(row.heapFrees ?? 0) frees in "
                        + "\(row.times.count) calls, where none is allowed; find them with a breakpoint on malloc")
            }
            if !offenders.isEmpty { throw ExitCode(1) }
        } catch let error as BenchmarkError {
            complain("\(error)")
            throw ExitCode(1)
        }
    }

    private func measure() throws -> Report {
        var progress = Progress()
        try checkHeapCounter()
        // Whole seconds of signal.
        let calls = ((calls ?? (short ? 50_000 : 300_000)) + 99) / 100 * 100
        var busy = 0
        var usesFIFO = false
        if load {
            busy = Int(cbenchmark_start_load())
            let problem = cbenchmark_request_fifo(60)
            usesFIFO = problem == 0
            if problem != 0 {
                complain(
                    "no SCHED_FIFO (\(String(cString: strerror(problem)))): tails are those of normal scheduling")
            }
        }
        defer { if busy > 0 { cbenchmark_stop_load() } }

        var rows = try MeterBenchmark.run(blocks: calls, progress: &progress)
        for (stations, budget) in AllocatorBenchmark.budgets {
            let place = rows.firstIndex { $0.kind == .machine } ?? rows.endIndex
            rows.insert(
                contentsOf: try AllocatorBenchmark.run(
                    stations: stations, calls: calls, budget: budget, progress: &progress), at: place)
        }
        let place = rows.firstIndex { $0.kind == .reference } ?? rows.endIndex
        rows.insert(
            contentsOf: try HarmonicsBenchmark.run(windows: max(200, calls / 100), progress: &progress), at: place)
        let overloads = try overloadRuns()
        if let chain = OverloadChain.row(overloads) {
            rows.insert(chain, at: rows.firstIndex { $0.kind == .reference } ?? rows.endIndex)
        }
        return Report(calls: calls, busyThreads: busy, usesFIFO: usesFIFO, rows: rows, overloads: overloads)
    }

    private func overloadRuns() throws -> [OverloadRun] {
        let count = overloads ?? (short ? 0 : 1)
        guard count > 0 else { return [] }
        guard access(headroom, X_OK) == 0 else {
            // Asked for by name: an error. By default: said, and left out.
            guard overloads == nil else {
                throw BenchmarkError("\(headroom): not there; build it with make build, or name it with --headroom")
            }
            complain("the whole chain is left out: \(headroom) is not there; make build builds it")
            return []
        }
        return try (1...count).map { seed in
            complain("the whole chain, run \(seed) of \(count): \(OverloadChain.seconds) s")
            let run = try OverloadChain.run(headroom, seed: seed)
            if !run.exceededMainLimit {
                complain("run \(seed) of the whole chain: no overload came about, so it is not in the table")
            }
            return run
        }
    }

    /// A counter that counts nothing would pass every program.
    private func checkHeapCounter() throws {
        let before = cbenchmark_heap_count()
        let array = allocateSomething(Int.random(in: 3...5))
        let after = cbenchmark_heap_count()
        guard array.count > 2, after.allocations > before.allocations else {
            throw BenchmarkError(
                "the heap counter does not see Swift's allocations on this machine; its C library keeps malloc to itself"
            )
        }
    }

    @inline(never)
    private func allocateSomething(_ count: Int) -> [Int] { (0..<count).map { $0 * $0 } }

    private func save(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else {
            throw BenchmarkError("\(path): \(String(cString: strerror(errno))); name a file that can be written")
        }
        let written = fputs(text, file)
        guard fclose(file) == 0, written >= 0 else {
            throw BenchmarkError("\(path): \(String(cString: strerror(errno))); make room on the disk")
        }
    }
}
