import Foundation
import Glibc
import Testing

/// `bench`: times are the machine's, so that tests look at what is counted and said.
struct BenchTests {
    /// The situations wait for cars and overloads; they are not for a machine that runs many tests at a time.
    @Test("bench --json gives the program at each rate, budgets with a verdict, and a page")
    func benchJSON() throws {
        let report = "/tmp/headroom-bench-test-\(getpid()).html"
        defer { unlink(report) }
        let outcome = try HeadroomProcess.run([
            "bench", "--seconds", "5", "--only", "program", "--priority", "0", "--json", "--report", report,
        ])
        #expect([0, 1].contains(outcome.code) && !outcome.wasSignalled, "\(outcome.errors)")
        let lines = try outcome.outputLines.map(jsonObject)
        let byType = Dictionary(grouping: lines) { $0["type"] as? String ?? "" }
        #expect((byType["program"] ?? []).compactMap { $0["rate_hz"] as? Int } == [8000, 32_000, 64_000, 128_000])
        for program in byType["program"] ?? [] {
            let share = try #require(program["processor_share"] as? Double)
            #expect(share > 0 && share < 2)
            #expect((program["resident_bytes"] as? Int ?? 0) > 1_000_000)
        }
        let verdicts = Set((byType["budget"] ?? []).compactMap { $0["verdict"] as? String })
        #expect(!verdicts.isEmpty && verdicts.isSubset(of: ["kept", "machine", "broken", "unknown"]))
        #expect((outcome.code == 1) == verdicts.contains("broken"))
        let page = try String(contentsOfFile: report, encoding: .utf8)
        #expect(page.contains("8 × 32 kHz") && page.hasSuffix("</html>\n"))
    }

    @Test(
        "what cannot be is refused with the option's name",
        arguments: [
            ["--only", "quiet,loud"], ["--seconds", "1"], ["--priority", "100"],
        ])
    func refusals(options: [String]) throws {
        let outcome = try HeadroomProcess.run(["bench"] + options)
        #expect(outcome.code == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.contains(options[0]), "\(outcome.errors)")
    }
}
