import CBenchmark
import Foundation
@_spi(Benchmarks) import MeterDSP

/// Instructions per frame and per decision, counted by callgrind: the same on a busy and on a quiet machine.
enum InstructionCount {
    /// What can be counted, and the row of the table it belongs to.
    static let kernels: [(option: String, row: String)] =
        [("sums", "sums: Swift")] + SumsInC.Kernel.all.map { ($0.option, "sums: \($0.name)") } + [
            ("meter", "meter: direct sensors"), ("meter-coils", "meter: Rogowski coils"),
        ]

    /// Decisions of the allocator, counted inside `allocate` alone, and the row they belong to.
    static let decisions: [(option: String, stations: Int, row: String)] =
        AllocatorBenchmark.budgets.map { ("allocate-\($0.stations)", $0.stations, "allocate: \($0.stations) stations") }

    /// `Allocator.allocate(_:reports:now:)` and all that it calls.
    private static let counted = "$s10Allocation9AllocatorV8allocate_7*"

    /// Whole seconds of signal; the difference is what is counted, so that start and end cancel out.
    private static let fewer = 1
    private static let more = 3

    /// Works through `seconds` of signal with one kernel: what runs below callgrind.
    static func work(_ option: String, seconds: Int) throws {
        let signal = BuildingSignal(usesCoils: option == "meter-coils")
        if let place = decisions.firstIndex(where: { $0.option == option }) {
            AllocatorBenchmark.decide(stations: decisions[place].stations, rounds: seconds)
            return
        }
        if option.hasPrefix("meter") {
            var run = try MeterRun(signal.configuration(), blocks: 0)
            // Whatever callgrind is to count, the meter has settled before.
            run.grow(signal.samples, bySeconds: 1)
            for _ in 0..<seconds { run.measure(signal.samples, frameBytes: BuildingSignal.frameBytes) }
            guard let fault = signal.fault(in: run.meter) else { return }
            throw BenchmarkError("\(fault); run the tests of MeterDSP")
        }
        if option == "sums" {
            var kernel = SumsKernel()
            for _ in 0..<seconds { add(signal.samples, to: &kernel) }
            guard kernel.values[8] > 0 else { throw BenchmarkError("the sums are empty; report this as a bug") }
            return
        }
        guard let kernel = SumsInC.Kernel.all.first(where: { $0.option == option }) else {
            throw BenchmarkError(
                "--count-instructions \(option): choose one of \(kernels.map(\.option).joined(separator: ", "))")
        }
        guard kernel.runsHere else {
            throw BenchmarkError("--count-instructions \(option): this processor has no such instructions")
        }
        var times = Durations(capacity: 0)
        var sums = SumsInC()
        guard let place = sums.kernels.firstIndex(where: { $0.option == option }) else { return }
        for _ in 0..<seconds { sums.add(signal.samples, with: place, &times) }
    }

    @inline(never)
    private static func add(_ samples: [Int16], to kernel: inout SumsKernel) {
        let bytes = samples.span.bytes
        for block in 0..<BuildingSignal.blocks {
            let start = block * BuildingSignal.blockBytes
            kernel.add(bytes.extracting(start..<start + BuildingSignal.blockBytes))
        }
    }

    /// Counts all kernels and notes the counts in `rows`.
    static func count(into rows: inout [Row], progress: inout Progress) throws {
        let emulated = Set(kernels.map(\.option)).subtracting(
            // Callgrind knows no AVX-512.
            SumsInC.Kernel.all.filter { !$0.runsHere || $0.code == cbenchmark_avx512 }.map(\.option))
        let program = try strippedCopy()
        defer { try? FileManager.default.removeItem(atPath: program) }
        for (number, kernel) in kernels.enumerated() where emulated.contains(kernel.option) {
            progress.report(done: number, of: kernels.count, "instructions, by callgrind")
            let low = try instructions(program, kernel.option, seconds: fewer)
            let high = try instructions(program, kernel.option, seconds: more)
            guard let row = rows.firstIndex(where: { $0.name == kernel.row }) else { continue }
            let frames = (more - fewer) * BuildingSignal.blocks * BuildingSignal.blockFrames
            rows[row].instructionsPerFrame = Double(high - low) / Double(frames)
        }
        for decision in decisions {
            let rounds = decision.stations > 100 ? 5 : 50
            let count = try instructions(program, decision.option, seconds: rounds, of: counted)
            guard let row = rows.firstIndex(where: { $0.name == decision.row }) else { continue }
            rows[row].instructionsPerDecision = Double(count) / Double(rounds * AllocatorBenchmark.callsPerRound)
        }
    }

    /// This program without its debug information, which valgrind up to 3.19 stumbles over.
    private static func strippedCopy() throws -> String {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent("headroom-bench-\(getpid())").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["strip", "--strip-debug", "-o", copy, program]
        do { try process.run() } catch { throw BenchmarkError("/usr/bin/env does not start: \(error)") }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkError(
                "strip \(program) ended with status \(process.terminationStatus); install the package binutils, "
                    + "or leave out --instructions")
        }
        return copy
    }

    /// - Parameter function: counts what it calls alone; nil: the whole program.
    private static func instructions(
        _ program: String, _ option: String, seconds: Int, of function: String? = nil
    ) throws -> Int {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
            + (function.map { ["--toggle-collect=\($0)"] } ?? [])
            + [program, "--count-instructions", option, "--seconds", "\(seconds)"]
        process.standardOutput = FileHandle.nullDevice
        let messages = Pipe()
        process.standardError = messages
        do { try process.run() } catch { throw BenchmarkError("/usr/bin/env does not start: \(error)") }
        let text = String(decoding: messages.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus != 127 else {
            throw BenchmarkError("valgrind is not there; install the package valgrind, or leave out --instructions")
        }
        // "==123== Collected : 45678"
        let collected = text.split(separator: "\n").compactMap { line -> Int? in
            guard let mark = line.range(of: "Collected : ") else { return nil }
            return Int(line[mark.upperBound...].prefix { $0.isNumber })
        }
        guard process.terminationStatus == 0, let count = collected.last else {
            throw BenchmarkError(
                "callgrind gave no count of \(option) (status \(process.terminationStatus)); run it by hand: "
                    + "valgrind \(process.arguments?.dropFirst().joined(separator: " ") ?? "")")
        }
        return count
    }
}
