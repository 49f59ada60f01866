import Stations

/// The first car at a station.
public struct TwinCar: Sendable, Equatable {
    /// Phases that it uses, 1 to 3.
    public var phaseCount: Int
    /// The largest current that it draws, 6 to 80.
    public var maximumAmperes: Double
    /// Energy until it is full, above 0.
    public var neededWattHours: Double
    /// Seconds from a new offer until its current begins to change, and until it wakes, 0 to 4; nil: by chance, 1 to 3.5
    /// and 2 to 8.
    public var delaySeconds: Double?

    public init(phaseCount: Int = 3, maximumAmperes: Double = 16, neededWattHours: Double = 20_000) {
        self.phaseCount = phaseCount
        self.maximumAmperes = maximumAmperes
        self.neededWattHours = neededWattHours
    }
}

/// One station of a twin: a profile, from which its registers are made, and what stands in front of it.
public struct TwinStation: Sendable {
    public var profile: StationProfile
    /// What people call it; nil: numbered.
    public var name: String?
    /// The firmware, setting or variant that it is; nil: the model's newest.
    public var edition: String?
    /// What it says of itself; nil: numbered.
    public var serialNumber: String?
    /// How it is spoken to; a serial line is served as RTU over TCP.
    public var transport: LinkTransport
    /// TCP port of 127.0.0.1; nil: a free one.
    public var port: Int?
    /// The supply line, 0 to 2, of each of its own phases.
    public var supplyPhases: [Int]
    /// The largest limit it takes, 6 to 80.
    public var maximumAmperes: Double
    /// Seconds after the start at which the first car comes; nil: as `TwinOptions.firstArrivalSeconds` says;
    /// infinite: never.
    public var arrivalSeconds: Double?
    /// The first car; nil: by chance.
    public var car: TwinCar?
    /// How much faster than the real one its habits are (a limit's delay, a restart), 1 to 1000. Time-outs stay real.
    public var hurry = 1.0

    public init(_ profile: StationProfile) {
        self.profile = profile
        let transports = profile.link.transports
        transport = transports.first == .tcp ? .tcp : .rtuOverTCP
        supplyPhases = [0, 1, 2]
        maximumAmperes = min(32, profile.largestAmperes)
    }

    /// The names that `edition` may have for this profile.
    public static func editions(of profile: StationProfile) -> [String] {
        StationBehaviour.of(profile).editions.map(\.name) + profile.variantNames
    }

    /// - Parameters:
    ///   - index: of the station.
    ///   - arrival: of its first car, in seconds after the start.
    func chargePoint(index: Int, arrival: Double, seed: UInt64) throws(TwinError) -> ChargePoint {
        let behaviour = StationBehaviour.of(profile)
        let serialNumber = serialNumber ?? "TWIN\(String(10_000 + index).dropFirst())"
        let start = try RegisterStart(
            profile, behaviour.hurried(by: hurry), edition: edition, serialNumber: serialNumber,
            phaseCount: supplyPhases.count, maximumAmperes: maximumAmperes)
        return ChargePoint(
            kind: .simulated(RegisterImage(start)), name: name ?? "Parking \(index + 1)", index: index,
            supplyPhases: supplyPhases, maximumAmperes: maximumAmperes, firstArrival: arrivalSeconds ?? arrival,
            seed: seed, behaviour: start.behaviour, serialNumber: serialNumber, car: car,
            lowestAmperes: behaviour.edition(edition)?.lowestAmperes ?? 0)
    }
}
