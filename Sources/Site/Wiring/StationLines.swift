import Allocation
import Realtime

/// The lines on which each station's car is known to draw, on their way from the thread that finds them out to the
/// real-time thread. The first alone stores.
struct StationLines: Sendable {
    private let known: [SequenceLock<PhaseSet>]

    init(stationCount: Int) {
        known = (0..<stationCount).map { _ in SequenceLock(PhaseSet(rawValue: 0)) }
    }

    /// Nil: not known.
    func store(_ lines: PhaseSet?, station: Int) { known[station].store(lines ?? PhaseSet(rawValue: 0)) }

    /// The lines on which a station is to be counted beside what it says itself; nil: as its report shows.
    ///
    /// Only of a station that charges and reports no current: one that reports it tells the lines of its car within
    /// seconds, and of another car too.
    func counted(_ report: StationReport, station: Int) -> PhaseSet? {
        guard report.status == .charging, report.drawnTime == .never else { return nil }
        let lines = known[station].load()
        return lines.isEmpty ? nil : lines
    }
}
