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

            With a file of stations it serves these alone, without an ADC (unless --write-config asks for settings), and \
            shows what reaches them. Such a file:

              stations:
                - profile: webasto-unite      # a built-in profile, or a file of your own: my-station.yaml
                  count: 2                    # default 1
                  name: Car park              # numbered where there are several
                  port: 15020                 # the next ones follow; default: a free one
                  firmware: "3.156"           # or the name of a variant; default: the newest
                  transport: tcp              # or rtu-over-tcp
                  phases: [L1, L2, L3]        # the supply line of each of its phases
                  maximum-a: 16
                  serial-number: "4711"       # of a single station
                  car: {arrives-s: 20, phases: 3, maximum-a: 16, energy-kwh: 20}    # or present, or none
                  hurry: 10                   # its delays and its restart ten times as fast

            Example: headroom twin --stations stations.yaml --json

            With --cloud it plays a maker's cloud too, and prints the settings that lead there.

            Example: headroom twin --stations 1 --cloud zaptec
            """)

    @OptionGroup var building: TwinOptionGroup

    @Option(help: ArgumentHelp("Write the settings for headroom run to this new file.", valueName: "file"))
    var writeConfig: String?

    @Option(
        help: ArgumentHelp(
            "Play this maker's cloud on the loopback interface, with one installation of two chargers; may be repeated.",
            valueName: "zaptec|easee"))
    var cloud: [CloudMaker] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Stop after this long; default: on Ctrl-C.", valueName: "s"))
    var seconds: Double?

    @Flag(help: "One JSON line per second with a file of stations; at the end one with what the twin's observer saw.")
    var json = false

    @OptionGroup var interval: JSONInterval

    @Flag(help: "Take faults from standard input, one a line: \(TwinFaultInput.usage).")
    var faults = false

    func run() throws {
        try reportingErrors {
            try checkSeconds(seconds)
            let isOfStations = if case .file = building.stations { true } else { false }
            let servesMeter = !isOfStations || writeConfig != nil
            let twin = try building.start(servesMeter: servesMeter)
            defer { twin.stop() }
            let clouds = try cloud.map { try $0.start() }
            defer { clouds.forEach { $0.twin.stop() } }
            if faults { try TwinFaultInput.start(twin) }
            if let writeConfig {
                let settings = try building.settings(twin.description)
                try SettingsFile.write(settings.yaml, to: writeConfig)
            }
            if servesMeter { complain("ADC      \(twin.iioURI), device \(twin.description.deviceName)") }
            TwinView.addresses(twin.description).forEach { complain($0) }
            clouds.flatMap(\.lines).forEach { complain($0) }
            if isOfStations {
                try TwinView.watch(twin, kind: .suitable(json: json), seconds: seconds, every: interval.every)
            } else {
                try Self.wait(seconds)
            }
            let seen = twin.observation()
            if json {
                let played = clouds.map(\.jsonObject).joined(separator: ",")
                print(
                    "{\"summary\":true,\"t_s\":\(fixed(seen.seconds, 3))\(TwinReport.jsonMembers(seen)),\"clouds\":[\(played)]}"
                )
            } else {
                (TwinReport.lines(seen) + clouds.map(\.summary)).forEach { print($0) }
            }
        }
    }
    private static func wait(_ seconds: Double?) throws {
        guard let wake = WakeUp() else { throw RunError("no file descriptor left; raise the limit (ulimit -n)") }
        let interrupt = Interrupt { wake.signal() }
        defer { interrupt.release() }
        wake.wait(until: seconds.map { MonotonicClock.nanoseconds() + Int64($0 * 1e9) } ?? .max)
    }
}
