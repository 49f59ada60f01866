import Allocation
import CloudStations
import Site

extension CheckCommand {
    /// What a station behind its maker's cloud can do and what it cannot.
    static func explain(_ station: CloudStationConfiguration) -> [String] {
        let supply = station.supplyPhases.map(\.name).joined(separator: " ")
        let minutes = Int(station.raiseIntervalSeconds / 60)
        return [
            "  \(station.name): \(station.profile.name) through its maker's cloud, installation \(station.installation)",
            station.isManaged
                ? "      0 or 6 A to \(amperes(station.maximumAmperes)) on \(supply) for all its chargers together, in whole "
                    + "amperes; raised at most every \(minutes) min"
                : "      load management off: it may take \(amperes(station.maximumAmperes)) on \(supply) at any time",
            "      without their cloud its chargers together may draw \(amperes(station.failSafeAmperes)): "
                + (station.setsOfflineCurrent
                    ? "this device sets their offline currents" : "set so in the maker's portal"),
            "      user name and password: \(station.credentials)",
        ]
    }

    /// What is allowed and yet often a mistake.
    static func remarks(_ station: CloudStationConfiguration, _ limits: SupplyLimits) -> [String] {
        var remarks = [
            "\(station.name): a cloud is no fast loop; between two changes only the maximum current in the maker's portal "
                + "protects the fuse"
        ]
        if let problem = station.credentials.problem() { remarks.append("\(station.name): \(problem)") }
        for phase in station.supplyPhases where station.failSafeAmperes > limits.usable(phase) {
            remarks.append(
                "\(station.name): without their cloud its chargers may draw \(amperes(station.failSafeAmperes)), more than "
                    + "the usable \(amperes(limits.usable(phase))) of \(phase.name); lower fail-safe-a")
        }
        return remarks
    }
}
