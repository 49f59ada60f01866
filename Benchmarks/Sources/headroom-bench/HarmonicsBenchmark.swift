import CBenchmark
import MeterDSP
import Spectrum

/// The harmonics of one 10-cycle window of eight channels, and FFTW alone over as many points.
enum HarmonicsBenchmark {
    private static let windowSamples = 6_400
    /// What a window between samples is brought to.
    private static let evenPoints = 8_192

    /// - Parameter windows: timed windows of each kind.
    static func run(windows: Int, progress: inout Progress) throws -> [Row] {
        let signal = BuildingSignal(usesCoils: false)
        let margin = HarmonicAnalyser.context
        let channels = (0..<8).map { lane in
            (0..<evenPoints + 2 * margin).map { Double(signal.samples[$0 * 8 + lane]) }
        }
        let whole = try pair(
            "10-cycle window of whole samples", channels, start: Double(margin), length: Double(windowSamples),
            points: windowSamples, windows, &progress)
        let between = try pair(
            "10-cycle window between samples", channels, start: Double(margin) + 0.3,
            length: Double(windowSamples) + 0.4, points: evenPoints, windows, &progress)
        return whole + between
    }

    private static func pair(
        _ name: String, _ channels: [[Double]], start: Double, length: Double, points: Int, _ windows: Int,
        _ progress: inout Progress
    ) throws -> [Row] {
        guard let transform = cbenchmark_transform_make(CInt(points)) else {
            throw BenchmarkError("FFTW: no memory for \(points) points; end other programs")
        }
        defer { cbenchmark_transform_free(transform) }
        var analyser = HarmonicAnalyser(maximumOrder: 50)
        var ours = Durations(capacity: windows)
        var bare = Durations(capacity: windows)
        var sum = 0.0
        for window in 0..<windows {
            var begun = cbenchmark_nanoseconds()
            var last: Harmonics?
            for samples in channels {
                last = analyser.harmonics(samples.span, start: start, length: length, cycles: 10)
            }
            ours.append(cbenchmark_nanoseconds() - begun)
            guard last != nil else { throw BenchmarkError("harmonics: none in a good window; report this as a bug") }
            begun = cbenchmark_nanoseconds()
            for samples in channels { sum += cbenchmark_transform_run(transform, samples) }
            bare.append(cbenchmark_nanoseconds() - begun)
            progress.report(done: window + 1, of: windows, "harmonics")
        }
        let first = channels[0]
        let fundamental =
            analyser.harmonics(first.span, start: start, length: length, cycles: 10)?.fundamental.magnitude ?? 0
        let expected = BuildingSignal.volts / BuildingSignal.voltsFullScale * 32_768
        guard sum.isFinite, abs(fundamental / expected - 1) < 0.001 else {
            throw BenchmarkError(
                "harmonics: a fundamental of \(fundamental) where the signal has \(expected); run SpectrumTests")
        }
        // They allocate their results, and are not for the real-time thread.
        var row = Row("harmonics: 8 channels, \(name)", .product, ours.distribution())
        let reference = Row("FFTW: 8 x \(points) points", .reference, bare.distribution())
        row.compare(with: "FFTW", reference)
        return [row, reference]
    }
}
