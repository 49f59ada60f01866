import Allocation
import Realtime
import Synchronization

/// The last decisions with every station's part in them. The real-time thread alone notes, anybody reads.
final class DecisionRing: Sendable {
    /// More than protection decides between two looks of a reader a second.
    static let size = 32

    private let records: [SequenceLock<DecisionRecord>]
    /// By place in the ring, then by station.
    private let stations: [[SequenceLock<StationRecord?>]]
    private let noted = Atomic<Int>(0)

    init(stationCount: Int) {
        records = (0..<Self.size).map { _ in SequenceLock(DecisionRecord()) }
        stations = (0..<Self.size).map { _ in (0..<stationCount).map { _ in SequenceLock(StationRecord?.none) } }
    }

    /// Takes the allocator's last decision in. Does not allocate.
    func note(_ allocator: borrowing Allocator) {
        let number = noted.load(ordering: .relaxed)
        let place = number % Self.size
        records[place].store(allocator.record)
        for station in 0..<min(stations[place].count, allocator.stationCount) {
            stations[place][station].store(allocator.record(station: station))
        }
        noted.store(number + 1, ordering: .releasing)
    }

    /// The decisions after the first `seen`, oldest first; those that have been overwritten are left out.
    func decisions(after seen: Int) -> [Decision] {
        let end = noted.load(ordering: .acquiring)
        var found: [Decision] = []
        for number in max(0, seen, end - Self.size)..<max(0, seen, end) {
            let place = number % Self.size
            let decision = Decision(
                number: number, record: records[place].load(), stations: stations[place].map { $0.load() })
            // Whole only while nothing newer has begun to take its place.
            guard noted.load(ordering: .acquiring) < number + Self.size else { continue }
            found.append(decision)
        }
        return found
    }
}

/// A decision of the allocator as it was made.
public struct Decision: Sendable {
    /// Counted from 0 since the start.
    public var number: Int
    public var record: DecisionRecord
    /// In the order of `SiteDevice.stations()`; nil: no part in it yet.
    public var stations: [StationRecord?]
}

extension SiteDevice {
    /// The decisions after the first `seen`, oldest first. Those longer ago than the last 31 are gone. Any thread, no lock.
    public func decisions(after seen: Int) -> [Decision] { outlets.decisions.decisions(after: seen) }
}
