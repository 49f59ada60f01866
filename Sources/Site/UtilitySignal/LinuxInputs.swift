import CGPIO
import Glibc
import Synchronization

/// Inputs of Linux: lines of a GPIO chip, and files that hold 0 or 1. Opened when they are first read, and again after
/// an error: an expander that comes up late is found.
final class LinuxInputs: DigitalInputs {
    private let settings: UtilitySignalSettings
    /// Descriptors of GPIO lines, by input; -1: not open.
    private let lines: Mutex<[CInt]>

    init(_ settings: UtilitySignalSettings) {
        self.settings = settings
        lines = Mutex(settings.inputs.map { _ in -1 })
    }

    deinit { lines.withLock { for line in $0 where line >= 0 { close(line) } } }

    func read() throws(DigitalInputError) -> UInt8 {
        var pattern: UInt8 = 0
        for (place, input) in settings.inputs.enumerated() {
            let isHigh =
                switch input {
                case .gpio(let chip, let line): try readLine(place, chip, line)
                case .file(let path): try readFile(path)
                }
            if isHigh { pattern |= 1 << UInt8(place) }
        }
        return pattern
    }

    private func readLine(_ place: Int, _ chip: String, _ line: UInt32) throws(DigitalInputError) -> Bool {
        let answer = lines.withLock { open in
            if open[place] < 0 { open[place] = cgpio_open_input(chip, line) }
            guard open[place] >= 0 else {
                defer { open[place] = -1 }
                return open[place]
            }
            let value = cgpio_read(open[place])
            if value < 0 {
                close(open[place])
                open[place] = -1
            }
            return value
        }
        guard answer >= 0 else {
            throw DigitalInputError(
                "utility-signal.inputs: line \(line) of \(chip): \(String(cString: strerror(-answer))); compare with "
                    + "gpioinfo, and let the service's user read the chip")
        }
        return answer == 1
    }

    private func readFile(_ path: String) throws(DigitalInputError) -> Bool {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw DigitalInputError(
                "utility-signal.inputs: \(path): \(String(cString: strerror(errno))); correct the path")
        }
        defer { close(file) }
        var text: (UInt8, UInt8) = (0, 0)
        let count = withUnsafeMutableBytes(of: &text) { Glibc.read(file, $0.baseAddress, 2) }
        guard count >= 1, text.0 == UInt8(ascii: "0") || text.0 == UInt8(ascii: "1"),
            count == 1 || text.1 == UInt8(ascii: "\n")
        else {
            throw DigitalInputError("utility-signal.inputs: \(path) holds neither 0 nor 1; name the file of the input")
        }
        return text.0 == UInt8(ascii: "1")
    }
}
