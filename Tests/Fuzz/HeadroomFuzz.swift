import Glibc

/// Feeds damaged input to every decoder and reader.
///
/// `headroom-fuzz [--seconds N] [--seed N] [--target NAME] [--save FOLDER]`; `--input FILE --target NAME` runs one saved
/// input again. Each target runs in a process of its own, which has its next input on disk before it takes it: an input
/// that ends the process is found there afterwards. Exit code 1 where one was found.
@main
enum HeadroomFuzz {
    static func main() {
        do {
            let options = try FuzzOptions(CommandLine.arguments.dropFirst())
            if let input = options.inputPath {
                try runOnce(options, input)
            } else if options.isWorker {
                #if LIBFUZZER
                    try CoverageWorker.run(options)
                #else
                    try FuzzWorker(options).run()
                #endif
            } else {
                exit(try supervise(options) ? 0 : 1)
            }
        } catch {
            say("headroom-fuzz: \(error)")
            exit(2)
        }
    }

    private static func runOnce(_ options: FuzzOptions, _ path: String) throws {
        for target in try options.targets() {
            say("\(target.name): \(path)")
            let isAccepted = try target.run(try readFile(path))
            say("\(target.name): \(isAccepted ? "accepted" : "refused"), no fault")
        }
    }

    /// One process for each target, one after the other.
    private static func supervise(_ options: FuzzOptions) throws -> Bool {
        let targets = try options.targets()
        var isClean = true
        for target in targets {
            let seconds = options.seconds / Double(targets.count)
            let arguments = [
                CommandLine.arguments[0], "--worker", "--target", target.name, "--seconds", "\(seconds)", "--seed",
                "\(options.seed)", "--save", options.saveFolder,
            ]
            let status = try wait(for: spawn(arguments))
            guard status != 0 else { continue }
            isClean = false
            let reason = status & 0x7F == 0 ? "exit code \(status >> 8)" : "signal \(status & 0x7F)"
            say(
                "\(target.name): ended by \(reason); again: \(CommandLine.arguments[0]) --target \(target.name) --input "
                    + "\(options.currentPath(target.name))")
        }
        return isClean
    }

    private static func spawn(_ arguments: [String]) throws -> pid_t {
        var process = pid_t()
        var words = arguments.map { strdup($0) } + [nil]
        defer { words.forEach { free($0) } }
        let problem = posix_spawn(&process, "/proc/self/exe", nil, nil, &words, environ)
        guard problem == 0 else { throw FuzzError("cannot start a process: \(String(cString: strerror(problem)))") }
        return process
    }

    private static func wait(for process: pid_t) throws -> CInt {
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw FuzzError("lost a process: \(String(cString: strerror(errno)))") }
        }
        return status
    }
}

/// What went wrong with the fuzzer itself, or what a target found.
struct FuzzError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

struct FuzzOptions {
    var seconds = 60.0
    var seed: UInt64 = 1
    var targetName: String?
    var saveFolder = "/tmp/headroom-fuzz"
    var inputPath: String?
    var isWorker = false

    init(_ arguments: some Sequence<String>) throws {
        var rest = Array(arguments)[...]
        while let word = rest.popFirst() {
            if word == "--worker" {
                isWorker = true
                continue
            }
            guard let value = rest.popFirst() else { throw FuzzError("\(word): its value is missing") }
            switch word {
            case "--seconds":
                guard let number = Double(value), number > 0, number < 1e6 else {
                    throw FuzzError("--seconds \(value): use a number above 0")
                }
                seconds = number
            case "--seed":
                guard let number = UInt64(value) else { throw FuzzError("--seed \(value): use a whole number") }
                seed = number
            case "--target": targetName = value
            case "--save": saveFolder = value
            case "--input": inputPath = value
            default: throw FuzzError("\(word): use --seconds, --seed, --target, --save or --input")
            }
        }
    }

    func targets() throws -> [any FuzzTarget] {
        let all = allTargets()
        guard let targetName else { return all }
        let found = all.filter { $0.name == targetName }
        guard !found.isEmpty else {
            throw FuzzError("--target \(targetName): use one of \(all.map(\.name).joined(separator: ", "))")
        }
        return found
    }

    /// The input that a target is at; with libFuzzer, as it is, the one that ended it.
    func currentPath(_ target: String) -> String {
        #if LIBFUZZER
            "\(saveFolder)/\(target).fault"
        #else
            "\(saveFolder)/\(target).current"
        #endif
    }
}

/// One line on the standard output, at once: a process that ends by a signal writes no buffer.
func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(1, bytes, bytes.count)
}
