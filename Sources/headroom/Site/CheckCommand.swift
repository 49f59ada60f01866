import Allocation
import ArgumentParser
import Site
import Stations

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Validate settings and explain what they mean; with --measure, check the sensors.",
        discussion: """
            Touches neither ADC nor stations, unless --measure asks for it: then the ADC is read for some seconds, and what \
            its inputs show says whether taps and sensors are connected as they should be (exit code 1 where they are not). The longer, and the more loads \
            are switched on and off meanwhile, the more it can tell. No station is contacted.

            Example: headroom check --config site.yaml --measure 60
            """)

    @Option(help: "The settings.")
    var config: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Measure for so long and check how taps and sensors are connected.", valueName: "s"))
    var measure: Double?

    @Flag(help: "One JSON object.")
    var json = false

    func run() throws {
        try reportingErrors {
            try checkSeconds(measure, option: "--measure")
            let settings = try SettingsFile.read(config)
            if !json { Self.explain(settings).forEach { print($0) } }
            flushOutput()
            let wiring = try measure.map { try WiringMeasurement.run(settings, seconds: $0) }
            if json {
                let members = [
                    ("valid", "true"), ("name", WiringMeasurement.text(settings.name)),
                    ("remarks", WiringMeasurement.list(Self.remarks(settings))),
                    ("wiring", wiring.map { WiringMeasurement.json($0) } ?? "null"),
                ]
                print(WiringMeasurement.object(members))
            } else if let wiring {
                print("")
                WiringMeasurement.lines(wiring).forEach { print($0) }
            }
            // For scripts: something outside is not as it should be.
            flushOutput()
            if let loss = wiring?.loss { throw RunError(loss) }
            if let wiring, !wiring.report.findings.isEmpty { throw ExitCode(1) }
        }
    }

    static func explain(_ settings: SiteSettings) -> [String] {
        let limits = settings.supply.limits
        var lines = [
            "\(settings.name): settings are valid.", "",
            "Supply  \(Int(settings.supply.nominalVolts)) V, \(Int(settings.supply.nominalHz)) Hz",
        ]
        for phase in Phase.allCases {
            lines.append(
                "  \(phase.name)    main fuse \(amperes(limits.mainAmperes[phase])), margin "
                    + "\(amperes(limits.marginAmperes[phase])): base load and cars together stay within "
                    + amperes(limits.usable(phase)))
        }
        lines += limitLines(settings)
        lines += ["", "Meter   \(settings.meter.uri)\(settings.meter.device.map { ", device \($0)" } ?? "")"]
        for input in settings.meter.inputs {
            let sensor =
                input.rogowskiVoltsPerAmpereHertz
                .map { "Rogowski coil, \($0 * 1e6) uV/(A*Hz)" } ?? "ratio \(input.ratio)"
            let turned = input.gain < 0 ? ", reversed by its gain" : ""
            lines.append("  \(leading(input.channel.name, 4))  \(input.name), \(sensor), gain \(input.gain)\(turned)")
        }
        lines += [
            "",
            "Stations\(settings.stations.isEmpty && settings.cloudStations.isEmpty ? "  none: this device only measures" : "")",
        ]
        for station in settings.stations { lines += Self.lines(of: station, settings) }
        lines += settings.cloudStations.flatMap { explain($0) }
        let remarks = Self.remarks(settings)
        if !remarks.isEmpty { lines += ["", "Worth a look"] + remarks.map { "  \($0)" } }
        return lines
    }

    private static func lines(of station: StationConfiguration, _ settings: SiteSettings) -> [String] {
        let profile = station.profile
        let supply = station.supplyPhases.map(\.name).joined(separator: " ")
        let lowest = profile.canPause ? "0 or \(amperes(profile.minimumAmperes))" : amperes(profile.minimumAmperes)
        let limit =
            station.isManaged
            ? "\(lowest) to \(amperes(station.maximumAmperes)) on \(supply), in steps of "
                + "\(ampereStep(profile.limitStepAmperes)); it \(profile.stopWords) and \(profile.readBackWords)"
            : "load management off: it may take \(amperes(station.maximumAmperes)) on \(supply) at any time"
        let failSafe =
            profile.hasFailSafe
            ? "falls back to \(amperes(profile.fixedFailSafeAmperes ?? station.failSafeAmperes)) after "
                + "\(Int(profile.fixedFailSafeAfterSeconds ?? station.failSafeAfterSeconds)) s without contact"
            : "has no fail-safe register"
                + (profile.wordsWithoutFailSafe.map { ": \($0)" }
                    ?? ": it keeps its last limit when contact is lost")
        let identity =
            station.serialNumber.map { "is written to only where its serial number is \($0)" }
            ?? (profile.hasSerialNumber
                ? "tells its serial number: add serial-number, and no other device is ever written to"
                : profile.identityWords)
        return ["  \(station.name): \(profile.name), \(StationPlace(station).words)"]
            + ([limit, failSafe, identity]
            + [phaseSwitchWords(station, settings.policy), sharingWords(station.sharing, settings.groups)]
            .compactMap(\.self)).flatMap {
                wrapped($0, first: "      ")
            }
    }

    /// What is allowed and yet often a mistake.
    static func remarks(_ settings: SiteSettings) -> [String] {
        var remarks: [String] = []
        for phase in Phase.allCases {
            var failSafe = 0.0
            var largest = 0.0
            for station in settings.stations where station.supplyPhases.contains(phase) {
                let fallsBack = station.isManaged && station.profile.hasFailSafe
                failSafe += fallsBack ? station.failSafeAmperes : station.maximumAmperes
                largest += station.maximumAmperes
            }
            let usable = settings.supply.limits.usable(phase)
            if failSafe > usable {
                remarks.append(
                    "\(phase.name): without this device the stations together may draw \(amperes(failSafe)), more than "
                        + "the usable \(amperes(usable)); lower fail-safe-a")
            }
            if largest > 0, largest <= usable / 2 {
                remarks.append(
                    "\(phase.name): all stations together reach \(amperes(largest)) of \(amperes(usable)); "
                        + "the base load must be large for limits ever to bind")
            }
            if settings.supply.limits.marginAmperes[phase] == 0 {
                remarks.append("\(phase.name): without a margin the fuse carries every overload until the cars follow")
            }
        }
        remarks += groupRemarks(settings)
        remarks += settings.cloudStations.flatMap { self.remarks($0, settings.supply.limits) }
        if settings.realtime.priority == nil {
            remarks.append("realtime.priority 0: a busy machine may delay the protection")
        }
        return remarks
    }
}
