import Acquisition
import ArgumentParser
import Glibc
import MeterDSP
import Site

struct MeasureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Measure a recording or a live ADC: U, I, P, PF, Q1, THD and frequency per 10/12 cycles.",
        discussion: """
            SOURCE is a recording (.json beside a .bin, COMTRADE .cfg beside a .dat, or .wav) or an IIO address \
            (local:, ip:192.168.1.50, ip:127.0.0.1:30431). A .wav without a .json beside it needs --channels. Values are in the units of the recording; u_rms, i_rms \
            and p are without the DC part.

            Examples:
              headroom measure house.json
              headroom measure house.json --channels U1=Va,I1=Ia --channels U1=Vb,I1=Ib --json
              headroom measure coil.json --channels U1=u,I1=coil --rogowski I1 --sensitivity 0.45
              headroom measure ip:192.168.1.50 --channels U1=voltage0,I1=voltage3 --seconds 10
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

    @Option(help: ArgumentHelp("IIO: device name, where there is more than one.", valueName: "name"))
    var device: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("IIO: frames per second, where the driver publishes none.", valueName: "Hz"))
    var rate: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "IIO: nominal voltage; below a tenth of it a phase counts as missing; default 230.", valueName: "V"))
    var nominalVoltage: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("IIO: stop after this long; default: on Ctrl-C.", valueName: "s"))
    var seconds: Double?

    @Flag(help: "One JSON line per window (per cycle for recordings of single cycles).")
    var json = false

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
        if let nominalVoltage, !(nominalVoltage > 0 && nominalVoltage.isFinite) {
            throw UsageError("--nominal-voltage \(nominalVoltage): use more than 0, for example 230")
        }
        guard !isAddress else { return }
        for (option, isGiven) in [
            ("--device", device != nil), ("--rate", rate != nil), ("--nominal-voltage", nominalVoltage != nil),
            ("--seconds", seconds != nil),
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

    /// Prints records as lines of JSON or as a table with a header every 20 windows.
    struct Printer {
        let json: Bool
        let set: Int?
        var count = 0

        mutating func print(_ record: WindowRecord) {
            if json {
                Swift.print(record.jsonLine(set: set))
            } else {
                if count % 20 == 0 {
                    if let set, count == 0 { Swift.print("set \(set)") }
                    Swift.print(WindowRecord.tableHeader)
                }
                record.tableLines.forEach { Swift.print($0) }
            }
            count += 1
        }
    }
}
