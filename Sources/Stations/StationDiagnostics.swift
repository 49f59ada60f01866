import Allocation

/// What is known of a station for people who look for a fault.
public struct StationDiagnostics: Sendable, Equatable {
    /// What the station says of itself, for example "serial number 0a1b, firmware 1.8.21.0"; empty: not read yet.
    public var identity = ""
    public var isConnected = false
    /// The last thing that went wrong, with place and remedy, one line; nil: nothing so far.
    public var lastError: String?
    /// When `lastError` happened.
    public var lastErrorTime = MonotonicTime.never
    /// The faults that the station's own fault register shows now.
    public var faults: [String] = []
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
    /// The station's counter; nil: none, or not read yet.
    public var energyWattHours: Double?
    /// The counter starts anew with each session.
    public var energyIsOfSession = false
    /// The last limit that the station accepted to be written, in ampere.
    public var lastLimitWrittenAmperes: Double?
}
