import CBenchmark
import Glibc
import Spectrum

/// The spectra of eight channels over a 10-cycle window, beside the bare FFTs of as many points and beside those of a
/// window that needs no values between samples, in turns.
enum SpectraBenchmark {
    /// Off the nominal frequency, so that the window's end lies between samples.
    private static let frequencyHz = 50.3
    private static let batch = 20

    /// - Parameter windows: timed windows of each kind, in batches of 20.
    static func run(windows: Int, progress: inout Progress) throws -> [Row] {
        var rows: [Row] = []
        for (rate, order) in [(12_800.0, 50), (32_000.0, 127)] {
            rows += try run(rate: rate, order: order, windows: windows, progress: &progress)
        }
        return rows
    }

    private static func run(rate: Double, order: Int, windows: Int, progress: inout Progress) throws -> [Row] {
        let length = 10 * rate / frequencyHz
        let frames = (0..<Int(length) + 2 * ChannelSpectra.context + 2).map { frame in
            var row = SIMD8<Float>.zero
            for channel in 0..<8 {
                row[channel] = Float(325 * sin(2 * .pi * frequencyHz * Double(frame) / rate + Double(channel)))
            }
            return row
        }
        var spectra = try make(rate: rate, order: order)
        var same = try BareTransforms(points: spectra.points, capacity: windows)
        var short = try BareTransforms(points: Int(rate / 5), capacity: windows)
        var times = Durations(capacity: windows)
        for done in stride(from: 0, to: windows, by: batch) {
            let count = min(batch, windows - done)
            try measure(&spectra, frames, length, count, &times)
            same.measure(count)
            short.measure(count)
            progress.report(done: done + count, of: windows, "spectra of eight channels")
        }
        let rms = spectra.phasor(channel: 3, order: 1)?.magnitude ?? 0
        guard abs(rms - 325 / 2.0.squareRoot()) < 0.001 else {
            throw BenchmarkError("spectra read \(rms) V, so their speed means nothing; run SpectrumTests")
        }
        let sameRow = same.row()
        let shortRow = short.row()
        var row = Row("spectra: 8 channels, \(fixed(rate / 1000, 1)) kHz, to order \(order)", .product, times)
        row.compare(with: "FFTW", sameRow)
        row.compare(with: "FFTW of \(short.points)", shortRow)
        return [row, sameRow, shortRow]
    }

    private static func make(rate: Double, order: Int) throws -> ChannelSpectra {
        do throws(ChannelSpectra.Failure) {
            return try ChannelSpectra(sampleRateHz: rate, nominalHz: 50, maximumOrder: order)
        } catch {
            throw BenchmarkError("\(error); report this as a bug")
        }
    }

    @inline(never)
    private static func measure(
        _ spectra: inout ChannelSpectra, _ frames: [SIMD8<Float>], _ length: Double, _ count: Int,
        _ times: inout Durations
    ) throws {
        let span = frames.span
        times.beginLoop()
        for _ in 0..<count {
            let begun = cbenchmark_nanoseconds()
            do throws(ChannelSpectra.Failure) {
                try spectra.transform(span, start: 4.37, length: length)
            } catch {
                throw BenchmarkError("\(error); report this as a bug")
            }
            times.append(cbenchmark_nanoseconds() - begun)
        }
        times.endLoop()
    }
}
