// Elementary functions, computed here because this module imports nothing: no C library is needed on bare metal, and
// every processor gives the same bits. Polynomials with constant coefficients: no division, no loop.

/// √x to within one unit in the last place; 0 for x ≤ 0 and for no number.
@_noAllocation @_noLocks
func squareRoot(_ x: Double) -> Double {
    guard x > 0, x < .infinity else { return x == .infinity ? x : 0 }
    // Subnormal numbers have no exponent to halve; such a mean square is 0 for every sensor there is.
    guard x >= 1e-300 else { return 0 }
    var root = Double(bitPattern: (x.bitPattern >> 1) + 0x1FF8_0000_0000_0000)
    root = 0.5 * (root + x / root)
    root = 0.5 * (root + x / root)
    root = 0.5 * (root + x / root)
    root = 0.5 * (root + x / root)
    return root
}

/// The same of two numbers at once.
@_noAllocation @_noLocks
func squareRoot(_ x: SIMD2<Double>) -> SIMD2<Double> {
    let bits = unsafe unsafeBitCast(x, to: SIMD2<UInt64>.self)
    var root = unsafe unsafeBitCast((bits &>> 1) &+ 0x1FF8_0000_0000_0000, to: SIMD2<Double>.self)
    root = 0.5 * (root + x / root)
    root = 0.5 * (root + x / root)
    root = 0.5 * (root + x / root)
    root = 0.5 * (root + x / root)
    for lane in 0..<2 {
        if !(x[lane] < .infinity) { root[lane] = x[lane] }
        if !(x[lane] >= 1e-300) { root[lane] = 0 }
    }
    return root
}

/// √x lane by lane, to within two units in the last place; 0 for x < 1e-300 and for no number.
///
/// Newton's iteration for 1/√x needs no division: from a relative error of 0.034 it reaches 1e-21 in four steps; the
/// last line makes up for what rounding has left.
@_noAllocation @_noLocks
func squareRoot(_ x: SIMD4<Double>) -> SIMD4<Double> {
    var inverse = SIMD4<Double>.zero
    for lane in 0..<4 {
        inverse[lane] = Double(bitPattern: 0x5FE6_EB50_C7B5_37A9 &- (x[lane].bitPattern &>> 1))
    }
    let half = 0.5 * x
    inverse *= 1.5 - half * inverse * inverse
    inverse *= 1.5 - half * inverse * inverse
    inverse *= 1.5 - half * inverse * inverse
    inverse *= 1.5 - half * inverse * inverse
    var root = x * inverse
    root += 0.5 * inverse * (x - root * root)
    for lane in 0..<4 { root[lane] = x[lane] >= 1e-300 ? root[lane] : 0 }
    return root
}

/// The same of eight lanes.
@_noAllocation @_noLocks
func squareRoot(_ x: SIMD8<Double>) -> SIMD8<Double> {
    SIMD8(lowHalf: squareRoot(x.lowHalf), highHalf: squareRoot(x.highHalf))
}

/// The same of three lanes.
@_noAllocation @_noLocks
func squareRoot(_ x: SIMD3<Double>) -> SIMD3<Double> {
    let roots = squareRoot(SIMD4(x[0], x[1], x[2], 0))
    return SIMD3(roots[0], roots[1], roots[2])
}

/// |x| lane by lane.
@_noAllocation @_noLocks
@inline(__always)
func magnitude(_ x: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(x[0].magnitude, x[1].magnitude, x[2].magnitude, x[3].magnitude)
}

@_noAllocation @_noLocks
@inline(__always)
func magnitude(_ x: SIMD8<Double>) -> SIMD8<Double> {
    SIMD8(lowHalf: magnitude(x.lowHalf), highHalf: magnitude(x.highHalf))
}

/// sin(x) for |x| ≤ 2π, error below 3e-16.
@_noAllocation @_noLocks
func sine(_ x: Double) -> Double { unitCircle(x).sine }

/// cos(x) for |x| ≤ 2π, error below 3e-16.
@_noAllocation @_noLocks
func cosine(_ x: Double) -> Double { unitCircle(x).cosine }

/// cos(x) and sin(x), error below 3e-16 for |x| ≤ 2π and below 2e-16·|x| for more; beyond 10⁹, and for no number, the
/// point (1, 0).
@_noAllocation @_noLocks
func unitCircle(_ x: Double) -> (cosine: Double, sine: Double) {
    guard x.magnitude < 1e9 else { return (1, 0) }
    // The nearest multiple of a quarter turn, whose length is taken off in two parts.
    let quarters = wholeFrames(x * 0.6366197723675814 + 0.5)
    let count = Double(quarters)
    let r = (x - count * 1.5707963267948966) - count * 6.123233995736766e-17
    let s = sineNearZero(r)
    let c = cosineNearZero(r)
    switch quarters & 3 {
    case 0: return (c, s)
    case 1: return (-s, c)
    case 2: return (-c, -s)
    default: return (s, -c)
    }
}

/// Taylor's series; what is left out is below 0.785¹⁷/17! = 5e-17.
@_noAllocation @_noLocks
private func sineNearZero(_ x: Double) -> Double {
    let q = x * x
    var p = -7.647163731819816e-13
    p = p * q + 1.605904383682161e-10
    p = p * q - 2.505210838544172e-08
    p = p * q + 2.755731922398589e-06
    p = p * q - 1.984126984126984e-04
    p = p * q + 8.333333333333333e-03
    p = p * q - 1.666666666666667e-01
    return x + x * q * p
}

/// Taylor's series; what is left out is below 0.785¹⁸/18! = 2e-18.
@_noAllocation @_noLocks
private func cosineNearZero(_ x: Double) -> Double {
    let q = x * x
    var p = 4.779477332387385e-14
    p = p * q - 1.147074559772972e-11
    p = p * q + 2.087675698786810e-09
    p = p * q - 2.755731922398589e-07
    p = p * q + 2.480158730158730e-05
    p = p * q - 1.388888888888889e-03
    p = p * q + 4.166666666666666e-02
    return 1 - (0.5 * q - q * q * p)
}

/// The angle of the point (x, y), −π to π, error below 1e-15; 0 for the origin and for no number.
///
/// An octant's ratio of 0 to 1 is turned back by 0, π/8 or π/4 to |t| ≤ tan(π/16) = 0.199; the first term of
/// arctangent's series that is left out is then below 0.199²³/23 = 4e-18.
@_noAllocation @_noLocks
func arcTangent2(_ y: Double, _ x: Double) -> Double {
    let height = y.magnitude
    let width = x.magnitude
    guard height + width > 0 else { return 0 }
    let isSteep = height > width
    // Two infinite parts stand at 45°, as in C.
    let ratio = height == width ? 1 : isSteep ? width / height : height / width
    var angle = 0.0
    var t = ratio
    if ratio > 0.6681786379192989 {
        angle = Double.pi / 4
        t = (ratio - 1) / (ratio + 1)
    } else if ratio > 0.1989123673796580 {
        angle = Double.pi / 8
        t = (ratio - 0.4142135623730950) / (1 + ratio * 0.4142135623730950)
    }
    let square = t * t
    var series = 0.0
    var k = 21.0
    while k >= 1 {
        series = 1 / k - square * series
        k -= 2
    }
    angle += t * series
    if isSteep { angle = Double.pi / 2 - angle }
    if x < 0 { angle = Double.pi - angle }
    return y < 0 ? -angle : angle
}
