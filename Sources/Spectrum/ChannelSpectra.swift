import MeterDSP

/// The spectra of eight channels over one window, all at once: allocates at its start and never again.
///
/// ```swift
/// try spectra.transform(frames, start: 12.3, length: window.frames)
/// let fifth = spectra.phasor(channel: 3, order: 5)
/// ```
///
/// Bins are a tenth or twelfth of the fundamental apart (5 Hz), as IEC 61000-4-7 has them. Values are RMS, in the unit of
/// the samples. Of the window before until ``transform(_:start:length:)`` has taken the next; 0 before the first.
public struct ChannelSpectra: ~Copyable {
    /// Why there is no spectrum.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// Not above 0, or too slow for one order.
        case sampleRate(hertz: Double)
        /// Not 50 or 60 Hz.
        case nominal(hertz: Double)
        /// Not within 1 to what the rate allows.
        case maximumOrder(Int, highest: Int)
        /// The heap is full.
        case memory
        /// The window and the ``ChannelSpectra/context`` around it do not lie within the samples.
        case window(start: Double, length: Double, samples: Int)
        /// Longer or shorter than the frequencies of IEC 61000-4-30 let it be.
        case length(samples: Double, shortest: Double, longest: Double)

        public var description: String {
            switch self {
            case .sampleRate(let hertz):
                "spectra: a sample rate of \(hertz) Hz; give 1000 to 1000000"
            case .nominal(let hertz):
                "spectra: a nominal frequency of \(hertz) Hz; give 50 or 60"
            case .maximumOrder(let order, let highest):
                "spectra: harmonics to order \(order); at this sample rate give 1 to \(highest)"
            case .memory:
                "spectra: out of memory; lower the sample rate or free some"
            case .window(let start, let length, let samples):
                "spectra: a window of \(length) samples from \(start) within \(samples); keep "
                    + "\(ChannelSpectra.context) samples before it and after it"
            case .length(let samples, let shortest, let longest):
                "spectra: a window of \(samples) samples; 10 cycles at 50 Hz, 12 at 60 Hz take \(shortest) to "
                    + "\(longest): leave out windows that are not synchronised"
            }
        }
    }

    /// Channels in a row of samples.
    public static let channels = 8
    /// Samples needed before and after a window.
    public static let context = ShortKernel.after

    /// The highest order with a group.
    public let maximumOrder: Int
    /// Cycles in a window, 10 at 50 Hz and 12 at 60 Hz: bins from one order to the next.
    public let cycles: Int
    /// Points that a window is transformed at.
    public var points: Int { transform.count }

    private var transform: FourierTransform
    private let resampler = RowResampler()
    private let shortest: Double
    private let longest: Double
    /// Bins of one channel: to one order beyond the highest, where interharmonic groups end.
    let binCount: Int
    private let factors: UnsafeMutablePointer<Double>
    /// The spectra, one channel behind the other.
    let bins: UnsafeMutablePointer<Phasor>

    /// - Parameters:
    ///   - nominalHz: 50 (windows of 10 cycles, 42.5 to 57.5 Hz) or 60 (12 cycles, 51 to 69 Hz).
    ///   - maximumOrder: 1 or more; its frequency at the highest of the mains is below 0.45 of the rate: order 50 from
    ///     6.6 kHz on, order 127 from 16.4 kHz at 50 Hz.
    public init(sampleRateHz: Double, nominalHz: Double, maximumOrder: Int = 50) throws(Failure) {
        guard nominalHz == 50 || nominalHz == 60 else { throw .nominal(hertz: nominalHz) }
        guard sampleRateHz >= 1000, sampleRateHz <= 1_000_000 else { throw .sampleRate(hertz: sampleRateHz) }
        let highestHz = nominalHz * 1.15
        let highest = Int(0.45 * sampleRateHz / highestHz) - 1
        guard maximumOrder >= 1, maximumOrder <= highest else { throw .maximumOrder(maximumOrder, highest: highest) }
        let cycles = nominalHz == 50 ? 10 : 12
        // A little more than the range, so that a window at its very edge is taken.
        let longest = Double(cycles) * sampleRateHz / (nominalHz * 0.85) * 1.001
        let count = ShortKernel.points(length: longest, bins: (maximumOrder + 1) * cycles)
        guard let made = FourierTransform(count: count, channels: Self.channels) else { throw .memory }
        transform = made
        self.cycles = cycles
        self.maximumOrder = maximumOrder
        self.longest = longest
        shortest = Double(cycles) * sampleRateHz / highestHz * 0.999
        binCount = (maximumOrder + 1) * cycles + 1
        factors = .allocate(capacity: binCount)
        factors.initialize(repeating: 0, count: binCount)
        bins = .allocate(capacity: binCount * Self.channels)
        bins.initialize(repeating: .zero, count: binCount * Self.channels)
    }

    deinit {
        factors.deallocate()
        bins.deallocate()
    }

    /// Transforms all channels over a window.
    ///
    /// - Parameters:
    ///   - frames: one sample of each channel in a row, rows one sample apart: the window and ``context`` rows around it.
    ///   - start: where the window starts, in samples from the first row.
    ///   - length: its length in samples: ``cycles`` cycles as the meter found them.
    /// - Throws: what is wrong with the window; the spectra are then those of the window before.
    /// - Complexity: O(n log n); no allocation, no lock.
    public mutating func transform(_ frames: Span<SIMD8<Float>>, start: Double, length: Double) throws(Failure) {
        guard length >= shortest, length <= longest else {
            throw .length(samples: length, shortest: shortest, longest: longest)
        }
        guard start >= Double(ShortKernel.before - 1),
            start + length + Double(ShortKernel.after) <= Double(frames.count)
        else { throw .window(start: start, length: length, samples: frames.count) }
        resampler.resample(
            frames, start: start, length: length, to: transform.inputs, count: transform.count,
            stride: transform.stride)
        // RMS of a sine is its amplitude over √2; a mean counts once.
        let count = transform.count
        resampler.kernel.corrections(factors, count: binCount, length: length)
        let scale = 2.0.squareRoot() / Double(count)
        for bin in 0..<binCount { factors[bin] *= scale }
        factors[0] /= 2.0.squareRoot()
        for channel in 0..<Self.channels {
            transform.run(channel)
            transform.copyBins(to: bins + channel * binCount, factors: factors, count: binCount)
        }
    }
}
