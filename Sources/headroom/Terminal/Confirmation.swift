import Glibc

/// True where a person can be asked.
var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

/// Asks on standard error; true for y or yes.
func isConfirmed(_ question: String) -> Bool {
    writeToStandardError(question)
    let answer = (readLine() ?? "").lowercased()
    return answer == "y" || answer == "yes"
}
