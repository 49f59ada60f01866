/// What a boundary between two frames adds to the sum of all frames up to the one before it, for every kind of sum.
///
/// The integral of the cubic through the four frames around the boundary, on top of the sum of whole frames with the
/// end correction of Gregory's rule. With r the part of the cell before the boundary, frames at −1, 0, 1, 2:
/// I(r) = Σ + w₋₁v₋₁ + w₀v₀ + w₁v₁ + w₂v₂. Its error is O(h⁵) of the sample distance; that of a straight line O(h³).
struct Edge: BitwiseCopyable {
    var sum = SIMD8<Double>.zero
    var squares = SIMD8<Double>.zero
    var powers = SIMD4<Double>.zero
    var voltagePairs = SIMD4<Double>.zero
    var currentPairs = SIMD4<Double>.zero
    /// Σj·x, j counted from the frame before the boundary.
    var ramp = SIMD8<Double>.zero

    @_noAllocation @_noLocks
    init() {}

    /// Adds frame `distance` (−1, 0, 1, 2) with its weight.
    @_noAllocation @_noLocks
    mutating func add(_ x: SIMD8<Double>, weight: Double, distance: Double) {
        let weighted = weight * x
        sum += weighted
        squares += weighted * x
        ramp += distance * weighted
        let u = Stretch.voltages(x)
        let i = Stretch.currents(x)
        let weightedU = Stretch.voltages(weighted)
        powers += weightedU * i
        voltagePairs += weightedU * Stretch.neighbours(u)
        currentPairs += weight * (i * Stretch.neighbours(i))
    }
}

/// Weights of the four frames around a boundary: Lagrange's polynomials for the nodes −1, 0, 1, 2, and their integrals.
enum EdgeWeights {
    /// Of the value at the boundary.
    ///
    /// - Parameter r: part of the cell before the boundary, 0 to 1.
    @_noAllocation @_noLocks
    static func value(_ r: Double) -> SIMD4<Double> {
        let r2 = r * r
        let r3 = r2 * r
        return SIMD4(
            (-r3 + 3 * r2 - 2 * r) / 6, (r3 - 2 * r2 - r + 2) / 2, (-r3 + r2 + 2 * r) / 2, (r3 - r) / 6)
    }

    /// Of the integral up to the boundary, on top of 1 for every frame up to the one before it.
    ///
    /// - Parameter r: part of the cell before the boundary, 0 to 1.
    @_noAllocation @_noLocks
    static func integral(_ r: Double) -> SIMD4<Double> {
        let r2 = r * r
        let r3 = r2 * r
        let r4 = r2 * r2
        return SIMD4(
            1.0 / 24 - (r4 / 4 - r3 + r2) / 6, -0.5 + (r4 / 4 - 2 * r3 / 3 - r2 / 2 + 2 * r) / 2,
            -1.0 / 24 - (r4 / 4 - r3 / 3 - r2) / 2, (r4 / 4 - r2 / 2) / 6)
    }
}
