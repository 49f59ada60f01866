import Allocation
import ArgumentParser
import Site
import Stations

/// Which station `read` and `set` are about: an address with a profile, or one of the settings.
struct TargetOptionGroup: ParsableArguments {
    @OptionGroup var place: PlaceOptionGroup

    @Option(help: ArgumentHelp("The station's profile; headroom stations probe finds it.", valueName: "id"))
    var profile: String?

    @OptionGroup var folder: ProfileOptionGroup

    @Option(help: ArgumentHelp("The settings of a site, instead of an address and a profile.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("With --config: the station's name there.", valueName: "name"))
    var station: String?

    @Option(help: ArgumentHelp("What the station must say of itself, else it is left alone.", valueName: "number"))
    var serialNumber: String?

    /// The station as the options describe it; limits as far as its model takes them.
    func configuration() throws -> StationConfiguration {
        try place.check(isNamedElsewhere: config != nil)
        if config != nil || station != nil { return try configuredStation() }
        guard let profile else {
            throw UsageError("--profile is missing; headroom stations probe finds the one that fits")
        }
        let found = try folder.profile(profile)
        let place = try place.place(for: found)
        var configuration = StationConfiguration(
            name: found.name, profile: found, host: place.host, port: place.port,
            unitIdentifier: place.unitIdentifier, supplyPhases: Phase.allCases, maximumAmperes: found.largestAmperes,
            failSafeAmperes: fixedFailSafe(found), failSafeAfterSeconds: failSafeSeconds(found),
            transport: place.transport, serial: place.serial)
        configuration.addressOffset = self.place.addressOffset
        configuration.serialNumber = serialNumber
        try configuration.check()
        return configuration
    }

    private func configuredStation() throws -> StationConfiguration {
        guard let config, let station else { throw UsageError("--config and --station belong together") }
        if profile != nil || serialNumber != nil || place.addressOffset != 0 {
            throw UsageError("--profile, --serial-number and --address-offset are in the settings; leave them out")
        }
        let stations = try SettingsFile.read(config).stations
        guard let found = stations.first(where: { $0.name == station }) else {
            let names = stations.map { "'\($0.name)'" }.joined(separator: ", ")
            throw UsageError(
                "\(config) has no station '\(station)'; \(names.isEmpty ? "it has none" : "it has \(names)")")
        }
        return found
    }

    private func fixedFailSafe(_ profile: StationProfile) -> Double {
        guard let fixed = profile.fixedFailSafeAmperes else { return profile.minimumAmperes }
        return fixed < profile.minimumAmperes ? 0 : min(fixed, profile.largestAmperes)
    }

    private func failSafeSeconds(_ profile: StationProfile) -> Double {
        if let fixed = profile.fixedFailSafeAfterSeconds { return fixed }
        guard let range = profile.failSafeTimeoutRange else { return 60 }
        return min(max(60, range.lowerBound), range.upperBound)
    }
}
