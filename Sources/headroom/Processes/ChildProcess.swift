import Glibc
import Realtime

/// Another process of this program, with its standard output in a file.
final class ChildProcess {
    let identifier: pid_t
    /// When it was started, in monotonic nanoseconds.
    let started: Int64
    private var endStatus: CInt?

    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - output: the file that its standard output goes to, made anew where it is none; standard error goes along.
    /// - Throws: `RunError` where the system refuses it.
    init(_ arguments: [String], output: String = "/dev/null") throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        let program = "/proc/self/exe"
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        var child: pid_t = 0
        started = MonotonicClock.nanoseconds()
        let failed = posix_spawn(&child, program, &actions, nil, words, environ)
        guard failed == 0 else {
            throw RunError("another process does not start: \(String(cString: strerror(failed))); free some memory")
        }
        identifier = child
    }

    deinit { kill() }

    /// True until it has ended.
    var isRunning: Bool {
        guard endStatus == nil else { return false }
        var status: CInt = 0
        guard waitpid(identifier, &status, WNOHANG) == identifier else { return true }
        endStatus = status
        return false
    }

    /// Ends it at once, as a crash does.
    func kill() { end(by: SIGKILL, withinSeconds: 60) }

    /// Asks it to end, and ends it by force where it has not in time.
    ///
    /// - Returns: its exit code; nil: it was ended by a signal.
    @discardableResult
    func stop(withinSeconds seconds: Double = 15) -> Int? {
        end(by: SIGTERM, withinSeconds: seconds)
        if isRunning { kill() }
        guard let status = endStatus, status & 0x7F == 0 else { return nil }
        return Int(status >> 8 & 0xFF)
    }

    private func end(by signal: CInt, withinSeconds seconds: Double) {
        guard isRunning else { return }
        _ = Glibc.kill(identifier, signal)
        let deadline = MonotonicClock.nanoseconds() + Int64(seconds * 1e9)
        while isRunning, MonotonicClock.nanoseconds() < deadline {
            MonotonicClock.sleep(until: MonotonicClock.nanoseconds() + 2_000_000)
        }
    }
}
