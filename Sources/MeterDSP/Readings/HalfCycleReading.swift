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

    /// U_rms(½) as IEC 61000-4-30 class A defines it: RMS over a cycle that ends at the phase's own zero crossing, of the
    /// fundamental, without its DC part, volt. The latest one that ended by `endFrame`; a lane that is not in `ownCycles`
    /// holds an older one, or a stretch that is no cycle.
    public internal(set) var ownCycleVoltageRMS = SIMD3<Double>.zero
    /// RMS over the last half of that cycle, less the last window's DC part, volt.
    public internal(set) var ownHalfCycleVoltageRMS = SIMD3<Double>.zero
    /// Where that cycle ends, in frames since the start: within 1.1 half cycles before `endFrame`.
    public internal(set) var ownCycleEndFrame = SIMD3<Double>.zero
    /// Its length in frames.
    public internal(set) var ownCycleFrames = SIMD3<Double>.zero
    /// The phases with a whole cycle of their own that is new with this reading: none while the meter settles or without
    /// voltages, one not when its angle jumps.
    public internal(set) var ownCycles = SupplyPhases(rawValue: 0)

    /// A reading of nothing.
    @_noAllocation @_noLocks
    public init() {}
}
