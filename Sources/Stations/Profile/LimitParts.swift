extension StationProfile {
    package struct Limit: Sendable {
        /// What a limit register holds.
        package enum Unit: String, CaseIterable, Sendable {
            case ampere
            /// Of all phases together.
            case watt
        }

        /// One for all phases, or three: the station's own L1, L2, L3.
        package var registers: [RegisterIndex]
        package var unit: Unit
        /// Written where the station is to pause: below `minimumAmperes`.
        package var pauseAmperes: Double
        /// False: the station cannot be stopped; its lowest limit is the minimum.
        package var canPause: Bool
        /// Writes that stop the station, instead of a limit of `pauseAmperes`; empty: the limit stops it.
        package var pause: [RegisterValue]
        /// Writes that let it go on.
        package var resume: [RegisterValue]
        /// Where the limit in force is read: the first group that the station has counts. A group is one register,
        /// or three where the limit has three. Empty: a write that the station accepts is all that is known.
        package var readBack: [[RegisterIndex]]
        /// The longest time until the read-back follows.
        package var actsWithinSeconds: Double
        /// A volatile limit is written again this often; nil: only when it changes.
        package var refreshSeconds: Double?
        /// A higher limit waits until so long after the last one; a lower one never does. nil: neither does a higher.
        package var raiseGapSeconds: Double?

        package var isPerPhase: Bool { registers.count == 3 }

        /// Volt between a phase and neutral by which a limit in watt is reckoned.
        static let nominalVolts = 230.0

        /// What a register is told for a current on each of `phaseCount` phases.
        package func registerValue(amperes: Double, phaseCount: Int) -> Double {
            unit == .ampere ? amperes : amperes * Double(phaseCount) * Self.nominalVolts
        }

        /// The current on each of `phaseCount` phases for which a register's value stands.
        package func amperes(registerValue: Double, phaseCount: Int) -> Double {
            unit == .ampere ? registerValue : registerValue / (Double(phaseCount) * Self.nominalVolts)
        }
    }

    package struct FailSafe: Sendable {
        /// In ampere: one for all phases, three, or none.
        package var current: [RegisterIndex]
        /// As many as `current`, or none.
        package var currentReadBack: [RegisterIndex]
        /// In seconds.
        package var timeout: RegisterIndex?
        package var timeoutReadBack: RegisterIndex?
        /// The time-outs that the station takes, in seconds.
        package var timeoutRange: ClosedRange<Double>
        /// The station's own, which nobody can set.
        package var fixedAmperes: Double?
        package var fixedTimeoutSeconds: Double?
        /// What it does where no current is set: words for the alarm.
        package var without: Without

        package enum Without: String, CaseIterable, Sendable {
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

    package struct KeepAlive: Sendable {
        package enum Sign: Sendable, Equatable {
            /// Any request is a sign of life.
            case anyTraffic
            case write(RegisterValue)
            /// The station clears the register: it is written again as soon as it reads cleared.
            case writeWhenCleared(RegisterValue)

            package var value: RegisterValue? {
                switch self {
                case .anyTraffic: nil
                case .write(let value), .writeWhenCleared(let value): value
                }
            }
        }

        package enum Interval: Sendable, Equatable {
            case seconds(Double)
            /// Of the fail-safe time-out in force.
            case shareOfTimeout(Double)
        }

        package var sign: Sign
        package var interval: Interval
    }

    /// Seconds between two signs of life; nil: the station needs none.
    ///
    /// - Parameter timeoutSeconds: after which the station is told to fall back.
    func keepAliveSeconds(timeoutSeconds: Double) -> Double? {
        switch keepAlive?.interval {
        case nil: nil
        case .seconds(let seconds): seconds
        case .shareOfTimeout(let share): share * (failSafe?.fixedTimeoutSeconds ?? timeoutSeconds)
        }
    }

    /// Seconds between two readings of the station, short enough to be its sign of life where that is all it needs.
    package func pollSeconds(timeoutSeconds: Double) -> Double {
        guard keepAlive?.sign == .anyTraffic, let every = keepAliveSeconds(timeoutSeconds: timeoutSeconds) else {
            return pollIntervalSeconds
        }
        return min(pollIntervalSeconds, every)
    }
}
