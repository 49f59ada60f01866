import ArgumentParser
import Stations
import StrictYAML

/// Which profiles there are: the same words for all commands of `stations`.
struct ProfileOptionGroup: ParsableArguments {
    @Option(help: ArgumentHelp("A folder of own profiles besides the built-in ones.", valueName: "folder"))
    var profiles: String?

    /// The built-in profiles, then those of the folder.
    func all() throws -> [StationProfile] {
        guard let profiles else { return StationProfile.builtIn }
        return StationProfile.builtIn + (try StationProfile.profiles(inFolder: profiles))
    }

    /// The profile `identifier`.
    func profile(_ identifier: String) throws -> StationProfile {
        let all = try all()
        if let found = all.first(where: { $0.identifier == identifier }) { return found }
        let hint = nearest(to: identifier, among: all.map(\.identifier)).map { "did you mean '\($0)'?" }
        let remedy = hint ?? "choose one of headroom stations list, or name the folder of your own with --profiles"
        throw UsageError("no profile '\(identifier)'; \(remedy)")
    }
}
