import CBenchmark
import Glibc
import MeterDSP
import Spectrum

/// The spectra of eight channels over a 10-cycle window, beside the bare FFTs of as many points and beside those of a
/// window that needs no values between samples, in turns.
enum HarmonicsBenchmark {
    /// - Parameter windows: timed windows of each kind.
    static func run(windows: Int, progress: inout Progress) throws -> [Row] {
        var rows: [Row] = []
        for (rate, order) in [(12_800.0, 50), (32_000.0, 127)] {
            rows += try run(rate: rate, order: order, windows: windows, progress: &progress)
        }
        return rows
    }

    private static func run(
        rate: Double, order: Int, windows: Int, progress: inout Progress
    ) throws -> [Row] {
        // Off the nominal frequency, so that the window's end lies between samples.
        let frequency = 50.3
        let length = 10 * rate / frequency
        let frames = (0..<Int(length) + 2 * ChannelSpectra.context + 2).map { frame in
            var row = SIMD8<Float>.zero
            for channel in 0..<8 {
                row[channel] = Float(325 * sin(2 * .pi * frequency * Double(frame) / rate + Double(channel)))
            }
            return row
        }
        var spectra = try make(rate: rate, order: order)
        let whole = Int32(rate / 5)
        guard let same = cbenchmark_fft_make(Int32(spectra.points), 8), let short = cbenchmark_fft_make(whole, 8)
        else { throw BenchmarkError("no memory for the bare FFTs; end other programs") }
        defer {
            cbenchmark_fft_free(same)
            cbenchmark_fft_free(short)
        }
        var times = Durations(capacity: windows)
        var sameTimes = Durations(capacity: windows)
        var shortTimes = Durations(capacity: windows)
        let batch = 20
        for done in stride(from: 0, to: windows, by: batch) {
            try measure(&spectra, frames, length, batch, &times)
            measure(same, batch, &sameTimes)
            measure(short, batch, &shortTimes)
            progress.report(done: done + batch, of: windows, "spectra of eight channels")
        }
        let rms = spectra.phasor(channel: 3, order: 1)?.magnitude ?? 0
        guard abs(rms - 325 / 2.0.squareRoot()) < 0.001 else {
            throw BenchmarkError("spectra read \(rms) V, so their speed means nothing; run the tests of Spectrum")
        }
        let name = "\(fixed(rate / 1000, 1)) kHz"
        let sameRow = Row("FFTW: 8 transforms of \(spectra.points)", .reference, sameTimes)
        let shortRow = Row("FFTW: 8 transforms of \(whole)", .reference, shortTimes)
        var row = Row("spectra: 8 channels, \(name), to order \(order)", .product, times)
        row.compare(with: "bare FFTs of \(spectra.points)", sameRow)
        row.compare(with: "of \(whole)", shortRow)
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

    @inline(never)
    private static func measure(_ fft: OpaquePointer, _ count: Int, _ times: inout Durations) {
        times.beginLoop()
        for _ in 0..<count {
            let begun = cbenchmark_nanoseconds()
            cbenchmark_fft_run(fft)
            times.append(cbenchmark_nanoseconds() - begun)
        }
        times.endLoop()
    }
}
