/// Sums over the integrated signal y of one phase's Rogowski coil, with k counted in frames from the start of the
/// stretch and u the codes of the phase's voltage.
struct RogowskiSums: BitwiseCopyable {
    /// Σy.
    var y = 0.0
    /// Σy².
    var yy = 0.0
    /// Σu·y.
    var uy = 0.0
    /// Σk·y.
    var ky = 0.0
    /// Σk·u.
    var ku = 0.0
    /// Smallest and largest y.
    var minimum = Double.infinity
    var maximum = -Double.infinity

    @_noAllocation @_noLocks
    init() {}

    /// Appends a stretch that starts `offset` frames after this one and whose Σu is `sumOfVoltage`.
    @_noAllocation @_noLocks
    mutating func merge(_ next: RogowskiSums, offset: Double, sumOfVoltage: Double) {
        y += next.y
        yy += next.yy
        uy += next.uy
        ky += next.ky + offset * next.y
        ku += next.ku + offset * sumOfVoltage
        minimum = Swift.min(minimum, next.minimum)
        maximum = Swift.max(maximum, next.maximum)
    }
}
