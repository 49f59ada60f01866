/// How long each level of P_inst lasted: 64 classes per octave from 2⁻¹² to 2¹⁴, and one for all below.
///
/// The exponent and the first six bits of the fraction number the class, so no logarithm is taken; a class is at most
/// 1.6 % wide, and what lies in it counts as spread over it evenly.
struct FlickerClasses: Sendable, BitwiseCopyable {
    private static var perOctaveBits: UInt64 { @_noAllocation @_noLocks get { 6 } }
    private static var lowest: Double { @_noAllocation @_noLocks get { 0x1p-12 } }
    private static var last: Int { @_noAllocation @_noLocks get { 26 * 64 } }

    // Element 0: below the lowest class. 1.2 million values in ten minutes at 2 kHz: UInt32 is for an hour at any rate.
    private var counts = InlineArray<1665, UInt32>(repeating: 0)
    private(set) var count = 0
    private(set) var maximum = 0.0

    @_noAllocation @_noLocks
    mutating func add(_ value: Double) {
        if value > maximum { maximum = value }
        count += 1
        let place = Self.place(value)
        if counts[place] < .max { counts[place] += 1 }
    }

    @_noAllocation @_noLocks
    mutating func clear() {
        for place in 0...Self.last { counts[place] = 0 }
        count = 0
        maximum = 0
    }

    /// The class of a value of 0 or more; those beyond the highest class count in it.
    @_noAllocation @_noLocks
    private static func place(_ value: Double) -> Int {
        guard value >= lowest else { return 0 }
        let shift = 52 - perOctaveBits
        let steps = (value.bitPattern >> shift) - (lowest.bitPattern >> shift)
        return steps < UInt64(last) ? Int(steps) + 1 : last
    }

    /// The lower edge of a class.
    @_noAllocation @_noLocks
    private static func edge(_ place: Int) -> Double {
        guard place > 0 else { return 0 }
        let shift = 52 - perOctaveBits
        return Double(bitPattern: ((lowest.bitPattern >> shift) + UInt64(place - 1)) << shift)
    }

    /// P_st: the severity of the levels counted, with the smoothed percentiles of IEC 61000-4-15; nil without values.
    ///
    /// Mutating only so that the classes are read in place.
    @_noAllocation @_noLocks
    mutating func severity() -> Double? {
        guard count > 0 else { return nil }
        // For how many per cent of the time a level is exceeded, and its share in P_st².
        let percents: InlineArray<15, Double> = [0.1, 0.7, 1, 1.5, 2.2, 3, 4, 6, 8, 10, 13, 17, 30, 50, 80]
        var sum = 0.0
        var above = 0.0
        var next = 0
        var place = Self.last
        while place >= 0, next < 15 {
            let inside = Double(counts[place])
            while next < 15, inside > 0, above + inside >= percents[next] / 100 * Double(count) {
                let share = 1 - (percents[next] / 100 * Double(count) - above) / inside
                let level = Self.edge(place) + (Self.edge(place + 1) - Self.edge(place)) * share
                sum += Self.weight(next) * (level < maximum ? level : maximum)
                next += 1
            }
            above += inside
            place -= 1
        }
        return squareRoot(sum)
    }

    /// The weight of percentile number `index`: P_0.1, P_1s of 3, P_3s of 3, P_10s of 5, P_50s of 3.
    @_noAllocation @_noLocks
    private static func weight(_ index: Int) -> Double {
        index < 1 ? 0.0314 : index < 4 ? 0.0525 / 3 : index < 7 ? 0.0657 / 3 : index < 12 ? 0.28 / 5 : 0.08 / 3
    }
}
