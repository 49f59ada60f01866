import Allocation

@testable import Stations

/// The table of STATIONS.md.
enum StationsOverview {
    static func table(_ profiles: [StationProfile]) -> String {
        let head = [
            "station", "profile", "status", "limit", "per phase", "1/3 phases", "stop", "keep-alive", "fail-safe",
            "read-back",
            "energy", "transports", "confidence",
        ]
        var lines = [row(head), row(head.map { _ in "---" })]
        for profile in profiles.sorted(by: { $0.name.lowercased() < $1.name.lowercased() }) {
            lines.append(
                row([
                    profile.name, "`\(profile.identifier)`", status(profile), limit(profile), perPhase(profile),
                    phaseSwitch(profile),
                    stop(profile), keepAlive(profile), failSafe(profile), profile.limit.readBack.isEmpty ? "–" : "yes",
                    energy(profile), profile.link.transports.map(\.rawValue).joined(separator: ", "),
                    profile.confidence.rawValue,
                ]))
        }
        return lines.joined(separator: "\n")
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    private static func status(_ profile: StationProfile) -> String {
        let letters: [(StationStatus, String)] = [
            (.free, "F"), (.occupied, "O"), (.charging, "C"), (.outOfService, "X"),
        ]
        let known = Set(profile.statusRules.map(\.status))
        return letters.filter { known.contains($0.0) }.map(\.1).joined(separator: " ")
    }

    private static func limit(_ profile: StationProfile) -> String {
        "\(short(profile.minimumAmperes)) to \(short(profile.largestAmperes)) A, \(short(profile.limitStepAmperes)) A"
    }

    private static func perPhase(_ profile: StationProfile) -> String {
        if profile.hasLimitPerPhase { return "yes" }
        return profile.variants.first { $0.profile.hasLimitPerPhase }.map { "variant “\($0.name)”" } ?? "–"
    }

    private static func phaseSwitch(_ profile: StationProfile) -> String {
        profile.phases?.change.map { "`\(profile.registers[$0.register].name)`" } ?? "–"
    }

    private static func stop(_ profile: StationProfile) -> String {
        guard profile.canPause else {
            return profile.variants.first { $0.profile.canPause }.map { "variant “\($0.name)”" } ?? "–"
        }
        guard let write = profile.limit.pause.last else { return "limit \(short(profile.limit.pauseAmperes))" }
        return "`\(profile.registers[write.register].name)` \(short(write.value))"
    }

    private static func keepAlive(_ profile: StationProfile) -> String {
        var every = ""
        switch profile.keepAlive?.interval {
        case .seconds(let seconds): every = "every \(short(seconds)) s"
        case .shareOfTimeout(let share): every = "at least every \(short(100 * share)) % of the time-out"
        case nil: break
        }
        switch profile.keepAlive?.sign {
        case .anyTraffic: return "any request"
        case .write(let write): return "`\(profile.registers[write.register].name)` \(every)"
        case .writeWhenCleared(let write): return "`\(profile.registers[write.register].name)` when cleared, \(every)"
        case nil: return profile.limit.refreshSeconds.map { "the limit every \(short($0)) s" } ?? "–"
        }
    }

    private static func failSafe(_ profile: StationProfile) -> String {
        guard let failSafe = profile.failSafe else { return "not known" }
        if !failSafe.current.isEmpty, failSafe.timeout != nil {
            let range = failSafe.timeoutRange
            return "set: current, \(short(range.lowerBound)) to \(short(range.upperBound)) s"
        }
        let words: String
        switch failSafe.without {
        case .stops: words = "stops"
        case .keepsLimit: words = "keeps its last limit"
        case .fullPower: words = "full power"
        case .unknown: words = "current not known"
        }
        return failSafe.fixedTimeoutSeconds.map { "\(words), after \(short($0)) s" } ?? words
    }

    private static func energy(_ profile: StationProfile) -> String {
        guard !profile.measurements.energies.isEmpty else { return "–" }
        return profile.measurements.energyIsOfSession ? "session" : "life"
    }

    private static func short(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String(number)
    }
}
