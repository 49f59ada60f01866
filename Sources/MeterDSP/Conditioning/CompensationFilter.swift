/// Taps of a short filter that makes up for what a channel's sensor and converter do to its signal: a delay by a part of
/// a frame, the droop of a ΔΣ converter's sinc filter, and, after integration, what the trapezoid rule falls short of
/// 1/(jω).
///
/// Least squares at the orders 0 to 50 of the nominal frequency, as far as the rate carries them. The weights fall with
/// the square of the order, as the harmonics of a supply do, and DC and the fundamental count far more than the rest.
struct CompensationFilter: BitwiseCopyable {
    /// Longest reach to either side of a frame.
    static var longestReach: Int { @_noAllocation @_noLocks get { 3 } }

    /// Taps for frames −3 to +3 around the one wanted, in lane `frame + 3`; lane 7 is 0.
    private(set) var taps = SIMD8<Double>(0, 0, 0, 1, 0, 0, 0, 0)
    /// Frames to either side that have a tap.
    private(set) var reach = 0
    /// Largest error of the filter in gain and phase together, each harmonic's as a share of itself over its order.
    private var error = 0.0

    /// What the filter has to make up for.
    struct Task: BitwiseCopyable, Equatable {
        /// Frames by which the channel is late, −½ to ½.
        var delayFrames = 0.0
        /// Order of the converter's sinc filter, whose first zero is the sample rate; 0: none.
        var sincOrder = 0
        /// The signal was integrated by the trapezoid rule.
        var isIntegral = false

        var isNone: Bool { delayFrames == 0 && sincOrder == 0 && !isIntegral }

        /// The amplitude wanted at `w` radians per frame.
        func gain(_ w: Double) -> Double {
            guard w > 0 else { return 1 }
            let half = w / 2
            var gain = 1.0
            for _ in 0..<sincOrder { gain *= half / sine(half) }
            // (w/2)/tan(w/2) is what the trapezoid rule gives.
            if isIntegral { gain *= sine(half) / (half * cosine(half)) }
            return gain
        }
    }

    /// Nothing to make up for: one tap of 1.
    init() {}

    /// The shortest filter whose error is below 2e-4, else the longest.
    ///
    /// - Parameters:
    ///   - nominal: the nominal frequency in radians per frame.
    init(_ task: Task, nominal: Double) {
        guard !task.isNone else { return }
        for reach in 1...Self.longestReach {
            self.reach = reach
            taps = Self.leastSquares(task, nominal: nominal, reach: reach)
            error = worstError(task, nominal: nominal)
            if error < 2e-4 { return }
        }
    }

    /// Highest order that is looked at: up to ¾ of half the sample rate.
    private static func highestOrder(_ nominal: Double) -> Int {
        Swift.max(1, Swift.min(50, Int(0.75 * Double.pi / nominal)))
    }

    private static func weight(_ order: Int) -> Double {
        order <= 1 ? 1e6 : 1 / (Double(order) * Double(order))
    }

    /// Normal equations Σₙ A(m−n)·cₙ = b(m), A(d) = ΣW·cos(dw), b(m) = ΣW·G·cos(w(δ−m)), by elimination.
    private static func leastSquares(_ task: Task, nominal: Double, reach: Int) -> SIMD8<Double> {
        let size = 2 * reach + 1
        var rows = InlineArray<7, SIMD8<Double>>(repeating: .zero)
        for order in 0...highestOrder(nominal) {
            let w = Double(order) * nominal
            let weight = weight(order)
            let gain = task.gain(w)
            for m in 0..<size {
                for n in 0..<size { rows[m][n] += weight * cosine(Double(m - n) * w) }
                rows[m][7] += weight * gain * cosine(w * (task.delayFrames - Double(m - reach)))
            }
        }
        for pivot in 0..<size {
            var best = pivot
            for row in pivot..<size where rows[row][pivot].magnitude > rows[best][pivot].magnitude { best = row }
            let swapped = rows[best]
            rows[best] = rows[pivot]
            rows[pivot] = swapped
            guard swapped[pivot] != 0 else { continue }
            for row in 0..<size where row != pivot { rows[row] -= swapped * (rows[row][pivot] / swapped[pivot]) }
        }
        var taps = SIMD8<Double>.zero
        for m in 0..<size where rows[m][m] != 0 { taps[m - reach + longestReach] = rows[m][7] / rows[m][m] }
        return taps
    }

    /// The filter's answer at `w` radians per frame over the one wanted, less 1.
    private func errorAt(_ w: Double, _ task: Task) -> Double {
        var real = 0.0
        var imaginary = 0.0
        for lane in 0..<7 {
            let (c, s) = unitCircle(w * (Double(lane - Self.longestReach) - task.delayFrames))
            real += taps[lane] * c
            imaginary += taps[lane] * s
        }
        let gain = task.gain(w)
        return squareRoot((real - gain) * (real - gain) + imaginary * imaginary) / gain
    }

    private func worstError(_ task: Task, nominal: Double) -> Double {
        var worst = 0.0
        for order in 1...Self.highestOrder(nominal) {
            worst = Swift.max(worst, errorAt(Double(order) * nominal, task) / Double(order))
        }
        return worst
    }
}
