import Glibc

/// Columns of the terminal on standard output, 60 to 120; 80 where it is none.
var terminalWidth: Int {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
        return 80
    }
    return min(max(Int(size.ws_col), 60), 120)
}

/// `text` in lines of at most `width` columns, broken at blanks; the first begins with `first`, the others with as many
/// blanks. A word that is longer than a line has one of its own.
func wrapped(_ text: String, first: String = "", width: Int = terminalWidth) -> [String] {
    let indent = String(repeating: " ", count: first.count)
    var lines: [String] = []
    var line = first
    var isEmpty = true
    for word in text.split(whereSeparator: \.isWhitespace) {
        if !isEmpty, line.count + 1 + word.count > width {
            lines.append(line)
            (line, isEmpty) = (indent, true)
        }
        line += (isEmpty ? "" : " ") + word
        isEmpty = false
    }
    return lines + [line]
}

/// Hands what was printed to whoever reads it, at once.
func flushOutput() { fflush(nil) }
