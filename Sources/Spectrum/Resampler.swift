/// Values between samples, by a sinc under a Kaiser window: flat to 0.43 of the sample rate.
///
/// A window of whole cycles seldom holds a whole number of samples; its spectrum has no leakage only when it is taken
/// at points that divide it evenly.
struct Resampler {
    /// Samples used on each side.
    static let reach = 24
    private static let steps = 1024
    private static let beta = 9.0
    /// The kernel at multiples of 1/steps from 0 to `reach`.
    private static let table: [Double] = (0...reach * steps + 1).map { index in
        kaiserSinc(Double(index) / Double(steps), reach: Double(reach), beta: beta)
    }

    /// The value at `position` (in samples from the start of `samples`); beyond the ends the signal is taken to go on
    /// as it was one `period` of samples away.
    static func value(_ samples: Span<Double>, at position: Double, period: Double) -> Double {
        let middle = Int(position.rounded(.down))
        var sum = 0.0
        for index in (middle - reach + 1)...(middle + reach) {
            let distance = (position - Double(index)).magnitude * Double(steps)
            let step = Int(distance)
            let rest = distance - Double(step)
            let weight = table[step] + rest * (table[step + 1] - table[step])
            var place = index
            if place < 0 { place += Int(period.rounded()) }
            if place >= samples.count { place -= Int(period.rounded()) }
            sum += weight * samples[max(0, min(samples.count - 1, place))]
        }
        return sum
    }
}
