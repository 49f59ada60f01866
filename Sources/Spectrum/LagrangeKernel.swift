import Glibc

/// Values between samples by the polynomial of degree 7 through the eight samples around.
///
/// A line of f cycles per sample comes out K(f) times as large, at whatever points it is taken:
/// K = (sin x / x)⁸ · (1 + 4/3·x² + 14/15·x⁴ + 16/35·x⁶), x = πf, where the polynomial is the beginning of (x / sin x)⁸. The
/// spectrum is divided by that: 1.0002 at 0.13 of the sample rate, 1.01 at 0.225, 1.6 at 0.45. What is left of the
/// samples' images, lines at 1 ± f, 2 ± f and so on, has an eightfold zero at each whole number.
///
/// A smoother kernel with fewer images, as a plain B-spline, would be divided out just as well for periodic signals, but
/// what leaks from the window's edges when a load switches would grow with the division.
struct LagrangeKernel: Sendable {
    /// Samples used before the place, the one at it included, and after it.
    static let before = 4
    static let after = 4

    /// Element m: the factors of tᵐ in the weights of the eight samples; t is the way from the fourth to the fifth.
    private let powers: InlineArray<8, SIMD8<Double>>
    /// The same, of less precision.
    let shortPowers: InlineArray<8, SIMD8<Float>>

    init() {
        var powers = InlineArray<8, SIMD8<Double>>(repeating: .zero)
        var shortPowers = InlineArray<8, SIMD8<Float>>(repeating: .zero)
        for tap in 0..<8 {
            // Π (t − node) / (own node − node) over the other nodes, −3 to 4, multiplied out: whole numbers before the
            // division.
            var product = InlineArray<8, Double>(repeating: 0)
            product[0] = 1
            var divisor = 1.0
            for other in 0..<8 where other != tap {
                let node = Double(other - 3)
                for power in stride(from: 7, through: 1, by: -1) {
                    product[power] = product[power - 1] - node * product[power]
                }
                product[0] *= -node
                divisor *= Double(tap - other)
            }
            for power in 0..<8 {
                powers[power][tap] = product[power] / divisor
                shortPowers[power][tap] = Float(powers[power][tap])
            }
        }
        self.powers = powers
        self.shortPowers = shortPowers
    }

    /// The weights of the eight samples for a place `t` of the way from the fourth to the fifth.
    func weights(_ t: Double) -> SIMD8<Double> {
        var sum = powers[7]
        for power in stride(from: 6, through: 0, by: -1) { sum = sum * t + powers[power] }
        return sum
    }

    /// 1 / K by bin: bin k is k/`length` cycles per sample, `count` bins below half the sample rate.
    static func corrections(_ target: UnsafeMutablePointer<Double>, count: Int, length: Double) {
        guard count > 0 else { return }
        let step = Double.pi / length
        let stepCosine = cos(step)
        let stepSine = sin(step)
        // sin and cos of k·step by turning on: 10⁻¹³ after a thousand turns.
        var cosine = 1.0
        var sine = 0.0
        target[0] = 1
        for bin in 1..<max(1, count) {
            (cosine, sine) = (cosine * stepCosine - sine * stepSine, sine * stepCosine + cosine * stepSine)
            let x = Double(bin) * step
            let y = x * x
            let inverse = x / sine
            let square = inverse * inverse
            let fourth = square * square
            target[bin] = fourth * fourth / (1 + y * (4.0 / 3 + y * (14.0 / 15 + y * (16.0 / 35))))
        }
    }

    /// How many points a window of `length` samples is to be taken at, so that images of the first kind fall upon none of
    /// the lowest `bins` bins with more than 10⁻⁵: the smallest number from there on that is fast to transform.
    ///
    /// The smallest, as images of the second kind stay away while there are fewer points than 2·(`length` − `bins`).
    static func points(length: Double, bins: Int) -> Int {
        let least = max(0.9 * length + Double(bins), 1.05 * length)
        var best = Int.max
        for odd in [1, 3, 5, 9, 15, 27] {
            var count = odd * 4
            while Double(count) < least { count *= 2 }
            best = min(best, count)
        }
        return best
    }
}
