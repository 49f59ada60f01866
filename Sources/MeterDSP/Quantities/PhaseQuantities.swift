/// The power quantities of one phase over one window, as IEEE 1459-2010 defines them for the non-sinusoidal case.
///
/// Made of five measured values; all others follow when they are asked for. U, I, P and the fundamentals may come by
/// different ways (sums in time, a transform), whose small errors would make a difference of squares negative: such a
/// difference is then 0. Never a NaN. Positive power flows towards the consumers.
///
/// Identities: S² = P² + N² = S₁² + S_N², S₁² = P₁² + Q₁², S_N² = D_I² + D_V² + S_H², S_H² = P_H² + D_H².
public struct PhaseQuantities: Sendable, Equatable, BitwiseCopyable {
    /// U: RMS without the DC part, volt.
    public let voltageRMS: Double
    /// I: RMS without the DC part, ampere.
    public let currentRMS: Double
    /// P: active power without that of the DC parts, watt.
    public let activePower: Double
    /// U₁: RMS phasor of the voltage's fundamental, volt.
    public let fundamentalVoltage: Phasor
    /// I₁: RMS phasor of the current's fundamental with the same reference of angle, ampere.
    public let fundamentalCurrent: Phasor

    /// - Returns: nil where a value is no number or beyond 1e75, or an RMS is negative: such values were not measured.
    @_noAllocation @_noLocks
    public init?(
        voltageRMS: Double, currentRMS: Double, activePower: Double, fundamentalVoltage: Phasor,
        fundamentalCurrent: Phasor
    ) {
        guard isMeasurable(rms: voltageRMS), isMeasurable(rms: currentRMS), isMeasurable(activePower),
            fundamentalVoltage.isMeasurable, fundamentalCurrent.isMeasurable
        else { return nil }
        self.voltageRMS = voltageRMS
        self.currentRMS = currentRMS
        self.activePower = activePower
        self.fundamentalVoltage = fundamentalVoltage
        self.fundamentalCurrent = fundamentalCurrent
    }
}

extension PhaseQuantities {
    // MARK: Fundamental

    /// U₁, volt.
    public var fundamentalVoltageRMS: Double { @_noAllocation @_noLocks get { fundamentalVoltage.magnitude } }
    /// I₁, ampere.
    public var fundamentalCurrentRMS: Double { @_noAllocation @_noLocks get { fundamentalCurrent.magnitude } }
    /// P₁ = U₁·I₁·cos φ₁, watt.
    public var fundamentalActivePower: Double {
        @_noAllocation @_noLocks get { (fundamentalVoltage * fundamentalCurrent.conjugate).real }
    }
    /// Q₁ = U₁·I₁·sin φ₁, var: positive where the current lags (a coil), negative where it leads (a capacitor).
    public var fundamentalReactivePower: Double {
        @_noAllocation @_noLocks get { (fundamentalVoltage * fundamentalCurrent.conjugate).imaginary }
    }
    /// S₁ = U₁·I₁, volt-ampere.
    public var fundamentalApparentPower: Double {
        @_noAllocation @_noLocks get { fundamentalVoltageRMS * fundamentalCurrentRMS }
    }

    // MARK: Whole signal

    /// S = U·I, volt-ampere.
    public var apparentPower: Double { @_noAllocation @_noLocks get { voltageRMS * currentRMS } }
    /// N = √(S² − P²): all of the apparent power that does no work, var.
    public var nonactivePower: Double { @_noAllocation @_noLocks get { leg(apparentPower, activePower) } }

    // MARK: What is not of the fundamental: harmonics, interharmonics, noise

    /// U_H = √(U² − U₁²), volt.
    public var harmonicVoltageRMS: Double { @_noAllocation @_noLocks get { leg(voltageRMS, fundamentalVoltageRMS) } }
    /// I_H = √(I² − I₁²), ampere.
    public var harmonicCurrentRMS: Double { @_noAllocation @_noLocks get { leg(currentRMS, fundamentalCurrentRMS) } }
    /// D_I = U₁·I_H, current distortion power, var.
    public var currentDistortionPower: Double {
        @_noAllocation @_noLocks get { fundamentalVoltageRMS * harmonicCurrentRMS }
    }
    /// D_V = U_H·I₁, voltage distortion power, var.
    public var voltageDistortionPower: Double {
        @_noAllocation @_noLocks get { harmonicVoltageRMS * fundamentalCurrentRMS }
    }
    /// S_H = U_H·I_H, harmonic apparent power, volt-ampere.
    public var harmonicApparentPower: Double {
        @_noAllocation @_noLocks get { harmonicVoltageRMS * harmonicCurrentRMS }
    }
    /// P_H = P − P₁, harmonic active power, watt; negative where harmonics flow towards the supply.
    public var harmonicActivePower: Double { @_noAllocation @_noLocks get { activePower - fundamentalActivePower } }
    /// D_H = √(S_H² − P_H²), harmonic distortion power, var.
    public var harmonicDistortionPower: Double {
        @_noAllocation @_noLocks get { leg(harmonicApparentPower, harmonicActivePower) }
    }
    /// S_N = √(D_I² + D_V² + S_H²), non-fundamental apparent power, volt-ampere.
    public var nonfundamentalApparentPower: Double {
        @_noAllocation @_noLocks get {
            hypotenuse(currentDistortionPower, voltageDistortionPower, harmonicApparentPower)
        }
    }

    // MARK: Ratios

    /// PF = P/S, −1 to 1; nil where S is 0.
    public var powerFactor: Double? { @_noAllocation @_noLocks get { boundedRatio(activePower, apparentPower) } }
    /// PF₁ = cos φ₁ = P₁/S₁, displacement power factor, −1 to 1; nil where S₁ is 0.
    public var displacementPowerFactor: Double? {
        @_noAllocation @_noLocks get { boundedRatio(fundamentalActivePower, fundamentalApparentPower) }
    }
    /// S_N/S₁, 0 or more: how much the harmonics of both signals spoil; nil where S₁ is 0.
    public var harmonicPollution: Double? {
        @_noAllocation @_noLocks get { ratio(nonfundamentalApparentPower, fundamentalApparentPower) }
    }
}
