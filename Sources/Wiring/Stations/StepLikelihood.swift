/// How likely a measured change of the three lines is, for each set of lines that a station may draw on.
///
/// A car follows a step in full, in part (its own maximum, a battery nearly full) or not at all; the rest of the building
/// changes meanwhile; and other stations may have been told something at the same time, whose lines may be unknown.
struct StepLikelihood {
    var noise: LineNoise
    /// Measured, ampere by line.
    var change: SIMD3<Double>
    /// What is uncertain of it, ampere by line.
    var spread: SIMD3<Double>

    /// Another station's step at the same time.
    struct Other: BitwiseCopyable {
        var amperes = 0.0
        /// The lines it is on where they are known; 0: not known.
        var lines: UInt8 = 0

        /// Half, all, for each set that it may be; and nothing.
        var optionCount: Int { lines == 0 ? 15 : 3 }

        /// The set and the share of its step that an option stands for. Unknown sets are equally likely, each time anew:
        /// what was concluded from steps made together must not be used to conclude again.
        func option(_ number: Int) -> (lines: UInt8, share: Double, weight: Double) {
            guard number > 0 else { return (0, 0, 0.2) }
            let share = number & 1 == 1 ? 1.0 : 0.5
            let weight = number & 1 == 1 ? 0.6 : 0.2
            return lines == 0 ? (UInt8((number + 1) / 2), share, weight / 7) : (lines, share, weight)
        }
    }

    /// Combinations that are worth the time.
    static var mostCombinations: Int { 700 }

    /// - Parameters:
    ///   - amperes: what the station's own step was.
    ///   - others: the first `count` count.
    /// - Returns: by set − 1; nil where the others are too many to tell anything.
    /// - Complexity: O(combinations), 700 at the most. No heap.
    func bySet(amperes: Double, others: InlineArray<6, Other>, count: Int) -> InlineArray<7, Double>? {
        var combinations = 1
        for place in 0..<count {
            combinations *= others[place].optionCount
            guard combinations <= Self.mostCombinations else { return nil }
        }
        var result = InlineArray<7, Double>(repeating: 0)
        for combination in 0..<combinations {
            var rest = combination
            var weight = 1.0
            var left = change
            var variance = spread * spread
            for place in 0..<count {
                let other = others[place]
                let option = other.option(rest % other.optionCount)
                rest /= other.optionCount
                weight *= option.weight
                let part = other.amperes * option.share
                for line in 0..<3 where option.lines >> UInt8(line) & 1 == 1 {
                    left[line] -= part
                    variance[line] += Self.squared(Self.tolerance * part)
                }
            }
            add(weight, amperes: amperes, left: left, variance: variance, to: &result)
        }
        return result
    }

    /// A car's current is known to within this share of the step.
    private static var tolerance: Double { 0.08 }

    /// Adds the likelihoods of what is left of the change, whatever share of the step the car has followed.
    private func add(
        _ weight: Double, amperes: Double, left: SIMD3<Double>, variance: SIMD3<Double>,
        to result: inout InlineArray<7, Double>
    ) {
        var without = SIMD3<Double>.zero
        for line in 0..<3 {
            without[line] = noise.density(left[line], line: line, spreadAmperes: variance[line].squareRoot())
        }
        var share = 7
        while share >= 0 {
            let (part, likely) = Self.shares(share)
            let current = part * amperes
            var with = without
            if part > 0 {
                for line in 0..<3 {
                    let uncertain = (variance[line] + Self.squared(Self.tolerance * current)).squareRoot()
                    with[line] = noise.density(left[line] - current, line: line, spreadAmperes: uncertain)
                }
            }
            for set in 1...7 {
                let one = set & 1 == 1 ? with[0] : without[0]
                let two = set & 2 == 2 ? with[1] : without[1]
                let three = set & 4 == 4 ? with[2] : without[2]
                result[set - 1] += weight * likely * one * two * three
            }
            share -= 1
        }
    }

    private static func squared(_ value: Double) -> Double { value * value }

    /// How much of a step cars follow, and how often.
    private static func shares(_ index: Int) -> (part: Double, likely: Double) {
        switch index {
        case 0: (0, 0.15)
        case 1: (0.12, 0.02)
        case 2: (0.25, 0.04)
        case 3: (0.4, 0.05)
        case 4: (0.55, 0.06)
        case 5: (0.7, 0.08)
        case 6: (0.85, 0.1)
        default: (1, 0.5)
        }
    }
}
