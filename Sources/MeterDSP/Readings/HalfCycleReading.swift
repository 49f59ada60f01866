/// What the meter knows at the end of every half cycle: IEC 61000-4-30's U(½), and what protection needs.
///
/// Lanes 0, 1, 2 of each vector are the phases L1, L2, L3; lanes of absent channels are 0. Never a NaN.
public struct HalfCycleReading: Sendable, BitwiseCopyable {
    /// End of the half cycle, in frames since the start.
    public internal(set) var endFrame = 0.0
    /// Length of the cycle of which `voltageRMS` and `currentRMS` are, in frames.
    public internal(set) var frames = 0.0
    /// RMS over the last whole cycle without its DC part, volt.
    public internal(set) var voltageRMS = SIMD3<Double>.zero
    /// RMS over the last whole cycle without its DC part, ampere.
    public internal(set) var currentRMS = SIMD3<Double>.zero
    /// RMS over the half cycle alone, less the last window's DC part, ampere: one half cycle after a step it shows
    /// all of it.
    public internal(set) var halfCycleCurrentRMS = SIMD3<Double>.zero
    /// Active power over the last whole cycle, watt; negative: towards the supply.
    public internal(set) var activePower = SIMD3<Double>.zero
    /// Whether `frames` are a whole cycle of the mains as last known: not while the meter settles, nor on the way from one
    /// signal's crossings to another's. A cycle without any voltage can be one: it goes on as the last ones went.
    public internal(set) var isWholeCycle = true
    public internal(set) var flags = ReadingFlags(rawValue: 0)

    /// A reading of nothing.
    @_noAllocation @_noLocks
    public init() {}
}
