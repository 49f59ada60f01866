import Acquisition
import MeterDSP
import Site

extension MeasureCommand {
    /// Voltages against neutral that grids are built for, volt.
    private static let usualVoltages = [100.0, 110, 115, 120, 127, 220, 230, 240, 277, 347, 400, 690]

    /// What events are counted in percent of, in the recording's unit: what `--nominal-voltage` says; else the usual
    /// voltage within 10 % of the median window of the first 10 s, or that median itself.
    func declaredVoltage(
        _ recording: Recording, _ configuration: MeterConfiguration, _ units: MeasureUnits
    ) throws -> Double {
        let voltsPerUnit: Double? =
            switch units.voltage {
            case "V": 1
            case "kV": 1000
            case "mV": 0.001
            default: nil
            }
        let inputs = RecordedInputs(configuration.layout)
        let voltages = (0..<3).filter { inputs.hasVoltage($0) }
        // Without a voltage there are no events, only frequency and intervals.
        guard !voltages.isEmpty else { return 1 }
        guard let voltsPerUnit else {
            throw RunError(
                "\(source): its voltages are in '\(units.voltage)'; --events needs volt: give the channels unit and "
                    + "scale in the .json beside the recording")
        }
        if let volts = report.nominalVoltage { return volts / voltsPerUnit }
        var found: [Double] = []
        var scout = try makeMeasurer(configuration, .init(details: false))
        let block = max(64, Int(recording.sampleRateHz / 10))
        let end = min(recording.frameCount, Int(10 * recording.sampleRateHz))
        var first = 0
        while first < end {
            let range = first..<min(end, first + block)
            try recording.withFrames(range) { bytes in
                scout.take(bytes) { finding in
                    guard case .window(let window) = finding, !window.flags.contains(.unsynchronised) else { return }
                    found += voltages.map { window.voltageRMS[$0] }
                }
            }
            first = range.upperBound
        }
        guard !found.isEmpty else {
            throw RunError(
                "\(source): no window with a cycle in its first 10 s to tell the nominal voltage from; "
                    + "check --channels and --nominal, or give --nominal-voltage")
        }
        found.sort()
        let median = found[found.count / 2]
        let volts = median * voltsPerUnit
        let usual = Self.usualVoltages.min { abs($0 - volts) < abs($1 - volts) } ?? volts
        let declared = abs(usual - volts) <= 0.1 * usual ? usual / voltsPerUnit : median
        complain(
            "events are counted in percent of \(significant(declared, 0)) \(units.voltage); "
                + "choose with --nominal-voltage (in volt)")
        return declared
    }
}
