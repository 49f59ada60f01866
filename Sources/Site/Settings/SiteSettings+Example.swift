import Allocation
import MeterDSP
import Stations

extension SiteSettings {
    /// What `headroom init` writes: a house with 40 A, the board of the `hardware` folder and two stations.
    public static func example() -> SiteSettings {
        let inputs: [Input] =
            [MeterChannel.u1, .u2, .u3].enumerated().map { index, channel in
                Input(channel: channel, name: "voltage\(index)", ratio: 665)
            }
            + [MeterChannel.i1, .i2, .i3].enumerated().map { index, channel in
                Input(channel: channel, name: "voltage\(index + 3)", ratio: 300.3)
            }
        let profiles = ["abb-terra-ac", "generic-modbus"].compactMap { StationProfile.builtIn(named: $0) }
        let stations = profiles.enumerated().map { index, profile in
            StationConfiguration(
                name: "Parkplatz \(index + 1)", profile: profile, host: "192.168.1.\(20 + index)",
                port: profile.defaultPort, unitIdentifier: profile.defaultUnitIdentifier, supplyPhases: Phase.allCases,
                maximumAmperes: 16, failSafeAmperes: 6, failSafeAfterSeconds: 60)
        }
        return SiteSettings(
            name: "My building",
            supply: Supply(
                limits: SupplyLimits(
                    mainAmperes: .init(40), marginAmperes: .init(4),
                    device: ProtectiveDevice(.fuseGG, ratedAmperes: 40))),
            // Its driver gives the rate in kilohertz: the frames per second are written down here.
            meter: MeterSettings(uri: "local:", device: "ads131e08", sampleRateHz: 8000, inputs: inputs),
            realtime: RealtimeSettings(), policy: AllocationPolicy(), stations: stations)
    }
}
