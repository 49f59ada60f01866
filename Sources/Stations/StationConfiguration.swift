import Allocation

/// One charging station as the installer describes it.
public struct StationConfiguration: Sendable {
    /// What people call it, for example "Parkplatz 2"; unique in a site.
    public var name: String
    /// How its registers are read and written.
    public var profile: StationProfile
    /// Address or host name.
    public var host: String
    /// TCP port.
    public var port: Int
    /// Modbus unit identifier, 0 to 255.
    public var unitIdentifier: Int
    /// What is added to every register address of the profile.
    public var addressOffset = 0
    /// What the station must say of itself before anything is written to it; nil: what it said first counts.
    public var serialNumber: String?
    /// The supply line on which each of the station's own phases L1, L2, L3 is connected: one entry for a
    /// single-phase station. Rotated stations have, for example, [.l2, .l3, .l1].
    public var supplyPhases: [Phase]
    /// The largest limit it may be given, in ampere.
    public var maximumAmperes: Double
    /// The current it is told to fall back to when it is no longer spoken to, in ampere.
    public var failSafeAmperes: Double
    /// Seconds without contact after which it is told to fall back.
    public var failSafeAfterSeconds: Double
    /// False: it is watched, never limited.
    public var isManaged: Bool
    /// It may be switched between one phase and three while a car is connected.
    public var switchesPhases = false
    /// How it is served beside the others.
    public var sharing = StationSharing()
    /// How bytes travel to it. `host` and `port` count for TCP only, `serial` for a serial line only.
    public var transport: LinkTransport
    /// The serial line that it is on; several stations may name the same.
    public var serial: SerialSettings?

    public init(
        name: String, profile: StationProfile, host: String, port: Int, unitIdentifier: Int,
        supplyPhases: [Phase], maximumAmperes: Double, failSafeAmperes: Double, failSafeAfterSeconds: Double,
        isManaged: Bool = true, transport: LinkTransport = .tcp, serial: SerialSettings? = nil
    ) {
        self.name = name
        self.profile = profile
        self.host = host
        self.port = port
        self.unitIdentifier = unitIdentifier
        self.supplyPhases = supplyPhases
        self.maximumAmperes = maximumAmperes
        self.failSafeAmperes = failSafeAmperes
        self.failSafeAfterSeconds = failSafeAfterSeconds
        self.isManaged = isManaged
        self.transport = transport
        self.serial = serial
    }
}
