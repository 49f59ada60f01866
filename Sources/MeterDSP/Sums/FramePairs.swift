/// Two frames of eight 16-bit codes side by side.
enum FramePairs {
    /// Both frames' u1, u2, u3, i1 and both frames' i2, i3, iN, aux, side by side.
    @_noAllocation @_noLocks
    @inline(__always)
    static func interleaved(
        _ a: SIMD8<Int16>, _ b: SIMD8<Int16>
    ) -> (front: SIMD8<Int16>, back: SIMD8<Int16>) {
        (
            SIMD8(a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3]),
            SIMD8(a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7])
        )
    }

    /// Products of lanes, lanes 0 and 1 added up, 2 and 3, and so on, modulo 2³².
    @_noAllocation @_noLocks
    @inline(__always)
    static func pairSums(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD4<Int32> {
        let products = widened(a) &* widened(b)
        return products.evenHalf &+ products.oddHalf
    }

    // Lane by lane: the standard library's own conversion is not always inlined.
    @_noAllocation @_noLocks
    @inline(__always)
    static func widened(_ x: SIMD8<Int16>) -> SIMD8<Int32> {
        SIMD8(
            Int32(x[0]), Int32(x[1]), Int32(x[2]), Int32(x[3]), Int32(x[4]), Int32(x[5]), Int32(x[6]), Int32(x[7]))
    }
}
