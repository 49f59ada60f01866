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

    public init(maximumOrder: Int = 40) {
        self.maximumOrder = max(1, maximumOrder)
    }

    /// Samples that should be at hand before and after the window, for the values between samples at its edges.
    public static let context = Resampler.reach

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
        let highest = min(maximumOrder, Int(0.45 * length / Double(cycles)))
        var phasors: [Phasor] = []
        phasors.reserveCapacity(highest + 1)
        for order in 0...max(1, highest) {
            let bin = transform?.bin(order * cycles) ?? .zero
            // RMS of a sine is its amplitude over √2; a mean counts once.
            phasors.append(bin * ((order == 0 ? 1 : 2.0.squareRoot()) / Double(count)))
        }
        return Harmonics(phasors: phasors)
    }
}

/// The harmonics of one signal over one window, as RMS phasors. The angle of order h is that of a cosine at the
/// window's start.
public struct Harmonics: Sendable, Equatable {
    /// Index is the order; order 0 is the mean.
    public var phasors: [Phasor]

    public init(phasors: [Phasor]) { self.phasors = phasors }

    /// The fundamental.
    public var fundamental: Phasor { phasors.count > 1 ? phasors[1] : .zero }

    /// Total harmonic distortion: RMS of the orders from 2 on over that of the fundamental; nil without a fundamental.
    public var totalHarmonicDistortion: Double? {
        let first = fundamental.magnitude
        guard first > 0 else { return nil }
        let others = phasors.dropFirst(2).reduce(0) { $0 + $1.magnitude * $1.magnitude }
        return others.squareRoot() / first
    }

    /// The harmonics of the current whose rate of change a Rogowski coil gave: I(h) = V(h) / (j·h·2πf·M) with
    /// M = sensitivity / 2π, so that the coil gives `voltsPerAmpereHertz`·h·f volt per ampere.
    public func integrated(frequencyHz: Double, voltsPerAmpereHertz: Double) -> Harmonics {
        var currents = phasors
        for order in currents.indices {
            guard order > 0 else {
                currents[order] = .zero
                continue
            }
            let gain = 1 / (voltsPerAmpereHertz * Double(order) * frequencyHz)
            currents[order] = Phasor(phasors[order].imaginary * gain, -phasors[order].real * gain)
        }
        return Harmonics(phasors: currents)
    }

    /// Fundamental reactive power Q₁ = Im(U₁·I₁*): positive where the current lags (IEEE 1459).
    public static func reactivePower(voltage: Harmonics, current: Harmonics) -> Double {
        (voltage.fundamental * current.fundamental.conjugate).imaginary
    }
}
