import ArgumentParser
import CBenchmark
import Glibc

@main
struct HeadroomBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "headroom-bench",
        abstract:
            "Measures core, spectra, allocator, device program and the machine under them, in one run and one table.",
        discussion: """
            Times are only reported: they are the machine's as much as the program's. Counts and ratios decide: where \
            one breaks a threshold, the exit code is 1.

            Example: headroom-bench --short --json bench.json
            """)

    @Flag(help: "A run of less than a minute, without the device program.")
    var short = false

    @Option(
        help: ArgumentHelp(
            "Timed blocks and timed decisions of each kind (default: 100000, short 50000).",
            valueName: "n"))
    var calls: Int?

    @Option(help: ArgumentHelp("Write all results to this file too.", valueName: "file"))
    var json: String?

    @Flag(help: "One busy thread per processor beside the measurement, which then asks for SCHED_FIFO.")
    var load = false

    @Option(
        help: ArgumentHelp(
            "Seconds of each situation of the device program, 5 or more; 0: none (default: 5, short 0).",
            valueName: "s"))
    var device: Int?

    @Option(help: ArgumentHelp("The headroom command, which is the device program.", valueName: "path"))
    var headroom = "../.build/release/headroom"

    @Flag(help: "Count instructions per frame with callgrind (valgrind) too: about a minute more.")
    var instructions = false

    @Option(
        help: ArgumentHelp(
            "Instead of all else: stations that lose their power again and again, for this long.", valueName: "s"))
    var restarts: Int?

    @Option(help: ArgumentHelp("The file of thresholds.", valueName: "file"))
    var thresholds = "thresholds.json"

    @Option(help: ArgumentHelp("The sums in NumPy.", valueName: "file"))
    var numpy = "sums.py"

    @Option(
        help: ArgumentHelp(
            "Only work through some seconds of signal with one kernel, for callgrind.", valueName: "kernel",
            visibility: .hidden))
    var countInstructions: String?

    @Option(help: ArgumentHelp("Seconds of signal for --count-instructions.", visibility: .hidden))
    var seconds = 1

    func validate() throws {
        if let restarts, !(10...86_400).contains(restarts) {
            throw ValidationError("--restarts \(restarts): use 10 to 86400")
        }
        guard (1...1_000).contains(seconds) else { throw ValidationError("--seconds \(seconds): use 1 to 1000") }
        if let calls, !(1_000...100_000_000).contains(calls) {
            throw ValidationError("--calls \(calls): use 1000 to 100000000")
        }
        if let device, device != 0, !(5...86_400).contains(device) {
            throw ValidationError("--device \(device): use 5 to 86400, or 0")
        }
    }

    func run() throws {
        do {
            if let kernel = countInstructions {
                try InstructionCount.work(kernel, seconds: seconds)
                return
            }
            if let restarts {
                try runRestarts(seconds: restarts)
                return
            }
            let limits = try Thresholds(path: thresholds)
            let report = try measure()
            report.table().forEach { print($0) }
            if let json { try save(report.json(), to: json) }
            let broken = limits.broken(by: report.rows)
            broken.forEach(complain)
            if !broken.isEmpty { throw ExitCode(1) }
        } catch let error as BenchmarkError {
            complain("\(error)")
            throw ExitCode(1)
        }
    }

    private func measure() throws -> Report {
        var progress = Progress()
        try checkHeapCounter()
        // Whole seconds of signal.
        let calls = ((calls ?? (short ? 50_000 : 100_000)) + 99) / 100 * 100
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
        let signal = BuildingSignal(usesCoils: false)
        let kernels = rows.firstIndex { $0.kind == .machine } ?? rows.endIndex
        rows.insert(try NumPyBenchmark.row(numpy, signal.samples, rounds: short ? 2 : 10), at: kernels)
        var others = try ScalingBenchmark.run(rounds: short ? 20 : 100, progress: &progress)
        others += try SpectraBenchmark.run(windows: short ? 500 : 1500, progress: &progress)
        others += try HarmonicsBenchmark.run(windows: short ? 50 : 300, progress: &progress)
        for (stations, budget) in AllocatorBenchmark.budgets {
            // As long for a thousand as for a hundred.
            others += try AllocatorBenchmark.run(
                stations: stations, calls: stations > 100 ? calls / 10 : calls, budget: budget, progress: &progress)
        }
        rows.insert(contentsOf: others, at: rows.firstIndex { $0.kind == .machine } ?? rows.endIndex)
        rows.insert(
            contentsOf: try WireBenchmark.run(rounds: short ? 60 : 400, &progress),
            at: rows.firstIndex { $0.kind == .machine } ?? rows.endIndex)
        let program = try deviceBenchmark()
        rows.insert(contentsOf: program?.rows ?? [], at: rows.firstIndex { $0.kind == .machine } ?? rows.endIndex)
        if instructions { try InstructionCount.count(into: &rows, progress: &progress) }
        return Report(calls: calls, busyThreads: busy, usesFIFO: usesFIFO, rows: rows, budgets: program?.budgets ?? [])
    }

    private func runRestarts(seconds: Int) throws {
        var progress = Progress()
        let result = try RestartRun.run(seconds: seconds, &progress)
        let times = result.recoveries
        func milliseconds(_ nanoseconds: Double?) -> String { nanoseconds.map { fixed($0 / 1e6, 0) } ?? "-" }
        print(
            "\(times.count) restarts of \(RestartRun.stations) stations in \(seconds) s; from power to the right limit in "
                + "ms: median \(milliseconds(times.p50)), p99 \(milliseconds(times.p99)), max \(milliseconds(times.maximum))"
        )
        print(
            "file descriptors \(result.descriptors.before) -> \(result.descriptors.after), resident memory "
                + "\(result.residentKilobytes.before) -> \(result.residentKilobytes.after) kB")
        result.failures.forEach(complain)
        let grew =
            result.descriptors.after > result.descriptors.before
            || result.residentKilobytes.after > result.residentKilobytes.before + 1024
        if grew { complain("it grew: look for what is not given back") }
        if grew || !result.failures.isEmpty { throw ExitCode(1) }
    }

    /// The device program; nil where it is left out.
    private func deviceBenchmark() throws -> DeviceBenchmark? {
        let seconds = device ?? (short ? 0 : 5)
        guard seconds > 0 else { return nil }
        guard access(headroom, X_OK) == 0 else {
            // Asked for by name: an error. By default: said, and left out.
            guard device == nil else {
                throw BenchmarkError("\(headroom): not there; build it with make build, or name it with --headroom")
            }
            complain("the device program is left out: \(headroom) is not there; make build builds it")
            return nil
        }
        return try DeviceBenchmark(headroom, seconds: seconds)
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
