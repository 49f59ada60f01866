/// How one model of station speaks Modbus; read from a YAML file, never written in code.
public struct StationProfile: Sendable {
    /// How well its content is founded.
    public enum Confidence: String, CaseIterable, Sendable {
        /// From the manufacturer's document.
        case documented
        /// From reports of people who run such a station.
        case reported
        /// Not confirmed by anyone.
        case assumed
    }

    /// The key used in settings, for example `abb-terra-ac`.
    public internal(set) var identifier: String
    /// What people call the model.
    public internal(set) var name: String
    public internal(set) var manufacturer: String
    /// Documents and reports behind it.
    public internal(set) var sources: [String]
    public internal(set) var confidence: Confidence
    /// What the installer has to do at the station.
    public internal(set) var advice: String

    /// TCP port where none is set.
    public internal(set) var defaultPort: Int
    /// Modbus unit identifier where none is set.
    public internal(set) var defaultUnitIdentifier: Int
    /// How the second connector of a station is reached; nil: a station has one.
    public internal(set) var connectors: ConnectorPlace?
    /// Seconds that each answer may take.
    public internal(set) var requestTimeoutSeconds: Double
    /// Seconds from one reading of status and currents to the next.
    public internal(set) var pollIntervalSeconds: Double

    /// The station takes whole multiples of this, in ampere.
    public internal(set) var limitStepAmperes: Double
    /// The smallest limit above the pause, in ampere.
    public internal(set) var minimumAmperes: Double
    /// The largest limit that the model takes, in ampere.
    public internal(set) var largestAmperes: Double

    /// What the connection itself has to know.
    package var link: LinkSettings
    package var waitBetweenRequestsSeconds: Double
    package var largestBlockWords: Int
    package var largestGapWords: Int
    package var registers: [Register]
    package var statusRules: [StatusRule]
    package var limit: Limit
    package var measurements: Measurements
    package var failSafe: FailSafe?
    package var keepAlive: KeepAlive?
    package var startUp: [StartUpWrite]
    /// Read once at each connect, for people.
    package var identity: [(label: String, register: RegisterIndex)]
    package var identityCheck: IdentityCheck?
    package var faults: [Faults]
    package var probe: [ProbeStep]
    package var phases: PhaseRegisters?
    /// In order; the first that holds counts. Each is a whole profile of its own.
    package var variants: [Variant] = []
}

extension StationProfile {
    /// Place in `registers`.
    package typealias RegisterIndex = Int

    /// Where the further connectors of a station are: connector n at n − 1 beyond the first.
    public enum ConnectorPlace: String, CaseIterable, Sendable { case port, unit }

    /// What the model can; the first is the usual one.
    public var transports: [LinkTransport] { link.transports }

    /// A serial line as the station leaves the factory.
    ///
    /// - Parameter device: its path.
    public func serialSettings(device: String) -> SerialSettings {
        SerialSettings(
            device: device, baud: link.serial.baud, parity: link.serial.parity, stopBits: link.serial.stopBits)
    }

    /// True where the station falls back to a known current after a known time without being spoken to.
    public var hasFailSafe: Bool {
        guard let failSafe else { return false }
        return (!failSafe.current.isEmpty || failSafe.fixedAmperes != nil)
            && (failSafe.timeout != nil || failSafe.fixedTimeoutSeconds != nil)
    }

    /// The current, in ampere, to which the station falls back by itself and which nobody can set; nil: settable.
    public var fixedFailSafeAmperes: Double? { failSafe?.fixedAmperes }

    /// Seconds without contact after which it falls back, where nobody can set them; nil: settable.
    public var fixedFailSafeAfterSeconds: Double? { failSafe?.fixedTimeoutSeconds }

    /// True where each phase has a limit of its own.
    public var hasLimitPerPhase: Bool { limit.isPerPhase }

    /// False: the lowest limit is `minimumAmperes`, the station cannot be stopped by Modbus.
    public var canPause: Bool { limit.canPause }

    /// True where the station's own serial number can be compared with the settings.
    public var hasSerialNumber: Bool { identityCheck?.serialNumber != nil }

    /// True where the probe has to show the model: the station does not name it.
    var needsProbe: Bool { identityCheck?.model == nil }

    /// The names of its variants, in the order in which they are tried.
    public var variantNames: [String] { variants.map(\.name) }

    /// The profile itself and that of each variant.
    package var all: [StationProfile] { [self] + variants.map(\.profile) }

    /// The same with every address `offset` higher (some stations can be told to shift their whole map).
    func shifted(by offset: Int) -> StationProfile {
        guard offset != 0 else { return self }
        var profile = self
        for index in registers.indices { profile.registers[index].address += offset }
        for index in variants.indices { profile.variants[index].profile = variants[index].profile.shifted(by: offset) }
        return profile
    }
}
