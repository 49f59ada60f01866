import Allocation
import MeterDSP
import Stations

/// The words in which people read what the device knows. One concept, one word: table, page and log use these.
extension Phase {
    /// `L1`, `L2`, `L3`.
    public var name: String { "L\(rawValue + 1)" }
}

extension MeterChannel {
    private static let names = ["U1", "U2", "U3", "I1", "I2", "I3", "IN", "aux"]

    /// `U1` … `I3`, `IN`, `aux`.
    public var name: String { Self.names[rawValue] }

    /// - Returns: nil for a word that names no input. Upper and lower case are one.
    public init?(name: String) {
        guard let index = Self.names.firstIndex(where: { $0.lowercased() == name.lowercased() }) else { return nil }
        self.init(rawValue: index)
    }
}

extension PhaseMode {
    /// As in JSON lines.
    public var identifier: String {
        switch self {
        case .single: "single"
        case .three: "three"
        }
    }
}

extension StationStatus {
    /// As the portal shows it.
    public var words: String {
        switch self {
        case .unknown: "unknown"
        case .free: "free"
        case .occupied: "occupied"
        case .charging: "charging"
        case .discharging: "discharging"
        case .outOfService: "not in operation"
        }
    }
}

extension StationLimit {
    /// Why the limit is what it is, in a few words.
    public var reasonWords: String {
        let line = limitingPhase.map { " \($0.name)" } ?? ""
        return switch reason {
        case .notDecided: "not decided yet"
        case .stationMaximum: "station's maximum"
        case .mainFuse: "main fuse\(line)"
        case .waitingForRoomToLast: "room\(line) must last"
        case .waitingForOthers: "waits for others\(line)"
        case .belowMinimum: "below 6 A left\(line)"
        case .noVehicle: "no car"
        case .stationSilent: "does not answer"
        case .noMeasurement: "no measurement"
        case .notManaged: "not managed"
        case .outOfService: "not in operation"
        case .stationDisobeys: "does not obey\(line)"
        case .settingsUnusable: "settings unusable"
        case .branch: "sub-distribution\(line)"
        case .powerLimit: "power limit"
        case .utilitySignal: "utility's signal"
        case .ownerLimit: "owner's limit"
        case .carMaximum: "car's maximum"
        case .carUsesLess: "car uses less"
        case .surplus: "surplus only"
        case .imbalance: "imbalance\(line)"
        case .queued: "waits for its turn\(line)"
        case .minimumTimeOff: "off for its minimum time"
        case .switchOnReserve: "reserve for a load\(line)"
        case .staggeredStart: "starts after the others"
        case .cannotBeStopped: "cannot be stopped\(line)"
        case .phaseTest: "finds the car's lines"
        }
    }
}

extension LimitReason {
    /// As in JSON lines, `main_fuse` for example.
    public var identifier: String {
        switch self {
        case .notDecided: "not_decided"
        case .stationMaximum: "station_maximum"
        case .mainFuse: "main_fuse"
        case .waitingForRoomToLast: "waiting_for_room_to_last"
        case .waitingForOthers: "waiting_for_others"
        case .belowMinimum: "below_minimum"
        case .noVehicle: "no_vehicle"
        case .stationSilent: "station_silent"
        case .noMeasurement: "no_measurement"
        case .notManaged: "not_managed"
        case .outOfService: "out_of_service"
        case .stationDisobeys: "station_disobeys"
        case .settingsUnusable: "settings_unusable"
        case .branch: "branch"
        case .powerLimit: "power_limit"
        case .utilitySignal: "utility_signal"
        case .ownerLimit: "owner_limit"
        case .carMaximum: "car_maximum"
        case .carUsesLess: "car_uses_less"
        case .surplus: "surplus"
        case .imbalance: "imbalance"
        case .queued: "queued"
        case .minimumTimeOff: "minimum_time_off"
        case .switchOnReserve: "switch_on_reserve"
        case .staggeredStart: "staggered_start"
        case .cannotBeStopped: "cannot_be_stopped"
        case .phaseTest: "phase_test"
        }
    }
}

extension StationProfile.Confidence {
    /// What it means, in a few words.
    public var words: String {
        switch self {
        case .documented: "from the manufacturer's document"
        case .reported: "from people who run such a station"
        case .assumed: "not confirmed by anyone"
        }
    }
}

extension StationDiagnostics {
    /// The status with what the profile adds: "occupied, waits for a permission".
    public func statusLine(_ report: StationReport) -> String {
        guard report.isAnswering else { return "no answer" }
        return ([report.status.words] + [statusWords].compactMap { $0 }).joined(separator: ", ")
    }

    /// How long ago the station was last heard: "heard 3 s ago", "never heard".
    public func contactLine(_ now: MonotonicTime) -> String {
        lastContact == .never ? "never heard" : "heard \(duration(max(0, now.seconds(since: lastContact)))) ago"
    }
}

extension StationFault {
    /// `over-temperature: shade the station`.
    public var line: String { words + (remedy.map { ": " + $0 } ?? "") }
}

/// `0.4 s`, `12 s`, `5 min`, `3 h`, rounded down from 10 s on.
public func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e15 else { return "a long time" }
    return switch seconds {
    case ..<9.95: "\((seconds * 10).rounded() / 10) s"
    case ..<120: "\(Int64(seconds)) s"
    case ..<7200: "\(Int64(seconds / 60)) min"
    default: "\(Int64(seconds / 3600)) h"
    }
}

/// `16 A`, `13.8 A`.
public func amperes(_ value: Double) -> String {
    // What no station gives can still stand in a register or a file that is not what it is taken for.
    guard value.magnitude < 1e12 else { return "\(value) A" }
    let tenths = (value * 10).rounded()
    let whole = Int64(tenths / 10)
    return tenths == Double(whole) * 10 ? "\(whole) A" : "\(tenths / 10) A"
}
