import ArgumentParser
import Realtime
import Site
import Stations

struct StationsReadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "What a station does and holds. Read-only: nothing is written to it.",
        discussion: """
            One round of reading: status, currents, voltages, power, energy, the limit and the fail-safe that it holds, \
            what it says of itself, its faults with what to do. Stop headroom run before: many stations serve one \
            client only. To some stations every request is a sign of life: while --watch runs, those keep their limit.

            Examples:
            headroom stations read 192.168.1.20 --profile abb-terra-ac
            headroom stations read --config site.yaml --station "Parkplatz 1" --watch
            """)

    @OptionGroup var target: TargetOptionGroup

    @Flag(help: "Again and again, until Ctrl-C.")
    var watch = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("With --watch: stop after this long.", valueName: "s"))
    var seconds: Double?

    @Flag(help: "The registers' words as well.")
    var raw = false

    @Flag(help: "One JSON object per round and line.")
    var json = false

    func run() throws {
        try reportingErrors {
            try checkSeconds(seconds)
            if seconds != nil, !watch { throw UsageError("--seconds is of --watch") }
            let station = try target.configuration()
            let profile = station.profile.at(addressOffset: station.addressOffset)
            var reader = try RegisterReader(StationPlace(station), as: profile)
            if let objection = reader.objection(of: profile, serialNumber: station.serialNumber) {
                if reader.isSilent { throw RunError(reader.lastErrorWords ?? objection) }
                complain("headroom: warning: it does not look like \(profile.name): \(objection)")
            }
            guard let wake = WakeUp() else { throw RunError("no file descriptor left; raise the limit (ulimit -n)") }
            let interrupt = Interrupt { wake.signal() }
            defer { interrupt.release() }
            let begun = MonotonicClock.nanoseconds()
            let end = seconds.map { begun + Int64($0 * 1e9) } ?? .max
            while true {
                let started = MonotonicClock.nanoseconds()
                do {
                    let reading = try reader.reading(of: profile, phaseCount: station.supplyPhases.count)
                    show(reading, profile, seconds: Double(started - begun) / 1e9)
                } catch {
                    // Who watches waits for the station to come back.
                    guard watch else { throw error }
                    complain("headroom: \(error)")
                }
                flushOutput()
                guard watch, !interrupt.hasHappened else { return }
                wake.wait(until: min(end, started + Int64(max(profile.pollIntervalSeconds, 1) * 1e9)))
                if interrupt.hasHappened || MonotonicClock.nanoseconds() >= end { return }
            }
        }
    }

    private func show(_ reading: StationReading, _ profile: StationProfile, seconds: Double) {
        let report = ReadingReport(reading: reading, profile: profile, showsRaw: raw)
        if json {
            print(report.jsonLine(seconds: seconds))
        } else {
            report.lines.forEach { print($0) }
            if watch { print("") }
        }
    }
}
