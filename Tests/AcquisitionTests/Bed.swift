import Foundation
import Testing

/// Runs the probe beside the made-up kernel ADC of `Bed/bed.sh`.
enum Bed {
    static let isAvailable = unavailableBecause == nil
    static let word: Comment =
        "needs root, unshare, python3, mount, iiod and the probe's build; bed: \(unavailableBecause ?? "there")"

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Bed")
    private static let probe = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "acquisition-probe")

    /// nil where the bed can be used.
    private static let unavailableBecause: String? = {
        guard geteuid() == 0 else { return "not root" }
        guard FileManager.default.isExecutableFile(atPath: probe.path) else { return "no \(probe.path)" }
        let check = "command -v unshare python3 mount iiod timeout >&2 && unshare --mount --net --pid --fork true"
        guard let process = try? start(["/bin/bash", "-c", check], output: FileHandle.nullDevice, errors: .nullDevice)
        else {
            return "no /bin/bash"
        }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? nil : "a tool is missing, or no new namespaces are allowed"
    }()

    /// What a run of the probe told.
    struct Run {
        let lines: [[String: Any]]
        /// Codes in the order read, inputs side by side.
        let codes: [Int32]
        let status: Int32
        let errors: String

        func events(_ name: String) -> [[String: Any]] { lines.filter { $0["event"] as? String == name } }
        var source: [String: Any] { events("source").first ?? [:] }
        var blocks: [[String: Any]] { events("block") }
        var error: [String: Any] { events("error").first ?? [:] }
        var framesLost: Int { blocks.reduce(0) { $0 + ($1["framesLost"] as? Int ?? 0) } }
    }

    /// - Parameters:
    ///   - options: of the bed.
    ///   - probe: arguments of the probe.
    ///   - afterwards: a shell command that runs in the bed when the probe has ended.
    ///   - preload: a library that is loaded into the probe.
    static func run(
        _ options: [String], probe arguments: [String], afterwards: String? = nil, preload: URL? = nil
    ) throws -> Run {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "headroom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let files = ["out", "err", "codes"].map { scratch.appending(path: $0) }
        for file in files { try Data().write(to: file) }

        var command = [probe.path] + arguments + ["--dump", files[2].path]
        if let preload { command = ["env", "LD_PRELOAD=\(preload.path)"] + command }
        if let afterwards {
            command = ["/bin/bash", "-c", "\"$@\"; status=$?; (\(afterwards)) >&2; exit $status", "bed"] + command
        }
        let process = try start(
            ["/usr/bin/env", "timeout", "--kill-after=5", "120", folder.appending(path: "bed.sh").path]
                + options + ["--"] + command,
            output: FileHandle(forWritingTo: files[0]), errors: FileHandle(forWritingTo: files[1]))
        process.waitUntilExit()

        let text = try String(contentsOf: files[0], encoding: .utf8)
        let dump = try Data(contentsOf: files[2])
        return Run(
            lines: try text.split(separator: "\n").map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            },
            codes: dump.withUnsafeBytes { bytes in
                stride(from: 0, to: bytes.count - 3, by: 4).map {
                    Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Int32.self))
                }
            },
            status: process.terminationStatus, errors: try String(contentsOf: files[1], encoding: .utf8))
    }

    /// Builds the library that counts heap allocations; nil where the C compiler cannot. The caller removes it.
    static func allocationCounter() -> URL? {
        let library = FileManager.default.temporaryDirectory.appending(path: "headroom-\(UUID().uuidString).so")
        let source = folder.appending(path: "malloc-count.c").path
        let compiler = try? start(
            ["/usr/bin/env", "cc", "-shared", "-fPIC", "-o", library.path, source], output: FileHandle.nullDevice,
            errors: .nullDevice)
        compiler?.waitUntilExit()
        return compiler?.terminationStatus == 0 ? library : nil
    }

    static func start(_ command: [String], input: Pipe? = nil, output: Any, errors: FileHandle) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        return process
    }

    /// What the bed's generator puts into frame `frame` of input `input`; see bed.py.
    static func code(frame: Int, input: Int, bits: Int = 16) -> Int32 {
        let value = (frame % 4096) * (2 * input + 1) * (bits == 16 ? 16 : 4096) + 37 * input
        return Int32(value % (1 << bits) - 1 << (bits - 1))
    }
}

/// Where two runs of codes part; nil where they are equal. (A failed `==` of thousands of codes would fill the log.)
func firstDifference(_ codes: [Int32], _ made: [Int32]) -> Int? {
    if let index = zip(codes, made).enumerated().first(where: { $1.0 != $1.1 })?.offset { return index }
    return codes.count == made.count ? nil : min(codes.count, made.count)
}
