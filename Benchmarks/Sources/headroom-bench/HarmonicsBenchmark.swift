import CBenchmark
import MeterDSP
import Spectrum

/// `HarmonicAnalyser` over one 10-cycle window of whole samples of eight channels, and FFTW alone over as many points,
/// in turns. Windows between samples are for recordings: `SpectraBenchmark` has the path that runs beside the meter.
enum HarmonicsBenchmark {
    private static let windowSamples = 6_400

    /// - Parameter windows: timed windows.
    static func run(windows: Int, progress: inout Progress) throws -> [Row] {
        let signal = BuildingSignal(usesCoils: false)
        let margin = HarmonicAnalyser.context
        let channels = (0..<8).map { lane in
            (0..<windowSamples + 2 * margin).map { Double(signal.samples[$0 * 8 + lane]) }
        }
        let (start, length) = (Double(margin), Double(windowSamples))
        var analyser = HarmonicAnalyser(maximumOrder: 50)
        var times = Durations(capacity: windows)
        var bare = try BareTransforms(points: windowSamples, capacity: windows)
        for window in 0..<windows {
            let begun = cbenchmark_nanoseconds()
            var last: Harmonics?
            for samples in channels {
                last = analyser.harmonics(samples.span, start: start, length: length, cycles: 10)
            }
            times.append(cbenchmark_nanoseconds() - begun)
            guard last != nil else { throw BenchmarkError("harmonics: none in a good window; report this as a bug") }
            bare.measure(1)
            progress.report(done: window + 1, of: windows, "harmonics")
        }
        let first = channels[0]
        let fundamental =
            analyser.harmonics(first.span, start: start, length: length, cycles: 10)?.fundamental.magnitude ?? 0
        let expected = BuildingSignal.volts / BuildingSignal.voltsFullScale * 32_768
        guard abs(fundamental / expected - 1) < 0.001 else {
            throw BenchmarkError(
                "harmonics: a fundamental of \(fundamental) where the signal has \(expected); run SpectrumTests")
        }
        // Its results are allocated, so no heap calls are counted: it is not for the real-time thread.
        var row = Row("harmonics: 8 channels, 10-cycle window of whole samples", .product, times.distribution())
        row.compare(with: "FFTW", bare.row())
        return [row]
    }
}
