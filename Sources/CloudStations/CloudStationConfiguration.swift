import Allocation
import Stations

/// An installation behind its maker's cloud, as the installer describes it: one station of the plan.
public struct CloudStationConfiguration: Sendable {
    /// What people call it, for example "Tiefgarage"; unique in a site.
    public var name: String
    public var profile: CloudProfile
    /// Which one it is in the cloud: Zaptec's installation id, or Easee's `SITE/CIRCUIT`.
    public var installation: String
    public var credentials: CredentialSource
    /// The supply line on which each of the installation's own lines L1, L2, L3 is connected; one entry for a
    /// single-phase installation.
    public var supplyPhases: [Phase]
    /// The largest limit of all chargers together, in ampere per line.
    public var maximumAmperes: Double
    /// What all chargers together may draw on each line when they have lost their cloud, in ampere; also what the
    /// installation is left at.
    public var failSafeAmperes: Double
    /// Seconds from a change of the limit to the next rise.
    public var raiseIntervalSeconds: Double
    /// The device may write the chargers' offline currents.
    public var setsOfflineCurrent: Bool
    /// Chargers that are connected turned, by their serial number: the installation's line of each of their own phases.
    public var chargerLines: [String: [Phase]]
    /// False: it is watched, never limited.
    public var isManaged: Bool
    /// How it is served beside the others.
    public var sharing = StationSharing()
    /// Another address than the maker's: an http address of this machine, of a simulated cloud.
    package var baseAddress: String?

    /// Below this a car does not charge (IEC 61851-1), in ampere.
    static let minimumAmperes = 6.0
    /// The cloud is no fast loop: limits are whole amperes.
    static let stepAmperes = 1.0
    /// Three rounds of reading without a car: earlier a silence says nothing.
    static let silentAfterSeconds = 180.0

    public init(
        name: String, profile: CloudProfile, installation: String, credentials: CredentialSource,
        supplyPhases: [Phase] = Phase.allCases, maximumAmperes: Double, failSafeAmperes: Double,
        raiseIntervalSeconds: Double = 900, setsOfflineCurrent: Bool = false, chargerLines: [String: [Phase]] = [:],
        isManaged: Bool = true
    ) {
        self.name = name
        self.profile = profile
        self.installation = installation
        self.credentials = credentials
        self.supplyPhases = supplyPhases
        self.maximumAmperes = maximumAmperes
        self.failSafeAmperes = failSafeAmperes
        self.raiseIntervalSeconds = raiseIntervalSeconds
        self.setsOfflineCurrent = setsOfflineCurrent
        self.chargerLines = chargerLines
        self.isManaged = isManaged
    }

    /// The installation's own lines that exist.
    var ownLines: [Phase] { Array(Phase.allCases.prefix(supplyPhases.count)) }

    /// What the installation draws on its own lines, turned to the supply's.
    func onSupplyLines(_ own: PerPhaseAmperes) -> PerPhaseAmperes {
        var amperes = PerPhaseAmperes.zero
        for (line, supply) in zip(ownLines, supplyPhases) { amperes[supply] = own[line] }
        return amperes
    }

    var limitSteps: LimitSteps {
        LimitSteps(
            stepAmperes: Self.stepAmperes, minimumAmperes: Self.minimumAmperes, maximumAmperes: maximumAmperes)
    }

    /// The limit that it is left at, in ampere. What is never limited is left at its maximum.
    var leaveAmperes: Double { limitSteps.rounded(isManaged ? failSafeAmperes : maximumAmperes) }

    /// What the allocator has to know of it.
    var rating: StationRating {
        var phases: PhaseSet = []
        for phase in supplyPhases { phases.insert(PhaseSet(phase)) }
        var rating = StationRating(
            phases: phases, minimumAmperes: Self.minimumAmperes, maximumAmperes: limitSteps.rounded(maximumAmperes),
            stepAmperes: Self.stepAmperes, failSafeAmperes: failSafeAmperes,
            failSafeAfterSeconds: Self.silentAfterSeconds, isManaged: isManaged)
        sharing.apply(to: &rating)
        return rating
    }

    /// Checks every setting against its range.
    ///
    /// - Throws: `StationError` for the first setting that cannot be.
    public func check() throws(StationError) {
        func require(_ holds: Bool, _ field: String, _ problem: String, _ remedy: String) throws(StationError) {
            if !holds { throw StationError(station: name, field: field, problem: problem, remedy: remedy) }
        }
        try require(
            profile.driver.isIdentifier(installation), "installation",
            "'\(installation)' is no \(profile.name) installation",
            profile.driver.identifierRemedy)
        try require(
            [1, 3].contains(supplyPhases.count) && Set(supplyPhases).count == supplyPhases.count, "supplyPhases",
            "\(supplyPhases.count) entries, or one line twice", "name one supply line, or each of the three once")
        try require(
            (Self.minimumAmperes...1000).contains(maximumAmperes), "maximumAmperes",
            "\(maximumAmperes) A is outside what an installation takes", "use 6 to 1000 A")
        try require(
            failSafeAmperes >= 0 && failSafeAmperes <= maximumAmperes, "failSafeAmperes",
            "\(failSafeAmperes) A is outside 0 to \(maximumAmperes) A",
            "use what the fuse can bear with every charger on it and no cloud")
        try require(
            (1...86_400).contains(raiseIntervalSeconds), "raiseIntervalSeconds", "\(raiseIntervalSeconds) s",
            "use 15 minutes, as the maker asks for")
        for (charger, lines) in chargerLines {
            let isKnown = Set(lines).isSubset(of: ownLines) && Set(lines).count == lines.count
            try require(
                [1, 3].contains(lines.count) && isKnown, "chargerLines",
                "charger \(charger): \(lines.count) lines, one twice, or one that the installation has not",
                "name one of the installation's lines, or each of the three once")
        }
        try require(
            baseAddress.map { $0.hasPrefix("http://127.0.0.1:") } ?? true, "baseAddress",
            "'\(baseAddress ?? "")' is not this machine",
            "leave it out, or use http://127.0.0.1:PORT of a simulated cloud (headroom twin --cloud)")
    }
}
