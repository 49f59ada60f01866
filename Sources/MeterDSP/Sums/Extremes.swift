// Lane by lane, which becomes one instruction; a mask of lanes does not.
@_noAllocation @_noLocks
@inline(__always)
func larger(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(
        a[0] > b[0] ? a[0] : b[0], a[1] > b[1] ? a[1] : b[1], a[2] > b[2] ? a[2] : b[2],
        a[3] > b[3] ? a[3] : b[3])
}

@_noAllocation @_noLocks
@inline(__always)
func smaller(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(
        a[0] < b[0] ? a[0] : b[0], a[1] < b[1] ? a[1] : b[1], a[2] < b[2] ? a[2] : b[2],
        a[3] < b[3] ? a[3] : b[3])
}

@_noAllocation @_noLocks
@inline(__always)
func larger(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> {
    SIMD8(lowHalf: larger(a.lowHalf, b.lowHalf), highHalf: larger(a.highHalf, b.highHalf))
}

@_noAllocation @_noLocks
@inline(__always)
func smaller(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> {
    SIMD8(lowHalf: smaller(a.lowHalf, b.lowHalf), highHalf: smaller(a.highHalf, b.highHalf))
}

@_noAllocation @_noLocks
@inline(__always)
func smaller(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
    SIMD4(
        a[0] < b[0] ? a[0] : b[0], a[1] < b[1] ? a[1] : b[1], a[2] < b[2] ? a[2] : b[2],
        a[3] < b[3] ? a[3] : b[3])
}

@_noAllocation @_noLocks
@inline(__always)
func larger(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
    SIMD4(
        a[0] > b[0] ? a[0] : b[0], a[1] > b[1] ? a[1] : b[1], a[2] > b[2] ? a[2] : b[2],
        a[3] > b[3] ? a[3] : b[3])
}
