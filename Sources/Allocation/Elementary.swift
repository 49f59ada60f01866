// This room imports nothing, not even a mathematical library.

/// 1 − e^−x for x ≥ 0, to 1e-12 of itself.
@_noAllocation @_noLocks
func saturation(_ x: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 40 else { return 1 }
    // Halve until the series is short, then 1 − e^−2y = s (2 − s).
    var y = x
    var halvings = 0
    while y > 0.0625 {
        y /= 2
        halvings += 1
    }
    var sum = y * (1 - y / 2 * (1 - y / 3 * (1 - y / 4 * (1 - y / 5 * (1 - y / 6 * (1 - y / 7))))))
    while halvings > 0 {
        sum *= 2 - sum
        halvings -= 1
    }
    return sum
}

/// The square root of a positive, normal number, to the last bit or two; infinite stays so.
@_noAllocation @_noLocks
func squareRoot(_ x: Double) -> Double {
    guard x < .infinity else { return x }
    // Half the exponent, then Newton's steps, each of which doubles the right digits.
    var root = Double(bitPattern: (x.bitPattern >> 1) + (1023 << 51))
    for _ in 0..<5 { root = 0.5 * (root + x / root) }
    return root
}

/// The natural logarithm of a finite x ≥ 1, to 1e-13; infinite for what is larger.
@_noAllocation @_noLocks
func logarithm(_ x: Double) -> Double {
    guard x > 1 else { return 0 }
    guard x < 1e300 else { return .infinity }
    let ln2 = 0.693_147_180_559_945_3
    var mantissa = x
    var doublings = 0.0
    while mantissa > 1.414_213_562_373_095 {
        mantissa /= 2
        doublings += 1
    }
    // ln m = 2 artanh z with z = (m − 1)/(m + 1), at most 0.1716.
    let z = (mantissa - 1) / (mantissa + 1)
    let square = z * z
    var sum = 0.0
    var divisor = 19.0
    while divisor >= 1 {
        sum = sum * square + 1 / divisor
        divisor -= 2
    }
    return doublings * ln2 + 2 * z * sum
}
