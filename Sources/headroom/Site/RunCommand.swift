import ArgumentParser
import Realtime
import Site

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Measure a site and steer its charging stations until SIGTERM or Ctrl-C.",
        discussion: """
            On leaving, every station is told its fail-safe limit.

            Example: headroom run --config /etc/headroom/site.yaml
            """)

    @Option(help: "The settings; headroom init writes an example.")
    var config: String

    @Flag(help: "One JSON line per second, and a summary line at the end.")
    var json = false

    @OptionGroup var interval: JSONInterval

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Stop after this long.", valueName: "s"))
    var seconds: Double?

    @Option(
        help: ArgumentHelp(
            "Write every decision with its reasons to this new file, for headroom explain.", valueName: "file"))
    var record: String?

    func run() throws {
        try reportingErrors {
            try checkSeconds(seconds)
            let settings = try SettingsFile.read(config)
            let recorder = try record.map { try DecisionRecorder($0) }
            let device = SiteDevice(settings)
            try device.start(whileAlive: ServiceManager.tellAlive)
            ServiceManager.tellReady()
            Session.watch(
                device, json: json, seconds: seconds, linesEverySeconds: 60, jsonEverySeconds: interval.every,
                recorder: recorder
            ) { _ in "" }
        }
    }
}

/// A device from start to summary.
enum Session {
    /// Shows `device`, stops it and prints the summary.
    ///
    /// - Parameter extra: further members for the JSON summary, each with a comma before it.
    static func watch(
        _ device: SiteDevice, json: Bool, seconds: Double?, linesEverySeconds: Double, jsonEverySeconds: Double = 1,
        recorder: DecisionRecorder? = nil, extra: (SiteView) -> String
    ) {
        let kind = ViewKind.suitable(json: json)
        for message in device.messages() { complain("headroom: warning: \(message)") }
        let begun = MonotonicClock.nanoseconds()
        Watching(
            kind: kind, seconds: seconds, linesEverySeconds: linesEverySeconds, jsonEverySeconds: jsonEverySeconds
        ).run(device, recorder)
        let last = SiteView(device, since: begun)
        let latencies = device.latencies()
        ServiceManager.tellStopping()
        let untold = device.stop()
        for name in untold {
            complain("headroom: \(name) could not be told its fail-safe limit; it falls back by itself if it can")
        }
        if kind == .json {
            print(Summary.jsonLine(last, latencies, extra: extra(last)))
        } else {
            Summary.lines(last, latencies).forEach { print($0) }
        }
    }
}
