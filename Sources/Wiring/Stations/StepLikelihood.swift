/// How well each set of lines explains a measured change after a station's step.
///
/// A car follows a step in full, in part (its own maximum, a battery nearly full) or not at all; the rest of the building
/// changes meanwhile; and other stations may have been told something at the same time. Of all that is not known (the share,
/// the others' lines) that choice counts which explains the change best. A mean over the choices would be wrong: a car that
/// is at its own maximum follows no step, and others that move together are on the same lines each time; the same step
/// repeated would count as new evidence.
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

    /// Likelihoods of the change.
    struct Explanations {
        /// By set − 1: the car has followed on these lines.
        var followed = InlineArray<7, Double>(repeating: 0)
        /// It has not followed.
        var notFollowed = 0.0

        /// The best of the sets.
        var highest: Double {
            var highest = 0.0
            for set in 0..<7 { highest = Swift.max(highest, followed[set]) }
            return highest
        }
    }

    /// - Parameters:
    ///   - amperes: what the station's own step was.
    ///   - others: the first `count` count.
    /// - Returns: nil where the others are too many to tell anything.
    /// - Complexity: O(combinations), 700 at the most. No heap.
    func explanations(amperes: Double, others: InlineArray<6, Other>, count: Int) -> Explanations? {
        var combinations = 1
        for place in 0..<count {
            combinations *= others[place].optionCount
            guard combinations <= Self.mostCombinations else { return nil }
        }
        var best = Explanations()
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
            add(amperes: amperes, left: left, variance: variance, to: &best)
        }
        return best
    }

    /// A car's current is known to within this share of the step.
    private static var tolerance: Double { 0.08 }

    /// Takes in what is left of the change under one choice of the others.
    private func add(
        amperes: Double, left: SIMD3<Double>, variance: SIMD3<Double>, to best: inout Explanations
    ) {
        var spreads = SIMD3<Double>.zero
        var without = SIMD3<Double>.zero
        for line in 0..<3 {
            spreads[line] = variance[line].squareRoot()
            without[line] = noise.density(left[line], line: line, spreadAmperes: spreads[line])
        }
        best.notFollowed = Swift.max(best.notFollowed, joint(without, left, spreads))
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
                best.followed[set - 1] =
                    Swift.max(best.followed[set - 1], likely * joint(densities, residue, uncertain))
            }
        }
    }

    /// Of the building's own changes: each line for itself, or all alike.
    private func joint(_ densities: SIMD3<Double>, _ residue: SIMD3<Double>, _ spreads: SIMD3<Double>) -> Double {
        (1 - LineNoise.commonShare) * densities[0] * densities[1] * densities[2]
            + LineNoise.commonShare * noise.commonDensity(residue, spreadAmperes: spreads)
    }

    private static func squared(_ value: Double) -> Double { value * value }

    /// The shares of a step that a car may follow, and how much rarer than the whole they are. Less than half is not told
    /// from chance.
    private static func shares(_ index: Int) -> (part: Double, likely: Double) {
        switch index {
        case 0: (1, 1)
        case 1: (0.85, 0.3)
        case 2: (0.7, 0.2)
        default: (0.5, 0.2)
        }
    }
}
