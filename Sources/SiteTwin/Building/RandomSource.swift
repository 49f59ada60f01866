import Glibc

/// A small generator with a seed (SplitMix64): the same seed gives the same building on every machine.
package struct RandomSource: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// One independent stream for each thing that draws numbers, so that adding a station changes no other.
    package init(seed: UInt64, stream: UInt64) { state = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15 &* (stream &+ 1)) }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A well-mixed 64-bit value of `value`: noise without a state.
    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    package mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        let unit = Double(next() >> 11) * 0x1p-53
        return range.lowerBound + unit * (range.upperBound - range.lowerBound)
    }

    /// An exponentially distributed duration, cut to 0.05 to 4 times its mean.
    package mutating func duration(mean: Double) -> Double {
        mean * min(4, max(0.05, -log(max(1e-12, uniform(0...1)))))
    }
}
