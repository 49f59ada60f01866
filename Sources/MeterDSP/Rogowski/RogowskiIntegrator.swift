/// Integrates the codes of up to three Rogowski coils.
///
/// y(k) = y(k−1) + ½(x(k−1) + x(k)), the trapezoid rule, of the corrected coil signal
/// x(k) = c₀·v(k) + c₁·(v(k−1) + v(k+1)) − d. The trapezoid falls short of 1/(jω) by (w/2)/tan(w/2), w = 2πf/fs;
/// the three taps make that up exactly at DC and at 1.5 kHz and leave the phase at zero. d is the coil signal's
/// mean over the last window: it only keeps the ramp small. The rest of the ramp and the offset are removed exactly
/// per stretch (see `Moments`), so there is no leak, no settling and no phase error.
struct RogowskiIntegrator: BitwiseCopyable {
    /// y of the last frame taken.
    private(set) var integral = SIMD3<Double>.zero
    /// x of the last frame taken.
    private var last = SIMD3<Double>.zero
    private var hasLast = false
    /// d, in codes.
    var mean = SIMD3<Double>.zero
    private let centre: Double
    private let side: Double

    init(sampleRateHz: Double) {
        // Above a quarter of the sample rate the corrector would amplify what the ADC's own filter has left.
        let w = 2 * Double.pi * Swift.min(1500, sampleRateHz / 5) / sampleRateHz
        let shortfall = (w / 2) * cosine(w / 2) / sine(w / 2)
        side = (1 - 1 / shortfall) / (2 * (1 - cosine(w)))
        centre = 1 - 2 * side
    }

    /// The corrected coil signal at a frame from its codes and those of its neighbours.
    @_noAllocation @_noLocks
    private func corrected(_ before: FrameCodes, _ codes: FrameCodes, _ after: FrameCodes) -> SIMD3<Double> {
        centre * Self.currents(codes) + side * (Self.currents(before) + Self.currents(after)) - mean
    }

    /// Takes the next frame and gives y at it.
    @_noAllocation @_noLocks
    mutating func advance(before: FrameCodes, codes: FrameCodes, after: FrameCodes) -> SIMD3<Double> {
        let x = corrected(before, codes, after)
        if hasLast { integral += 0.5 * (last + x) }
        hasLast = true
        last = x
        return integral
    }

    /// y at the frame after the last one taken, which is not taken yet.
    @_noAllocation @_noLocks
    func peek(before: FrameCodes, codes: FrameCodes, after: FrameCodes) -> SIMD3<Double> {
        integral + 0.5 * (last + corrected(before, codes, after))
    }

    /// Starts again from y = 0, after a gap.
    @_noAllocation @_noLocks
    mutating func restart() {
        integral = .zero
        hasLast = false
    }

    @_noAllocation @_noLocks
    private static func currents(_ codes: FrameCodes) -> SIMD3<Double> {
        SIMD3(Double(codes[3]), Double(codes[4]), Double(codes[5]))
    }
}
