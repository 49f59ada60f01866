/// The boundaries of one window, for its frequency.
struct BoundaryTrack: BitwiseCopyable {
    private var positions = InlineArray<33, Double>(repeating: 0)
    private(set) var count = 0

    @_noAllocation @_noLocks
    mutating func start(at position: Double) {
        positions[0] = position
        count = 1
    }

    @_noAllocation @_noLocks
    mutating func append(_ position: Double) {
        guard count < 33 else { return }
        positions[count] = position
        count += 1
    }

    /// The length of a half cycle in frames: slope of the least-squares line through the boundaries. Over whole
    /// cycles a shift between rising and falling crossings, as even harmonics and DC cause it, drops out.
    ///
    /// - Returns: nil below three boundaries.
    var halfCycleFrames: Double? {
        @_noAllocation @_noLocks get {
            guard count >= 3 else { return nil }
            let middle = Double(count - 1) / 2
            var numerator = 0.0
            var denominator = 0.0
            for index in 0..<count {
                let x = Double(index) - middle
                numerator += x * (positions[index] - positions[0])
                denominator += x * x
            }
            return numerator / denominator
        }
    }
}
