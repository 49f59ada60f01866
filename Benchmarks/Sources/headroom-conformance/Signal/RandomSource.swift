import Glibc

/// SplitMix64, the same on every machine, with a table of normally distributed values.
struct RandomSource: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Noise of mean 0 and deviation 1: 65536 normally distributed values drawn in random order.
struct NoiseTable {
    private let values: [Double]

    init(seed: UInt64) {
        var random = RandomSource(seed: seed)
        let drawn = (0..<65_536).map { _ in
            let u = Double.random(in: Double.leastNonzeroMagnitude...1, using: &random)
            return (-2 * log(u)).squareRoot() * cos(2 * .pi * Double.random(in: 0..<1, using: &random))
        }
        // The table's own mean would look like an offset, its deviation like another converter.
        let mean = drawn.reduce(0, +) / Double(drawn.count)
        let deviation = (drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(drawn.count)).squareRoot()
        values = drawn.map { ($0 - mean) / deviation }
    }

    subscript(random: UInt16) -> Double { values[Int(random)] }
}
