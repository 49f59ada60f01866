import Allocation

/// A group of chargers behind a maker's cloud that share one limit, which the cloud divides among them: one station of
/// the plan. Lines here are the installation's own L1, L2, L3.
package protocol CloudInstallation {
    /// A limit lapses by itself when it is not sent again within this, in seconds; nil: the cloud keeps it for ever.
    var limitLapsesAfterSeconds: Double? { get }
    /// The shortest time between two rounds, for each charger, in seconds.
    var secondsPerCharger: Double { get }

    /// Makes the cloud's limit `amperes` per line: whole amperes, or 0.
    mutating func writeLimit(_ amperes: PerPhaseAmperes, _ send: Sender) throws(CloudError)

    /// Reads the cloud's limit and what bounds it.
    mutating func readLimit(_ send: Sender) throws(CloudError) -> LimitReading

    /// Does the next request of a round over all chargers.
    ///
    /// - Returns: nil while more are to come.
    mutating func readNextCharger(_ send: Sender) throws(CloudError) -> ChargerRound?

    /// Gives the next charger whose offline current does not keep the fail-safe current the right one. Called only
    /// where the settings allow it.
    ///
    /// - Returns: true where there was one.
    mutating func correctOfflineCurrent(_ send: Sender) throws(CloudError) -> Bool
}

/// Sends one request; the loop settles spacing, time-outs and what may interrupt it.
package typealias Sender = (CloudRequest, CloudSession.Purpose) throws(CloudError) -> CloudAnswer

/// What the cloud says of the limit.
package struct LimitReading: Sendable, Equatable {
    /// nil: the cloud did not say it.
    package var held: PerPhaseAmperes?
    /// The largest limit that the cloud takes; nil: not said.
    package var maximumAmperes: Double?
    /// Why the limit may not act, with what to do.
    package var remarks: [String] = []
}

/// What all chargers together do.
package struct ChargerRound: Sendable, Equatable {
    package var status = StationStatus.unknown
    /// nil: of at least one charger the current is not known.
    package var drawn: PerPhaseAmperes?
    /// What chargers that have lost the cloud may draw, on each line.
    package var offlineAmperes = PerPhaseAmperes.zero
    /// What all chargers may draw on the worst line when all of them have lost the cloud; nil: not known.
    package var fallBackAmperes: Double?
    package var energyWattHours: Double?
    /// For people: how many chargers, which.
    package var identity = ""
    package var chargerCount = 0
    /// Of these the cloud hears something.
    package var onlineCount = 0
}
