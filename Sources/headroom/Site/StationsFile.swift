import SiteTwin
import Stations
import StrictYAML

/// The file of `--stations`: which stations a twin has.
///
///     stations:
///       - profile: webasto-unite      # a built-in profile, or a file of your own: my-station.yaml
///         count: 2                    # default 1
///         name: Car park              # numbered where there are several
///         port: 15020                 # the next ones follow; default: a free one
///         firmware: "3.156"           # or the name of a variant; default: the newest
///         transport: tcp              # or rtu-over-tcp
///         phases: [L1, L2, L3]        # the supply line of each of its phases
///         maximum-a: 16
///         serial-number: "4711"
///         car: {arrives-s: 20, phases: 3, maximum-a: 16, energy-kwh: 20}    # or present, or none
///         hurry: 10                   # its delays and its restart ten times as fast
enum StationsFile {
    private static let keys = [
        "profile", "count", "name", "port", "firmware", "transport", "phases", "maximum-a", "serial-number", "car",
        "hurry",
    ]

    /// - Throws: `YAMLError` with file, line and field, `RunError` for a file that cannot be read.
    static func read(_ path: String) throws -> [TwinStation] {
        let remedy = "--stations takes a number from 1 to 100 or the path of a file (headroom twin --help)"
        let root = try YAMLNode.parse(SettingsFile.text(of: path, kind: "stations", missing: remedy), file: path)
        var stations: [TwinStation] = []
        for node in try root.fields(["stations"]).required("stations").list() { stations += try several(node) }
        guard (1...100).contains(stations.count) else {
            throw root.error("\(stations.count) stations", "list 1 to 100")
        }
        return stations
    }

    private static func several(_ node: YAMLNode) throws -> [TwinStation] {
        let fields = try node.fields(keys)
        let count = Int(try fields["count"]?.integer(1...100) ?? 1)
        let first = try station(fields)
        if count > 1, let number = fields["serial-number"] {
            throw number.error("one serial number for \(count) stations", "list them one by one, or remove it")
        }
        if let port = first.port, port + count - 1 > 65_535 {
            throw try fields.required("port").error("ports beyond 65535", "begin with a lower one")
        }
        return (0..<count).map { place in
            var station = first
            if count > 1, let name = first.name { station.name = "\(name) \(place + 1)" }
            station.port = first.port.map { $0 + place }
            return station
        }
    }

    private static func station(_ fields: YAMLFields) throws -> TwinStation {
        let node = try fields.required("profile")
        var station = TwinStation(try profile(node))
        station.name = try fields["name"]?.string()
        station.port = try fields["port"].map { Int(try $0.integer(1...65_535)) }
        station.edition = try fields["firmware"]?.choice(
            TwinStation.editions(of: station.profile).map { ($0, $0) }, what: "firmware of this model")
        station.serialNumber = try fields["serial-number"]?.string()
        if let choice = fields["transport"] {
            station.transport = try choice.choice(
                [("tcp", LinkTransport.tcp), ("rtu-over-tcp", .rtuOverTCP)], what: "transport")
        }
        if let phases = fields["phases"] {
            station.supplyPhases = try phases.list().map {
                try $0.choice([("L1", 0), ("L2", 1), ("L3", 2)], what: "supply line")
            }
            guard (1...3).contains(station.supplyPhases.count) else {
                throw phases.error("\(station.supplyPhases.count) phases", "name one to three supply lines")
            }
        }
        if let amperes = fields["maximum-a"] { station.maximumAmperes = try amperes.number(6...80) }
        station.hurry = try fields["hurry"]?.number(1...1000) ?? 1
        if let car = fields["car"] { try read(car, into: &station) }
        return station
    }

    private static func profile(_ node: YAMLNode) throws -> StationProfile {
        let name = try node.string()
        if name.hasSuffix(".yaml") {
            let text = try SettingsFile.text(of: name, kind: "stations", missing: "name a file with a station profile")
            return try StationProfile.parse(yaml: text, file: name)
        }
        return try node.choice(StationProfile.builtIn.map { ($0.identifier, $0) }, what: "built-in profile")
    }

    private static func read(_ node: YAMLNode, into station: inout TwinStation) throws {
        guard node.isMapping else {
            station.arrivalSeconds = try node.choice([("present", 0), ("none", Double.infinity)], what: "car")
            return
        }
        let fields = try node.fields(["arrives-s", "phases", "maximum-a", "energy-kwh"])
        station.arrivalSeconds = try fields["arrives-s"]?.number(0...86_400)
        var car = TwinCar()
        if let phases = fields["phases"] { car.phaseCount = Int(try phases.integer(1...3)) }
        if let amperes = fields["maximum-a"] { car.maximumAmperes = try amperes.number(6...80) }
        if let energy = fields["energy-kwh"] { car.neededWattHours = try energy.number(0.1...1000) * 1000 }
        station.car = car
    }
}
