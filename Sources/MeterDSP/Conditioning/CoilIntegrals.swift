/// The integrals of coils' signals, less their mean, up to one frame; lanes i1, i2, i3, iN, of which those without a coil
/// have no meaning.
struct CoilIntegrals: BitwiseCopyable {
    /// By the trapezoid rule, in codes · frames.
    var value = SIMD4<Double>.zero
    /// That frame's codes less the mean.
    var last = SIMD4<Double>.zero
    /// The signals' mean as found so far, in whole codes.
    private(set) var mean = SIMD4<Double>.zero

    @_noAllocation @_noLocks
    init() {}

    /// Starts anew: after `lead` frames of `codes` the integrals will be 0.
    @_noAllocation @_noLocks
    mutating func begin(with codes: SIMD4<Double>, lead: Int64) {
        last = codes - mean
        value = -Double(lead) * last
    }

    /// Takes the integrals on by a frame.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func add(_ codes: SIMD4<Double>) {
        let signal = codes - mean
        value += 0.5 * (last + signal)
        last = signal
    }

    /// The mean is larger by `change`, in whole codes, and has been since `distance` frames before.
    @_noAllocation @_noLocks
    mutating func subtractRamp(_ change: SIMD4<Double>, distance: Double) {
        mean += change
        value -= distance * change
        last -= change
    }
}
