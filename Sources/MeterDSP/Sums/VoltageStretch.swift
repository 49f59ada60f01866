/// Sums of one voltage over one stretch, edges included: what ``Stretch`` has of it.
struct VoltageStretch: BitwiseCopyable {
    /// Length.
    var frames = 0.0
    /// Σu.
    var sum = 0.0
    /// Σu².
    var squares = 0.0

    @_noAllocation @_noLocks
    init() {}

    @_noAllocation @_noLocks
    @inline(__always)
    mutating func add(_ other: VoltageStretch) {
        frames += other.frames
        sum += other.sum
        squares += other.squares
    }

    @_noAllocation @_noLocks
    @inline(__always)
    mutating func subtract(_ other: VoltageStretch) {
        frames -= other.frames
        sum -= other.sum
        squares -= other.squares
    }

    /// What the sums would be had `level` been taken off every sample.
    @_noAllocation @_noLocks
    mutating func subtract(level: Double) {
        squares += level * (frames * level - 2 * sum)
        sum -= frames * level
    }
}

/// The end of a phase's own half cycle between two frames, with the sums of its voltage up to there.
struct VoltageCut: BitwiseCopyable {
    private(set) var phase = 0
    /// In frames since the start.
    private(set) var position = 0.0
    /// ⌊position⌋.
    private(set) var index: Int64 = 0
    /// From the start of the running half cycle of all phases to `position`: of length less than 0 where that comes first.
    /// While frames are added up, what the edge adds alone.
    var before = VoltageStretch()

    @_noAllocation @_noLocks
    init() {}

    @_noAllocation @_noLocks
    init(_ phase: Int, at position: Double) {
        self.phase = phase
        self.position = position
        index = wholeFrames(position)
    }

    /// Adds what the edge adds.
    ///
    /// - Parameter values: of the four frames around it.
    @_noAllocation @_noLocks
    mutating func takeEdge(_ values: SIMD4<Double>) {
        let weighted = EdgeWeights.integral(position - Double(index)) * values
        let squared = weighted * values
        before.sum = weighted[0] + weighted[1] + weighted[2] + weighted[3]
        before.squares = squared[0] + squared[1] + squared[2] + squared[3]
    }
}
