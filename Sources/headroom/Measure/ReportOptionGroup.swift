import ArgumentParser
import MeterDSP
import Site

/// What `measure` shows beside, or instead of, one line per window and phase.
struct ReportOptionGroup: ParsableArguments {
    @Flag(help: "All power quantities of each window (IEEE 1459), and the energy at the end.")
    var quantities = false

    @Flag(help: "Harmonics of each window by order, with their power and its direction.")
    var harmonics = false

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Orders that --harmonics shows; default 40.", valueName: "1-127"))
    var orders: Int?

    @Flag(
        help:
            "Dips, swells and interruptions; frequency per 10 s; flicker per 10 minutes (Pst) and 2 hours (Plt); values per 150/180 cycles, 10 minutes and 2 hours."
    )
    var events = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Nominal voltage, phase to neutral, in volt: what --events counts in percent of (default: told from the recording; IIO: 230, and below a tenth a phase is missing).",
            valueName: "V"))
    var nominalVoltage: Double?

    @Option(
        help: ArgumentHelp(
            "Draw waveform, phasors and spectrum of one window into this file.", valueName: "out.svg"))
    var plot: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Show this window only, counted from 1; --plot: default 1.", valueName: "n"))
    var window: Int?

    @Flag(help: "Three wires without a neutral: the effective quantities follow from the line voltages.")
    var threeWire = false

    @Flag(help: "One JSON line per window (per cycle for recordings of single cycles), event and interval.")
    var json = false

    /// Orders that the harmonics' table has.
    var highestOrder: Int { orders ?? 40 }

    var wiring: ThreePhaseQuantities.Wiring { threeWire ? .threeWire : .fourWire }

    /// Windows are shown unless only events are asked for.
    var showsWindows: Bool { quantities || harmonics || !events }

    /// - Throws: `UsageError` for what makes no sense.
    func check(setCount: Int) throws(UsageError) {
        if let orders {
            guard harmonics else { throw UsageError("--orders is of --harmonics: add it, or leave --orders out") }
            guard (1...127).contains(orders) else { throw UsageError("--orders \(orders): use 1 to 127") }
        }
        if let window, window < 1 { throw UsageError("--window \(window): windows are counted from 1") }
        if let nominalVoltage, !(nominalVoltage > 0 && nominalVoltage.isFinite) {
            throw UsageError("--nominal-voltage \(nominalVoltage): use more than 0, for example 230")
        }
        if threeWire, !quantities {
            throw UsageError("--three-wire is of --quantities: add it, or leave --three-wire out")
        }
        if plot != nil, setCount > 1 {
            throw UsageError("--plot draws one set of channels: give --channels once")
        }
    }
}
