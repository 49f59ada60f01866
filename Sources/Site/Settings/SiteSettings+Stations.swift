import Allocation
import Stations
import StrictYAML

extension SiteSettings {
    private static let stationKeys = [
        "name", "type", "transport", "host", "port", "device", "baud", "parity", "stop-bits", "unit", "connector",
        "address-offset", "serial-number", "phases", "limit-a", "fail-safe-a", "fail-safe-after-s", "load-management",
        "phase-switching",
    ]

    static func stations(
        _ node: YAMLNode?, _ profiles: [StationProfile], _ groups: [SiteGroup], feedsIn: Bool
    ) throws(YAMLError) -> [StationConfiguration] {
        guard let node else { return [] }
        var stations: [StationConfiguration] = []
        for entry in try node.list() where !isCloudStation(entry) {
            let station = try Self.station(entry, profiles, groups, feedsIn: feedsIn)
            if stations.contains(where: { $0.name == station.name }) {
                throw entry.error("two stations are called '\(station.name)'", "give each its own name")
            }
            if let twin = stations.first(where: { isSamePlace($0, station) }) {
                throw entry.error(
                    "'\(station.name)' and '\(twin.name)' have the same address \(place(of: station))",
                    "give each station its own address, port or unit")
            }
            stations.append(station)
        }
        return stations
    }

    private static func isSamePlace(_ left: StationConfiguration, _ right: StationConfiguration) -> Bool {
        guard left.unitIdentifier == right.unitIdentifier, left.addressOffset == right.addressOffset else {
            return false
        }
        if left.transport == .serial || right.transport == .serial {
            return left.transport == right.transport && left.serial?.device == right.serial?.device
        }
        return left.host == right.host && left.port == right.port
    }

    private static func place(of station: StationConfiguration) -> String {
        let line = station.transport == .serial ? station.serial?.device : nil
        return "\(line ?? "\(station.host):\(station.port)") unit \(station.unitIdentifier)"
    }

    private static func station(
        _ node: YAMLNode, _ profiles: [StationProfile], _ groups: [SiteGroup], feedsIn: Bool
    ) throws(YAMLError) -> StationConfiguration {
        let fields = try node.fields(stationKeys + sharingKeys)
        let profile = try fields.required("type").choice(
            profiles.map { ($0.identifier, $0) }, what: "station type")
        let link = try StationLink(fields, profile)
        let limit = try fields.required("limit-a").number(profile.minimumAmperes...profile.largestAmperes)
        let failSafe = try failSafe(fields, profile, limit)
        var station = StationConfiguration(
            name: try fields.required("name").string(), profile: profile, host: link.host, port: link.port,
            unitIdentifier: link.unit, supplyPhases: try phases(fields["phases"]), maximumAmperes: limit,
            failSafeAmperes: failSafe.amperes, failSafeAfterSeconds: failSafe.seconds,
            isManaged: try fields["load-management"]?.boolean() ?? true, transport: link.transport,
            serial: link.serial)
        station.addressOffset = Int(try fields["address-offset"]?.integer(-65_535...65_535) ?? 0)
        station.serialNumber = try fields["serial-number"]?.string()
        station.switchesPhases = try fields["phase-switching"]?.boolean() ?? false
        station.sharing = try sharing(fields, groups, limit: limit, feedsIn: feedsIn)
        do throws(StationError) {
            try station.check()
        } catch {
            // The configuration names its own properties; the reader has to find the key.
            let keys = [
                "unitIdentifier": "unit", "supplyPhases": "phases", "maximumAmperes": "limit-a",
                "failSafeAmperes": "fail-safe-a", "failSafeAfterSeconds": "fail-safe-after-s", "serial": "device",
                "addressOffset": "address-offset", "serialNumber": "serial-number",
                "switchesPhases": "phase-switching",
            ]
            let key = keys[error.field] ?? error.field
            throw fields[key]?.error(error.problem, error.remedy)
                ?? node.error("\(key): \(error.problem)", error.remedy)
        }
        return station
    }

    private static func phases(_ node: YAMLNode?) throws(YAMLError) -> [Phase] {
        guard let node else { return Phase.allCases }
        var phases: [Phase] = []
        for entry in try node.listOrOne() {
            let phase = try entry.choice(Phase.allCases.map { ($0.name, $0) }, what: "supply line")
            if phases.contains(phase) { throw entry.error("\(phase.name) twice", "name each line once") }
            phases.append(phase)
        }
        return phases
    }

    /// What the station falls back to. What nobody can set may be written down, but not otherwise than it is.
    private static func failSafe(
        _ fields: YAMLFields, _ profile: StationProfile, _ limit: Double
    ) throws(YAMLError) -> (amperes: Double, seconds: Double) {
        func fixed(_ key: String, _ value: Double?, _ unit: String, _ found: Double) throws(YAMLError) {
            guard let value, value != found, let node = fields[key] else { return }
            throw node.error(
                "\(profile.name) falls back by its own \(value) \(unit), which cannot be set",
                "remove it, or write \(value)")
        }
        let fixedAmperes = profile.fixedFailSafeAmperes.map { $0 < profile.minimumAmperes ? 0 : min($0, limit) }
        let amperes = try fields["fail-safe-a"]?.number(0...limit) ?? fixedAmperes ?? profile.minimumAmperes
        let range: ClosedRange<Double> = profile.fixedFailSafeAfterSeconds == nil ? 10...3600 : 1...86_400
        let seconds = try fields["fail-safe-after-s"]?.number(range) ?? profile.fixedFailSafeAfterSeconds ?? 60
        try fixed("fail-safe-after-s", profile.fixedFailSafeAfterSeconds, "s", seconds)
        try fixed("fail-safe-a", fixedAmperes, "A", amperes)
        return (amperes, seconds)
    }
}

/// Where a station is, and how it is reached.
private struct StationLink {
    var transport: LinkTransport
    var host = ""
    var port: Int
    var unit: Int
    var serial: SerialSettings?

    init(_ fields: YAMLFields, _ profile: StationProfile) throws(YAMLError) {
        let words = profile.transports.map { ($0.rawValue, $0) }
        transport =
            try fields["transport"]?.choice(words, what: "transport of \(profile.name)") ?? profile.transports[0]
        port = Int(try fields["port"]?.integer(1...65_535) ?? Int64(profile.defaultPort))
        unit = Int(try fields["unit"]?.integer(0...255) ?? Int64(profile.defaultUnitIdentifier))
        let (ofTCP, ofSerial) = (["host", "port"], ["device", "baud", "parity", "stop-bits"])
        for key in transport == .serial ? ofTCP : ofSerial {
            if let extra = fields[key] {
                throw extra.error("not used with transport \(transport.rawValue)", "remove it, or correct transport")
            }
        }
        if transport == .serial {
            var line = profile.serialSettings(device: try fields.required("device").string())
            line.baud = try fields["baud"].map(SerialSettings.baud) ?? line.baud
            line.parity = try fields["parity"].map(SerialSettings.parity) ?? line.parity
            line.stopBits = try fields["stop-bits"].map(SerialSettings.stopBits) ?? line.stopBits
            serial = line
        } else {
            host = try fields.required("host").string()
        }
        try chooseConnector(fields["connector"], profile)
    }

    /// Connector n is n − 1 ports or units beyond the first.
    private mutating func chooseConnector(_ node: YAMLNode?, _ profile: StationProfile) throws(YAMLError) {
        guard let node else { return }
        let further = Int(try node.integer(1...16)) - 1
        switch profile.connectors {
        case .port? where transport != .serial: port += further
        case .unit?: unit += further
        default:
            throw node.error(
                "\(profile.name) has one connector, as far as its profile knows",
                "remove it; where each connector has its own unit or port, enter unit or port")
        }
        guard port <= 65_535, unit <= 255 else {
            throw node.error("it lies beyond the last port or unit", "correct connector, port or unit")
        }
    }
}
