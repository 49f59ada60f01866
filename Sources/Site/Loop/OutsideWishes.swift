import Allocation
import Realtime
import Synchronization

/// The limits that come from outside while the device runs, on their way to the real-time thread.
///
/// Whoever sets one takes a lock among themselves; the real-time thread takes none.
final class OutsideWishes: Sendable {
    /// A lower limit on one station; `amperes` below 0: none.
    struct StationWish: Sendable, BitwiseCopyable {
        var amperes = -1.0
        var expires = MonotonicTime.never

        /// Infinite where it does not hold.
        func amperes(now: MonotonicTime) -> Double {
            amperes >= 0 && (expires == .never || now < expires) ? amperes : .infinity
        }
    }

    private let signals: [SequenceLock<OutsideLimit?>]
    private let owners: [SequenceLock<StationWish>]
    private let phaseTests: [SequenceLock<StationWish>]
    private let setting = Mutex<Void>(())
    private let changes = Atomic<UInt64>(0)

    init(stationCount: Int) {
        signals = SignalSource.allCases.map { _ in SequenceLock(OutsideLimit?.none) }
        owners = (0..<stationCount).map { _ in SequenceLock(StationWish()) }
        phaseTests = (0..<stationCount).map { _ in SequenceLock(StationWish()) }
    }

    /// How often anything was set: the real-time thread looks only when this has changed.
    var generation: UInt64 { changes.load(ordering: .acquiring) }

    func signal(_ source: SignalSource) -> OutsideLimit? { signals[Int(source.rawValue)].load() }

    func ownerLimit(station: Int) -> StationWish { owners[station].load() }

    /// A small step down that shows on which lines the station's car draws.
    func phaseTest(station: Int) -> StationWish { phaseTests[station].load() }

    func set(_ limit: OutsideLimit?, source: SignalSource) {
        setting.withLock { _ in signals[Int(source.rawValue)].store(limit) }
        changes.add(1, ordering: .releasing)
    }

    /// - Returns: false where there is no such station.
    func set(ownerLimit limit: StationWish, station: Int) -> Bool {
        guard owners.indices.contains(station) else { return false }
        setting.withLock { _ in owners[station].store(limit) }
        changes.add(1, ordering: .releasing)
        return true
    }

    /// No change that anybody waits for: the next decision takes it. Only the wiring's thread sets these.
    func set(phaseTest limit: StationWish, station: Int) { phaseTests[station].store(limit) }
}
