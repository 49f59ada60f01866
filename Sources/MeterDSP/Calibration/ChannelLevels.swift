/// The constant part of each channel as of the last window, which half cycles, too short to know it, take from there: a
/// sensor's offset, or where the line in a coil's integral has come to.
struct ChannelLevels: BitwiseCopyable {
    /// In codes of the stage, or of the integral; what the conditioner takes off is in them.
    private(set) var value = SIMD8<Double>.zero
    /// Whether a window has been measured.
    private(set) var isKnown = false
    /// The same since the coils' integrals last started from 0.
    private(set) var isKnownOfCoils = false
    /// Windows in a row whose rise was not believed; lanes i1, i2, i3, iN.
    private var doubts = SIMD4<Double>.zero

    @_noAllocation @_noLocks
    init() {}

    /// Takes the levels of a window.
    ///
    /// A current that has changed within the window makes a coil's integral rise as an offset does. An offset changes
    /// slowly: a rise of more than a code per frame that is not small beside the current is not believed before it has
    /// come in three windows in a row.
    ///
    /// - Parameters:
    ///   - rise: of the coils' integrals over the window.
    ///   - subtracted: what the conditioner takes off.
    /// - Returns: 1 in lanes i1, i2, i3, iN whose level was taken, 0 in the others.
    @_noAllocation @_noLocks
    mutating func take(_ moments: Moments, rise: SIMD4<Double>, subtracted: SIMD8<Double>) -> SIMD4<Double> {
        let deviation = Stretch.currents(squareRoot(moments.variance))
        var steady = SIMD4<Double>(repeating: 1)
        for lane in 0..<4 where isKnownOfCoils && rise[lane].magnitude > moments.frames + 0.1 * deviation[lane] {
            doubts[lane] += 1
            if doubts[lane] < 3 { steady[lane] = 0 }
        }
        // The line stands at its middle on average, and at the window's end half its rise above.
        let middle = 0.5 * moments.frames * moments.slope
        var new = moments.mean + subtracted + SIMD8(0, 0, 0, middle[0], middle[1], middle[2], middle[3], 0)
        for lane in 0..<4 {
            if steady[lane] == 0 { new[lane + 3] = value[lane + 3] } else { doubts[lane] = 0 }
        }
        value = new
        isKnown = true
        isKnownOfCoils = true
        return steady
    }

    /// Coils start to be integrated anew.
    @_noAllocation @_noLocks
    mutating func forgetCoils() { isKnownOfCoils = false }
}
