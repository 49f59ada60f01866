/// Some of the phases L1, L2, L3.
public struct SupplyPhases: OptionSet, Sendable, Hashable, BitwiseCopyable {
    /// Bits 0 to 2: L1 to L3.
    public let rawValue: UInt8
    @_noAllocation @_noLocks
    public init(rawValue: UInt8) { self.rawValue = rawValue & 0b111 }

    public static var l1: SupplyPhases { @_noAllocation @_noLocks get { SupplyPhases(rawValue: 0b001) } }
    public static var l2: SupplyPhases { @_noAllocation @_noLocks get { SupplyPhases(rawValue: 0b010) } }
    public static var l3: SupplyPhases { @_noAllocation @_noLocks get { SupplyPhases(rawValue: 0b100) } }
    /// All three.
    public static var all: SupplyPhases { @_noAllocation @_noLocks get { SupplyPhases(rawValue: 0b111) } }

    // Concrete twins of OptionSet's generic members, which a kernel proven free of allocation may not call.
    @_noAllocation @_noLocks
    func has(_ phase: Int) -> Bool { rawValue & (1 << UInt8(phase)) != 0 }
    @_noAllocation @_noLocks
    mutating func mark(_ phase: Int) { self = SupplyPhases(rawValue: rawValue | 1 << UInt8(phase)) }
}

/// A dip, swell or interruption that has ended, or that lasts still where asked for (IEC 61000-4-30).
///
/// Start and end are those of the cycles whose RMS began and ended it: the true ones lie up to one cycle after each.
public struct VoltageEvent: Sendable, Equatable, BitwiseCopyable {
    /// What happened to the voltage.
    public enum Kind: CaseIterable, Sendable, Equatable, BitwiseCopyable {
        /// Below the dip threshold. A dip that goes below the interruption threshold is an interruption, too.
        case dip
        /// Above the swell threshold.
        case swell
        /// Below the interruption threshold.
        case interruption

        var index: Int {
            @_noAllocation @_noLocks get {
                switch self {
                case .dip: 0
                case .swell: 1
                case .interruption: 2
                }
            }
        }
        /// Whether more voltage is worse.
        var isRise: Bool {
            @_noAllocation @_noLocks get {
                switch self {
                case .swell: true
                case .dip, .interruption: false
                }
            }
        }
        /// Whether it befalls the supply only when it befalls all phases.
        var needsAllPhases: Bool {
            @_noAllocation @_noLocks get {
                switch self {
                case .interruption: true
                case .dip, .swell: false
                }
            }
        }
    }

    public internal(set) var kind: Kind
    /// False: of one phase alone. True: of the supply; a dip or swell from its first phase's start to its last phase's
    /// end, an interruption while all measured phases are interrupted.
    public internal(set) var isPolyphase: Bool
    /// The phases that took part.
    public internal(set) var phases: SupplyPhases
    /// Start of the first cycle beyond the threshold, in frames since the start.
    public internal(set) var startFrame: Double
    /// Start of the first cycle back within threshold and hysteresis, in frames since the start; of the latest cycle
    /// while the event lasts.
    public internal(set) var endFrame: Double
    /// From start to end.
    public internal(set) var durationSeconds: Double
    /// Residual voltage of a dip or interruption (the lowest RMS of a cycle in any phase), largest of a swell, volt.
    public internal(set) var extremeRMS: Double
    /// `extremeRMS` less the declared voltage, volt: minus the depth of a dip, height of a swell.
    public internal(set) var deviation: Double
    /// All flags of the readings during it: with ``ReadingFlags/gap``, frames were lost and its end may be late.
    public internal(set) var flags: ReadingFlags

    @_noAllocation @_noLocks
    init(
        _ kind: Kind, isPolyphase: Bool, phases: SupplyPhases, frame: Double, rms: Double, declaredVoltage: Double,
        flags: ReadingFlags
    ) {
        self.kind = kind
        self.isPolyphase = isPolyphase
        self.phases = phases
        startFrame = frame
        endFrame = frame
        durationSeconds = 0
        extremeRMS = rms
        deviation = rms - declaredVoltage
        self.flags = flags
    }
}
