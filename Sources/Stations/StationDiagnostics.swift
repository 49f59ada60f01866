import Allocation

/// What is known of a station for people who look for a fault.
public struct StationDiagnostics: Sendable, Equatable {
    /// What the station says of itself, for example "serial number 0a1b, firmware 1.8.21.0"; empty: not read yet.
    public var identity = ""
    /// As the station says them at the check before anything is written; nil: it does not tell, or not read yet.
    public var serialNumber: String?
    public var model: String?
    /// The variant of the profile that fits this station; nil: the profile as it is.
    public var variant: String?

    public var isConnected = false
    /// The last thing that went wrong, with place and remedy, one line; nil: nothing so far.
    public var lastError: String?
    /// When `lastError` happened.
    public var lastErrorTime = MonotonicTime.never

    public var status = StationStatus.unknown
    /// What the profile adds to the status, for example "waits for authorisation"; nil: nothing.
    public var statusWords: String?
    /// Since when status and words have been the same; `never`: no status read yet.
    public var statusSince = MonotonicTime.never
    /// The faults that the station's own fault registers show now.
    public var faults: [StationFault] = []

    /// Why real-time scheduling of the writer's thread is not as asked.
    public var warnings: [String] = []
    /// Connections made, answers to reads and writes, requests without an answer in time, exceptions answered.
    public var connects = 0, reads = 0, writes = 0, timeouts = 0, exceptions = 0
    /// Answers on the connection at hand that belonged to no request: late, doubled, or of another unit on the line.
    public var strayAnswers = 0
    /// End of the last exchange that succeeded.
    public var lastContact = MonotonicTime.never
    /// True: fail-safe current and time-out were written and read back. False: the station refused or did not keep
    /// them, and must be counted at its maximum when it falls silent. nil: not known yet, or it cannot be read back.
    public var failSafeKept: Bool?
    /// The writer was stopped, and the station has accepted the limit at which it stays without us.
    public var isLeftAtFailSafe = false

    /// Between phase and neutral, in volt, by the station's own phases; empty: not told, or not read yet.
    public var volts: [Double] = []
    /// Of all phases, in watt.
    public var powerWatts: Double?
    /// The station's counter; nil: none, or not read yet.
    public var energyWattHours: Double?
    /// The counter starts anew with each session.
    public var energyIsOfSession = false
    /// Phases on which the station charges, 1 or 3; nil: it does not tell.
    public var phaseCount: Int?

    /// The last limit that the station accepted to be written, in ampere; per phase: the largest.
    public var lastLimitWrittenAmperes: Double?
    /// The limit that the station confirmed, in ampere; nil: none known.
    public var limitInForceAmperes: Double?
    /// Why the limit written is not the one wished, for example that the station cannot be stopped; nil: it is.
    public var limitNote: String?
}
