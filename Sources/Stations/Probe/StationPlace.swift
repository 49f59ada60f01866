/// Where a station may be reached, before it is known what it is.
package struct StationPlace: Sendable, Equatable {
    package var transport: LinkTransport
    /// Address or host name; of TCP only.
    package var host: String
    /// TCP port.
    package var port: Int
    package var unitIdentifier: Int
    /// Of a serial line only.
    package var serial: SerialSettings?

    package init(
        transport: LinkTransport = .tcp, host: String = "", port: Int = 502, unitIdentifier: Int,
        serial: SerialSettings? = nil
    ) {
        self.transport = transport
        self.host = host
        self.port = port
        self.unitIdentifier = unitIdentifier
        self.serial = serial
    }

    /// The place of a station as its settings have it.
    package init(_ configuration: StationConfiguration) {
        transport = configuration.transport
        host = configuration.host
        port = configuration.port
        unitIdentifier = configuration.unitIdentifier
        serial = configuration.serial
    }

    /// "192.168.1.20:502 unit 1".
    package var words: String {
        "\(transport == .serial ? serial?.device ?? "no device" : "\(host):\(port)") unit \(unitIdentifier)"
    }

    /// The same but for the unit: one connection serves both.
    func isSameLine(_ other: StationPlace) -> Bool {
        var other = other
        other.unitIdentifier = unitIdentifier
        return self == other
    }
}

/// A station could not be asked, or is not what it should be: one line with place and remedy.
package struct StationReadingError: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String
    package init(_ description: String) { self.description = description }
}
