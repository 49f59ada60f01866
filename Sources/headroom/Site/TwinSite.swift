import Allocation
import Site
import SiteTwin
import Stations

/// What an installer would write down of a twin: the settings for the normal device program.
enum TwinSite {
    static func settings(_ twin: TwinDescription, feedsIn: Bool) throws -> SiteSettings {
        let inputs = twin.channels.filter { $0.channel != .aux }.map { channel in
            SiteSettings.Input(
                channel: channel.channel, name: channel.identifier,
                rogowskiVoltsPerAmpereHertz: [.i1, .i2, .i3].contains(channel.channel)
                    ? twin.rogowskiVoltsPerAmpereHertz : nil)
        }
        let stations = try twin.stations.map { station in
            guard let profile = StationProfile.builtIn(named: station.profileIdentifier) else {
                throw RunError(
                    "the twin's station '\(station.name)' needs the profile '\(station.profileIdentifier)', which is not built in"
                )
            }
            let failSafeAfter = profile.fixedFailSafeAfterSeconds ?? 60
            var configuration = StationConfiguration(
                name: station.name, profile: profile, host: station.host, port: station.port,
                unitIdentifier: station.unitIdentifier,
                supplyPhases: station.supplyPhases.compactMap { Phase(rawValue: UInt8($0)) },
                maximumAmperes: station.maximumAmperes, failSafeAmperes: 6, failSafeAfterSeconds: failSafeAfter)
            configuration.transport = station.transport
            configuration.serialNumber = station.serialNumber
            return configuration
        }
        return SiteSettings(
            name: "demo building",
            supply: .init(
                nominalHz: twin.nominalHz,
                limits: SupplyLimits(
                    mainAmperes: .init(twin.mainLimitAmperes), marginAmperes: .init(twin.marginAmperes)),
                feedsIn: feedsIn),
            meter: .init(uri: twin.iioURI, device: twin.deviceName, inputs: inputs),
            realtime: .init(), policy: AllocationPolicy(), stations: stations)
    }
}
