/// What the meter measured over one window: 10 cycles at 50 Hz, 12 at 60 Hz, one window behind the other without a
/// gap, so that every frame counts exactly once.
///
/// Lanes 0, 1, 2 of each vector are the phases L1, L2, L3; lanes of absent channels are 0. Never a NaN.
/// Values are in the units that the calibration gives: volt, ampere, watt, joule.
public struct WindowReading: Sendable, BitwiseCopyable {
    /// Where the window starts, in frames since the start; fractional.
    public internal(set) var firstFrame = 0.0
    /// Its length in frames; fractional.
    public internal(set) var frames = 0.0
    /// Half cycles in it: twice the cycles.
    public internal(set) var halfCycles = 0
    /// Nil where no signal gave cycles.
    public internal(set) var frequencyHz: Double?
    /// RMS without the DC part.
    public internal(set) var voltageRMS = SIMD3<Double>.zero
    public internal(set) var currentRMS = SIMD3<Double>.zero
    /// Mean, the channel's offset included. A Rogowski coil passes no DC: 0.
    public internal(set) var voltageDC = SIMD3<Double>.zero
    public internal(set) var currentDC = SIMD3<Double>.zero
    /// Largest distance from the mean.
    public internal(set) var voltagePeak = SIMD3<Double>.zero
    public internal(set) var currentPeak = SIMD3<Double>.zero
    /// Mean of u·i without the product of the DC parts; positive: towards the consumers.
    public internal(set) var activePower = SIMD3<Double>.zero
    /// Means of u₁·u₂, u₂·u₃, u₃·u₁ without the DC parts, V².
    public internal(set) var voltageProducts = SIMD3<Double>.zero
    /// Means of i₁·i₂, i₂·i₃, i₃·i₁ without the DC parts, A².
    public internal(set) var currentProducts = SIMD3<Double>.zero
    /// Whether the fundamentals are known: of whole windows with a frequency.
    public internal(set) var hasFundamentals = false
    // RMS phasors; the angle is that of a cosine at the window's start.
    var voltageFundamentalReal = SIMD3<Double>.zero
    var voltageFundamentalImaginary = SIMD3<Double>.zero
    var currentFundamentalReal = SIMD3<Double>.zero
    var currentFundamentalImaginary = SIMD3<Double>.zero
    /// RMS of the neutral's current where it is measured, else nil.
    public internal(set) var neutralCurrentRMS: Double?
    /// `activePower` times the window's duration, by the direction of each phase, joule, 0 or more.
    public internal(set) var importedEnergy = SIMD3<Double>.zero
    public internal(set) var exportedEnergy = SIMD3<Double>.zero
    public internal(set) var flags = ReadingFlags(rawValue: 0)

    /// A reading of nothing.
    @_noAllocation @_noLocks
    public init() {}

    /// S = U·I, volt-ampere (IEEE 1459).
    public var apparentPower: SIMD3<Double> { voltageRMS * currentRMS }

    /// The fundamental of the voltages as RMS phasors, the angle that of a cosine at the window's start; nil where they
    /// are not known.
    public var fundamentalVoltages: ThreePhasePhasors? {
        hasFundamentals ? Self.phasors(voltageFundamentalReal, voltageFundamentalImaginary) : nil
    }

    /// The same of the currents.
    public var fundamentalCurrents: ThreePhasePhasors? {
        hasFundamentals ? Self.phasors(currentFundamentalReal, currentFundamentalImaginary) : nil
    }

    private static func phasors(_ real: SIMD3<Double>, _ imaginary: SIMD3<Double>) -> ThreePhasePhasors {
        ThreePhasePhasors(
            Phasor(real[0], imaginary[0]), Phasor(real[1], imaginary[1]), Phasor(real[2], imaginary[2]))
    }

    /// P₁ of `phase` (0 to 2), the active power of the fundamentals; nil where they are not known (IEEE 1459).
    @_noAllocation @_noLocks
    public func fundamentalActivePower(_ phase: Int) -> Double? { fundamentalPower(phase)?.real }

    /// Q₁ of `phase` (0 to 2), the reactive power of the fundamentals: positive where the current lags; nil where they
    /// are not known (IEEE 1459).
    @_noAllocation @_noLocks
    public func fundamentalReactivePower(_ phase: Int) -> Double? { fundamentalPower(phase)?.imaginary }

    @_noAllocation @_noLocks
    private func fundamentalPower(_ phase: Int) -> Phasor? {
        guard hasFundamentals else { return nil }
        return Phasor(voltageFundamentalReal[phase], voltageFundamentalImaginary[phase])
            * Phasor(currentFundamentalReal[phase], currentFundamentalImaginary[phase]).conjugate
    }

    /// P/S of `phase` (0 to 2), −1 to 1; nil where S is 0.
    public func powerFactor(_ phase: Int) -> Double? {
        let s = apparentPower[phase]
        return s > 0 ? Swift.min(1, Swift.max(-1, activePower[phase] / s)) : nil
    }

    /// Peak over RMS of the current of `phase` (0 to 2); nil where there is none.
    public func currentCrestFactor(_ phase: Int) -> Double? {
        currentRMS[phase] > 0 ? currentPeak[phase] / currentRMS[phase] : nil
    }
}
