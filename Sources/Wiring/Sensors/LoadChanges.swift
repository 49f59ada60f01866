import MeterDSP

/// Finds lasting changes of current: a load that switched on or off between two steady stretches.
///
/// Two stretches of 0.8 s with 1.6 s between them, in which a motor's inrush has its place.
///
/// - Complexity: O(1) per reading, no heap.
struct LoadChanges: Sendable {
    private static var length: Int { 16 }
    private static var stretch: Int { 4 }
    /// Smaller changes are often of filters and lamps, whose angles tell nothing.
    static var smallestAmperes: Double { 1.5 }

    private var ring = InlineArray<16, CurrentVectors>(repeating: CurrentVectors())
    private var count = 0
    /// Readings until a change of that sensor may be seen again: each is to be counted once.
    private var restsFor = SIMD3<Int>.zero

    /// A gap: what came before cannot be compared.
    mutating func restart() { count = 0 }

    /// Adds a reading.
    ///
    /// - Returns: the changes, zero where there is none.
    mutating func add(_ currents: CurrentVectors) -> CurrentVectors {
        ring[count % Self.length] = currents
        count += 1
        for sensor in 0..<3 where restsFor[sensor] > 0 { restsFor[sensor] -= 1 }
        guard count >= Self.length else { return CurrentVectors() }
        let before = steady(from: 0)
        let after = steady(from: Self.length - Self.stretch)
        var change = after.mean - before.mean
        let squared = change.squaredMagnitude
        for sensor in 0..<3 {
            let size = squared[sensor].squareRoot()
            let allowed = 0.1 * size + 0.05
            let isChange =
                size >= Self.smallestAmperes && before.scatter[sensor] <= allowed * allowed
                && after.scatter[sensor] <= allowed * allowed && restsFor[sensor] == 0
            if isChange {
                restsFor[sensor] = Self.length
            } else {
                change.real[sensor] = 0
                change.imaginary[sensor] = 0
            }
        }
        return change
    }

    /// Mean of a stretch, and the square of the largest distance from it. `age` 0 is the oldest reading.
    private func steady(from age: Int) -> (mean: CurrentVectors, scatter: SIMD3<Double>) {
        var sum = CurrentVectors()
        for place in age..<age + Self.stretch { sum += ring[(count + place) % Self.length] }
        let mean = sum * (1 / Double(Self.stretch))
        var scatter = SIMD3<Double>.zero
        for place in age..<age + Self.stretch {
            let distance = (ring[(count + place) % Self.length] - mean).squaredMagnitude
            scatter.replace(with: distance, where: distance .> scatter)
        }
        return (mean, scatter)
    }
}
