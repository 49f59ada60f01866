import ArgumentParser
import Stations

struct StationsProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Which profile fits the station at an address, and why. Read-only: nothing is written to it.",
        discussion: """
            Reads the registers by which the profiles tell their stations apart, each once, and says for each profile \
            why it fits or not, the best first. Without --unit each profile's own unit is asked. Stop headroom run \
            before: many stations serve one client only. Exit code 1 where no profile fits.

            Examples:
            headroom stations probe 192.168.1.20
            headroom stations probe 192.168.1.50:502 --transport rtu-over-tcp --unit 1
            headroom stations probe --device /dev/ttyUSB0 --baud 19200 --parity even --unit 1
            """)

    @OptionGroup var place: PlaceOptionGroup
    @OptionGroup var folder: ProfileOptionGroup

    @Flag(help: "One JSON object per profile and line, the best first.")
    var json = false

    func run() throws {
        try reportingErrors {
            try place.check()
            let profiles = try folder.all()
            let somewhere = try place.place(for: nil)
            let candidates = profiles.filter { $0.transports.contains(somewhere.transport) }
            var probe = StationProbe(try RegisterReader(somewhere))
            var bar = ProgressBar("probing")
            let findings = probe.findings(candidates, unit: place.unit, addressOffset: place.addressOffset) {
                done, of, _ in
                bar.update(Double(done) / Double(of))
            }
            bar.update(1)
            let report = ProbeReport(
                findings: findings, requestCount: probe.requestCount, hasHeardNothing: probe.hasHeardNothing,
                lastError: probe.lastErrorWords, isSerial: somewhere.transport == .serial,
                addressOffset: place.addressOffset)
            (json ? report.jsonLines : report.lines).forEach { print($0) }
            if !report.fits { throw ExitCode(1) }
        }
    }
}
