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
    /// Checks every setting against its range, the profile and all its variants.
    ///
    /// - Throws: `StationError` for the first setting that cannot be.
    public func check() throws(StationError) {
        try checkPlace()
        try require(
            (1...3).contains(supplyPhases.count) && Set(supplyPhases).count == supplyPhases.count, "supplyPhases",
            "\(supplyPhases.count) entries, or one line twice", "name each supply line that the station is on once")
        try require(
            maximumAmperes >= profile.minimumAmperes && maximumAmperes <= profile.largestAmperes, "maximumAmperes",
            "\(maximumAmperes) A is outside what \(profile.name) takes",
            "use \(profile.minimumAmperes) to \(profile.largestAmperes) A")
        try require(
            failSafeAmperes >= 0 && failSafeAmperes <= maximumAmperes, "failSafeAmperes",
            "\(failSafeAmperes) A is outside 0 to \(maximumAmperes) A", "use 0 or \(profile.minimumAmperes) A")
        try require(
            failSafeAmperes == 0 || failSafeAmperes >= profile.minimumAmperes, "failSafeAmperes",
            "\(failSafeAmperes) A is less than a car accepts", "use 0 or \(profile.minimumAmperes) A")
        try require(
            failSafeAfterSeconds > 0 && failSafeAfterSeconds <= 86_400, "failSafeAfterSeconds",
            "\(failSafeAfterSeconds) s", "use a time of up to a day")
        if switchesPhases { try checkPhaseSwitch() }
        for profile in profile.all { try checkRegisters(of: profile) }
    }

    private func checkPhaseSwitch() throws(StationError) {
        try require(
            profile.all.contains { $0.phases?.change != nil }, "switchesPhases",
            "the profile of \(profile.name) knows no register for it", "remove it")
        try require(
            supplyPhases.count == 3, "switchesPhases", "the station is on \(supplyPhases.count) of the lines",
            "remove it, or name three lines")
        // A contactor that switches under load burns its contacts.
        try require(
            profile.all.allSatisfy(\.canPause), "switchesPhases",
            "\(profile.name) cannot be stopped, as it has to be before", "remove it")
    }

    private func require(
        _ holds: Bool, _ field: String, _ problem: String, _ remedy: String
    ) throws(StationError) {
        if !holds { throw StationError(station: name, field: field, problem: problem, remedy: remedy) }
    }

    private func checkPlace() throws(StationError) {
        try require(
            profile.link.transports.contains(transport), "transport",
            "\(profile.name) has no \(transport.rawValue)",
            "use \(profile.link.transports.map(\.rawValue).joined(separator: " or "))")
        try checkLink(require)
        try require(
            (0...247).contains(unitIdentifier) || unitIdentifier == 255, "unitIdentifier",
            "\(unitIdentifier) is no Modbus unit", "use 0 to 247, or 255; mostly \(profile.defaultUnitIdentifier)")
        try require(
            serialNumber == nil || profile.hasSerialNumber, "serialNumber",
            "\(profile.name) does not tell its serial number", "remove it")
        for profile in profile.all {
            let misplaced = profile.registers.first { register in
                register.address + addressOffset < 0
                    || register.address + addressOffset + register.format.wordCount > 65_536
            }
            try require(
                misplaced == nil, "addressOffset",
                "\(addressOffset) puts the register '\(misplaced?.name ?? "")' outside 0 to 65535",
                "use the station's own address offset")
        }
    }

    private func checkRegisters(of profile: StationProfile) throws(StationError) {
        let limit = profile.limit
        let largest = limit.registerValue(amperes: maximumAmperes, phaseCount: supplyPhases.count)
        for register in limit.registers {
            try require(
                profile.registers[register].format.words(roundingDown: largest) != nil, "maximumAmperes",
                "\(maximumAmperes) A does not fit the limit register of \(profile.name)",
                "correct the register's type or scale in the profile")
        }
        guard let failSafe = profile.failSafe else { return }
        for current in failSafe.current {
            try require(
                profile.registers[current].format.words(roundingDown: leaveAmperes) != nil, "failSafeAmperes",
                "\(leaveAmperes) A does not fit the fail-safe register of \(profile.name)", "use a smaller current")
        }
        if let timeout = failSafe.timeout {
            let range = failSafe.timeoutRange
            try require(
                range.contains(failSafeAfterSeconds)
                    && profile.registers[timeout].format.words(roundingDown: failSafeAfterSeconds) != nil,
                "failSafeAfterSeconds", "\(failSafeAfterSeconds) s is outside what \(profile.name) takes",
                "use \(range.lowerBound) to \(range.upperBound) s")
        } else if failSafe.fixedTimeoutSeconds == nil {
            return
        }
        let inForce = failSafe.fixedTimeoutSeconds ?? failSafeAfterSeconds
        let poll = profile.pollSeconds(timeoutSeconds: failSafeAfterSeconds)
        var signOfLife = poll
        if profile.keepAlive?.sign.value != nil {
            signOfLife = profile.keepAliveSeconds(timeoutSeconds: failSafeAfterSeconds) ?? poll
        }
        try require(
            inForce >= 2 * signOfLife, "failSafeAfterSeconds",
            "\(inForce) s is less than two signs of life of \(signOfLife) s", "use at least \(2 * signOfLife) s")
    }
}
