import Allocation
import SiteTwin
import Stations

/// One station of the site: what the allocator knows of it, and what its writer and its electronics take their time for.
public struct StationModel: Sendable {
    /// What people call it.
    public var name: String
    public var rating: StationRating
    /// The supply line of each of its own phases; a car uses the first ones.
    public var supplyPhases: [Phase]
    /// The owner's limit, in ampere per line; nil: none.
    public var ownerLimitAmperes: Double?
    /// The limits that it takes.
    let steps: LimitSteps
    /// Whole seconds from a limit's arrival until it acts; the station confirms it then.
    public var actsAfterSeconds: Int
    /// Whole seconds from the end of a pause until it offers current again.
    public var resumesAfterSeconds: Int
    /// Whole seconds from one reading of its registers to the next.
    public var pollSeconds: Int
    /// Whole seconds without contact after which it helps itself; nil: never.
    public var contactLostAfterSeconds: Int?
    /// What it then offers, in ampere; nil: what it was told last.
    public var contactLostAmperes: Double?
    /// Whole seconds for which it stays paused when it was told to charge on another number of phases.
    public var phaseSwitchSeconds: Int
    /// Whole seconds of a restart, and the limit after it.
    public var rebootSeconds: Int
    public var powerOnAmperes: Double

    /// A station that follows at once, and falls back as its rating says.
    public init(name: String, rating: StationRating, supplyPhases: [Phase] = Phase.allCases) {
        self.name = name
        self.rating = rating
        self.supplyPhases = supplyPhases
        steps = LimitSteps(
            stepAmperes: rating.stepAmperes, minimumAmperes: rating.minimumAmperes,
            maximumAmperes: rating.maximumAmperes)
        actsAfterSeconds = 0
        resumesAfterSeconds = 0
        pollSeconds = 1
        contactLostAfterSeconds = rating.failSafeAmperes == nil ? nil : Self.whole(rating.failSafeAfterSeconds)
        contactLostAmperes = rating.failSafeAmperes
        phaseSwitchSeconds = 30
        rebootSeconds = 20
        powerOnAmperes = rating.maximumAmperes
    }

    /// A station as the site's settings describe it, with its profile's times and its model's habits.
    public init(_ configuration: StationConfiguration) {
        self.init(name: configuration.name, rating: configuration.rating, supplyPhases: configuration.supplyPhases)
        ownerLimitAmperes = configuration.sharing.ownerLimitAmperes
        let profile = configuration.profile
        let habits = StationBehaviour.of(profile)
        actsAfterSeconds = Self.whole(habits.limitActsAfterSeconds)
        resumesAfterSeconds = Self.whole(habits.resumesAfterSeconds)
        pollSeconds = max(1, Self.whole(profile.pollSeconds(timeoutSeconds: configuration.failSafeAfterSeconds)))
        if let phases = profile.phases { phaseSwitchSeconds = Self.whole(phases.changeSeconds) }
        rebootSeconds = Self.whole(habits.rebootSeconds)
        powerOnAmperes = min(habits.powerOnAmperes ?? rating.maximumAmperes, rating.maximumAmperes)
        guard !profile.hasFailSafe else { return }
        contactLostAfterSeconds = habits.watchdogSeconds > 0 ? Self.whole(habits.watchdogSeconds) : nil
        switch habits.onContactLost {
        case .fallsBack: contactLostAmperes = habits.failSafeAmperes ?? 0
        case .stops: contactLostAmperes = 0
        case .keepsLimit: contactLostAmperes = nil
        case .fullPower: contactLostAmperes = rating.maximumAmperes
        }
    }

    private static func whole(_ seconds: Double) -> Int { Int(seconds.rounded(.up)) }
}

/// The building to be simulated.
public struct SimulatedSite: Sendable {
    public var limits: SupplyLimits
    public var nodes: [LimitNode]
    public var policy: AllocationPolicy
    /// Phase against neutral, the same all the time.
    public var volts: Double
    /// The building may feed in; else power towards the grid counts as load, as the device does.
    public var feedsIn: Bool
    public var stations: [StationModel]

    public init(
        limits: SupplyLimits, nodes: [LimitNode] = [], policy: AllocationPolicy = .init(), volts: Double = 230,
        feedsIn: Bool = false, stations: [StationModel]
    ) {
        self.limits = limits
        self.nodes = nodes
        self.policy = policy
        self.volts = volts
        self.feedsIn = feedsIn
        self.stations = stations
    }

    /// Seconds in which cars have followed a load that switched on: 5 s of the car (IEC 61851-1), what the slowest station
    /// takes until a limit acts, a second of the simulation's step, and twice the time for which the allocator may hold a rise
    /// beside rising cars to be theirs (`AllocationPolicy.attributionSeconds`).
    public var reactionSeconds: Int {
        5 + (stations.map(\.actsAfterSeconds).max() ?? 0) + 1 + Int((2 * policy.attributionSeconds).rounded(.up))
    }
}
