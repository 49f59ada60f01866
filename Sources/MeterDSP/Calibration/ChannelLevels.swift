/// The constant part of each channel as of the last window, which half cycles, too short to know it, take from there: a
/// sensor's offset, or where the line in a coil's integral has come to.
struct ChannelLevels: BitwiseCopyable {
    /// In codes of the stage, or of the integral; what the conditioner takes off is in them.
    private(set) var value = SIMD8<Double>.zero
    /// By how much coils' integrals still rise per frame since `position`; lanes i1, i2, i3, iN.
    private var drift = SIMD4<Double>.zero
    private var position = 0.0
    /// Whether a window has been measured.
    private(set) var isKnown = false
    /// The same since the coils' integrals last started from 0.
    private(set) var isKnownOfCoils = false
    /// Windows in a row whose rise was not believed; lanes i1, i2, i3, iN.
    private var doubts = SIMD4<Double>.zero

    @_noAllocation @_noLocks
    init() {}

    /// The levels of i1, i2, i3, iN at `position`.
    @_noAllocation @_noLocks
    @inline(__always)
    func ofCurrents(at position: Double) -> SIMD4<Double> {
        Stretch.currents(value) + (position - self.position) * drift
    }

    /// Takes the levels of a window that ends at `end`.
    ///
    /// A current that has changed within the window makes a coil's integral rise as an offset does. An offset changes
    /// slowly: a rise that has changed by more than a code per frame, and is not small beside the current, is not believed
    /// before it has come in three windows in a row.
    ///
    /// - Parameters:
    ///   - rise: of the coils' integrals over the window.
    ///   - subtracted: what the conditioner takes off.
    /// - Returns: what the integrals are known to rise by per frame; lanes i1, i2, i3, iN.
    @_noAllocation @_noLocks
    mutating func take(
        _ moments: Moments, rise: SIMD4<Double>, subtracted: SIMD8<Double>, end: Double
    ) -> SIMD4<Double> {
        let deviation = Stretch.currents(squareRoot(moments.variance))
        let before = ofCurrents(at: end)
        var slope = moments.slope
        // The line stands at its middle on average, and at the window's end half its rise above.
        let middle = 0.5 * moments.frames * moments.slope
        value = moments.mean + subtracted + SIMD8(0, 0, 0, middle[0], middle[1], middle[2], middle[3], 0)
        for lane in 0..<4 {
            let change = (rise[lane] - moments.frames * drift[lane]).magnitude
            if isKnownOfCoils, change > moments.frames + 0.1 * deviation[lane], doubts[lane] < 2 {
                doubts[lane] += 1
                value[lane + 3] = before[lane]
                slope[lane] = drift[lane]
            } else {
                doubts[lane] = 0
            }
        }
        position = end
        isKnown = true
        isKnownOfCoils = true
        return slope
    }

    /// Sets what coils' integrals rise by per frame from the last window's end on.
    @_noAllocation @_noLocks
    mutating func setDrift(_ slope: SIMD4<Double>) { drift = slope }

    /// Coils start to be integrated anew.
    @_noAllocation @_noLocks
    mutating func forgetCoils() { isKnownOfCoils = false }
}
