import Site
import Stations

/// What a model can, in a few words: list, show and check use the same.
extension StationProfile {
    var transportWords: String { transports.map(\.rawValue).joined(separator: ", ") }

    var limitWords: String {
        let steps = "0 or \(amperes(minimumAmperes)) to \(amperes(largestAmperes))"
        let range = canPause ? steps : "\(amperes(minimumAmperes)) to \(amperes(largestAmperes))"
        return range + " in steps of \(ampereStep(limitStepAmperes))"
            + (hasLimitPerPhase ? ", one for each phase" : ", one for all phases")
    }

    var stopWords: String { canPause ? "can be stopped" : "cannot be stopped by Modbus" }

    var failSafeWords: String {
        if hasSettableFailSafe { return "fail-safe can be set" }
        guard hasFailSafe else { return "no fail-safe" }
        guard let current = fixedFailSafeAmperes else {
            return "fail-safe current can be set, its time-out is the station's own"
        }
        return "fail-safe of its own (\(amperes(current)))"
    }

    var readBackWords: String { hasReadBack ? "shows its limit" : "does not show its limit" }

    var identityWords: String {
        if hasSerialNumber { return "tells its serial number" }
        return canBeRecognised ? "can be told by its registers" : "cannot be told from others"
    }
}

/// A step of a limit: `0.1 A`, `1 A`, `0.001 A`.
func ampereStep(_ value: Double) -> String { json(value) + " A" }
