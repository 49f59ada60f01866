import ArgumentParser
import Stations

/// Where a station is: the same words for `probe`, `read` and `set`.
struct PlaceOptionGroup: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Its address or name, with the TCP port where it is not the usual one.", valueName: "host[:port]"))
    var host: String?

    @Option(help: ArgumentHelp("Serial device instead of an address, for example /dev/ttyUSB0.", valueName: "path"))
    var device: String?

    @Option(help: ArgumentHelp("Modbus unit, 0 to 247 or 255; default: the profile's own.", valueName: "n"))
    var unit: Int?

    @Option(help: ArgumentHelp("tcp, or rtu-over-tcp for a gateway that only passes bytes on.", valueName: "kind"))
    var transport: String?

    @Option(help: ArgumentHelp("Speed of the serial line; default: the profile's, else 9600.", valueName: "bit/s"))
    var baud: Int?

    @Option(help: ArgumentHelp("none, even or odd, of the serial line.", valueName: "kind"))
    var parity: String?

    @Option(help: ArgumentHelp("1 or 2, of the serial line.", valueName: "n"))
    var stopBits: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Added to every register address, where the station shifts its map.", valueName: "n"))
    var addressOffset = 0

    /// Refuses what contradicts itself; a station may also be named by other options.
    func check(isNamedElsewhere: Bool = false) throws {
        if host != nil, device != nil { throw UsageError("an address and --device: a station has one of them") }
        if host == nil, device == nil, !isNamedElsewhere {
            throw UsageError("name the station: its address, or --device for a serial line")
        }
        if isNamedElsewhere, host != nil || device != nil || unit != nil || transport != nil {
            throw UsageError("--config and --station say where the station is; leave address, unit and transport out")
        }
        if let unit, !((0...247).contains(unit) || unit == 255) {
            throw UsageError("--unit \(unit): use 0 to 247, or 255")
        }
        if let baud, !(300...4_000_000).contains(baud) { throw UsageError("--baud \(baud): use 300 to 4000000") }
        if let stopBits, !(1...2).contains(stopBits) { throw UsageError("--stop-bits \(stopBits): use 1 or 2") }
        guard (-65_535...65_535).contains(addressOffset) else {
            throw UsageError("--address-offset \(addressOffset): use -65535 to 65535")
        }
        if device == nil, baud != nil || parity != nil || stopBits != nil {
            throw UsageError("--baud, --parity and --stop-bits are of a serial line; name its --device")
        }
        _ = try kind
        _ = try parityKind
        _ = try address
    }

    /// nil: the profile's usual one.
    private var kind: LinkTransport? {
        get throws {
            guard let transport else { return device == nil ? nil : .serial }
            guard let kind = LinkTransport(rawValue: transport), (kind == .serial) == (device != nil) else {
                throw UsageError(
                    "--transport \(transport): use tcp or rtu-over-tcp with an address; a serial line is named by --device"
                )
            }
            return kind
        }
    }

    private var parityKind: SerialSettings.Parity? {
        get throws {
            guard let parity else { return nil }
            guard let kind = SerialSettings.Parity(rawValue: parity) else {
                throw UsageError("--parity \(parity): use none, even or odd")
            }
            return kind
        }
    }

    /// Host and port; `[::1]:502` and bare IPv6 addresses too.
    private var address: (host: String, port: Int?) {
        get throws {
            guard let host else { return ("", nil) }
            var name = host[...]
            var port: Substring?
            if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
                name = host[host.index(after: host.startIndex)..<end]
                let rest = host[host.index(after: end)...]
                if !rest.isEmpty { port = rest.hasPrefix(":") ? rest.dropFirst() : "" }
            } else if host.count(where: { $0 == ":" }) == 1, let colon = host.firstIndex(of: ":") {
                (name, port) = (host[..<colon], host[host.index(after: colon)...])
            }
            guard !name.isEmpty else { throw UsageError("'\(host)': no address; use HOST or HOST:PORT") }
            guard let port else { return (String(name), nil) }
            guard let number = Int(port), (1...65_535).contains(number) else {
                throw UsageError("'\(host)': '\(port)' is no TCP port; use 1 to 65535, mostly 502")
            }
            return (String(name), number)
        }
    }

    /// The place for a station of `profile`; nil: of a model that is not known yet.
    func place(for profile: StationProfile?) throws -> StationPlace {
        let (host, port) = try address
        var serial: SerialSettings?
        if let device {
            var line = profile?.serialSettings(device: device) ?? SerialSettings(device: device)
            line.baud = baud ?? line.baud
            line.parity = try parityKind ?? line.parity
            line.stopBits = stopBits ?? line.stopBits
            serial = line
        }
        return StationPlace(
            transport: try kind ?? profile?.transports.first { $0 != .serial } ?? .tcp, host: host,
            port: port ?? profile?.defaultPort ?? 502, unitIdentifier: unit ?? profile?.defaultUnitIdentifier ?? 1,
            serial: serial)
    }
}
