/// The constant part of each channel as of the last window, which half cycles, too short to know it, take from there: a
/// sensor's offset, or where the line in a coil's integral has come to.
struct ChannelLevels: BitwiseCopyable {
    /// In codes of the stage, or of the integral; what the conditioner takes off is in them.
    private(set) var value = SIMD8<Double>.zero
    /// Whether a window has been measured.
    private(set) var isKnown = false
    /// The same since the coils' integrals last started from 0.
    private(set) var isKnownOfCoils = false

    @_noAllocation @_noLocks
    init() {}

    @_noAllocation @_noLocks
    mutating func take(_ moments: Moments, subtracted: SIMD8<Double>) {
        // The line stands at its middle on average, and at the window's end half its rise above.
        let rise = 0.5 * moments.frames * moments.slope
        value = moments.mean + subtracted + SIMD8(0, 0, 0, rise[0], rise[1], rise[2], rise[3], 0)
        isKnown = true
        isKnownOfCoils = true
    }

    /// Coils start to be integrated anew.
    @_noAllocation @_noLocks
    mutating func forgetCoils() { isKnownOfCoils = false }
}
