/// How much the rest of the building changes each line's current over the time that a step is measured: learned from
/// times in which no station was told anything.
///
/// Small changes have a scale, large ones a frequency.
struct LineNoise: Sendable, BitwiseCopyable {
    /// Ampere; three quarters of the changes that are no jumps are smaller.
    private(set) var scaleAmperes = SIMD3<Double>(repeating: 0.5)
    /// Share of the intervals in which something switched.
    private(set) var jumpShare = SIMD3<Double>(repeating: 0.2)

    private static var smallestScale: Double { 0.08 }
    private static var largestScale: Double { 5 }

    /// Adds the change of an interval without steps.
    mutating func add(_ change: SIMD3<Double>) {
        for line in 0..<3 {
            let size = change[line].magnitude
            let scale = scaleAmperes[line]
            // A quantile followed by small steps: no jump, however large, moves it by more than 3 %.
            let wanted = size > scale ? scale * 1.03 : scale * 0.99
            scaleAmperes[line] = Swift.min(Self.largestScale, Swift.max(Self.smallestScale, wanted))
            let isJump = size > 4 * scale + 0.3
            jumpShare[line] += ((isJump ? 1 : 0) - jumpShare[line]) * 0.02
            jumpShare[line] = Swift.min(0.8, Swift.max(0.05, jumpShare[line]))
        }
    }

    /// Probability density, per ampere, of a change of `amperes` by the rest of the building.
    ///
    /// Student's t with three degrees of freedom for the small ones; for jumps a density that falls from 3 A on.
    ///
    /// - Parameter spreadAmperes: what is uncertain besides.
    func density(_ amperes: Double, line: Int, spreadAmperes: Double) -> Double {
        let scale = scaleAmperes[line] * scaleAmperes[line] + spreadAmperes * spreadAmperes
        let core = 1 + amperes * amperes / (3 * scale)
        let tail = 1 + amperes.magnitude / 3
        let share = jumpShare[line]
        return (1 - share) * 0.3676 / (scale.squareRoot() * core * core) + share / (6 * tail * tail)
    }
}
