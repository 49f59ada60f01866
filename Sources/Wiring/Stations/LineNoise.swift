/// How much the rest of the building changes the lines' currents over the time that a step is measured: learned from times
/// in which no station was told anything.
///
/// Small changes have a scale, large ones a frequency; and what happens to all lines alike (sunshine, three-phase loads) is
/// one event and not three.
struct LineNoise: Sendable, BitwiseCopyable {
    /// Ampere; three quarters of the changes are smaller.
    private(set) var scaleAmperes = SIMD3<Double>(repeating: 0.5)
    /// The same of the mean of the lines.
    private(set) var commonAmperes = 0.5
    /// Share of the intervals in which something switched.
    private(set) var jumpShare = SIMD3<Double>(repeating: 0.2)

    private static var smallestScale: Double { 0.08 }
    private static var largestScale: Double { 5 }

    /// Adds the change of an interval without steps.
    mutating func add(_ change: SIMD3<Double>) {
        let common = (change[0] + change[1] + change[2]) / 3
        commonAmperes = Self.followed(commonAmperes, common.magnitude)
        for line in 0..<3 {
            let size = change[line].magnitude
            let isJump = size > 4 * scaleAmperes[line] + 0.3
            scaleAmperes[line] = Self.followed(scaleAmperes[line], size)
            jumpShare[line] += ((isJump ? 1 : 0) - jumpShare[line]) * 0.02
            jumpShare[line] = Swift.min(0.8, Swift.max(0.05, jumpShare[line]))
        }
    }

    /// A quantile followed by small steps: no jump, however large, moves it by more than 3 %.
    private static func followed(_ scale: Double, _ size: Double) -> Double {
        Swift.min(largestScale, Swift.max(smallestScale, size > scale ? scale * 1.03 : scale * 0.99))
    }

    /// Probability density, per ampere, of a change of one line by `amperes`: small, or a jump.
    ///
    /// - Parameter spreadAmperes: what is uncertain besides.
    func density(_ amperes: Double, line: Int, spreadAmperes: Double) -> Double {
        let share = jumpShare[line]
        return (1 - share) * small(amperes, line: line, spreadAmperes: spreadAmperes) + share * Self.jump(amperes)
    }

    /// Student's t with three degrees of freedom.
    private func small(_ amperes: Double, line: Int, spreadAmperes: Double) -> Double {
        let square = scaleAmperes[line] * scaleAmperes[line] + spreadAmperes * spreadAmperes
        let core = 1 + amperes * amperes / (3 * square)
        return 0.3676 / (square.squareRoot() * core * core)
    }

    /// Falls from 3 A on.
    private static func jump(_ amperes: Double) -> Double {
        let tail = 1 + amperes.magnitude / 3
        return 1 / (6 * tail * tail)
    }

    /// Probability density, per cubic ampere, that all lines change alike, and by little besides.
    func commonDensity(_ amperes: SIMD3<Double>, spreadAmperes: SIMD3<Double>) -> Double {
        let mean = (amperes[0] + amperes[1] + amperes[2]) / 3
        let core = 1 + mean * mean / (3 * commonAmperes * commonAmperes)
        var density = 0.7 * 0.3676 / (commonAmperes * core * core) + 0.3 * Self.jump(mean)
        var width = 0.0
        for line in 0..<3 {
            density *= small(amperes[line] - mean, line: line, spreadAmperes: spreadAmperes[line])
            width += (scaleAmperes[line] + spreadAmperes[line]) / 3
        }
        // The integral over the mean, of which the product above is the highest value.
        return density * width * 1.45
    }

    /// How often what happens, happens to all lines.
    static var commonShare: Double { 0.3 }
}
