import MeterDSP
import Spectrum

// The article OfflineAnalysis shows what stands between the two marks; DocumentationTests compares them.
// snippet-begin
/// One window of a recording with the spectra of its first phase.
struct AnalysedWindow {
    var reading: WindowReading
    var voltage: GroupedSpectrum
    var current: GroupedSpectrum
    /// P_h + jQ_h by order; negative P_h flows towards the supply.
    var powers: [Phasor]
}

/// Finds the windows of a recording and their spectra to order 50.
///
/// - Parameters:
///   - block: whole frames of `configuration.layout`.
///   - configuration: with U1 and I1.
func analyse(
    _ block: RawSpan, _ configuration: MeterConfiguration
) throws(MeterConfiguration.Failure) -> [AnalysedWindow] {
    var meter = try Meter(configuration)
    var analyser = HarmonicAnalyser(maximumOrder: 50)
    let voltage = values(of: .u1, in: block, configuration)
    let current = values(of: .i1, in: block, configuration)
    var found: [AnalysedWindow] = []
    var cursor = 0
    while let event = meter.advance(through: block, from: &cursor) {
        // Short windows, before the cycles are found and beside lost frames, have no spectrum.
        guard case .window = event, meter.window.flags.isEmpty else { continue }
        let window = meter.window
        // The window's edges lie between samples: the analyser takes the signal at points that divide it evenly.
        let cycles = window.halfCycles / 2
        guard
            let u = analyser.groupedSpectrum(
                voltage.span, start: window.firstFrame, length: window.frames, cycles: cycles),
            let i = analyser.groupedSpectrum(
                current.span, start: window.firstFrame, length: window.frames, cycles: cycles)
        else { continue }
        let powers = Harmonics.powers(voltage: u.harmonics, current: i.harmonics)
        found.append(AnalysedWindow(reading: window, voltage: u, current: i, powers: powers))
    }
    return found
}

/// The samples of one channel in volt or ampere.
func values(of channel: MeterChannel, in block: RawSpan, _ configuration: MeterConfiguration) -> [Double] {
    let calibration = configuration[calibrationOf: channel]
    let count = block.byteCount / configuration.layout.frameBytes
    var values: [Double] = []
    values.reserveCapacity(count)
    for frame in 0..<count {
        guard let code = configuration.layout.code(of: channel, in: block, frame: frame) else { break }
        values.append(Double(code) * calibration.scale + calibration.offset)
    }
    return values
}
// snippet-end
