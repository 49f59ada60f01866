import ArgumentParser
import Glibc

/// The command line asks for something that cannot be: exit code 2.
struct UsageError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Something outside is not as it should be (a file, a device, a setting): exit code 1.
struct RunError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Refuses a running time that is no time, or too long for a clock: 1e9 s are 31 years.
func checkSeconds(_ seconds: Double?, option: String = "--seconds") throws {
    guard let seconds, !(seconds > 0 && seconds <= 1e9) else { return }
    throw UsageError("\(option) \(seconds): use more than 0 and at most 1e9, or leave it out")
}

/// Writes `text` and a line end to standard error.
func complain(_ text: String) { writeToStandardError(text + "\n") }

/// Writes `text` to standard error at once; what a closed pipe does not take is lost.
func writeToStandardError(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        guard written > 0 else { return }
        rest = rest.dropFirst(written)
    }
}

/// Runs `body`; says its error in one line on standard error and leaves with the code that the kind of error has.
func reportingErrors(_ body: () throws -> Void) throws {
    do {
        try body()
    } catch let error as UsageError {
        complain("headroom: \(error)")
        throw ExitCode(2)
    } catch let code as ExitCode {
        throw code
    } catch {
        complain("headroom: \(error)")
        throw ExitCode(1)
    }
}
