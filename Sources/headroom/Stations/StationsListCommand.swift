import ArgumentParser
import CloudStations
import Site
import Stations

struct StationsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The station profiles: built-in ones and those of a folder.",
        discussion: "Example: headroom stations list --profiles /etc/headroom/profiles")

    @OptionGroup var folder: ProfileOptionGroup

    @Flag(help: "One JSON object per profile and line.")
    var json = false

    func run() throws {
        try reportingErrors {
            for profile in try folder.all() {
                if json { print(profile.listJSON) } else { profile.listLines.forEach { print($0) } }
            }
            for profile in CloudProfile.builtIn {
                let report = CloudProfileReport(profile: profile)
                if json { print(report.listJSON) } else { report.listLines.forEach { print($0) } }
            }
        }
    }
}

extension StationProfile {
    fileprivate var listLines: [String] {
        let abilities = [
            transportWords, "\(confidence.rawValue)", hasLimitPerPhase ? "limit per phase" : "one limit", stopWords,
            failSafeWords, readBackWords,
        ]
        return wrapped("\(name), \(manufacturer)", first: leading(identifier, max(33, identifier.count) + 2))
            + wrapped(abilities.joined(separator: " · "), first: "    ")
    }

    /// Members that `list` and `show` have in common.
    var jsonMembers: String {
        "\"profile\":\(json(identifier)),\"name\":\(json(name)),\"manufacturer\":\(json(manufacturer)),"
            + "\"transports\":\(json(transports.map(\.rawValue))),\"confidence\":\(json(confidence.rawValue)),"
            + "\"port\":\(defaultPort),\"unit\":\(defaultUnitIdentifier),"
            + "\"minimum_a\":\(jsonAmperes(minimumAmperes)),\"largest_a\":\(jsonAmperes(largestAmperes)),"
            + "\"step_a\":\(json(limitStepAmperes)),\"limit_per_phase\":\(hasLimitPerPhase),\"can_stop\":\(canPause),"
            + "\"fail_safe\":\(json(failSafeKind)),\"fail_safe_a\":\(jsonAmperes(fixedFailSafeAmperes)),"
            + "\"fail_safe_after_s\":\(json(fixedFailSafeAfterSeconds)),\"read_back\":\(hasReadBack),"
            + "\"serial_number\":\(hasSerialNumber),\"variants\":\(json(variantNames))"
    }

    fileprivate var listJSON: String { "{\(jsonMembers)}" }

    private var failSafeKind: String { hasFailSafe ? hasSettableFailSafe ? "settable" : "fixed" : "none" }
}
