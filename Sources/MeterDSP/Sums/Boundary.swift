/// A moment between two frames at which a half cycle ends and the next one begins.
struct Boundary: BitwiseCopyable {
    /// In frames since the start; frame k was taken at k.
    var position: Double
    /// ⌊position⌋.
    var index: Int64
    /// position − index.
    var rest: Double
    /// What it adds to sums over the frames up to and with `index`.
    var edge = Edge()
    /// The integrals of coils at `position`, lanes i1, i2, i3, iN.
    var integral = SIMD4<Double>.zero

    @_noAllocation @_noLocks
    @inline(__always)
    init(position: Double) {
        self.position = position
        index = wholeFrames(position)
        rest = position - Double(index)
    }
}

/// ⌊position⌋, without the C library's `floor`.
@_noAllocation @_noLocks
func wholeFrames(_ position: Double) -> Int64 {
    let truncated = Int64(position)
    return Double(truncated) > position ? truncated - 1 : truncated
}
