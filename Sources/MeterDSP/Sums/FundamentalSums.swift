/// Σx·exp(−jω(k − t₀)) of every lane over a window: the fundamentals.
///
/// Groups of frames enter with their sum at their middle; what a group's length takes from the amplitude is made up at
/// the end. ω is the frequency of the window before; the little that the window's own differs is corrected too.
struct FundamentalSums: BitwiseCopyable {
    private var real = SIMD8<Double>.zero
    private var imaginary = SIMD8<Double>.zero
    private var origin = 0.0
    /// Radians per frame.
    private(set) var omega = 0.0
    private var groupFrames = 1.0
    // exp(−jω(at − origin)), and the same for one group's length.
    private var at = 0.0
    private var c = 1.0
    private var s = 0.0
    private var groupC = 1.0
    private var groupS = 0.0

    @_noAllocation @_noLocks
    init() {}

    /// Starts a window at `origin`.
    ///
    /// - Parameter omega: radians per frame, above 0, below π.
    @_noAllocation @_noLocks
    mutating func start(at origin: Double, omega: Double, groupFrames: Int) {
        real = .zero
        imaginary = .zero
        self.origin = origin
        self.omega = omega
        self.groupFrames = Double(groupFrames)
        at = origin
        c = 1
        s = 0
        groupC = unitCircle(omega * self.groupFrames).cosine
        groupS = -unitCircle(omega * self.groupFrames).sine
    }

    /// Adds the frames from `first` to `last`, no more than a group, whose codes add up to `sum`.
    @_noAllocation @_noLocks
    mutating func add(_ sum: SIMD8<Double>, first: Int64, last: Int64) {
        let middle = 0.5 * (Double(first) + Double(last))
        if middle - at == groupFrames {
            let turned = c * groupC - s * groupS
            s = c * groupS + s * groupC
            c = turned
        } else {
            (c, s) = unitCircle(-omega * (middle - origin))
        }
        at = middle
        real += c * sum
        imaginary += s * sum
    }

    /// Adds one frame near a window's edge with its weight.
    @_noAllocation @_noLocks
    mutating func addEdge(_ codes: SIMD8<Double>, at index: Int64, weight: Double) {
        let (c, s) = unitCircle(-omega * (Double(index) - origin))
        real += (weight * c) * codes
        imaginary += (weight * s) * codes
    }

    /// The fundamentals as RMS phasors in codes, the angle that of a cosine at the window's start.
    ///
    /// The sums are M = a·X + b·X* + d, with n frames and the window's own ω₁: a = (1/n)∫exp(j(ω₁−ω)t)dt for the slip,
    /// b = (1/n)∫exp(−j(ω₁+ω)t)dt for the mirrored part and d for the mean. Solved for X. (What the harmonics leave
    /// is smaller by their share and distance.)
    ///
    /// - Parameters:
    ///   - frames: length of the window.
    ///   - omega: the window's own frequency in radians per frame.
    ///   - mean: of the codes over the window.
    @_noAllocation @_noLocks
    func phasors(
        frames: Double, omega own: Double, mean: SIMD8<Double>
    ) -> (real: SIMD8<Double>, imaginary: SIMD8<Double>) {
        let (aReal, aImaginary) = Self.average(own - omega, frames)
        let (bReal, bImaginary) = Self.average(-own - omega, frames)
        let (dReal, dImaginary) = Self.average(-omega, frames)
        // Of a group, the mean passes droop(ω) of a sine at ω; √2/n·Σ is the RMS phasor.
        let gain = 1.414_213_562_373_095_1 / (frames * droop(own))
        let offset = 1.414_213_562_373_095_1
        let mReal = real * gain - mean * (dReal * offset)
        let mImaginary = imaginary * gain - mean * (dImaginary * offset)
        let scale = 1 / (aReal * aReal + aImaginary * aImaginary - bReal * bReal - bImaginary * bImaginary)
        let xReal = mReal * ((aReal - bReal) * scale) + mImaginary * ((aImaginary - bImaginary) * scale)
        let xImaginary = mImaginary * ((aReal + bReal) * scale) - mReal * ((aImaginary + bImaginary) * scale)
        return (xReal, xImaginary)
    }

    /// (1/n)∫exp(jωt)dt over 0 to n: sin(x)/x·exp(jx) with x = ωn/2.
    @_noAllocation @_noLocks
    private static func average(_ omega: Double, _ frames: Double) -> (Double, Double) {
        let x = 0.5 * omega * frames
        guard x.magnitude > 1e-9 else { return (1, 0) }
        let (c, s) = unitCircle(x)
        return (s / x * c, s / x * s)
    }

    /// Amplitude of the mean over a group: sin(ωg/2) / (g·sin(ω/2)).
    @_noAllocation @_noLocks
    private func droop(_ omega: Double) -> Double {
        sine(0.5 * omega * groupFrames) / (groupFrames * sine(0.5 * omega))
    }
}
