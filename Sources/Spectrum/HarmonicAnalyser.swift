import MeterDSP

/// Finds the harmonics of a window of whole cycles.
///
/// Any rate, any number of cycles; the window's edges may lie between samples. A window of whole samples goes
/// straight into the transform; any other is taken at 2ⁿ points that divide it evenly.
///
/// - Note: Not for the real-time thread: allocates its result, and a plan for each new length.
public struct HarmonicAnalyser: ~Copyable {
    private var transform: FourierTransform?

    /// Highest order that is looked for (IEC 61000-4-7 asks for 40 in the THD of EN 50160).
    public let maximumOrder: Int

    /// - Parameter maximumOrder: 1 or more; 50 for IEC 61000-4-30, up to 127 where the rate allows.
    public init(maximumOrder: Int = 40) {
        self.maximumOrder = max(1, maximumOrder)
    }

    /// Samples that should be at hand before and after the window, for the values between samples at its edges.
    public static let context = Resampler.reach

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
        var count = Int(length.rounded())
        if !isWhole {
            count = 2
            while Double(count) < length { count *= 2 }
        }
        if transform?.count != count { transform = FourierTransform(count: count) }
        guard transform != nil else { return nil }
        for point in 0..<count {
            let position = start + Double(point) * length / Double(count)
            transform?.set(
                point,
                isWhole
                    ? samples[Int(position.rounded())]
                    : Resampler.value(samples, at: position, period: length / Double(cycles)))
        }
        transform?.run()
        return count
    }

    /// The RMS phasor of `bin` after a transform of `count` points.
    private func bin(_ bin: Int, of count: Int) -> Phasor {
        // RMS of a sine is its amplitude over √2; a mean counts once.
        (transform?.bin(bin) ?? .zero) * ((bin == 0 ? 1 : 2.0.squareRoot()) / Double(count))
    }
}
