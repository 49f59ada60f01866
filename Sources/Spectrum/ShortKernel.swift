import Glibc

/// Values between samples from the eight samples around, by a sinc under a short Kaiser window, as polynomials of
/// degree 7 from sample to sample.
///
/// So short a kernel is not flat: a line of f cycles per sample comes out K(f) times as large, at whatever points it is
/// taken. The spectrum is divided by K, which is known. What is left of the samples' images, lines at 1 ± f, 2 ± f and so
/// on, is below 10⁻⁵ from 0.92 on.
struct ShortKernel: Sendable {
    /// Samples used before the place, the one at it included, and after it.
    static let before = 4
    static let after = 4
    /// Wider: fewer images and a steeper K.
    private static let beta = 10.0
    /// Steps of K's table from 0 to half the sample rate.
    private static let steps = 256

    /// Element m: the factors of tᵐ in the weights of the eight samples; t is the way from the fourth to the fifth.
    let powers: InlineArray<8, SIMD8<Float>>
    /// 1 / K at −1, 0, 1, … `steps` + 1 steps.
    private let inverses: [Double]

    init() {
        var exact = InlineArray<8, SIMD8<Double>>(repeating: .zero)
        var short = InlineArray<8, SIMD8<Float>>(repeating: .zero)
        // Through the kernel at Chebyshev's nodes, multiplied out.
        let nodes = (0..<8).map { (1 - cos((Double($0) + 0.5) * .pi / 8)) / 2 }
        for own in 0..<8 {
            var product = InlineArray<8, Double>(repeating: 0)
            product[0] = 1
            for other in 0..<8 where other != own {
                let distance = nodes[own] - nodes[other]
                for power in stride(from: 7, through: 1, by: -1) {
                    product[power] = (product[power - 1] - nodes[other] * product[power]) / distance
                }
                product[0] *= -nodes[other] / distance
            }
            for tap in 0..<8 {
                let value = Self.kernel(nodes[own] + 3 - Double(tap))
                for power in 0..<8 { exact[power][tap] += value * product[power] }
            }
        }
        for power in 0..<8 { short[power] = SIMD8<Float>(exact[power]) }
        powers = short
        inverses = (-1...Self.steps + 1).map { 1 / Self.gain(exact, Double($0) / Double(2 * Self.steps)) }
    }

    private static func kernel(_ x: Double) -> Double { kaiserSinc(x, reach: Double(before), beta: beta) }

    /// K: the integral of the polynomials times cos 2πfx, by Simpson's rule in steps of 1/32.
    private static func gain(_ powers: InlineArray<8, SIMD8<Double>>, _ frequency: Double) -> Double {
        let parts = 32
        var sum = 0.0
        for part in 0...parts {
            let t = Double(part) / Double(parts)
            var weights = powers[7]
            for power in stride(from: 6, through: 0, by: -1) { weights = weights * t + powers[power] }
            let factor = part == 0 || part == parts ? 1.0 : part % 2 == 1 ? 4 : 2
            for tap in 0..<8 { sum += factor * weights[tap] * cos(2 * .pi * frequency * (t + 3 - Double(tap))) }
        }
        return sum / Double(3 * parts)
    }

    /// 1 / K by bin: bin k is k/`length` cycles per sample, `count` bins below half the sample rate.
    func corrections(_ target: UnsafeMutablePointer<Double>, count: Int, length: Double) {
        let scale = Double(2 * Self.steps) / length
        for bin in 0..<count {
            let place = Double(bin) * scale
            let step = min(Int(place), Self.steps - 1)
            let t = place - Double(step)
            // The cubic through four values.
            let (a, b, c, d) = (inverses[step], inverses[step + 1], inverses[step + 2], inverses[step + 3])
            let outer = t * (t - 1) * ((t + 1) * d - (t - 2) * a) / 6
            target[bin] = outer + (t + 1) * (t - 2) * ((t - 1) * b - t * c) / 2
        }
    }

    /// How many points a window of `length` samples is to be taken at, so that no image falls upon the lowest `bins` bins
    /// with more than 10⁻⁵: the smallest number from there on that is fast to transform.
    static func points(length: Double, bins: Int) -> Int {
        let least = max(0.92 * length + Double(bins), 1.05 * length)
        var best = Int.max
        for odd in [1, 3, 5, 9, 15, 27] {
            var count = odd * 4
            while Double(count) < least { count *= 2 }
            best = min(best, count)
        }
        return best
    }
}
