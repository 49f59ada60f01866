import Allocation

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
    /// True where the station can be told a current to which it falls back when it is no longer spoken to.
    public var hasFailSafe: Bool { failSafe?.current != nil }

    var link = LinkSettings()
    var waitBetweenRequestsSeconds: Double
    var largestBlockWords: Int
    var largestGapWords: Int
    var registers: [Register]
    var statusRules: [StatusRule]
    var limit: Limit
    var measurements: Measurements
    var failSafe: FailSafe?
    var keepAlive: KeepAlive?
    var startUp: [(write: RegisterValue, line: Int)]
    var identity: [(label: String, register: RegisterIndex)]
    var faults: Faults?
}

extension StationProfile {
    /// Place in `registers`.
    typealias RegisterIndex = Int

    /// One value of the station.
    struct Register: Sendable, Equatable {
        var name: String
        /// Address as it travels: counted from 0, 0 to 65535.
        var address: Int
        var format: RegisterFormat
        var read: ReadFunction
        var write: WriteFunction
        /// Older firmware answers exception 2; the value is then not known, and that is no error.
        var isOptional: Bool
        /// Kept in the station's permanent memory, which wears: never written cyclically.
        var isStored: Bool
    }

    struct RegisterValue: Sendable, Equatable {
        var register: RegisterIndex
        var value: Double
    }

    /// A status that holds where all conditions do. The first rule that fits counts.
    struct StatusRule: Sendable {
        var conditions: [(register: RegisterIndex, test: Test)]
        var status: StationStatus

        enum Test: Sendable, Equatable {
            case oneOf([Int64])
            case noneOf([Int64])
            case atLeast(Int64)
            case atMost(Int64)
            /// At least one of these bits is set.
            case anyBit(Int64)

            func holds(_ value: Int64) -> Bool {
                switch self {
                case .oneOf(let values): values.contains(value)
                case .noneOf(let values): !values.contains(value)
                case .atLeast(let bound): value >= bound
                case .atMost(let bound): value <= bound
                case .anyBit(let mask): value & mask != 0
                }
            }
        }
    }

    struct Limit: Sendable {
        var register: RegisterIndex
        /// Written where the station is to pause: below `minimumAmperes`.
        var pauseAmperes: Double
        /// Where the limit in force is read; the first one that the station has counts. Empty: a write that the
        /// station accepts is all that is known.
        var readBack: [RegisterIndex]
        /// The longest time until the read-back follows.
        var actsWithinSeconds: Double
        /// A volatile limit is written again this often; nil: only when it changes.
        var refreshSeconds: Double?
    }

    struct Measurements: Sendable {
        /// In ampere, by the station's own phases L1, L2, L3; one for a single-phase station; empty: none.
        var currents: [RegisterIndex]
        /// In watt hours.
        var energy: RegisterIndex?
        /// The counter starts anew with each session.
        var energyIsOfSession: Bool
    }

    struct FailSafe: Sendable {
        var current: RegisterIndex?
        var currentReadBack: RegisterIndex?
        var timeout: RegisterIndex?
        var timeoutReadBack: RegisterIndex?
        /// The time-outs that the station takes, in seconds.
        var timeoutRange: ClosedRange<Double>
        /// What it does where no current is set: words for the alarm.
        var without: Without

        enum Without: String, CaseIterable, Sendable {
            case stops
            case keepsLimit = "keeps-limit"
            case fullPower = "full-power"
            case unknown

            var words: String {
                switch self {
                case .stops: "without it the station ends the session when the link is lost"
                case .keepsLimit: "without it the station keeps its last limit when the link is lost"
                case .fullPower: "without it the station goes to full power when the link is lost"
                case .unknown: "what the station does when the link is lost is then not known"
                }
            }
        }
    }

    struct KeepAlive: Sendable {
        var everySeconds: Double
        /// nil: any request is a sign of life.
        var write: RegisterValue?
    }

    struct Faults: Sendable {
        var register: RegisterIndex
        /// A fault holds where all bits of its mask are set.
        var bits: [(mask: Int64, words: String)]
    }
}
