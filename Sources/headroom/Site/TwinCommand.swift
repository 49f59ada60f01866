import ArgumentParser
import Glibc
import Realtime
import SiteTwin

struct TwinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "twin",
        abstract: "Serve the demo's building alone: an ADC and stations on loopback, for other programs.",
        discussion: """
            Writes the settings with which the device program runs on it.

            Example: headroom twin --write-config twin.yaml &  headroom run --config twin.yaml
            """)

    @OptionGroup var building: TwinOptionGroup

    @Option(help: ArgumentHelp("Write the settings for headroom run to this new file.", valueName: "file"))
    var writeConfig: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Stop after this long; default: on Ctrl-C.", valueName: "s"))
    var seconds: Double?

    @Flag(help: "At the end, one JSON line with what the twin's observer saw.")
    var json = false

    func run() throws {
        try reportingErrors {
            try checkSeconds(seconds)
            let twin = try building.start()
            defer { twin.stop() }
            let settings = try TwinSite.settings(twin.description, feedsIn: building.photovoltaics > 0)
            if let writeConfig { try SettingsFile.write(settings.yaml, to: writeConfig) }
            complain("ADC      \(twin.iioURI), device \(twin.description.deviceName)")
            for station in twin.description.stations {
                complain(
                    "station  \(station.name): \(station.profileIdentifier) at \(station.host):\(station.port) unit \(station.unitIdentifier)"
                )
            }
            guard let wake = WakeUp() else { throw RunError("no file descriptor left; raise the limit (ulimit -n)") }
            let interrupt = Interrupt { wake.signal() }
            defer { interrupt.release() }
            wake.wait(until: seconds.map { MonotonicClock.nanoseconds() + Int64($0 * 1e9) } ?? .max)
            let seen = twin.observation()
            if json {
                print("{\"summary\":true,\"t_s\":\(fixed(seen.seconds, 3))\(TwinReport.jsonMembers(seen))}")
            } else {
                TwinReport.lines(seen).forEach { print($0) }
            }
        }
    }
}
