/// A setting that the allocator cannot work with.
///
/// The allocator itself never stops for one: it gives a station with unusable settings nothing, keeps the
/// fail-safe plan where the supply's settings or its own are unusable, and raises
/// `AllocationAlarm.settingsUnusable`. Check settings with `validate()` before they get that far.
public enum SettingsProblem: Error, Equatable, Sendable, CustomStringConvertible {
    /// A main fuse of this line that is no positive, finite current.
    case mainAmperes(Phase, Double)
    /// A margin that is negative, no number, or not below the main fuse.
    case marginAmperes(Phase, Double)
    /// A station that is on no supply line.
    case noPhases
    /// A field that is negative, no number, or above what it may be. `field` is the name of the property.
    case outOfRange(field: StaticString, value: Double, allowed: StaticString)
    /// No whole step lies between the station's minimum and its maximum.
    case noStepFits(minimumAmperes: Double, maximumAmperes: Double, stepAmperes: Double)

    public var description: String {
        switch self {
        case .mainAmperes(let phase, let value):
            "mainAmperes \(phase): \(value) is no fuse rating; enter the rating of the main fuse in ampere"
        case .marginAmperes(let phase, let value):
            "marginAmperes \(phase): \(value) is not from 0 to below the main fuse; enter a smaller margin in ampere"
        case .noPhases:
            "phases: the station is on no supply line; name the lines that it is wired to, or all three"
        case .outOfRange(let field, let value, let allowed):
            "\(field): \(value) is not allowed; enter \(allowed)"
        case .noStepFits(let minimum, let maximum, let step):
            "stepAmperes: no multiple of \(step) A lies from \(minimum) A to \(maximum) A; raise maximumAmperes or "
                + "enter the step that the station really takes"
        }
    }

    public static func == (left: SettingsProblem, right: SettingsProblem) -> Bool {
        left.description == right.description
    }
}

extension SupplyLimits {
    /// Throws the first problem of the main fuse or its margin.
    public func validate() throws(SettingsProblem) {
        for phase in Phase.allCases {
            let main = mainAmperes[phase], margin = marginAmperes[phase]
            guard main > 0, main < .infinity else { throw .mainAmperes(phase, main) }
            guard margin >= 0, margin < main else { throw .marginAmperes(phase, margin) }
        }
    }
}

extension StationRating {
    /// Throws the first problem of this station's settings.
    public func validate() throws(SettingsProblem) {
        guard !phases.isDisjoint(with: .all) else { throw .noPhases }
        try require(minimumAmperes, in: 0.001, 10_000, "minimumAmperes", "0.001 to 10000 A; 6 A by IEC 61851-1")
        try require(maximumAmperes, in: 0.001, 10_000, "maximumAmperes", "0.001 to 10000 A")
        try require(stepAmperes, in: 0.001, 10_000, "stepAmperes", "0.001 to 10000 A; 1 A where in doubt")
        if let failSafeAmperes {
            try require(failSafeAmperes, in: 0, 10_000, "failSafeAmperes", "0 to 10000 A, or leave it out")
        }
        try require(failSafeAfterSeconds, in: 0, 1e6, "failSafeAfterSeconds", "0 to 1000000 s")
        guard StationGrid(self).highestAmperes > 0 else {
            throw .noStepFits(
                minimumAmperes: minimumAmperes, maximumAmperes: maximumAmperes, stepAmperes: stepAmperes)
        }
    }
}

extension AllocationPolicy {
    /// Throws the first problem of the allocator's times.
    public func validate() throws(SettingsProblem) {
        try require(raiseAfterSeconds, in: 0, 86_400, "raiseAfterSeconds", "0 to 86400 s")
        try require(readingExpiresAfterSeconds, in: 0.001, 3600, "readingExpiresAfterSeconds", "0.001 to 3600 s")
        try require(attributionSeconds, in: 0, 5, "attributionSeconds", "0 to 5 s")
        try require(reportLagSeconds, in: 0, 3600, "reportLagSeconds", "0 to 3600 s")
        try require(reactionSeconds, in: 0, 3600, "reactionSeconds", "0 to 3600 s")
        try require(disobedienceAmperes, in: 0, 1000, "disobedienceAmperes", "0 to 1000 A")
    }
}

/// Written so that a value that is no number fails.
private func require(
    _ value: Double, in lowest: Double, _ highest: Double, _ field: StaticString, _ allowed: StaticString
) throws(SettingsProblem) {
    guard value >= lowest, value <= highest else {
        throw .outOfRange(field: field, value: value, allowed: allowed)
    }
}
