import ArgumentParser
import CloudStations
import Site
import Stations

struct StationsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One profile: what the installer has to do at the station, what the model can, its registers.",
        discussion: """
            --yaml prints the file itself: a start for a profile of your own. Save it under another name, give it \
            another 'profile:', and name its folder in the settings (station-profiles).

            Examples:
            headroom stations show abb-terra-ac
            headroom stations show generic-modbus --yaml > profiles/my-station.yaml
            """)

    @Argument(help: "The profile; headroom stations list names them all.")
    var profile: String

    @OptionGroup var folder: ProfileOptionGroup

    @Flag(help: "The profile's file, as it is.")
    var yaml = false

    @Flag(help: "One JSON object.")
    var json = false

    func validate() throws {
        if yaml, json { throw ValidationError("--yaml and --json: choose one") }
    }

    func run() throws {
        try reportingErrors {
            if let cloud = CloudProfile.builtIn(named: profile) {
                guard !yaml else {
                    throw UsageError("'\(profile)' needs its maker's cloud, which no profile of your own can describe")
                }
                let report = CloudProfileReport(profile: cloud)
                if json { print(report.jsonLine) } else { report.lines.forEach { print($0) } }
                return
            }
            let found = try folder.profile(profile)
            if yaml {
                guard let text = StationProfile.builtInText(named: profile) else {
                    throw UsageError("'\(profile)' is a file of your own folder already; --yaml is for built-in ones")
                }
                print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
            } else if json {
                print(ProfileReport(profile: found).jsonLine)
            } else {
                ProfileReport(profile: found).lines.forEach { print($0) }
            }
        }
    }
}
