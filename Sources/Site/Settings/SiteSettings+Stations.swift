import Allocation
import Stations
import StrictYAML

extension SiteSettings {
    static func stations(
        _ node: YAMLNode?, _ profiles: [StationProfile]
    ) throws(YAMLError) -> [StationConfiguration] {
        guard let node else { return [] }
        var stations: [StationConfiguration] = []
        for entry in try node.list() where !isCloudStation(entry) {
            let station = try Self.station(entry, profiles)
            if stations.contains(where: { $0.name == station.name }) {
                throw entry.error("two stations are called '\(station.name)'", "give each its own name")
            }
            if let twin = stations.first(where: {
                $0.host == station.host && $0.port == station.port && $0.unitIdentifier == station.unitIdentifier
            }) {
                throw entry.error(
                    "'\(station.name)' and '\(twin.name)' have the same address \(station.host):\(station.port) "
                        + "unit \(station.unitIdentifier)", "give each station its own address, port or unit")
            }
            stations.append(station)
        }
        return stations
    }

    private static func station(
        _ node: YAMLNode, _ profiles: [StationProfile]
    ) throws(YAMLError) -> StationConfiguration {
        let fields = try node.fields([
            "name", "type", "host", "port", "unit", "phases", "limit-a", "fail-safe-a", "fail-safe-after-s",
            "load-management",
        ])
        let profile = try fields.required("type").choice(
            profiles.map { ($0.identifier, $0) }, what: "station type")
        var phases: [Phase] = Phase.allCases
        if let list = fields["phases"] {
            phases = []
            for entry in try list.listOrOne() {
                let phase = try entry.choice(Phase.allCases.map { ($0.name, $0) }, what: "supply line")
                if phases.contains(phase) { throw entry.error("\(phase.name) twice", "name each line once") }
                phases.append(phase)
            }
        }
        let limit = try fields.required("limit-a").number(profile.minimumAmperes...profile.largestAmperes)
        let station = StationConfiguration(
            name: try fields.required("name").string(), profile: profile,
            host: try fields.required("host").string(),
            port: Int(try fields["port"]?.integer(1...65_535) ?? Int64(profile.defaultPort)),
            unitIdentifier: Int(try fields["unit"]?.integer(0...255) ?? Int64(profile.defaultUnitIdentifier)),
            supplyPhases: phases, maximumAmperes: limit,
            failSafeAmperes: try fields["fail-safe-a"]?.number(0...limit) ?? profile.minimumAmperes,
            failSafeAfterSeconds: try fields["fail-safe-after-s"]?.number(10...3600) ?? 60,
            isManaged: try fields["load-management"]?.boolean() ?? true)
        do throws(StationError) {
            try station.check()
        } catch {
            // The configuration names its own properties; the reader has to find the key.
            let keys = [
                "host": "host", "port": "port", "unitIdentifier": "unit", "supplyPhases": "phases",
                "maximumAmperes": "limit-a", "failSafeAmperes": "fail-safe-a",
                "failSafeAfterSeconds": "fail-safe-after-s",
            ]
            let key = keys[error.field] ?? error.field
            throw fields[key]?.error(error.problem, error.remedy)
                ?? node.error("\(key): \(error.problem)", error.remedy)
        }
        return station
    }
}
