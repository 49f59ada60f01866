import Foundation
import Testing

/// The built `headroom` as a child process, as a user starts it: its output goes to files, so that it never waits for
/// the test.
final class HeadroomProcess {
    /// What a run that has ended left behind.
    struct Outcome {
        var code: Int32
        var wasSignalled: Bool
        var output: String
        var errors: String

        var outputLines: [String] { output.split(separator: "\n").map(String.init) }
        var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
    }

    /// Beside the test bundle; the package builds both.
    static let executable: URL = {
        let folders = [
            value(after: "--test-bundle-path").map { URL(filePath: $0).deletingLastPathComponent() },
            URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent(),
            URL(filePath: #filePath).appending(path: "../../../../.build/debug").standardizedFileURL,
        ].compactMap { $0 }
        return folders.map { $0.appending(path: "headroom") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? folders[0].appending(path: "headroom")
    }()

    private static func value(after option: String) -> String? {
        let arguments = CommandLine.arguments
        return arguments.firstIndex(of: option).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
    }

    private let process = Process()
    private let files: TemporaryFolder
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - input: what it reads from standard input.
    ///   - environment: beside that of the tests.
    ///   - tool: another program with its own arguments, which runs it: `/usr/bin/strace -f`.
    init(
        _ arguments: [String], in folder: URL? = nil, input: String = "", environment: [String: String] = [:],
        under tool: [String] = []
    ) throws {
        files = try TemporaryFolder()
        for name in ["out", "err"] { _ = FileManager.default.createFile(atPath: files.path(name), contents: nil) }
        let words = tool + [Self.executable.path] + arguments
        process.executableURL = URL(filePath: words[0])
        process.arguments = Array(words.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder ?? files.url
        try files.write(input, to: "in")
        process.standardInput = try FileHandle(forReadingFrom: files.url.appending(path: "in"))
        let out = try FileHandle(forWritingTo: files.url.appending(path: "out"))
        let err = try FileHandle(forWritingTo: files.url.appending(path: "err"))
        process.standardOutput = out
        process.standardError = err
        process.terminationHandler = { [ended] _ in ended.signal() }
        // The child has its own by then: hundreds of runs would else leave hundreds of files open here.
        defer {
            try? out.close()
            try? err.close()
        }
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var isRunning: Bool { process.isRunning }
    var output: String { files.text("out") }
    var errors: String { files.text("err") }

    /// Of the threads that it has now.
    var threadNames: [String] {
        let tasks = "/proc/\(process.processIdentifier)/task"
        return ((try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []).compactMap { task in
            (try? String(contentsOfFile: "\(tasks)/\(task)/comm", encoding: .utf8))?
                .trimmingCharacters(in: .newlines)
        }
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// True as soon as `isSo`; false where the program ended or a generous time passed before.
    func wait(until isSo: () -> Bool) -> Bool {
        for _ in 0..<600 {
            if isSo() { return true }
            if !process.isRunning { return isSo() }
            usleep(50_000)
        }
        return false
    }

    /// Waits for the end; a program that does not end within `seconds` is killed and reported.
    func outcome(within seconds: Double = 60, sourceLocation: SourceLocation = #_sourceLocation) -> Outcome {
        if ended.wait(timeout: .now() + seconds) == .timedOut {
            Issue.record("headroom did not end within \(seconds) s", sourceLocation: sourceLocation)
            kill(process.processIdentifier, SIGKILL)
            ended.wait()
        }
        ended.signal()
        return Outcome(
            code: process.terminationStatus, wasSignalled: process.terminationReason == .uncaughtSignal,
            output: output, errors: errors)
    }

    /// Runs `headroom` to its end.
    static func run(
        _ arguments: [String], in folder: URL? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        try HeadroomProcess(arguments, in: folder).outcome(sourceLocation: sourceLocation)
    }
}

extension HeadroomProcess.Outcome {
    /// Checks that the input was refused: the code, one line on standard error that has every one of `words` and a
    /// remedy, and nothing on standard output.
    func expectRefusal(code: Int32, saying words: [String], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(!wasSignalled && self.code == code, "code \(self.code): \(errors)", sourceLocation: sourceLocation)
        #expect(errorLines.count == 1, "not one line: \(errors)", sourceLocation: sourceLocation)
        #expect(output.isEmpty, "on stdout: \(output)", sourceLocation: sourceLocation)
        #expect(errors.hasPrefix("headroom: "), "\(errors)", sourceLocation: sourceLocation)
        for word in words {
            #expect(errors.contains(word), "'\(word)' is not in: \(errors)", sourceLocation: sourceLocation)
        }
    }
}

/// A folder that goes with the value.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "headroom-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    func text(_ name: String) -> String {
        (try? Data(contentsOf: url.appending(path: name))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String { try write(Data(text.utf8), to: name) }

    @discardableResult
    func write(_ data: Data, to name: String) throws -> String {
        try data.write(to: url.appending(path: name))
        return path(name)
    }
}
