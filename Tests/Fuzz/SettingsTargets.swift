import Glibc
import Site
import Stations
import StrictYAML

/// A site's settings. What is accepted must come back from its own text.
struct SettingsTarget: FuzzTarget {
    let name = "settings"

    var corpus: [[UInt8]] { [Array(SiteSettings.example().yaml.utf8)] }

    /// The parser's own words for it have several lines.
    var regressions: [[UInt8]] { [Array("site: a\nsupply: \u{1}\n".utf8), Array("site: \"a\\nb\": c\n".utf8)] }

    func run(_ input: [UInt8]) throws -> Bool {
        let text = String(decoding: input, as: UTF8.self)
        let settings: SiteSettings
        do throws(YAMLError) {
            settings = try SiteSettings.parse(yaml: text, file: "site.yaml")
        } catch {
            try Oracle.requireMessage(error)
            return false
        }
        let written = settings.yaml
        do throws(YAMLError) {
            let again = try SiteSettings.parse(yaml: written, file: "written.yaml")
            guard again.yaml == written else {
                throw YAMLError(file: "", line: nil, field: "", problem: "other", remedy: "")
            }
        } catch {
            throw FuzzError("accepted settings do not come back from their own text: \(error)")
        }
        return true
    }
}

/// A station's profile.
struct ProfileTarget: FuzzTarget {
    let name = "profile"

    /// The profiles of the source tree, and those that its tests know to be wrong.
    var corpus: [[UInt8]] {
        let root = "\(#filePath)".split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
        let files = [
            "Sources/Stations/Profiles/abb-terra-ac.yaml", "Sources/Stations/Profiles/generic-modbus.yaml",
            "Tests/StationsTests/Fixtures/broken-profiles.yaml",
        ]
        return files.compactMap { try? readFile("\(root)/\($0)") }
    }

    func run(_ input: [UInt8]) throws -> Bool {
        let profile: StationProfile
        do throws(YAMLError) {
            profile = try StationProfile.parse(yaml: String(decoding: input, as: UTF8.self), file: "profile.yaml")
        } catch {
            try Oracle.requireMessage(error)
            return false
        }
        guard profile.limitStepAmperes > 0, profile.minimumAmperes <= profile.largestAmperes,
            profile.requestTimeoutSeconds > 0, profile.pollIntervalSeconds > 0
        else { throw FuzzError("a profile whose numbers make no sense was accepted") }
        return true
    }
}
