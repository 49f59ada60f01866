/// A complex number: an RMS value with an angle, a complex power, or an impedance.
public struct Phasor: Sendable, Equatable, BitwiseCopyable {
    /// The part in phase with the reference.
    public var real: Double
    /// The part a quarter of a cycle ahead of the reference.
    public var imaginary: Double

    /// `real` + j·`imaginary`.
    @_noAllocation @_noLocks
    public init(_ real: Double, _ imaginary: Double) {
        self.real = real
        self.imaginary = imaginary
    }

    /// 0 + j0.
    public static var zero: Phasor { @_noAllocation @_noLocks get { Phasor(0, 0) } }

    /// |z|, without overflow or underflow on the way; no number where a part is none.
    public var magnitude: Double {
        @_noAllocation @_noLocks get {
            let a = real.magnitude
            let b = imaginary.magnitude
            guard a + b < .infinity, a + b > 0 else { return a + b }
            let larger = a > b ? a : b
            let ratio = (a > b ? b : a) / larger
            return larger * squareRoot(1 + ratio * ratio)
        }
    }

    /// |z|²: for an RMS phasor the mean square.
    public var squaredMagnitude: Double {
        @_noAllocation @_noLocks get { real * real + imaginary * imaginary }
    }

    /// The angle, −π to π; 0 for zero. Error below 1e-15.
    public var radians: Double { @_noAllocation @_noLocks get { arcTangent2(imaginary, real) } }

    /// The number mirrored at the real axis.
    public var conjugate: Phasor { @_noAllocation @_noLocks get { Phasor(real, -imaginary) } }

    /// The sum, part by part.
    @_noAllocation @_noLocks
    public static func + (a: Phasor, b: Phasor) -> Phasor {
        Phasor(a.real + b.real, a.imaginary + b.imaginary)
    }

    /// The difference, part by part.
    @_noAllocation @_noLocks
    public static func - (a: Phasor, b: Phasor) -> Phasor {
        Phasor(a.real - b.real, a.imaginary - b.imaginary)
    }

    /// The complex product: magnitudes multiply, angles add.
    @_noAllocation @_noLocks
    public static func * (a: Phasor, b: Phasor) -> Phasor {
        Phasor(a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real)
    }

    /// `a` made `b` times as long.
    @_noAllocation @_noLocks
    public static func * (a: Phasor, b: Double) -> Phasor { Phasor(a.real * b, a.imaginary * b) }
}
