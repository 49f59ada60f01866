/// How bytes travel to a station.
public enum LinkTransport: String, CaseIterable, Sendable {
    /// Modbus TCP.
    case tcp
    /// RTU frames in a TCP connection: a gateway that only passes bytes on.
    case rtuOverTCP = "rtu-over-tcp"
    /// RTU on a serial line of this device.
    case serial
}

/// A serial line. Data bits are always 8, as RTU needs.
public struct SerialSettings: Sendable, Equatable {
    public enum Parity: String, CaseIterable, Sendable {
        case none, even, odd
    }

    /// Path of the device, for example `/dev/ttyUSB0`.
    public var device: String
    /// Bits per second, 300 to 4 000 000.
    public var baud: Int
    public var parity: Parity
    /// 1 or 2.
    public var stopBits: Int

    public init(device: String, baud: Int = 9600, parity: Parity = .none, stopBits: Int = 1) {
        self.device = device
        self.baud = baud
        self.parity = parity
        self.stopBits = stopBits
    }

    /// For people: "9600 baud, parity none, 1 stop bit".
    var words: String {
        "\(baud) baud, parity \(parity.rawValue), \(stopBits) stop bit\(stopBits == 1 ? "" : "s")"
    }
}

/// How one model of station wants to be connected to; a part of its profile.
package struct LinkSettings: Sendable, Equatable {
    /// The factory setting of the model's serial line.
    package struct SerialDefaults: Sendable, Equatable {
        package var baud = 9600
        package var parity = SerialSettings.Parity.none
        package var stopBits = 1
    }

    /// What the model can; the first is the usual one.
    package var transports: [LinkTransport] = [.tcp]
    package var serial = SerialDefaults()
    /// Seconds that connecting may take.
    package var connectTimeoutSeconds = 1.0
    /// How often a read without an answer in time is asked again on the same connection.
    package var retries = 0
    /// Requests that may be under way at a time on a TCP connection, 1 to 4. RTU always has one.
    package var concurrentRequests = 1
    /// It refuses a second connection until it has given up the first.
    package var isSingleClient = false
    /// The smallest wait before a new connection, in seconds.
    package var reconnectWaitSeconds = 0.1
    /// An answer counts whatever unit it names: some gateways put in their own.
    package var anyUnit = false
}
