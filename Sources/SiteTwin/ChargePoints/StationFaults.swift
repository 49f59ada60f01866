/// How a station misbehaves; several at a time.
public struct StationFaults: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    // MARK: On the wire

    /// It accepts connections and requests and never answers; the requests do not count as a sign of life.
    public static let silent = StationFaults(rawValue: 1)
    /// It refuses connections and resets those that are open.
    public static let down = StationFaults(rawValue: 2)
    /// Connections are neither accepted nor refused, as behind a dead router; those that are open hear nothing more.
    public static let blackHole = StationFaults(rawValue: 8)
    /// The connections that are open now hear nothing more and are not closed; new ones are served.
    public static let halfOpen = StationFaults(rawValue: 16)
    /// It sends the first half of each answer and closes.
    public static let cutsAnswers = StationFaults(rawValue: 32)
    /// It answers late.
    public static let slow = StationFaults(rawValue: 64)
    /// It answers every request with an exception.
    public static let exceptions = StationFaults(rawValue: 128)
    /// It answers with bytes of chance.
    public static let randomBytes = StationFaults(rawValue: 256)
    /// Everything that is read is 0xFFFF.
    public static let allOnes = StationFaults(rawValue: 512)

    // MARK: In the station

    /// It accepts limits and keeps them in their registers, but offers the car what it offered before.
    public static let ignoresLimits = StationFaults(rawValue: 4)
    /// It accepts limits and drops them: its registers show the old one.
    public static let forgetsLimits = StationFaults(rawValue: 1024)
    /// As `ignoresLimits`, and even the register of the limit in force shows what it was told. Simulated stations.
    public static let liesInReadBack = StationFaults(rawValue: 2048)
    /// Its car draws though it is paused and says so.
    public static let drawsWhileOff = StationFaults(rawValue: 4096)
    /// Another device of the same model answers at its address. The ABB and simulated stations that have a number.
    public static let otherSerialNumber = StationFaults(rawValue: 8192)
    /// A device of another kind answers at its address: it has none of the registers.
    public static let otherModel = StationFaults(rawValue: 16_384)

    /// Each by the name that people write, in the order above.
    public static let named: KeyValuePairs<String, StationFaults> = [
        "silent": silent, "down": down, "black-hole": blackHole, "half-open": halfOpen, "cuts-answers": cutsAnswers,
        "slow": slow, "exceptions": exceptions, "random-bytes": randomBytes, "all-ones": allOnes,
        "ignores-limits": ignoresLimits, "forgets-limits": forgetsLimits, "lies-in-read-back": liesInReadBack,
        "draws-while-off": drawsWhileOff, "other-serial-number": otherSerialNumber, "other-model": otherModel,
    ]
}
