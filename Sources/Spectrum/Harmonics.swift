import Glibc
import MeterDSP

/// The harmonics of one signal over one window, as RMS phasors. The angle of order h is that of a cosine at the
/// window's start.
public struct Harmonics: Sendable, Equatable {
    /// Index is the order; order 0 is the mean.
    public var phasors: [Phasor]

    /// - Parameter phasors: index is the order; order 0 is the mean.
    public init(phasors: [Phasor]) { self.phasors = phasors }

    /// The fundamental.
    public var fundamental: Phasor { phasors.count > 1 ? phasors[1] : .zero }

    /// Total harmonic distortion: RMS of the orders from 2 on over that of the fundamental; nil without a fundamental.
    public var totalHarmonicDistortion: Double? {
        let first = fundamental.magnitude
        guard first > 0 else { return nil }
        let others = phasors.dropFirst(2).reduce(0) { $0 + $1.squaredMagnitude }
        return others.squareRoot() / first
    }

    /// The K-factor of a transformer's load current (ANSI/IEEE C57.110, UL 1561): Σ h²·I_h² over Σ I_h², orders from 1
    /// on; 1 for a sine, nil without a current.
    public var kFactor: Double? {
        var squares = 0.0
        var weighted = 0.0
        for order in phasors.indices.dropFirst() {
            squares += phasors[order].squaredMagnitude
            weighted += Double(order * order) * phasors[order].squaredMagnitude
        }
        let factor = weighted / squares
        return squares > 0 && factor.isFinite ? factor : nil
    }

    /// The harmonics of the current whose rate of change a Rogowski coil gave: I(h) = V(h) / (j·h·2πf·M) with
    /// M = sensitivity / 2π, so that the coil gives `voltsPerAmpereHertz`·h·f volt per ampere.
    public func integrated(frequencyHz: Double, voltsPerAmpereHertz: Double) -> Harmonics {
        Harmonics(phasors: phasors.integrated(stepHz: frequencyHz, voltsPerAmpereHertz: voltsPerAmpereHertz))
    }

    /// The harmonics of the signal of which this one is `seconds` late (negative: early): X(h)·e^(j·2πhf·`seconds`).
    ///
    /// - Parameter frequencyHz: of the fundamental.
    public func advanced(seconds: Double, frequencyHz: Double) -> Harmonics {
        guard seconds != 0 else { return self }
        let step = 2 * Double.pi * frequencyHz * seconds
        return Harmonics(
            phasors: phasors.indices.map { order in
                let angle = step * Double(order)
                return phasors[order] * Phasor(cos(angle), sin(angle))
            })
    }

    /// Fundamental reactive power Q₁ = Im(U₁·I₁*): positive where the current lags (IEEE 1459).
    public static func reactivePower(voltage: Harmonics, current: Harmonics) -> Double {
        (voltage.fundamental * current.fundamental.conjugate).imaginary
    }

    /// Power by order: element h is P_h + jQ_h = U_h·I_h*, watt and var; element 0 is the product of the means.
    ///
    /// P_h > 0 flows towards the consumers as P does; P_h < 0 towards the supply: the consumers make that harmonic.
    /// As many orders as both signals have; both must be of the same window.
    public static func powers(voltage: Harmonics, current: Harmonics) -> [Phasor] {
        zip(voltage.phasors, current.phasors).map { $0 * $1.conjugate }
    }
}

extension [Phasor] {
    /// Element k, of frequency k·`stepHz`, divided by j·`voltsPerAmpereHertz`·k·`stepHz`; element 0, of which a coil
    /// knows nothing, is 0.
    func integrated(stepHz: Double, voltsPerAmpereHertz: Double) -> [Phasor] {
        indices.map { index in
            guard index > 0 else { return .zero }
            let gain = 1 / (voltsPerAmpereHertz * Double(index) * stepHz)
            return Phasor(self[index].imaginary * gain, -self[index].real * gain)
        }
    }
}
