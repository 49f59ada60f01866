import Stations

/// What a model of station does beyond its registers: clocks, habits and faults of its kind, which no profile says.
/// Times are of the real station; a twin may live faster (`TwinStation.hurry`).
package struct StationBehaviour: Sendable {
    /// What counts as a sign of life.
    enum SignOfLife: Sendable, Equatable {
        /// Nothing: the station does not watch its controller.
        case none
        case anyRequest
        /// A write into the register of the profile's keep-alive.
        case keepAliveWrite
        /// A limit.
        case limitWrite
    }

    /// What the station does when it has not been spoken to for its time-out.
    package enum OnContactLost: Sendable, Equatable {
        /// Offers its fail-safe current.
        case fallsBack
        /// Ends the session with an error, until it is told to go on.
        case stops
        case keepsLimit
        /// Offers all it can.
        case fullPower
    }

    /// The firmware or setting of a station where there are several.
    struct Edition: Sendable {
        var name: String
        /// What these registers hold: a number before scale and offset, or a text.
        var values: [String: RegisterContent] = [:]
        /// Registers that it does not have.
        var absent: Set<String> = []
        /// The limit after power-on, in ampere; nil: as the behaviour says.
        var powerOnAmperes: Double?
        /// The lowest offer in ampere where nothing can stop the station.
        var lowestAmperes: Double?
    }

    var signOfLife = SignOfLife.none
    package var onContactLost = OnContactLost.keepsLimit
    /// Its time-out as it leaves the factory, in seconds; 0: off.
    package var watchdogSeconds = 0.0
    /// What it falls back to as it leaves the factory, in ampere; nil: not set.
    package var failSafeAmperes: Double? = 6
    /// The register that holds it where the installer sets it, in ampere.
    var failSafeRegister: String?
    /// From a limit's arrival to the moment it acts.
    package var limitActsAfterSeconds = 0.0
    /// From the end of a pause until the station offers current again.
    package var resumesAfterSeconds = 0.0
    /// From the write of the number of phases until its contactors have switched (assumed, of every model).
    var phasesChangeAfterSeconds = 5.0
    /// From the write of the life bit until the station clears it; nil: it does not.
    var lifeClearsAfterSeconds: Double?
    /// A limit of 0 reads as `amperes` after a while, though the station stays off.
    var zeroReadsBackAs: (amperes: Double, afterSeconds: Double)?
    /// Serves one client, and no other until it has given that one up.
    var isSingleClient = false
    /// Requests that come sooner after the last answer are not heard.
    var waitBetweenRequestsSeconds = 0.0
    /// From a restart until it answers with something else than exceptions.
    package var rebootSeconds = 20.0
    /// The limit after power-on, in ampere; nil: its maximum.
    package var powerOnAmperes: Double?
    /// The largest read in words; nil: what Modbus allows.
    var largestBlockWords: Int?
    /// Limits between 0 and the minimum are refused.
    var refusesLimitsBelowMinimum = false
    /// Registers that limit the current too, in ampere; the lowest counts.
    var furtherLimits: [String] = []
    /// Registers that show the largest current that the station is set to, in ampere.
    var ratings: [String] = []
    /// Function codes beyond those that the profile uses.
    var furtherFunctions: Set<UInt8> = []
    /// Holding registers can be read as input registers and the other way round.
    var readsTablesAlike = false
    /// Values of status registers for a state, where the profile's rules cannot be turned round or say too little.
    var stateValues: [ChargePointState: [String: RegisterContent]] = [:]
    /// Contents of further registers.
    var values: [String: RegisterContent] = [:]
    /// At least one, the first is what stands where nothing is chosen; empty: there is only one.
    var editions: [Edition] = []
}

/// What a register holds.
enum RegisterContent: Sendable, Equatable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// Before scale and offset.
    case integer(Int64)
    case text(String)

    init(integerLiteral value: Int64) { self = .integer(value) }
    init(stringLiteral value: String) { self = .text(value) }
}

/// What a station with its car is at, as its status registers tell it.
enum ChargePointState: Sendable, CaseIterable {
    case free
    /// Plugged in, waiting for a permission.
    case waiting
    /// The car may charge and does not.
    case ready
    /// The station offers nothing.
    case paused
    case charging
    /// The car is full.
    case finished
    /// The session was stopped.
    case stopped
    /// Contact was lost and the station has ended the session.
    case fault
}

extension StationBehaviour {
    /// What follows from the profile alone.
    init(following profile: StationProfile) {
        let failSafe = profile.failSafe
        switch profile.keepAlive?.sign {
        case .anyTraffic: signOfLife = .anyRequest
        case .write, .writeWhenCleared: signOfLife = .keepAliveWrite
        case nil: signOfLife = profile.hasFailSafe || failSafe?.fixedTimeoutSeconds != nil ? .limitWrite : .none
        }
        if case .writeWhenCleared = profile.keepAlive?.sign { lifeClearsAfterSeconds = 1 }
        watchdogSeconds = failSafe?.fixedTimeoutSeconds ?? (failSafe?.timeout == nil ? 0 : 60)
        failSafeAmperes = failSafe?.fixedAmperes ?? 6
        if failSafe?.current.isEmpty == false || failSafe?.fixedAmperes != nil {
            onContactLost = .fallsBack
        } else {
            onContactLost =
                switch failSafe?.without {
                case .stops: .stops
                case .fullPower: .fullPower
                default: .keepsLimit
                }
        }
        isSingleClient = profile.link.isSingleClient
        waitBetweenRequestsSeconds = profile.waitBetweenRequestsSeconds
    }

    /// The same habits, `factor` times as fast. Time-outs, which the device sets and keeps, stay.
    func hurried(by factor: Double) -> StationBehaviour {
        var hurried = self
        hurried.limitActsAfterSeconds /= factor
        hurried.resumesAfterSeconds /= factor
        hurried.phasesChangeAfterSeconds /= factor
        hurried.rebootSeconds /= factor
        hurried.lifeClearsAfterSeconds = lifeClearsAfterSeconds.map { $0 / factor }
        hurried.zeroReadsBackAs = zeroReadsBackAs.map { ($0.amperes, $0.afterSeconds / factor) }
        return hurried
    }

    /// The edition of this name, or the first; nil: there is none of this name.
    func edition(_ name: String?) -> Edition? {
        guard let name else { return editions.first ?? Edition(name: "") }
        return editions.first { $0.name == name }
    }
}
