/// What the bytes to a station travel over.
public enum Transport: String, CaseIterable, Sendable {
    /// Modbus TCP.
    case tcp
    /// RTU frames through a TCP connection, as serial servers pass them on.
    case rtuOverTCP = "rtu-over-tcp"
    /// Modbus RTU on a line of this machine.
    case serial
}

/// How the bits travel on a serial line.
public struct SerialSettings: Sendable, Equatable {
    public enum Parity: String, CaseIterable, Sendable { case none, even, odd }

    /// The speeds that Modbus devices offer, in bit/s.
    public static let bauds = [1200, 2400, 4800, 9600, 14_400, 19_200, 38_400, 57_600, 115_200]

    /// In bit/s.
    public var baud = 9600
    public var parity = Parity.none
    /// 1 or 2.
    public var stopBits = 1

    public init() {}
}

/// What a connection to a station of one model has to know.
public struct LinkSettings: Sendable, Equatable {
    /// What the model can; the first is the default.
    public var transports: [Transport] = [.tcp]
    /// As the station leaves the factory.
    public var serial = SerialSettings()
    /// Seconds that connecting may take.
    public var connectTimeoutSeconds = 1.0
    /// How often a read that timed out is tried again on the same connection.
    public var retries = 0
    /// How many requests may be under way at a time, 1 to 4.
    public var concurrentRequests = 1
    /// It refuses a second connection until it has given up the first.
    public var isSingleClient = false
    /// The smallest wait before a new connection, in seconds.
    public var reconnectWaitSeconds = 0.1
    /// An answer may name another unit than the request.
    public var anyUnit = false

    public init() {}
}
