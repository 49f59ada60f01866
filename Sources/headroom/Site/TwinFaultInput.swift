import Glibc
import Realtime
import SiteTwin

/// Faults of the twin, line by line from standard input: for whoever tries a device out.
struct TwinFaultInput {
    enum Fault: Equatable {
        case shiftTimestamps(seconds: Double)
        case loseFrames(Int)
        /// Of the station at this place, from 0.
        case station(Int, StationFaults)
        case reboot(Int)
    }

    /// What can be written, for the help and for whoever wrote something else.
    static let usage = """
        shift-timestamps SECONDS (up to 1e9, negative: back), lose-frames COUNT (1 to 10000000), reboot STATION, \
        station STATION FAULT ... (STATION: from 1; none: it is well again; or \
        \(StationFaults.named.map(\.key).joined(separator: ", ")))
        """

    /// - Parameter stationCount: of the twin.
    /// - Throws: what is wrong with the line.
    static func fault(_ line: String, stationCount: Int) throws(UsageError) -> Fault {
        let words = line.split(separator: " ").map(String.init)
        if words.count == 2, words[0] == "shift-timestamps", let seconds = Double(words[1]), abs(seconds) <= 1e9 {
            return .shiftTimestamps(seconds: seconds)
        }
        if words.count == 2, words[0] == "lose-frames", let count = Int(words[1]), (1...10_000_000).contains(count) {
            return .loseFrames(count)
        }
        if words.count >= 2, let number = Int(words[1]), (1...max(1, stationCount)).contains(number) {
            if words.count == 2, words[0] == "reboot" { return .reboot(number - 1) }
            if words[0] == "station", let faults = stationFaults(words.dropFirst(2)) {
                return .station(number - 1, faults)
            }
        }
        throw UsageError("'\(line)': use one of: \(usage); there are \(stationCount) stations")
    }

    /// nil: no such fault, or none named.
    private static func stationFaults(_ words: ArraySlice<String>) -> StationFaults? {
        if Array(words) == ["none"] { return [] }
        var faults: StationFaults = []
        for word in words {
            guard let named = StationFaults.named.first(where: { $0.key == word }) else { return nil }
            faults.insert(named.value)
        }
        return faults.isEmpty ? nil : faults
    }

    /// Reads until standard input ends, on a thread of its own that nobody waits for.
    static func start(_ twin: SiteTwin) throws {
        let stationCount = twin.description.stations.count
        let thread = RealtimeThread(name: "faults") { _ in
            readLines { line in
                do throws(UsageError) {
                    switch try fault(line, stationCount: stationCount) {
                    case .shiftTimestamps(let seconds): twin.shiftTimestamps(bySeconds: seconds)
                    case .loseFrames(let count): twin.loseFrames(count)
                    case .station(let place, let faults): twin.setStationFaults(faults, station: place)
                    case .reboot(let place): twin.rebootStation(place)
                    }
                } catch {
                    complain("headroom: \(error)")
                }
            }
        }
        guard thread != nil else { throw RunError("no thread left; raise the limit (ulimit -u)") }
    }

    /// Not `readLine`: it holds the lock of standard input while it waits, and `fflush(nil)` wants all locks.
    private static func readLines(_ body: (String) -> Void) {
        var rest: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = part.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0, rest.count < 65_536 else { return }
            rest += part[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                body(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeSubrange(...end)
            }
        }
    }
}
