import Allocation
import Foundation
import Site

/// A decision as a JSON line: what `--record` writes and `explain` reads. Currents in ampere, by L1, L2, L3; null where
/// there is none or no bound.
struct DecisionLine: Codable, Equatable {
    var number: Int
    /// Seconds since the start.
    var seconds: Double
    /// The wall clock's, as ISO 8601: a label.
    var time: String
    /// `allocation`, `protection`, `fail_safe`.
    var kind: String
    var measured: [Double?]
    var counted: [Double?]
    var usable: [Double?]
    var base: [Double?]
    var highestBase: [Double?]
    var power: Double?
    var signal: String
    var alarms: [String]
    var secondsToTrip: [Double?]
    var stations: [Station]

    struct Station: Codable, Equatable {
        var name: String
        var limit: Double
        var lines: [Double?]?
        var reason: String
        var limitingPhase: String?
        var limitingPlace: String?
        var limitingGroup: String?
        var role: String
        /// The supply lines it was counted on.
        var countedOn: [String]
        var inForce: [Double?]
        var credited: [Double?]
        var share: [Double?]
        var shareReason: String
        var sharePhase: String?
        var sharePlace: String?
        var shareGroup: String?
        var highest: Double?
        /// Had since its car came, in ampere hours by its weight: the queue goes by it.
        var served: Double
        /// As reported when the line was written.
        var status: String
        var accepted: Double?
        var drawn: [Double?]
        /// Of a station that switches phases: how it was switched, and how it was to be.
        var phaseMode: String?
        var proposedPhaseMode: String?
        /// Why what it was told is not the limit.
        var limitNote: String?

        enum CodingKeys: String, CodingKey {
            case name, reason, role, status
            case limitingPhase = "limiting_phase"
            case limitingPlace = "limiting_place"
            case limitingGroup = "limiting_group"
            case limit = "limit_a"
            case lines = "limit_lines_a"
            case countedOn = "counted_on"
            case inForce = "in_force_a"
            case credited = "credited_a"
            case share = "share_a"
            case shareReason = "share_reason"
            case sharePhase = "share_phase"
            case sharePlace = "share_place"
            case shareGroup = "share_group"
            case highest = "highest_a"
            case served = "served_ah"
            case accepted = "accepted_a"
            case drawn = "drawn_a"
            case phaseMode = "phase_mode"
            case proposedPhaseMode = "proposed_phase_mode"
            case limitNote = "limit_note"
        }
    }

    enum CodingKeys: String, CodingKey {
        case number, time, kind, signal, alarms, stations
        case seconds = "t_s"
        case measured = "measured_a"
        case counted = "counted_a"
        case usable = "usable_a"
        case base = "base_a"
        case highestBase = "highest_base_a"
        case power = "p_w"
        case secondsToTrip = "time_to_trip_s"
    }
}

extension DecisionLine {
    init(
        _ decision: Decision, stations: [StationSnapshot], groups: [String], seconds: Double, time: String
    ) {
        let record = decision.record
        number = decision.number
        self.seconds = Self.thousandths(seconds) ?? 0
        self.time = time
        kind = record.kind.identifier
        measured = Self.perLine(record.measuredAmperes)
        counted = Self.perLine(record.countedAmperes)
        usable = Self.perLine(record.usableAmperes)
        base = Self.perLine(record.baseAmperes)
        highestBase = Self.perLine(record.highestBaseAmperes)
        power = Self.thousandths(record.activePowerWatts)
        signal = record.mode.words
        alarms = record.alarm.identifiers
        let trip = record.secondsToTrip
        secondsToTrip = [trip.l1, trip.l2, trip.l3].map { Self.thousandths($0) }
        self.stations = zip(decision.stations, stations).compactMap { part, now in
            part.map { Station($0, of: now, groups: groups) }
        }
    }

    fileprivate static func perLine(_ value: PerPhaseAmperes) -> [Double?] {
        Phase.allCases.map { thousandths(value[$0]) }
    }

    /// To three places; nil for what JSON cannot say.
    fileprivate static func thousandths(_ value: Double?) -> Double? {
        guard let value, value.isFinite, value.magnitude < 1e12 else { return nil }
        return (value * 1000).rounded() / 1000
    }
}

extension DecisionLine.Station {
    fileprivate init(_ part: StationRecord, of now: StationSnapshot, groups: [String]) {
        func group(_ place: LimitPlace?) -> String? {
            guard case .node(let index)? = place, groups.indices.contains(index) else { return nil }
            return groups[index]
        }
        name = now.name
        limit = DecisionLine.thousandths(part.limit.amperes) ?? 0
        lines = part.limit.lineAmperes.map { DecisionLine.perLine($0) }
        reason = part.limit.reason.identifier
        limitingPhase = part.limit.limitingPhase?.name
        limitingPlace = part.limit.limitingPlace?.identifier
        limitingGroup = group(part.limit.limitingPlace)
        role = part.role.identifier
        countedOn = Phase.allCases.filter { part.phases.contains($0) }.map(\.name)
        inForce = DecisionLine.perLine(part.inForceAmperes)
        credited = DecisionLine.perLine(part.creditedAmperes)
        share = DecisionLine.perLine(part.shareAmperes)
        shareReason = part.shareReason.identifier
        sharePhase = part.sharePhase?.name
        sharePlace = part.sharePlace?.identifier
        shareGroup = group(part.sharePlace)
        highest = DecisionLine.thousandths(part.highestAmperes)
        served = DecisionLine.thousandths(part.servedAmpereSeconds / 3600) ?? 0
        status = now.report.status.words
        accepted = DecisionLine.thousandths(now.report.acceptedAmperes)
        drawn = DecisionLine.perLine(now.report.drawnAmperes)
        phaseMode = part.phaseMode?.identifier
        proposedPhaseMode = part.limit.proposedMode?.identifier
        limitNote = now.diagnostics.limitNote
    }
}

extension DecisionKind {
    fileprivate var identifier: String {
        switch self {
        case .allocation: "allocation"
        case .protection: "protection"
        case .failSafe: "fail_safe"
        }
    }
}

extension StationRole {
    fileprivate var identifier: String {
        switch self {
        case .car: "car"
        case .parked: "parked"
        case .held: "held"
        case .outOfService: "out_of_service"
        case .notManaged: "not_managed"
        case .settingsUnusable: "settings_unusable"
        }
    }
}
