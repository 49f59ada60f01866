// Elementary functions, computed here because this module imports nothing: no C library is needed on bare metal, and
// every processor gives the same bits.

/// √x to within one unit in the last place; 0 for x ≤ 0 and for no number. Heron's method from half the exponent.
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

/// sin(x) for |x| ≤ π, error below 1e-15 + rounding: Taylor's series after halving the argument.
@_noAllocation @_noLocks
func sine(_ x: Double) -> Double {
    let half = x / 2
    return 2 * sineSeries(half) * cosineSeries(half)
}

/// cos(x) for |x| ≤ π: 1 − 2·sin²(x/2).
@_noAllocation @_noLocks
func cosine(_ x: Double) -> Double {
    let s = sineSeries(x / 2)
    return 1 - 2 * s * s
}

@_noAllocation @_noLocks
private func sineSeries(_ x: Double) -> Double {
    var term = x
    var sum = x
    var k = 1.0
    while k < 25 {
        term *= -x * x / ((k + 1) * (k + 2))
        sum += term
        k += 2
    }
    return sum
}

@_noAllocation @_noLocks
private func cosineSeries(_ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    var k = 0.0
    while k < 24 {
        term *= -x * x / ((k + 1) * (k + 2))
        sum += term
        k += 2
    }
    return sum
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
