import Glibc

/// sin(πx)/(πx) under a Kaiser window of `reach` samples to either side; 0 beyond.
///
/// - Parameter beta: the window's shape: the larger, the lower and the wider.
func kaiserSinc(_ x: Double, reach: Double, beta: Double) -> Double {
    let ratio = x / reach
    guard ratio.magnitude < 1 else { return 0 }
    let window = besselI0(beta * (1 - ratio * ratio).squareRoot()) / besselI0(beta)
    return x == 0 ? 1 : sin(.pi * x) / (.pi * x) * window
}

/// The modified Bessel function of order 0, by its series.
private func besselI0(_ x: Double) -> Double {
    var sum = 1.0
    var term = 1.0
    var k = 1.0
    while term > 1e-17 * sum {
        term *= (x / 2 / k) * (x / 2 / k)
        sum += term
        k += 1
    }
    return sum
}
