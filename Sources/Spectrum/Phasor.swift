import Glibc

/// A complex number: an RMS value with an angle, or an impedance.
public struct Phasor: Sendable, Equatable, BitwiseCopyable {
    public var real: Double
    public var imaginary: Double

    public init(_ real: Double, _ imaginary: Double) {
        self.real = real
        self.imaginary = imaginary
    }

    public static let zero = Phasor(0, 0)

    /// |z|.
    public var magnitude: Double { hypot(real, imaginary) }
    /// −π to π; 0 for zero.
    public var radians: Double { atan2(imaginary, real) }
    public var conjugate: Phasor { Phasor(real, -imaginary) }

    public static func * (a: Phasor, b: Phasor) -> Phasor {
        Phasor(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }

    public static func * (a: Phasor, b: Double) -> Phasor { Phasor(a.real * b, a.imaginary * b) }
}
