/// The voltages as their own zero crossings cut them, phase by phase (IEC 61000-4-30's U_rms(½) of each channel).
struct PhaseVoltages: BitwiseCopyable {
    var lags = InlineArray<3, PhaseLag>(repeating: PhaseLag())
    /// The cuts in the running half cycle of all phases, in the order of their frames: mostly one for each phase, two for
    /// one whose cuts have moved.
    var cuts = InlineArray<6, VoltageCut>(repeating: VoltageCut())
    private(set) var count = 0

    /// Where each phase was cut last.
    private var lastCut = SIMD3<Double>.zero
    /// From there to the start of the running half cycle of all phases.
    private var open = InlineArray<3, VoltageStretch>(repeating: VoltageStretch())
    /// The phase's last half cycle; of length 0 before the first.
    private var previous = InlineArray<3, VoltageStretch>(repeating: VoltageStretch())
    private var parity = 0

    /// What a ``HalfCycleReading`` takes over.
    private(set) var cycleRMS = SIMD3<Double>.zero
    private(set) var halfCycleRMS = SIMD3<Double>.zero
    private(set) var cycleEnd = SIMD3<Double>.zero
    private(set) var cycleFrames = SIMD3<Double>.zero
    var measured = SupplyPhases(rawValue: 0)

    /// - Parameter start: of the first half cycle.
    @_noAllocation @_noLocks
    init(start: Double) { lastCut = SIMD3(repeating: start) }

    /// Begins the next half cycle of all phases.
    ///
    /// - Returns: 0 and 1 in turns.
    @_noAllocation @_noLocks
    mutating func begin() -> Int {
        count = 0
        measured = SupplyPhases(rawValue: 0)
        parity ^= 1
        return parity
    }

    /// Whether `phase` can be cut at `position`: not where a jump of its angle leaves less than a quarter of a half cycle.
    @_noAllocation @_noLocks
    mutating func canCut(_ phase: Int, at position: Double, halfCycle: Double) -> Bool {
        count < 6 && position > lastCut[phase] + 0.25 * halfCycle
    }

    /// Adds a cut that has its place.
    @_noAllocation @_noLocks
    mutating func insert(_ cut: VoltageCut) {
        guard count < 6 else { return }
        var place = count
        while place > 0, cuts[place - 1].index > cut.index {
            cuts[place] = cuts[place - 1]
            place -= 1
        }
        cuts[place] = cut
        count += 1
        lastCut[cut.phase] = cut.position
    }

    /// Ends the running half cycle of a phase at `cut`, whose sums are complete.
    ///
    /// - Parameters:
    ///   - level: the voltage's constant part as last known; nil: not known.
    ///   - scale: volt per code, above 0.
    @_noAllocation @_noLocks
    mutating func end(_ cut: VoltageCut, level: Double?, scale: Double) {
        let phase = cut.phase
        var half = open[phase]
        half.add(cut.before)
        open[phase] = VoltageStretch()
        open[phase].subtract(cut.before)
        var cycle = previous[phase]
        cycle.add(half)
        previous[phase] = half
        cycleEnd[phase] = cut.position
        cycleFrames[phase] = cycle.frames
        let mean = cycle.sum / cycle.frames
        let middle = level ?? mean
        let share = 1 / half.frames
        let meanSquares = SIMD2(
            cycle.squares / cycle.frames - mean * mean,
            share * (half.squares - 2 * middle * half.sum) + middle * middle)
        let rms = squareRoot(meanSquares) * scale
        cycleRMS[phase] = rms[0]
        halfCycleRMS[phase] = rms[1]
    }

    /// The running half cycle of all phases ends, with these sums of the voltage of `phase`.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func append(_ phase: Int, frames: Double, sum: Double, squares: Double) {
        open[phase].frames += frames
        open[phase].sum += sum
        open[phase].squares += squares
    }

    /// What all sums would be had `level` been taken off every sample.
    @_noAllocation @_noLocks
    mutating func subtract(_ level: SIMD8<Double>) {
        for phase in 0..<3 {
            open[phase].subtract(level: level[phase])
            previous[phase].subtract(level: level[phase])
        }
    }
}
