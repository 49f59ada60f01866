import Allocation

/// The words of limits from outside, of groups and of the main fuse.
extension SignalMode {
    /// `normal`, `reduced`, `locked`: as people and JSON lines say it.
    public var words: String {
        switch self {
        case .normal: "normal"
        case .reduced: "reduced"
        case .locked: "locked"
        }
    }
}

extension SignalSource {
    public var words: String {
        switch self {
        case .digitalInput: "utility's receiver"
        case .utilityNetwork: "utility by network"
        case .localControl: "another controller"
        case .cascade: "master of the cascade"
        case .owner: "owner"
        }
    }

    /// As in JSON lines.
    public var identifier: String {
        switch self {
        case .digitalInput: "digital_input"
        case .utilityNetwork: "utility_network"
        case .localControl: "local_control"
        case .cascade: "cascade"
        case .owner: "owner"
        }
    }
}

extension LimitValue {
    /// `16 A`, `9 kW`, `40 % of the main limit`.
    public var words: String {
        func kilowatts(_ watts: Double) -> String { "\((watts / 10).rounded() / 100) kW" }
        switch self {
        case .amperes(let limit):
            let isSame = limit.l1 == limit.l2 && limit.l2 == limit.l3
            return isSame
                ? Site.amperes(limit.l1)
                : Phase.allCases.map { "\($0.name) \(Site.amperes(limit[$0]))" }.joined(separator: ", ")
        case .watts(let watts): return kilowatts(watts)
        case .wattsPerLine(let watts): return kilowatts(watts) + " a line"
        case .shareOfMain(let share): return "\((share * 1000).rounded() / 10) % of the main limit"
        case .locked: return "nobody charges"
        case .minimumEach: return "every car at its minimum"
        }
    }
}

extension Intervention {
    /// `locked by the utility's receiver: nobody charges`.
    public var words: String { "\(mode.words) by the \(source.words): \(limit.words)" }
}

extension StationLimit {
    /// Why the limit is what it is, with the group that decided by its name.
    public func reasonWords(_ groups: [SiteGroup]) -> String {
        guard case .node(let index)? = limitingPlace, groups.indices.contains(index) else { return reasonWords }
        let line = limitingPhase.map { " \($0.name)" } ?? ""
        return switch reason {
        case .branch: groups[index].name + line
        case .powerLimit: "power limit of " + groups[index].name
        case .belowMinimum, .queued, .waitingForOthers, .waitingForRoomToLast: reasonWords + " in " + groups[index].name
        default: reasonWords
        }
    }
}

extension LimitPlace {
    /// As in JSON lines; a group has its name beside it.
    public var identifier: String {
        switch self {
        case .main: "main"
        case .charging: "charging"
        case .surplus: "surplus"
        case .imbalance: "imbalance"
        case .node: "group"
        }
    }
}

extension ProtectiveDevice {
    /// `gG 63 A`, `C 40 A`.
    public var words: String {
        let kindWords =
            switch kind {
            case .fuseGG: "gG"
            case .breakerB: "B"
            case .breakerC: "C"
            }
        return "\(kindWords) \(Site.amperes(ratedAmperes))"
    }
}

extension AllocationAlarm {
    private static let named: [(AllocationAlarm, String)] = [
        (.overloadNotSolvable, "overload_not_solvable"), (.noMeasurement, "no_measurement"),
        (.stationSilent, "station_silent"), (.stationDisobeys, "station_disobeys"),
        (.settingsUnusable, "settings_unusable"),
    ]

    /// As in JSON lines, `station_silent` for example.
    public var identifiers: [String] { Self.named.filter { contains($0.0) }.map(\.1) }
}
