/// Sums over one stretch between two boundaries, edges included: what each frame and each part of a cell between two
/// frames adds. Sums of 16-bit codes are whole numbers below 2⁵³ plus the edge terms, so nothing is rounded but these.
///
/// Lanes of `SIMD8` are the channels in meter order; lanes 0 to 2 of `SIMD4` the phases, or the pairs 1–2, 2–3, 3–1;
/// of `currentRamp` and `rise` lanes 0 to 3 are i1, i2, i3, iN.
struct Stretch: BitwiseCopyable {
    /// Length.
    var frames = 0.0
    /// Σx.
    var sum = SIMD8<Double>.zero
    /// Σx².
    var squares = SIMD8<Double>.zero
    /// Σu·i by phase.
    var powers = SIMD4<Double>.zero
    /// Σu₁·u₂, Σu₂·u₃, Σu₃·u₁.
    var voltagePairs = SIMD4<Double>.zero
    /// Σi₁·i₂, Σi₂·i₃, Σi₃·i₁.
    var currentPairs = SIMD4<Double>.zero
    /// Σk·u, with k counted in frames from the stretch's start; only of conditioned frames.
    var voltageRamp = SIMD4<Double>.zero
    /// Σk·i; only of conditioned frames.
    var currentRamp = SIMD4<Double>.zero
    /// How far the integrals of coils rise from start to end: the line in them.
    var rise = SIMD4<Double>.zero
    var minimum = SIMD8<Double>(repeating: .infinity)
    var maximum = SIMD8<Double>(repeating: -.infinity)

    @_noAllocation @_noLocks
    init() {}

    /// Appends the stretch that follows.
    @_noAllocation @_noLocks
    mutating func append(_ next: Stretch) {
        voltageRamp += next.voltageRamp + frames * Self.voltages(next.sum)
        currentRamp += next.currentRamp + frames * Self.currents(next.sum)
        frames += next.frames
        sum += next.sum
        squares += next.squares
        powers += next.powers
        voltagePairs += next.voltagePairs
        currentPairs += next.currentPairs
        rise += next.rise
        minimum = smaller(minimum, next.minimum)
        maximum = larger(maximum, next.maximum)
    }

    /// Adds (`sign` 1) or takes away (`sign` −1) what an edge adds, its ramps counted from `distance` frames before it.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func add(_ edge: Edge, sign: Double, distance: Double) {
        sum += sign * edge.sum
        squares += sign * edge.squares
        powers += sign * edge.powers
        voltagePairs += sign * edge.voltagePairs
        currentPairs += sign * edge.currentPairs
        voltageRamp += sign * (edge.ramp.lowHalf + distance * edge.sum.lowHalf)
        currentRamp += sign * (Self.currents(edge.ramp) + distance * Self.currents(edge.sum))
    }

    /// Counts the ramps from `distance` frames later.
    @_noAllocation @_noLocks
    mutating func moveRampOrigin(by distance: Double) {
        voltageRamp -= distance * Self.voltages(sum)
        currentRamp -= distance * Self.currents(sum)
    }

    /// What the sums would be had `level` been taken off every sample.
    @_noAllocation @_noLocks
    mutating func subtract(_ level: SIMD8<Double>) {
        let u = Self.voltages(level)
        let i = Self.currents(level)
        let sumU = Self.voltages(sum)
        let sumI = Self.currents(sum)
        squares += level * (frames * level - 2 * sum)
        powers += frames * u * i - u * sumI - i * sumU
        let nextU = Self.neighbours(u)
        let nextI = Self.neighbours(i)
        voltagePairs += frames * u * nextU - u * Self.neighbours(sumU) - nextU * sumU
        currentPairs += frames * i * nextI - i * Self.neighbours(sumI) - nextI * sumI
        voltageRamp -= 0.5 * frames * frames * u
        currentRamp -= 0.5 * frames * frames * i
        sum -= frames * level
        minimum -= level
        maximum -= level
    }

    /// What the sums would be had a ramp been taken off the currents that rises by `slope` per frame and is 0 at the
    /// stretch's end. The extremes stay as they are.
    @_noAllocation @_noLocks
    mutating func subtractRamp(_ slope: SIMD4<Double>) {
        let n = frames
        let cubed = n * n * n
        // With r = k − n: Σr = −n²/2, Σr² = n³/3, Σkr = −n³/6.
        let byU = voltageRamp - n * Self.voltages(sum)
        let byI = currentRamp - n * Self.currents(sum)
        let less = slope * (slope * (cubed / 3) - 2 * byI)
        squares += SIMD8(0, 0, 0, less[0], less[1], less[2], less[3], 0)
        powers -= slope * byU
        let next = Self.neighbours(slope)
        currentPairs += slope * next * (cubed / 3) - next * byI - slope * Self.neighbours(byI)
        currentRamp += slope * (cubed / 6)
        let moved = slope * (0.5 * n * n)
        sum += SIMD8(0, 0, 0, moved[0], moved[1], moved[2], moved[3], 0)
        rise -= n * slope
    }

    /// Lanes u1, u2, u3 of a frame, and one without meaning.
    @_noAllocation @_noLocks
    @inline(__always)
    static func voltages(_ x: SIMD8<Double>) -> SIMD4<Double> { x.lowHalf }

    /// Lanes i1, i2, i3, iN of a frame.
    @_noAllocation @_noLocks
    @inline(__always)
    static func currents(_ x: SIMD8<Double>) -> SIMD4<Double> { SIMD4(x[3], x[4], x[5], x[6]) }

    /// Lanes 1, 2, 0.
    @_noAllocation @_noLocks
    @inline(__always)
    static func neighbours(_ x: SIMD4<Double>) -> SIMD4<Double> { SIMD4(x[1], x[2], x[0], x[3]) }
}
