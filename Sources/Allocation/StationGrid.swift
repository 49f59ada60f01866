/// The limits that a station can be given: 0, and the multiples of its step from `lowestAmperes` to `highestAmperes`.
struct StationGrid: BitwiseCopyable {
    /// The smallest limit above 0.
    let lowestAmperes: Double
    /// The largest limit; 0 where there is none but 0.
    let highestAmperes: Double
    private let stepAmperes: Double

    /// Sums of currents carry the rounding of binary fractions; this much is never worth a whole step.
    static var toleranceAmperes: Double {
        @_noAllocation @_noLocks get { 1e-6 }
    }

    /// Currents of the rating that are negative, too large or no number leave 0 as the only limit.
    init(_ rating: StationRating) {
        let step = rating.stepAmperes, minimum = rating.minimumAmperes, maximum = rating.maximumAmperes
        guard step >= 0.001, step <= 10_000, minimum >= 0, minimum <= 10_000, maximum >= 0, maximum <= 10_000 else {
            lowestAmperes = 0
            highestAmperes = 0
            stepAmperes = 1
            return
        }
        let tolerance = Self.toleranceAmperes
        var lowest = Double(Int(minimum / step)) * step
        if lowest < minimum - tolerance || lowest == 0 { lowest += step }
        let highest = Double(Int((maximum + tolerance) / step)) * step
        let isEmpty = highest < lowest - tolerance
        lowestAmperes = isEmpty ? 0 : lowest
        highestAmperes = isEmpty ? 0 : highest
        stepAmperes = step
    }

    /// The largest possible limit that is not above `amperes`; 0 where `amperes` is no number.
    @_noAllocation @_noLocks @inline(__always)
    func roundedDown(_ amperes: Double) -> Double {
        guard highestAmperes > 0, amperes >= lowestAmperes - Self.toleranceAmperes else { return 0 }
        if amperes >= highestAmperes { return highestAmperes }
        let below = Double(Int((amperes + Self.toleranceAmperes) / stepAmperes)) * stepAmperes
        return below < lowestAmperes ? lowestAmperes : below
    }
}
