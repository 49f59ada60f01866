/// A moment between two frames at which a half cycle ends and the next one begins.
///
/// With I(t) the integral of the line through the samples (trapezoid rule) and Σ the sum of all samples up to and
/// with frame i = ⌊t⌋, r = t − i: I(t) = Σ + (r − ½ − ½r²)·v(i) + ½r²·v(i+1). The mean over a stretch is the
/// difference of two such integrals over its length; its edge error is O(h³) of the sample distance
/// (`metrology` table "trapezoid edges").
struct Boundary: BitwiseCopyable {
    /// In frames since the start; frame k was taken at k.
    var position: Double
    /// ⌊position⌋.
    var index: Int64
    /// Weight of frame `index`.
    var weight: Double
    /// Weight of frame `index + 1`.
    var nextWeight: Double
    /// Codes of frame `index`.
    var codes: FrameCodes
    /// Codes of frame `index + 1`.
    var nextCodes: FrameCodes
    /// Integrated Rogowski signal of phases 1 to 3 at frame `index`, in codes · frames.
    var integral = SIMD3<Double>.zero
    /// The same at frame `index + 1`.
    var nextIntegral = SIMD3<Double>.zero

    @_noAllocation @_noLocks
    init(position: Double, codes: FrameCodes, nextCodes: FrameCodes) {
        self.position = position
        index = wholeFrames(position)
        let rest = position - Double(index)
        weight = rest - 0.5 - 0.5 * rest * rest
        nextWeight = 0.5 * rest * rest
        self.codes = codes
        self.nextCodes = nextCodes
    }

    /// The edge term of Σv for v = x of one lane.
    @_noAllocation @_noLocks
    func edge(_ lane: Int) -> Double {
        weight * Double(codes[lane]) + nextWeight * Double(nextCodes[lane])
    }

    /// The edge term of Σv for v = x·y of two lanes.
    @_noAllocation @_noLocks
    func edge(_ lane: Int, _ other: Int) -> Double {
        weight * (Double(codes[lane]) * Double(codes[other]))
            + nextWeight * (Double(nextCodes[lane]) * Double(nextCodes[other]))
    }

    /// The integrated signal at `position`.
    var integralHere: SIMD3<Double> {
        @_noAllocation @_noLocks get { integral + (nextIntegral - integral) * (position - Double(index)) }
    }
}

/// ⌊position⌋, without the C library's `floor`.
@_noAllocation @_noLocks
func wholeFrames(_ position: Double) -> Int64 {
    let truncated = Int64(position)
    return Double(truncated) > position ? truncated - 1 : truncated
}
