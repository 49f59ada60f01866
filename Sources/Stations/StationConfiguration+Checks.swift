import Allocation

/// Why a station cannot be run.
public struct StationError: Error, Equatable, CustomStringConvertible {
    /// The station's name.
    public var station: String
    /// The setting, for example `maximumAmperes`.
    public var field: String
    public var problem: String
    public var remedy: String

    package init(station: String, field: String, problem: String, remedy: String) {
        self.station = station
        self.field = field
        self.problem = problem
        self.remedy = remedy
    }

    /// `station 'name', field: problem; remedy`, one line.
    public var description: String { "station '\(station)', \(field): \(problem); \(remedy)" }
}

extension StationConfiguration {
    /// The currents that it may be given.
    var limitSteps: LimitSteps {
        LimitSteps(
            stepAmperes: profile.limitStepAmperes, minimumAmperes: profile.minimumAmperes,
            maximumAmperes: maximumAmperes)
    }

    /// The limit that it is left at, in ampere. A station that is never limited is left at its maximum.
    var leaveAmperes: Double { limitSteps.rounded(isManaged ? failSafeAmperes : maximumAmperes) }

    /// Seconds between two readings of the station, short enough to be its sign of life.
    var pollSeconds: Double {
        guard let keepAlive = profile.keepAlive, keepAlive.write == nil else { return profile.pollIntervalSeconds }
        return min(profile.pollIntervalSeconds, keepAlive.everySeconds)
    }

    /// What the allocator has to know of it.
    var rating: StationRating {
        var phases: PhaseSet = []
        for phase in supplyPhases { phases.insert(PhaseSet(phase)) }
        return StationRating(
            phases: phases, minimumAmperes: profile.minimumAmperes, maximumAmperes: limitSteps.rounded(maximumAmperes),
            stepAmperes: profile.limitStepAmperes, failSafeAmperes: profile.hasFailSafe ? leaveAmperes : nil,
            failSafeAfterSeconds: failSafeAfterSeconds, isManaged: isManaged)
    }

    /// Checks every setting against its range and the profile.
    ///
    /// - Throws: `StationError` for the first setting that cannot be.
    public func check() throws(StationError) {
        func require(_ holds: Bool, _ field: String, _ problem: String, _ remedy: String) throws(StationError) {
            if !holds { throw StationError(station: name, field: field, problem: problem, remedy: remedy) }
        }
        try require(!host.isEmpty, "host", "empty", "enter the station's IP address")
        try require((1...65_535).contains(port), "port", "\(port) is no TCP port", "use 1 to 65535, mostly 502")
        try require(
            (0...247).contains(unitIdentifier) || unitIdentifier == 255, "unitIdentifier",
            "\(unitIdentifier) is no Modbus unit", "use 0 to 247, or 255; mostly \(profile.defaultUnitIdentifier)")
        try require(
            (1...3).contains(supplyPhases.count) && Set(supplyPhases).count == supplyPhases.count, "supplyPhases",
            "\(supplyPhases.count) entries, or one line twice", "name each supply line that the station is on once")
        try require(
            maximumAmperes >= profile.minimumAmperes && maximumAmperes <= profile.largestAmperes, "maximumAmperes",
            "\(maximumAmperes) A is outside what \(profile.name) takes",
            "use \(profile.minimumAmperes) to \(profile.largestAmperes) A")
        try require(
            profile.registers[profile.limit.register].format.words(roundingDown: maximumAmperes) != nil,
            "maximumAmperes", "\(maximumAmperes) A does not fit the limit register of \(profile.name)",
            "correct the register's type or scale in the profile")
        try require(
            failSafeAmperes >= 0 && failSafeAmperes <= maximumAmperes, "failSafeAmperes",
            "\(failSafeAmperes) A is outside 0 to \(maximumAmperes) A", "use 0 or \(profile.minimumAmperes) A")
        try require(
            failSafeAmperes == 0 || failSafeAmperes >= profile.minimumAmperes, "failSafeAmperes",
            "\(failSafeAmperes) A is less than a car accepts", "use 0 or \(profile.minimumAmperes) A")
        try require(
            failSafeAfterSeconds > 0 && failSafeAfterSeconds <= 86_400, "failSafeAfterSeconds",
            "\(failSafeAfterSeconds) s", "use a time of up to a day")
        guard let failSafe = profile.failSafe else { return }
        if let current = failSafe.current {
            try require(
                profile.registers[current].format.words(roundingDown: leaveAmperes) != nil, "failSafeAmperes",
                "\(leaveAmperes) A does not fit the fail-safe register of \(profile.name)", "use a smaller current")
        }
        guard let timeout = failSafe.timeout else { return }
        let range = failSafe.timeoutRange
        try require(
            range.contains(failSafeAfterSeconds)
                && profile.registers[timeout].format.words(roundingDown: failSafeAfterSeconds) != nil,
            "failSafeAfterSeconds", "\(failSafeAfterSeconds) s is outside what \(profile.name) takes",
            "use \(range.lowerBound) to \(range.upperBound) s")
        let signOfLife = profile.keepAlive?.everySeconds ?? profile.pollIntervalSeconds
        try require(
            failSafeAfterSeconds >= 2 * min(signOfLife, pollSeconds), "failSafeAfterSeconds",
            "\(failSafeAfterSeconds) s is less than two signs of life of \(signOfLife) s",
            "use at least \(2 * signOfLife) s")
    }
}
