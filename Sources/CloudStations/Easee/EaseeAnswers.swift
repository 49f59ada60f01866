/// What Easee's cloud takes and answers, as far as it is used. Names are Easee's.
enum EaseeAnswers {
    /// `GET` and `POST /api/sites/{site}/circuits/{circuit}/dynamicCurrent`, in ampere and minutes.
    struct DynamicCurrent: Codable {
        var phase1: Double
        var phase2: Double
        var phase3: Double
        var timeToLive: Int?
    }

    /// `GET /api/sites/{site}/circuits/{circuit}/settings`
    struct CircuitSettings: Decodable {
        var maxCircuitCurrentP1: Double?
        var maxCircuitCurrentP2: Double?
        var maxCircuitCurrentP3: Double?
        var offlineMaxCircuitCurrentP1: Double?
        var offlineMaxCircuitCurrentP2: Double?
        var offlineMaxCircuitCurrentP3: Double?
    }

    /// `POST` to the same.
    struct OfflineCurrent: Encodable {
        var offlineMaxCircuitCurrentP1: Int
        var offlineMaxCircuitCurrentP2: Int
        var offlineMaxCircuitCurrentP3: Int
    }

    /// `GET /api/sites/{site}`
    struct Site: Decodable {
        var circuits: [Circuit]

        struct Circuit: Decodable {
            var id: Int
            var chargers: [Charger]?
        }

        struct Charger: Decodable { var id: String }
    }

    /// `GET /api/chargers/{charger}/state`
    struct ChargerState: Decodable {
        /// 0 offline, 1 disconnected, 2 awaiting start, 3 charging, 4 completed, 5 error, 6 ready to charge.
        var chargerOpMode: Int?
        var isOnline: Bool?
        // Terminals T3, T4, T5 are L1, L2, L3 in a TN network.
        var inCurrentT3: Double?
        var inCurrentT4: Double?
        var inCurrentT5: Double?
        /// Kilowatt hours.
        var sessionEnergy: Double?
    }
}
