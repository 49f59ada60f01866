/// How likely a measured change of the three lines is, for each set of lines that a station may draw on.
///
/// A car follows a step in full, in part (its own maximum, a battery nearly full) or not at all; the rest of the building
/// changes meanwhile; and other stations may have been told something at the same time.
///
/// Of other stations whose lines are not known that choice counts which explains the change best. A sum over the choices
/// would be wrong: the same step repeated would count as new evidence, though the others' lines are the same each time.
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

        /// All, half, for each set that it may be; and nothing.
        var optionCount: Int { lines == 0 ? 15 : 3 }

        /// The lines and the share of its step that an option stands for.
        func option(_ number: Int) -> (lines: UInt8, share: Double) {
            guard number > 0 else { return (0, 0) }
            return (lines == 0 ? UInt8((number + 1) / 2) : lines, number & 1 == 1 ? 1 : 0.5)
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
        var highest = InlineArray<7, Double>(repeating: 0)
        for combination in 0..<combinations {
            var rest = combination
            var left = change
            var variance = spread * spread
            for place in 0..<count {
                let other = others[place]
                let option = other.option(rest % other.optionCount)
                rest /= other.optionCount
                let part = other.amperes * option.share
                for line in 0..<3 where option.lines >> UInt8(line) & 1 == 1 {
                    left[line] -= part
                    variance[line] += Self.squared(Self.tolerance * part)
                }
            }
            let sets = bySet(amperes: amperes, left: left, variance: variance)
            for set in 0..<7 { highest[set] = Swift.max(highest[set], sets[set]) }
        }
        return highest
    }

    /// A car's current is known to within this share of the step.
    private static var tolerance: Double { 0.08 }

    /// The likelihoods of what is left of the change, whatever share of the step the car has followed.
    private func bySet(amperes: Double, left: SIMD3<Double>, variance: SIMD3<Double>) -> InlineArray<7, Double> {
        var spreads = SIMD3<Double>.zero
        var without = SIMD3<Double>.zero
        for line in 0..<3 {
            spreads[line] = variance[line].squareRoot()
            without[line] = noise.density(left[line], line: line, spreadAmperes: spreads[line])
        }
        let nothing = Self.notFollowed * joint(without, left, spreads)
        var result = InlineArray<7, Double>(repeating: nothing)
        for share in 0..<4 {
            let (part, likely) = Self.shares(share)
            let current = part * amperes
            var with = without
            var wider = spreads
            for line in 0..<3 {
                wider[line] = (variance[line] + Self.squared(Self.tolerance * current)).squareRoot()
                with[line] = noise.density(left[line] - current, line: line, spreadAmperes: wider[line])
            }
            for set in 1...7 {
                var densities = without
                var residue = left
                var uncertain = spreads
                for line in 0..<3 where set >> line & 1 == 1 {
                    densities[line] = with[line]
                    residue[line] -= current
                    uncertain[line] = wider[line]
                }
                result[set - 1] += likely * joint(densities, residue, uncertain)
            }
        }
        return result
    }

    /// Of the building's own changes: each line for itself, or all alike.
    private func joint(_ densities: SIMD3<Double>, _ residue: SIMD3<Double>, _ spreads: SIMD3<Double>) -> Double {
        (1 - LineNoise.commonShare) * densities[0] * densities[1] * densities[2]
            + LineNoise.commonShare * noise.commonDensity(residue, spreadAmperes: spreads)
    }

    private static func squared(_ value: Double) -> Double { value * value }

    private static var notFollowed: Double { 0.25 }

    /// How much of a step cars follow, and how often. Less than half is not told from chance.
    private static func shares(_ index: Int) -> (part: Double, likely: Double) {
        switch index {
        case 0: (1, 0.55)
        case 1: (0.85, 0.1)
        case 2: (0.7, 0.05)
        default: (0.5, 0.05)
        }
    }
}
