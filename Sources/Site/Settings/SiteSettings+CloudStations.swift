import Allocation
import CloudStations
import Stations
import StrictYAML

/// Stations of the settings whose type is a maker's cloud.
extension SiteSettings {
    /// Whether an entry of `stations` names a cloud profile. An entry that cannot be read is somebody else's to refuse.
    static func isCloudStation(_ node: YAMLNode) -> Bool {
        guard let entries = try? node.entries() else { return false }
        let type = entries.first { $0.0 == "type" }.flatMap { try? $0.1.string() }
        return CloudProfile.builtIn.contains { $0.identifier == type }
    }

    /// - Parameter names: of the other stations.
    static func cloudStations(
        _ node: YAMLNode?, beside names: [String], _ groups: [SiteGroup], feedsIn: Bool
    ) throws(YAMLError) -> [CloudStationConfiguration] {
        guard let node else { return [] }
        var stations: [CloudStationConfiguration] = []
        for entry in try node.list() where isCloudStation(entry) {
            let station = try cloudStation(entry, groups, feedsIn: feedsIn)
            if names.contains(station.name) || stations.contains(where: { $0.name == station.name }) {
                throw entry.error("two stations are called '\(station.name)'", "give each its own name")
            }
            let twin = stations.first {
                $0.profile.identifier == station.profile.identifier
                    && $0.installation.lowercased() == station.installation.lowercased()
            }
            if let twin {
                throw entry.error(
                    "'\(station.name)' and '\(twin.name)' are the same installation", "remove one of them")
            }
            stations.append(station)
        }
        return stations
    }

    private static let cloudStationKeys = [
        "name", "type", "installation", "credentials", "phases", "limit-a", "fail-safe-a", "raise-interval-min",
        "set-offline-current", "charger-phases", "load-management", "address",
    ]

    private static func cloudStation(
        _ node: YAMLNode, _ groups: [SiteGroup], feedsIn: Bool
    ) throws(YAMLError) -> CloudStationConfiguration {
        let fields = try node.fields(cloudStationKeys + sharingKeys)
        let profile = try fields.required("type").choice(
            CloudProfile.builtIn.map { ($0.identifier, $0) }, what: "station type")
        let place = try fields.required("credentials")
        guard let credentials = CredentialSource(try place.string()) else {
            throw place.error(
                "neither an absolute path nor env:PREFIX",
                "name a file of mode 600 with the lines 'username: …' and 'password: …', or env:PREFIX for the variables "
                    + "PREFIX_USERNAME and PREFIX_PASSWORD; never write a password here")
        }
        let limit = try fields.required("limit-a").number(6...1000)
        var chargers: [String: [Phase]] = [:]
        for (charger, entry) in try fields["charger-phases"]?.entries() ?? [] { chargers[charger] = try lines(entry) }
        var station = CloudStationConfiguration(
            name: try fields.required("name").string(), profile: profile,
            installation: try fields.required("installation").string(), credentials: credentials,
            supplyPhases: try fields["phases"].map { node throws(YAMLError) in try lines(node) } ?? Phase.allCases,
            maximumAmperes: limit, failSafeAmperes: try fields.required("fail-safe-a").number(0...limit),
            raiseIntervalSeconds: try (fields["raise-interval-min"]?.number(1...1440) ?? 15) * 60,
            setsOfflineCurrent: try fields["set-offline-current"]?.boolean() ?? false, chargerLines: chargers,
            isManaged: try fields["load-management"]?.boolean() ?? true)
        station.baseAddress = try fields["address"]?.string()
        station.sharing = try sharing(fields, groups, limit: limit, feedsIn: feedsIn)
        do throws(StationError) {
            try station.check()
        } catch {
            // The configuration names its own properties; the reader has to find the key.
            let keys = [
                "supplyPhases": "phases", "maximumAmperes": "limit-a", "failSafeAmperes": "fail-safe-a",
                "raiseIntervalSeconds": "raise-interval-min", "chargerLines": "charger-phases",
                "baseAddress": "address",
            ]
            let key = keys[error.field] ?? error.field
            throw fields[key]?.error(error.problem, error.remedy)
                ?? node.error("\(key): \(error.problem)", error.remedy)
        }
        return station
    }

    private static func lines(_ node: YAMLNode) throws(YAMLError) -> [Phase] {
        var phases: [Phase] = []
        for entry in try node.listOrOne() {
            phases.append(try entry.choice(Phase.allCases.map { ($0.name, $0) }, what: "supply line"))
        }
        return phases
    }

    /// The entries as YAML, which `parse` reads back to the same values.
    var cloudStationLines: [String] {
        func list(_ phases: [Phase]) -> String { "[\(phases.map(\.name).joined(separator: ", "))]" }
        return cloudStations.flatMap { station in
            var lines = [
                "  # Behind its maker's cloud: no fast loop. The installation's own maximum protects the fuse.",
                "  - name: \(quoted(station.name))",
                "    type: \(station.profile.identifier)",
                "    installation: \(quoted(station.installation))",
                "    credentials: \(quoted(station.credentials.description))    # mode 600: username and password",
                "    phases: \(list(station.supplyPhases))",
                "    limit-a: \(number(station.maximumAmperes))          # of all its chargers together, per line",
                "    fail-safe-a: \(number(station.failSafeAmperes))       # of all its chargers together without their cloud",
                "    raise-interval-min: \(number(station.raiseIntervalSeconds / 60))",
                "    set-offline-current: \(station.setsOfflineCurrent)",
                "    load-management: \(station.isManaged)",
            ]
            if let address = station.baseAddress {
                lines.append(
                    "    address: \(quoted(address))    # of a simulated cloud on this machine (headroom twin --cloud)")
            }
            lines += self.lines(of: station.sharing)
            if !station.chargerLines.isEmpty {
                lines.append("    charger-phases:")
                for (charger, phases) in station.chargerLines.sorted(by: { $0.key < $1.key }) {
                    lines.append("      \(quoted(charger)): \(list(phases))")
                }
            }
            return lines
        }
    }
}
