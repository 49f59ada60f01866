/// Means over one stretch, in codes; for Rogowski channels in codes · frames of the integrated signal.
struct Moments {
    /// Length in frames.
    let frames: Double
    /// Mean of x by lane; of a coil's integral with the line that is in it.
    let mean: SIMD8<Double>
    /// Mean of (x − mean)² by lane.
    private(set) var variance: SIMD8<Double>
    /// Mean of (u − mean)(i − mean) by phase.
    private(set) var powers: SIMD4<Double>
    /// The same of u₁ and u₂, u₂ and u₃, u₃ and u₁.
    let voltagePairs: SIMD4<Double>
    /// The same of i₁ and i₂, i₂ and i₃, i₃ and i₁.
    private(set) var currentPairs: SIMD4<Double>
    /// Rise of the line in a coil's integral, per frame; lanes i1, i2, i3, iN.
    private(set) var slope = SIMD4<Double>.zero

    /// - Parameter hasCoils: the current lanes hold integrals, and lines in them are taken off.
    @_noAllocation @_noLocks
    init(_ stretch: Stretch, hasCoils: Bool) {
        frames = stretch.frames
        let share = frames > 0 ? 1 / frames : 0
        mean = stretch.sum * share
        let u = Stretch.voltages(mean)
        let i = Stretch.currents(mean)
        variance = stretch.squares * share - mean * mean
        powers = stretch.powers * share - u * i
        voltagePairs = stretch.voltagePairs * share - u * Stretch.neighbours(u)
        currentPairs = stretch.currentPairs * share - i * Stretch.neighbours(i)
        if hasCoils { removeLines(stretch, share: share, u: u, i: i) }
        variance = larger(.zero, variance)
    }

    /// Takes the line s·k off the integrals z, which an offset of the coil's signal leaves in them: over whole cycles s
    /// is the rise over the stretch. With x̃ for x less its mean and ⟨k̃²⟩ = N²/12, all exact:
    /// ⟨(z̃ − sk̃)²⟩ = ⟨z̃²⟩ − 2s⟨k̃z̃⟩ + s²⟨k̃²⟩, ⟨ũ(z̃ − sk̃)⟩ = ⟨ũz̃⟩ − s⟨k̃ũ⟩, and so on for two integrals.
    @_noAllocation @_noLocks
    private mutating func removeLines(_ stretch: Stretch, share: Double, u: SIMD4<Double>, i: SIMD4<Double>) {
        slope = stretch.rise * share
        let kk = frames * frames / 12
        let middle = frames / 2
        let ku = stretch.voltageRamp * share - middle * u
        let kz = stretch.currentRamp * share - middle * i
        let less = slope * (slope * kk - 2 * kz)
        variance += SIMD8(0, 0, 0, less[0], less[1], less[2], less[3], 0)
        powers -= slope * ku
        let nextSlope = Stretch.neighbours(slope)
        currentPairs += slope * nextSlope * kk - nextSlope * kz - slope * Stretch.neighbours(kz)
    }
}
