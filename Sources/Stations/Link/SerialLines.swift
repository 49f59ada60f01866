import Glibc
import Synchronization

/// The serial lines of this process, by device: stations on one device share one line.
enum SerialLines {
    private struct Entry {
        weak var line: SerialLine?
        /// The station that came first.
        var station: String
    }

    private static let known = Mutex<[String: Entry]>([:])

    /// The line of `settings`; a new one where no station uses that device.
    ///
    /// - Throws: where another station uses the device with another speed, parity or number of stop bits.
    static func line(_ settings: SerialSettings, station: String) throws(StationError) -> SerialLine {
        // Two names of one device, such as those in /dev/serial/by-id, are one line.
        let path = settings.device
        let device: String
        if let real = realpath(path, nil) {
            device = String(cString: real)
            free(real)
        } else {
            device = path
        }
        let made = SerialLine(settings)
        let (line, first) = known.withLock { known in
            known = known.filter { $0.value.line != nil }
            if let entry = known[device], let line = entry.line { return (line, entry.station) }
            known[device] = Entry(line: made, station: station)
            return (made, station)
        }
        var asked = settings
        asked.device = line.settings.device
        guard asked == line.settings else {
            throw StationError(
                station: station, field: "serial",
                problem: "\(device) is set to \(settings.words) here and to \(line.settings.words) for '\(first)'",
                remedy: "give all stations on one line the same settings, in the stations too")
        }
        return line
    }
}
