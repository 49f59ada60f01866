import Allocation
import Realtime

/// What the real-time thread shows: it alone stores, anybody loads.
struct LoopOutlets: Sendable {
    /// So many ended interventions can be looked at: more than a second's decisions can end.
    static let keptInterventions = 64

    let snapshots = SequenceLock(SiteSnapshot())
    /// By station: those of `stations`, then `cloudStations`.
    let published: [SequenceLock<StationLimit>]
    /// By group of the settings.
    let groups: [SequenceLock<GroupSnapshot>]
    /// The n-th that ended, counted from 0, stands at n modulo their number.
    let interventions: [SequenceLock<Intervention?>]
    let decisions: DecisionRing
    let timing = LoopTiming()

    init(stationCount: Int, groupCount: Int) {
        published = (0..<stationCount).map { _ in SequenceLock(StationLimit()) }
        groups = (0..<groupCount).map { _ in SequenceLock(GroupSnapshot()) }
        decisions = DecisionRing(stationCount: stationCount)
        interventions = (0..<Self.keptInterventions).map { _ in SequenceLock(Intervention?.none) }
    }
}

extension GroupSnapshot {
    init(_ record: NodeRecord) {
        usableAmperes = record.usableAmperes
        keptAmperes = record.keptAmperes
        usableWatts = record.usableWatts
        keptWatts = record.keptWatts
    }
}
