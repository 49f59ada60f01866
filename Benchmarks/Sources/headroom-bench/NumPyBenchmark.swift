import CBenchmark
import Foundation
@_spi(Benchmarks) import MeterDSP

/// The same sums by a NumPy script, as they are usually written where a notebook measures.
enum NumPyBenchmark {
    private struct Answer: Decodable {
        var version: String
        var nanoseconds: [Int64]
        var sums: [Int64]
    }

    /// - Parameters:
    ///   - script: path of `sums.py`.
    ///   - rounds: how many times the second of signal is summed.
    /// - Returns: the row, or one without times whose note says why there are none.
    static func row(_ script: String, _ signal: [Int16], rounds: Int) throws -> Row {
        let name = "sums: NumPy"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script, "\(BuildingSignal.blockFrames)", "\(rounds)"]
        // One thread, like everything else here.
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"]) { _, new in new }
        let input = temporaryFile(signal)
        defer { input.map { try? FileManager.default.removeItem(at: $0) } }
        guard let input, let handle = try? FileHandle(forReadingFrom: input) else {
            return absent(name, "no temporary file for the signal; set TMPDIR")
        }
        process.standardInput = handle
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return absent(name, "/usr/bin/env does not start") }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // 127: env found no python3. 3: it found no NumPy.
        if process.terminationStatus == 127 || process.terminationStatus == 3 { return absent(name, "not installed") }
        guard process.terminationStatus == 0, let answer = try? JSONDecoder().decode(Answer.self, from: data) else {
            throw BenchmarkError(
                "\(script) ended with status \(process.terminationStatus) and without a result; run it by hand: "
                    + "python3 \(script) 320 1 < signal.raw")
        }
        let last = Array(signal.suffix(BuildingSignal.blockFrames * 8))
        var kernel = SumsKernel()
        kernel.add(last.span.bytes)
        let values = kernel.values
        guard values.indices.map({ values[$0] }) == answer.sums else {
            throw BenchmarkError("\(script) computes other sums than the library; report this as a bug")
        }
        var times = Durations(capacity: answer.nanoseconds.count)
        for time in answer.nanoseconds { times.append(time) }
        var row = Row(block: name, .reference, times)
        row.heapAllocations = nil
        row.heapFrees = nil
        row.preemptions = nil
        row.note = "NumPy \(answer.version)"
        return row
    }

    private static func absent(_ name: String, _ why: String) -> Row {
        var row = Row(name, .reference, Distribution.none)
        row.note = why
        return row
    }

    private static func temporaryFile(_ signal: [Int16]) -> URL? {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("headroom-bench-\(getpid()).raw")
        let data = signal.withUnsafeBytes { Data($0) }
        do { try data.write(to: place) } catch { return nil }
        return place
    }
}
