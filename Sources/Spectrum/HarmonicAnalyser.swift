import MeterDSP

/// Finds the harmonics of a window of whole cycles.
///
/// Any rate, any number of cycles; the window's edges may lie between samples. A window of whole samples goes
/// straight into the transform; any other is taken at points that divide it evenly, by polynomials whose error is divided
/// out of the spectrum.
///
/// - Note: Not for the real-time thread: allocates its result, and a plan for each new length.
public struct HarmonicAnalyser: ~Copyable {
    private var transform: FourierTransform?
    private let kernel = LagrangeKernel()
    /// What the transform's bins are to be multiplied with.
    private var factors: [Double] = []

    /// Highest order that is looked for (IEC 61000-4-7 asks for 40 in the THD of EN 50160).
    public let maximumOrder: Int

    /// - Parameter maximumOrder: 1 or more; 50 for IEC 61000-4-30, up to 127 where the rate allows.
    public init(maximumOrder: Int = 40) {
        self.maximumOrder = max(1, maximumOrder)
    }

    /// Samples that should be at hand before and after the window, for the values between samples at its edges.
    public static let context = LagrangeKernel.after

    /// Up to this share of the sample rate the values between samples are flat.
    private static let usableShare = 0.45

    /// The phasors of orders 0 to `maximumOrder`, or to 0.45 of the sample rate where that is less.
    ///
    /// - Parameters:
    ///   - samples: values one sample apart; more than the window where there are more (see ``context``).
    ///   - start: where the window starts, in samples from the first of `samples`; 0 or more.
    ///   - length: the window's length in samples; it ends inside `samples`.
    ///   - cycles: whole cycles in it, 1 or more.
    /// - Returns: nil for an empty window, one beyond `samples`, fewer than 4 samples per cycle, or no memory.
    /// - Complexity: O(n log n).
    public mutating func harmonics(
        _ samples: Span<Double>, start: Double, length: Double, cycles: Int
    ) -> Harmonics? {
        guard let count = run(samples, start: start, length: length, cycles: cycles) else { return nil }
        let highest = min(maximumOrder, Int(Self.usableShare * length / Double(cycles)))
        return Harmonics(phasors: (0...max(1, highest)).map { bin($0 * cycles, of: count) })
    }

    /// The spectrum of one 10/12-cycle window in steps of a tenth or twelfth of the fundamental (5 Hz), for the groups
    /// of IEC 61000-4-7: orders to `maximumOrder`, or to one below 0.45 of the sample rate where that is less.
    ///
    /// The 127th order at 57.5 Hz needs 16.4 kHz.
    ///
    /// - Parameters:
    ///   - samples: values one sample apart; more than the window where there are more (see ``context``).
    ///   - start: where the window starts, in samples from the first of `samples`; 0 or more.
    ///   - length: the window's length in samples; it ends inside `samples`.
    ///   - cycles: 10 (50 Hz) or 12 (60 Hz).
    /// - Returns: nil for other cycles, a window beyond `samples`, too few samples per cycle for one order, or no
    ///   memory.
    /// - Complexity: O(n log n).
    public mutating func groupedSpectrum(
        _ samples: Span<Double>, start: Double, length: Double, cycles: Int
    ) -> GroupedSpectrum? {
        guard cycles == 10 || cycles == 12,
            let count = run(samples, start: start, length: length, cycles: cycles)
        else { return nil }
        // A group reaches half an order up, an interharmonic one nearly a whole.
        let highest = min(maximumOrder, Int(Self.usableShare * length / Double(cycles)) - 1)
        guard highest >= 1 else { return nil }
        return GroupedSpectrum(bins: (0...(highest + 1) * cycles).map { bin($0, of: count) }, cycles: cycles)
    }

    /// Transforms the window.
    ///
    /// - Returns: the points transformed; nil where that cannot be.
    private mutating func run(_ samples: Span<Double>, start: Double, length: Double, cycles: Int) -> Int? {
        guard cycles >= 1, start >= 0, length >= Double(4 * cycles),
            start + length <= Double(samples.count) + 1e-6
        else { return nil }
        let isWhole = abs(start - start.rounded()) < 1e-9 && abs(length - length.rounded()) < 1e-9
        let count =
            isWhole
            ? Int(length.rounded())
            : LagrangeKernel.points(
                length: length, bins: min((maximumOrder + 1) * cycles, Int(Self.usableShare * length)))
        if transform?.count != count { transform = FourierTransform(count: count) }
        guard transform != nil else { return nil }
        // RMS of a sine is its amplitude over √2; a mean counts once.
        let scale = 2.0.squareRoot() / Double(count)
        factors = Array(repeating: scale, count: count / 2 + 1)
        if isWhole {
            let first = Int(start.rounded())
            for point in 0..<count { transform?.set(point, samples[first + point]) }
        } else {
            let highest = min(count / 2, Int(length / 2))
            factors.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                LagrangeKernel.corrections(base, count: highest + 1, length: length)
            }
            for bin in 0...highest { factors[bin] *= scale }
            let shift = Self.shift(period: length / Double(cycles), cycles: cycles)
            for point in 0..<count {
                let position = start + Double(point) * length / Double(count)
                let interpolated = value(samples, at: position, shift: shift)
                transform?.set(point, interpolated)
            }
        }
        factors[0] /= 2.0.squareRoot()
        transform?.run()
        return count
    }

    /// The RMS phasor of `bin` after a transform.
    private func bin(_ bin: Int, of count: Int) -> Phasor { (transform?.bin(bin) ?? .zero) * factors[bin] }

    /// The value at `position` (in samples from the start of `samples`); beyond the ends the signal is taken to
    /// go on as it was `shift` samples away.
    private func value(_ samples: Span<Double>, at position: Double, shift: Int) -> Double {
        let middle = Int(position)
        let weights = kernel.weights(position - Double(middle))
        let first = middle - LagrangeKernel.before + 1
        var sum = 0.0
        for tap in 0..<8 {
            var place = first + tap
            if place < 0 { place += shift }
            if place >= samples.count { place -= shift }
            sum += weights[tap] * samples[max(0, min(samples.count - 1, place))]
        }
        return sum
    }

    /// As many whole periods as come nearest to whole samples, at most all of them.
    private static func shift(period: Double, cycles: Int) -> Int {
        var best = period
        for count in 1...cycles {
            let candidate = Double(count) * period
            if abs(candidate - candidate.rounded()) < abs(best - best.rounded()) { best = candidate }
        }
        return Int(best.rounded())
    }
}
