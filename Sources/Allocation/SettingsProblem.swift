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
    /// A node that hangs on none before it, or too deep; or a station on a node that there is not.
    case noSuchNode(Int)

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
        case .noSuchNode(let index):
            "node \(index): it must stand in the list, before what hangs on it, at most 8 deep; correct the index"
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
            try require(largestStepAmperes[phase], in: 0, 10_000, "largestStepAmperes", "0 to 10000 A")
        }
        if let limitWatts { try require(limitWatts, in: 0, 1e9, "limitWatts", "0 to 1000000000 W, or leave it out") }
        if let imbalance { try require(imbalance.amperes, in: 0.1, 10_000, "imbalance", "0.1 to 10000 A") }
        guard let device else { return }
        try require(device.ratedAmperes, in: 2, 1250, "device.ratedAmperes", "2 to 1250 A")
        try require(device.boundMultiple, in: 1.6, 10, "device.boundMultiple", "1.6 to 10 times the rating")
        if let seconds = device.boundSeconds {
            try require(seconds, in: 0.001, 1000, "device.boundSeconds", "0.001 to 1000 s, or leave it out")
        }
    }
}

extension LimitNode {
    /// Throws the first problem of the node at `index` of its list.
    public func validate(index: Int) throws(SettingsProblem) {
        if let parent, !(0..<index).contains(parent) { throw .noSuchNode(parent) }
        for phase in Phase.allCases {
            let limit = limitAmperes[phase], margin = marginAmperes[phase]
            try require(limit, in: 0.001, .infinity, "limitAmperes", "what the cable or fuse bears, in ampere")
            guard margin >= 0, margin < limit else {
                throw .outOfRange(field: "marginAmperes", value: margin, allowed: "0 A to below the node's limit")
            }
        }
        if let limitWatts { try require(limitWatts, in: 0, 1e9, "limitWatts", "0 to 1000000000 W, or leave it out") }
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
        try require(weight, in: 0.001, 1000, "weight", "0.001 to 1000; 1 for a share like the others'")
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
        try require(inrushSeconds, in: 0, 1, "inrushSeconds", "0 to 1 s")
        try require(stationAnswerSeconds, in: 0, 3600, "stationAnswerSeconds", "0 to 3600 s")
        try require(unusedAfterSeconds, in: 1, 86_400, "unusedAfterSeconds", "1 to 86400 s")
        try require(unusedReserveAmperes, in: 0.1, 100, "unusedReserveAmperes", "0.1 to 100 A")
        try require(phasesShownAfterSeconds, in: 1, 3600, "phasesShownAfterSeconds", "1 to 3600 s")
        try require(minimumOnSeconds, in: 0, 86_400, "minimumOnSeconds", "0 to 86400 s")
        try require(minimumOffSeconds, in: 0, 86_400, "minimumOffSeconds", "0 to 86400 s")
        try require(rotationSeconds, in: 0, 86_400, "rotationSeconds", "0 to 86400 s")
        try require(startGapSeconds, in: 0, 3600, "startGapSeconds", "0 to 3600 s")
        try require(phaseSwitchAfterSeconds, in: 0, 86_400, "phaseSwitchAfterSeconds", "0 to 86400 s")
        try require(phaseSwitchGapSeconds, in: 0, 86_400, "phaseSwitchGapSeconds", "0 to 86400 s")
        try require(surplusGridWatts, in: -1e6, 1e6, "surplusGridWatts", "-1000000 to 1000000 W")
        try require(assumedVolts, in: 50, 500, "assumedVolts", "50 to 500 V")
        try require(releaseDelaySeconds, in: 0, 3600, "releaseDelaySeconds", "0 to 3600 s")
        try require(releaseRampPerMinute, in: 0.001, .infinity, "releaseRampPerMinute", "0.001 (0.1 %) or more")
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
