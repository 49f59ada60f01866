/// The active currents of the lines over the last 24 s.
///
/// Active, because a car draws at PF 1: motors and filters disturb less.
struct CurrentHistory: Sendable {
    private static var length: Int { 120 }

    private var amperes = InlineArray<120, SIMD3<Double>>(repeating: .zero)
    private var seconds = InlineArray<120, Double>(repeating: 0)
    private var count = 0

    /// Of the newest reading; nil: there is none.
    var latestSeconds: Double? { count == 0 ? nil : seconds[(count - 1) % Self.length] }

    /// A gap: what came before is forgotten.
    mutating func restart() { count = 0 }

    mutating func add(_ reading: SIMD3<Double>, at time: Double) {
        amperes[count % Self.length] = reading
        seconds[count % Self.length] = time
        count += 1
    }

    /// What the readings of a stretch of time come to.
    struct Stretch: Sendable, BitwiseCopyable {
        var mean = SIMD3<Double>.zero
        /// Largest less smallest.
        var span = SIMD3<Double>.zero
        /// Mean of the second half less that of the first.
        var drift = SIMD3<Double>.zero
    }

    /// The readings that ended within `from` … `to`.
    ///
    /// - Returns: nil for fewer than six: too few to tell whether it is steady.
    /// - Complexity: O(length of the history).
    func stretch(from: Double, to: Double) -> Stretch? {
        var sums = (first: SIMD3<Double>.zero, second: SIMD3<Double>.zero)
        var counts = (first: 0.0, second: 0.0)
        var low = SIMD3<Double>(repeating: .infinity)
        var high = SIMD3<Double>(repeating: -.infinity)
        let middle = (from + to) / 2
        for place in 0..<Swift.min(count, Self.length) {
            let time = seconds[place]
            guard time >= from, time <= to else { continue }
            let value = amperes[place]
            if time <= middle {
                sums.first += value
                counts.first += 1
            } else {
                sums.second += value
                counts.second += 1
            }
            low.replace(with: value, where: value .< low)
            high.replace(with: value, where: value .> high)
        }
        guard counts.first >= 3, counts.second >= 3 else { return nil }
        return Stretch(
            mean: (sums.first + sums.second) / (counts.first + counts.second), span: high - low,
            drift: sums.second / counts.second - sums.first / counts.first)
    }
}
