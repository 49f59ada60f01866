import Allocation
import MeterDSP
import Stations
import StrictYAML

extension SiteSettings {
    /// Reads a site's settings.
    ///
    /// - Parameters:
    ///   - yaml: the text.
    ///   - file: its path, for error messages; a folder of profiles is beside it.
    ///   - profiles: the station profiles that the settings may name, besides those of their own folder.
    /// - Throws: `YAMLError` with file, line, field and remedy.
    public static func parse(
        yaml: String, file: String, profiles: [StationProfile] = StationProfile.builtIn
    ) throws(YAMLError) -> SiteSettings {
        let top = try YAMLNode.parse(yaml, file: file)
            .fields([
                "site", "supply", "meter", "realtime", "allocation", "utility-signal", "groups", "station-profiles",
                "stations",
            ])
        let supply = try Supply(top.required("supply"))
        let meter = try MeterSettings(top.required("meter"))
        let folder = try top["station-profiles"]?.string()
        var known = profiles
        if let folder {
            known += try StationProfile.profiles(inFolder: Self.path(folder, beside: file), besides: profiles)
        }
        let groups = try Self.groups(top["groups"])
        let stations = try Self.stations(top["stations"], known, groups, feedsIn: supply.feedsIn)
        let cloudStations = try Self.cloudStations(
            top["stations"], beside: stations.map(\.name), groups, feedsIn: supply.feedsIn)
        var settings = SiteSettings(
            name: try top["site"]?.string() ?? "site", supply: supply, meter: meter,
            realtime: try RealtimeSettings(top["realtime"]), policy: try Self.policy(top["allocation"]),
            stations: stations, cloudStations: cloudStations, groups: groups,
            utilitySignal: try Self.utilitySignal(top["utility-signal"]))
        settings.stationProfilesFolder = folder
        return settings
    }

    /// A path that does not begin at the root begins where the settings are.
    private static func path(_ path: String, beside file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return String(file[...slash]) + path
    }
}

extension SiteSettings.MeterSettings {
    init(_ node: YAMLNode) throws(YAMLError) {
        let fields = try node.fields(["uri", "device", "sample-rate-hz", "block-ms", "kernel-buffers", "channels"])
        let address = try fields.required("uri")
        let uri = try address.string()
        guard ["local:", "ip:", "usb:", "serial:"].contains(where: { uri.hasPrefix($0) }) else {
            throw address.error("'\(uri)' is no IIO address", "write local: or ip:HOST or ip:HOST:PORT")
        }
        // libiio takes a port that is none for a missing machine: say it here.
        let parts = uri.split(separator: ":", omittingEmptySubsequences: false)
        if parts[0] == "ip", parts.count == 3, !(Int(parts[2]).map { (1...65_535).contains($0) } ?? false) {
            throw address.error(
                "'\(parts[2])' is no TCP port", "write ip:HOST, or ip:HOST:PORT with a port of 1 to 65535")
        }
        self.uri = uri
        device = try fields["device"]?.string()
        sampleRateHz = try fields["sample-rate-hz"]?.number(300...1_000_000)
        blockSeconds = try (fields["block-ms"]?.number(1...100) ?? 10) / 1000
        kernelBuffers = Int(try fields["kernel-buffers"]?.integer(4...4096) ?? 32)
        inputs = []
        let channels = try fields.required("channels")
        for (name, entry) in try channels.entries() {
            guard let channel = MeterChannel(name: name) else {
                throw entry.error("'\(name)' is no input of the meter", "use U1, U2, U3, I1, I2, I3, IN")
            }
            inputs.append(try SiteSettings.Input(channel, entry))
        }
        for channel in [MeterChannel.u1, .i1, .i2, .i3] where !inputs.contains(where: { $0.channel == channel }) {
            throw channels.error(
                "\(channel.name) is missing", "map it: every current protects its line, and U1 gives the cycles")
        }
        for (index, input) in inputs.enumerated() {
            if let twin = inputs[..<index].first(where: { $0.name == input.name }) {
                throw channels.error(
                    "\(twin.channel.name) and \(input.channel.name) both read '\(input.name)'",
                    "give each its own channel of the ADC")
            }
        }
    }
}

extension SiteSettings.Input {
    init(_ channel: MeterChannel, _ node: YAMLNode) throws(YAMLError) {
        let fields = try node.fields([
            "adc", "units-per-code", "ratio", "rogowski-uv-per-a-hz", "gain", "offset", "delay-us", "sinc-order",
            "transformer-errors",
        ])
        let coil = try fields["rogowski-uv-per-a-hz"]?.number(1e-4...1e6)
        if let entry = fields["rogowski-uv-per-a-hz"], ![.i1, .i2, .i3].contains(channel) {
            throw entry.error("\(channel.name) cannot be a Rogowski coil", "coils measure I1, I2, I3")
        }
        if let entry = fields["ratio"], coil != nil {
            throw entry.error(
                "a ratio beside a Rogowski coil", "keep the coil's sensitivity, and put corrections in gain")
        }
        func factor(_ key: String) throws(YAMLError) -> Double? {
            guard let entry = fields[key] else { return nil }
            let value = try entry.number(-1e9...1e9)
            guard value != 0 else {
                throw entry.error("0", "leave it out, or write the factor; negative reverses the sensor")
            }
            return value
        }
        self.init(
            channel: channel, name: try fields.required("adc").string(), unitsPerCode: try factor("units-per-code"),
            ratio: try factor("ratio") ?? 1, rogowskiVoltsPerAmpereHertz: coil.map { $0 / 1e6 },
            gain: try factor("gain") ?? 1, offset: try fields["offset"]?.number(-1e6...1e6) ?? 0)
        delaySeconds = (try fields["delay-us"]?.number(-2000...2000) ?? 0) / 1e6
        sincOrder = Int(try fields["sinc-order"]?.integer(0...5) ?? 0)
        if let entry = fields["transformer-errors"] {
            guard [.i1, .i2, .i3, .iN].contains(channel), coil == nil else {
                throw entry.error("\(channel.name) has no current transformer", "leave it out")
            }
            transformer = try Self.transformer(entry)
        }
    }

    /// Points of current in ampere, ratio error in percent and phase in degrees.
    private static func transformer(_ node: YAMLNode) throws(YAMLError) -> TransformerErrors {
        var errors = TransformerErrors()
        for entry in try node.list() {
            let values = try entry.list()
            guard values.count == 3 else {
                throw entry.error(
                    "\(values.count) numbers", "write [ampere, ratio error in percent, phase in degrees]")
            }
            let (amperes, percent, degrees) = (
                try values[0].number(0...1e5), try values[1].number(-49...49), try values[2].number(-10...10)
            )
            guard errors.add(amperes: amperes, ratioErrorPercent: percent, phaseDegrees: degrees) else {
                throw entry.error(
                    "not above the current before, or more than \(TransformerErrors.capacity) points",
                    "sort the points by current, and keep the most important ones")
            }
        }
        return errors
    }
}

extension SiteSettings.RealtimeSettings {
    init(_ node: YAMLNode?) throws(YAMLError) {
        self.init()
        guard let fields = try node?.fields(["priority", "cpu", "lock-memory"]) else { return }
        if let entry = fields["priority"] {
            let value = try entry.integer(0...99)
            priority = value == 0 ? nil : Int32(value)
        }
        cpu = try fields["cpu"].map { entry throws(YAMLError) in Int32(try entry.integer(0...1023)) }
        locksMemory = try fields["lock-memory"]?.boolean() ?? true
    }
}
