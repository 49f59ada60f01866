import Allocation
import Site
import Stations

/// What `set` is going to write, told before anything is written; made only where the station has proved to be what
/// its profile says.
struct SetPlan {
    private let station: StationConfiguration
    /// The profile as the station has it: perhaps a variant.
    private let profile: StationProfile
    private let variant: String?
    private let limit: StationLimit
    private let serialNumber: String?

    /// Asks the station, read-only.
    ///
    /// - Throws: where it cannot be reached, or does not prove to be the station.
    init(_ station: StationConfiguration, _ limit: StationLimit, isUnidentifiedAllowed: Bool) throws {
        let plain = station.profile.at(addressOffset: station.addressOffset)
        var reader = try RegisterReader(StationPlace(station), as: plain)
        if let objection = reader.objection(of: plain, serialNumber: station.serialNumber) {
            if reader.isSilent { throw RunError(reader.lastErrorWords ?? objection) }
            throw RunError(
                "\(reader.place.words): not \(plain.name), nothing is written: \(objection); headroom stations probe "
                    + "says which profile fits")
        }
        let serialNumber = reader.serialNumber(of: plain)
        let isKnown = plain.canBeRecognised || (serialNumber != nil && station.serialNumber != nil)
        guard isKnown || isUnidentifiedAllowed else {
            throw RunError(
                "profile \(plain.identifier) has nothing to tell the station by, nothing is written; give the profile a "
                    + "probe section, or vouch for the station with --unidentified")
        }
        let chosen = reader.variant(of: plain)
        self.station = station
        self.limit = limit
        self.serialNumber = serialNumber
        profile = chosen.profile
        variant = chosen.name
        // The station may serve one client only: the writer comes next.
        reader.close()
    }

    func lines(seconds: Double?) -> [String] {
        var lines = wrapped(
            "\(station.name): \(profile.name) at \(StationPlace(station).words)"
                + (serialNumber.map { ", serial number \($0)" } ?? "") + (variant.map { ", variant \($0)" } ?? ""))
        lines.append("is written:")
        for register in profile.registerDescriptions where register.writeFunction != nil {
            let uses = register.uses.filter(Self.written.contains).joined(separator: ", ")
            guard !uses.isEmpty, let function = register.writeFunction else { continue }
            lines += wrapped(
                "\(register.name), address \(register.address), function \(function): \(uses)"
                    + (value(of: register).map { ", \($0)" } ?? ""), first: "  ")
        }
        let until = seconds.map { "for \(duration($0))" } ?? "until Ctrl-C"
        lines += wrapped(
            "The limit is held \(until); then the station is left at \(amperes(station.failSafeAmperes)).")
        return lines
    }

    private static let written: Set = [
        "limit", "pause", "fail-safe current", "fail-safe time-out", "sign of life", "start-up",
    ]

    private func value(of register: StationProfile.RegisterDescription) -> String? {
        if register.uses.contains("limit") {
            guard let own = limit.lineAmperes, profile.hasLimitPerPhase else { return amperes(limit.amperes) }
            return station.supplyPhases.map { "\($0.name) \(amperes(own[$0]))" }.joined(separator: " ")
        }
        if register.uses.contains("fail-safe current") { return amperes(station.failSafeAmperes) }
        if register.uses.contains("fail-safe time-out") { return "\(json(station.failSafeAfterSeconds)) s" }
        return nil
    }
}
