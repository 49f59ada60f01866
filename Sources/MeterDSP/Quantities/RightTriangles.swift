// What the definitions of IEEE 1459 are made of: sums and differences of squares, and ratios.

/// √(whole² − part²), without the loss of digits that the difference of squares has; 0 where `part` is the larger.
@_noAllocation @_noLocks
func leg(_ whole: Double, _ part: Double) -> Double {
    let a = whole.magnitude
    let b = part.magnitude
    return a > b ? squareRoot(a - b) * squareRoot(a + b) : 0
}

/// √(a² + b² + c²).
@_noAllocation @_noLocks
func hypotenuse(_ a: Double, _ b: Double, _ c: Double) -> Double {
    Phasor(Phasor(a, b).magnitude, c).magnitude
}

/// `part`/`whole` within −1 to 1; nil where `whole` is 0.
@_noAllocation @_noLocks
func boundedRatio(_ part: Double, _ whole: Double) -> Double? {
    guard let ratio = ratio(part, whole) else { return nil }
    return ratio > 1 ? 1 : ratio < -1 ? -1 : ratio
}

/// `part`/`whole`; nil where `whole` is 0 or so small that the ratio has no value.
@_noAllocation @_noLocks
func ratio(_ part: Double, _ whole: Double) -> Double? {
    guard whole > 0 else { return nil }
    let ratio = part / whole
    return ratio.isFinite ? ratio : nil
}

/// The sum of the lanes.
@_noAllocation @_noLocks
func sum(_ value: SIMD3<Double>) -> Double { value[0] + value[1] + value[2] }

/// A number, and so far from overflow that products of two are finite: no sensor gives more than 1e75.
@_noAllocation @_noLocks
func isMeasurable(_ value: Double) -> Bool { value.magnitude <= 1e75 }

/// The same, and not negative.
@_noAllocation @_noLocks
func isMeasurable(rms: Double) -> Bool { rms >= 0 && rms <= 1e75 }

/// The same for each lane.
@_noAllocation @_noLocks
func isMeasurable(rms: SIMD3<Double>) -> Bool {
    isMeasurable(rms: rms[0]) && isMeasurable(rms: rms[1]) && isMeasurable(rms: rms[2])
}

extension Phasor {
    var isMeasurable: Bool {
        @_noAllocation @_noLocks get { MeterDSP.isMeasurable(real) && MeterDSP.isMeasurable(imaginary) }
    }
}
