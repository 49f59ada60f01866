import Foundation
import Glibc
import Testing

/// What the measuring thread asks of the kernel once it runs: libiio's reading, and nothing else but wake-ups.
struct SystemCallTests {
    private static let strace = "/usr/bin/strace"
    /// In containers without ptrace there is nothing to see.
    private static let canTrace: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: strace)
        process.arguments = ["-qq", "-o", "/dev/null", "/bin/true"]
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// One line of a trace: `123 45.678901 write(9, "\1\0\0\0\0\0\0\0", 8) = 8`.
    private struct Call {
        var thread: Int
        var seconds: Double
        var name: String
        var line: String

        init?(_ line: Substring) {
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count == 3, let thread = Int(words[0]), let seconds = Double(words[1]) else { return nil }
            let isResumed = words[2].hasPrefix("<...")
            guard !isResumed, let end = words[2].firstIndex(of: "(") else { return nil }
            self.thread = thread
            self.seconds = seconds
            name = String(words[2][..<end])
            self.line = String(line)
        }
    }

    @Test(
        "after its start the measuring thread takes no lock, opens nothing, asks for no memory: libiio's ten calls a block",
        .enabled(if: canTrace, "strace cannot trace here: install it, and allow ptrace"))
    func measuringThread() throws {
        let folder = try TemporaryFolder()
        let twin = try HeadroomProcess(["twin", "--write-config", folder.path("site.yaml"), "--stations", "16"])
        defer { twin.send(SIGTERM) }
        #expect(twin.wait { folder.text("site.yaml").hasSuffix("\n") })
        let run = try HeadroomProcess(
            ["run", "--config", folder.path("site.yaml"), "--json", "--seconds", "10"],
            under: [Self.strace, "-f", "-qq", "-ttt", "-s", "8", "-o", folder.path("trace")])
        let outcome = run.outcome()
        #expect(outcome.code == 0, "\(outcome.errors)")
        let calls = folder.text("trace").split(separator: "\n").compactMap { Call($0) }
        let measuring = try #require(calls.first { $0.name == "prctl" && $0.line.contains("\"measure\"") }).thread
        let start = try #require(calls.first).seconds
        let end = try #require(calls.last).seconds
        // Stations are found, cars come, limits rise; at the end all is taken down.
        let steady = calls.filter { $0.thread == measuring && $0.seconds > start + 4 && $0.seconds < end - 1 }
        let byName = Dictionary(grouping: steady, by: \.name)
        // libiio's network backend: waits, sends, receives. Of its own: eight bytes to a writer's eventfd.
        #expect(
            Set(byName.keys).isSubset(of: ["poll", "ppoll", "recvfrom", "sendto", "read", "write"]), "\(byName.keys)")
        for call in byName["write"] ?? [] { #expect(call.line.hasSuffix(", 8) = 8"), "\(call.line)") }
        let blocks = (byName["sendto"] ?? []).count
        #expect(blocks > 100)
        let own = (byName["write"] ?? []).count
        #expect(Double(own) <= 0.5 * Double(blocks), "\(own) wake-ups in \(blocks) blocks")
        #expect(steady.count - own <= 10 * (blocks + 1), "\(byName.mapValues(\.count)) in \(blocks) blocks")
    }
}
