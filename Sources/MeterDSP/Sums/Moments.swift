/// Sums over one stretch between two boundaries.
struct IntervalSums: BitwiseCopyable {
    var frames = FrameSums()
    var rogowski = InlineArray<3, RogowskiSums>(repeating: RogowskiSums())

    @_noAllocation @_noLocks
    init() {}

    /// Appends the stretch that follows; `from` and `joint` are the boundaries at which this one and that one start.
    @_noAllocation @_noLocks
    mutating func merge(_ next: IntervalSums, from: Boundary, joint: Boundary) {
        let offset = Double(joint.index - from.index)
        for phase in 0..<3 {
            rogowski[phase].merge(
                next.rogowski[phase], offset: offset, sumOfVoltage: Double(next.frames.sum[phase]))
        }
        frames.merge(next.frames)
    }
}

/// Means over one stretch, in codes; for Rogowski channels in codes · frames of the integrated signal.
struct Moments {
    /// Length in frames.
    var frames: Double
    /// Mean of x by lane.
    var mean: SIMD8<Double> = .zero
    /// Mean of (x − mean)² by lane; for a Rogowski lane of the integrated signal.
    var variance: SIMD8<Double> = .zero
    /// Mean of (u − mean)(i − mean) by phase.
    var covariance: SIMD3<Double> = .zero
    /// Means of (u₁ − mean)(u₂ − mean) and so on: 1–2, 2–3, 3–1.
    var voltageProducts: SIMD3<Double> = .zero
    /// The same of the currents.
    var currentProducts: SIMD3<Double> = .zero
    /// Largest |x − mean| by lane.
    var peak: SIMD8<Double> = .zero

    /// - Parameter rogowski: which of phases 1 to 3 carry a coil's signal.
    @_noAllocation @_noLocks
    init(_ sums: IntervalSums, from: Boundary, to: Boundary, rogowski: SIMD3<Double>) {
        frames = to.position - from.position
        guard frames > 0 else { return }
        for lane in 0..<8 {
            let m = (Double(sums.frames.sum[lane]) + to.edge(lane) - from.edge(lane)) / frames
            mean[lane] = m
            let square = (double(sums.frames.squares[lane]) + to.edge(lane, lane) - from.edge(lane, lane)) / frames
            variance[lane] = Swift.max(0, square - m * m)
            if sums.frames.maximum[lane] >= sums.frames.minimum[lane] {
                peak[lane] = Swift.max(
                    Double(sums.frames.maximum[lane]) - m, m - Double(sums.frames.minimum[lane]))
            }
        }
        for phase in 0..<3 {
            let product =
                (double(sums.frames.products[phase]) + to.edge(phase, phase + 3)
                    - from.edge(phase, phase + 3)) / frames
            covariance[phase] = product - mean[phase] * mean[phase + 3]
            let next = phase == 2 ? 0 : phase + 1
            voltageProducts[phase] =
                (double(sums.frames.voltageProducts[phase]) + to.edge(phase, next) - from.edge(phase, next)) / frames
                - mean[phase] * mean[next]
            currentProducts[phase] =
                (double(sums.frames.currentProducts[phase]) + to.edge(phase + 3, next + 3)
                    - from.edge(phase + 3, next + 3)) / frames - mean[phase + 3] * mean[next + 3]
            if rogowski[phase] != 0 { integrate(phase, sums.rogowski[phase], from: from, to: to) }
        }
    }

    /// Replaces the current of `phase` by its integrated signal y, less the line m + s·k that an offset of the coil's
    /// signal and the unknown start leave in it. Over whole cycles s is the rise of y over the stretch, and m follows
    /// from the means; both come out exactly:
    /// ⟨(y−m−sk)²⟩ = ⟨y²⟩ − 2m⟨y⟩ − 2s⟨ky⟩ + m² + 2ms⟨k⟩ + s²⟨k²⟩, ⟨u(y−m−sk)⟩ = ⟨uy⟩ − m⟨u⟩ − s⟨ku⟩.
    @_noAllocation @_noLocks
    private mutating func integrate(_ phase: Int, _ sums: RogowskiSums, from: Boundary, to: Boundary) {
        let a = from.position - Double(from.index)
        let b = to.position - Double(from.index)
        let k = (a + b) / 2
        let kk = (a * a + a * b + b * b) / 3
        let y = (sums.y + Self.edges(from, to, phase) { y, _, _ in y }) / frames
        let yy = (sums.yy + Self.edges(from, to, phase) { y, _, _ in y * y }) / frames
        let uy = (sums.uy + Self.edges(from, to, phase) { y, u, _ in u * y }) / frames
        let ky = (sums.ky + Self.edges(from, to, phase) { y, _, k in k * y }) / frames
        let ku = (sums.ku + Self.edges(from, to, phase) { _, u, k in k * u }) / frames
        let s = (to.integralHere[phase] - from.integralHere[phase]) / frames
        let m = y - s * k
        variance[phase + 3] = Swift.max(0, yy - 2 * m * y - 2 * s * ky + m * m + 2 * m * s * k + s * s * kk)
        covariance[phase] = uy - m * mean[phase] - s * ku
        peak[phase + 3] = Swift.max(sums.maximum - y, y - sums.minimum)
    }

    /// Difference of the edge terms at `to` and `from` of Σf(y, u, k), k counted from `from`.
    private static func edges(
        _ from: Boundary, _ to: Boundary, _ phase: Int, _ f: (_ y: Double, _ u: Double, _ k: Double) -> Double
    ) -> Double {
        func edge(_ at: Boundary) -> Double {
            let k = Double(at.index - from.index)
            return at.weight * f(at.integral[phase], Double(at.codes[phase]), k)
                + at.nextWeight * f(at.nextIntegral[phase], Double(at.nextCodes[phase]), k + 1)
        }
        return edge(to) - edge(from)
    }
}

/// The nearest Double to within one rounding of the high and one of the low half of the magnitude: of a small negative
/// value's own halves, the low one lies just below 2⁶⁴ and would be rounded to a multiple of 2048.
@_noAllocation @_noLocks
func double(_ value: Int128) -> Double {
    let magnitude = value < 0 ? 0 &- value : value
    let low = UInt64(truncatingIfNeeded: magnitude)
    let high = UInt64(truncatingIfNeeded: magnitude >> 64)
    let sum = Double(high) * 18_446_744_073_709_551_616 + Double(low)
    return value < 0 ? -sum : sum
}
