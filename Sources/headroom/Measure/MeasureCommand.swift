import Acquisition
import ArgumentParser
import Glibc
import MeterDSP
import Site

struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Measure a recording or a live ADC: power quantities, harmonics, events; or draw it.",
        discussion: """
            SOURCE is a recording (.json beside a .bin, COMTRADE .cfg beside a .dat, or .wav) or an IIO address \
            (local:, ip:192.168.1.50, ip:127.0.0.1:30431). A .wav without a .json beside it needs --channels. Values \
            are in the units of the recording; U, I and P are without the DC part.

            One line per window (10/12 cycles) and phase, unless --quantities, --harmonics or --events ask for more; all combine \
            with each other and with --json. What was not recorded is said; a dash (JSON: null) has no meaning there.

            Examples:
              headroom measure house.json
              headroom measure house.json --quantities --harmonics --orders 25 --window 3
              headroom measure fault.cfg --events --nominal-voltage 230
              headroom measure house.json --plot house.svg
              headroom measure house.json --channels U1=Va,I1=Ia --json
              headroom measure coil.wav --channels U1=u,I1=coil \\
                --rogowski I1 --sensitivity 0.45
              headroom measure ip:192.168.1.50 --seconds 10 \\
                --channels U1=voltage0,I1=voltage3
            """)

    @Argument(help: "A recording or an IIO address.")
    var source: String

    @Option(
        help: ArgumentHelp(
            "Channels of one set, U1 to U3, I1 to I3, IN; repeat for more sets.", valueName: "U1=name,I1=name"))
    var channels: [String] = []

    @Option(help: ArgumentHelp("Inputs with a Rogowski coil.", valueName: "I1,I2"))
    var rogowski: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The coils' sensitivity in microvolt per ampere and hertz.", valueName: "uV/(A*Hz)"))
    var sensitivity: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Nominal frequency, 50 or 60; default: the recording's, else 50.", valueName: "Hz"))
    var nominal: Int?

    @Flag(help: "Take the channels as sampled at one instant, whatever skew the recording states.")
    var ignoreSkew = false

    @Option(help: ArgumentHelp("IIO: device name, where there is more than one.", valueName: "name"))
    var device: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("IIO: frames per second, where the driver publishes none.", valueName: "Hz"))
    var rate: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("IIO: stop after this long; default: on Ctrl-C.", valueName: "s"))
    var seconds: Double?

    @OptionGroup(title: "What is shown")
    var report: ReportOptionGroup

    var json: Bool { report.json }

    private func check() throws {
        if let nominal, nominal != 50, nominal != 60 { throw UsageError("--nominal \(nominal): use 50 or 60") }
        try checkSeconds(seconds)
        if rogowski != nil, sensitivity == nil {
            throw UsageError(
                "--rogowski needs the coils' --sensitivity in uV/(A*Hz): see their data sheet, for example 0.45")
        }
        if rogowski == nil, sensitivity != nil {
            throw UsageError("--sensitivity is that of Rogowski coils: name their inputs, for example --rogowski I1,I2")
        }
        if let sensitivity, !(sensitivity > 0 && sensitivity.isFinite) {
            throw UsageError("--sensitivity \(sensitivity): use more than 0, for example 0.45")
        }
        try report.check(setCount: channels.count)
        if let plot = report.plot { try PlotFile.check(plot) }
        if isAddress, ignoreSkew {
            throw UsageError("--ignore-skew is for recordings, and \(source) is an IIO address: leave it out")
        }
        guard !isAddress else { return }
        if report.nominalVoltage != nil, !report.events {
            throw UsageError("--nominal-voltage is for --events and for IIO addresses: leave it out, or add --events")
        }
        for (option, isGiven) in [
            ("--device", device != nil), ("--rate", rate != nil), ("--seconds", seconds != nil),
        ] where isGiven {
            throw UsageError("\(option) is for IIO addresses, and \(source) is a recording: leave it out")
        }
        if let colon = source.firstIndex(of: ":"), source[..<colon].allSatisfy({ $0.isASCII && $0.isLetter }),
            !source.hasSuffix(".json"), !source.hasSuffix(".bin")
        {
            throw UsageError(
                "'\(source)' is neither a recording nor an IIO address; give a .json, or local:, ip:HOST, ip:HOST:PORT")
        }
    }

    func run() throws {
        try reportingErrors {
            try check()
            let maps = try channels.map { try ChannelMap(parsing: $0) }
            let coils = try coilInputs()
            if isAddress {
                try measureDevice(maps, coils)
            } else {
                try measureRecording(maps, coils)
            }
            fflush(nil)
        }
    }

    private var isAddress: Bool {
        ["local:", "ip:", "usb:", "serial:", "xml:"].contains { source.hasPrefix($0) }
    }

    private func coilInputs() throws(UsageError) -> Set<MeterChannel> {
        var coils: Set<MeterChannel> = []
        for name in rogowski?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
            guard let channel = MeterChannel(name: name.trimmingCharacters()),
                [.i1, .i2, .i3].contains(channel)
            else { throw UsageError("--rogowski: '\(name)' is no current input; use I1, I2, I3") }
            coils.insert(channel)
        }
        return coils
    }

    func sensor(_ channel: MeterChannel, _ coils: Set<MeterChannel>) -> ChannelCalibration.Sensor {
        coils.contains(channel) ? .rogowski(voltsPerAmpereHertz: (sensitivity ?? 0) * 1e-6) : .direct
    }

    /// - Throws: where the window that was asked for never came.
    func checkWindow(_ output: MeasureReport) throws {
        guard let window = report.window, window > output.windowCount else { return }
        let count = output.windowCount
        throw RunError("\(source): --window \(window): there are \(count) windows; choose 1 to \(count)")
    }

    /// Writes the picture, where one is asked for.
    func draw(_ report: MeasureReport, name: String) throws {
        guard let plot = self.report.plot else { return }
        guard let drawing = report.drawing else {
            throw RunError("\(source): no window with a cycle to draw; check --channels, --nominal and --window")
        }
        try PlotFile.write(drawing.svg(name: name), to: plot)
        complain("\(plot): window \(drawing.windowNumber) drawn")
    }

    /// Says why `--events` has no flicker, where it has none.
    ///
    /// - Parameter seconds: of signal; nil: not known yet.
    func sayWhyNoFlicker(_ configuration: MeterConfiguration, seconds: Double?) {
        let inputs = RecordedInputs(configuration.layout)
        guard report.events, !json, (0..<3).contains(where: { inputs.hasVoltage($0) }) else { return }
        if !FlickerWatch.sampleRatesHz.contains(configuration.sampleRateHz) {
            complain("\(source): no flicker: it takes 1000 to 1000000 samples per second")
        } else if let seconds, seconds <= FlickerMeter.settlingSeconds {
            complain("\(source): no flicker: its meter settles for \(Int(FlickerMeter.settlingSeconds)) s")
        }
    }

    func makeMeasurer(
        _ configuration: MeterConfiguration, _ wishes: WindowMeasurer.Wishes
    ) throws -> WindowMeasurer {
        do {
            return try WindowMeasurer(configuration, wishes)
        } catch {
            var words = error.words
            if case .delay = error { words += "; a recording's skew: correct it, or give --ignore-skew" }
            throw RunError("\(source): \(words)")
        }
    }
}
