/// What Zaptec's cloud answers, as far as it is used. Names are Zaptec's.
enum ZaptecAnswers {
    /// `GET /api/installation/{id}`
    struct Installation: Decodable {
        var Id: String
        var Name: String?
        var MaxCurrent: Double?
        var AvailableCurrent: Double?
        var AvailableCurrentPhase1: Double?
        var AvailableCurrentPhase2: Double?
        var AvailableCurrentPhase3: Double?
        /// 0 default, 1 scheduled, 2 automatic power management.
        var AvailableCurrentMode: Int?
        /// 1 IT single-phase, 2 IT three-phase, 3 TN single-phase, 4 TN three-phase.
        var NetworkType: Int?
        var Active: Bool?
    }

    /// `GET /api/installation/{id}/hierarchy`
    struct Hierarchy: Decodable {
        var Circuits: [Circuit]

        struct Circuit: Decodable { var Chargers: [Charger] }

        struct Charger: Decodable {
            var Id: String
            /// The serial number.
            var DeviceId: String?
            var Name: String?
        }
    }

    /// An element of `GET /api/chargers/{id}/state`
    struct Observation: Decodable {
        var StateId: Int
        var ValueAsString: String?
    }

    /// `POST /api/installation/{id}/update`: one of the two, never mixed.
    struct LineLimits: Encodable {
        var availableCurrentPhase1: Int
        var availableCurrentPhase2: Int
        var availableCurrentPhase3: Int
    }

    struct Limit: Encodable { var availableCurrent: Int }

    /// `POST /api/chargers/{id}/update`
    struct OfflineCurrent: Encodable { var offlineChargeCurrent: Int }
}

/// Observations of a charger, by Zaptec's numbers (`GET /api/constants`).
enum ZaptecObservation {
    static let isOnline = -2
    static let currents = [507, 508, 509]
    static let maximumCurrent = 510
    static let offlineCurrent = 523
    static let sessionEnergyKilowattHours = 553
    static let operationMode = 710
    static let isEnabled = 711
}
