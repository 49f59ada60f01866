/// Effective apparent power of a three-phase supply (IEEE 1459-2010): that of the balanced sine system with the same
/// losses, and the parts in which it exceeds what a clean, balanced load would take.
///
/// Identities: S_e² = S_e1² + S_eN², S_eN² = D_eI² + D_eV² + S_eH², S_e1² = S₁⁺² + S_U1², as far as the measured RMS
/// are not below those of their fundamentals; a difference of squares that is negative is 0. Never a NaN.
public struct EffectivePower: Sendable, Equatable, BitwiseCopyable {
    /// U_e, effective voltage, volt.
    public let voltageRMS: Double
    /// I_e, effective current, ampere.
    public let currentRMS: Double
    /// U_e1, that of the fundamentals, volt.
    public let fundamentalVoltageRMS: Double
    /// I_e1, that of the fundamentals, ampere.
    public let fundamentalCurrentRMS: Double
    /// P, watt.
    public let activePower: Double
    /// P₁, watt.
    public let fundamentalActivePower: Double
    /// P₁⁺ + jQ₁⁺ = 3·U₁⁺·I₁⁺*, power of the positive sequence, watt and var.
    public let positiveSequencePower: Phasor

    @_noAllocation @_noLocks
    init(_ quantities: ThreePhaseQuantities) {
        let wiring = quantities.wiring
        let u = SIMD3(quantities.l1.voltageRMS, quantities.l2.voltageRMS, quantities.l3.voltageRMS)
        let i = SIMD3(quantities.l1.currentRMS, quantities.l2.currentRMS, quantities.l3.currentRMS)
        let u1 = quantities.fundamentalVoltages
        let i1 = quantities.fundamentalCurrents
        voltageRMS = Self.voltage(wiring, phases: u, lines: quantities.lineVoltageRMS)
        currentRMS = Self.current(wiring, phases: i, neutral: quantities.neutralCurrentRMS)
        fundamentalVoltageRMS = Self.voltage(wiring, phases: u1.magnitudes, lines: u1.differences.magnitudes)
        fundamentalCurrentRMS = Self.current(wiring, phases: i1.magnitudes, neutral: i1.sum.magnitude)
        activePower = quantities.activePower
        fundamentalActivePower = quantities.fundamentalActivePower
        positiveSequencePower =
            SymmetricalComponents(u1).positive * SymmetricalComponents(i1).positive.conjugate * 3
    }

    /// U_e² = (3·Σ U² + Σ U_line²)/18 with four wires, Σ U_line²/9 with three.
    @_noAllocation @_noLocks
    private static func voltage(
        _ wiring: ThreePhaseQuantities.Wiring, phases: SIMD3<Double>, lines: SIMD3<Double>
    ) -> Double {
        let lineSquares = sum(lines * lines)
        return switch wiring {
        case .fourWire: squareRoot((3 * sum(phases * phases) + lineSquares) / 18)
        case .threeWire: squareRoot(lineSquares / 9)
        }
    }

    /// I_e² = (Σ I² + I_N²)/3 with four wires (the neutral as thick as a phase), Σ I²/3 with three.
    @_noAllocation @_noLocks
    private static func current(
        _ wiring: ThreePhaseQuantities.Wiring, phases: SIMD3<Double>, neutral: Double
    ) -> Double {
        let squares = sum(phases * phases)
        return switch wiring {
        case .fourWire: squareRoot((squares + neutral * neutral) / 3)
        case .threeWire: squareRoot(squares / 3)
        }
    }
}

extension EffectivePower {
    /// S_e = 3·U_e·I_e, volt-ampere.
    public var apparentPower: Double { @_noAllocation @_noLocks get { 3 * voltageRMS * currentRMS } }
    /// S_e1 = 3·U_e1·I_e1, volt-ampere.
    public var fundamentalApparentPower: Double {
        @_noAllocation @_noLocks get { 3 * fundamentalVoltageRMS * fundamentalCurrentRMS }
    }
    /// N = √(S_e² − P²), var.
    public var nonactivePower: Double { @_noAllocation @_noLocks get { leg(apparentPower, activePower) } }

    /// U_eH = √(U_e² − U_e1²), volt.
    public var harmonicVoltageRMS: Double { @_noAllocation @_noLocks get { leg(voltageRMS, fundamentalVoltageRMS) } }
    /// I_eH = √(I_e² − I_e1²), ampere.
    public var harmonicCurrentRMS: Double { @_noAllocation @_noLocks get { leg(currentRMS, fundamentalCurrentRMS) } }
    /// D_eI = 3·U_e1·I_eH, var.
    public var currentDistortionPower: Double {
        @_noAllocation @_noLocks get { 3 * fundamentalVoltageRMS * harmonicCurrentRMS }
    }
    /// D_eV = 3·U_eH·I_e1, var.
    public var voltageDistortionPower: Double {
        @_noAllocation @_noLocks get { 3 * harmonicVoltageRMS * fundamentalCurrentRMS }
    }
    /// S_eH = 3·U_eH·I_eH, volt-ampere.
    public var harmonicApparentPower: Double {
        @_noAllocation @_noLocks get { 3 * harmonicVoltageRMS * harmonicCurrentRMS }
    }
    /// P_H = P − P₁, watt.
    public var harmonicActivePower: Double { @_noAllocation @_noLocks get { activePower - fundamentalActivePower } }
    /// D_eH = √(S_eH² − P_H²), var.
    public var harmonicDistortionPower: Double {
        @_noAllocation @_noLocks get { leg(harmonicApparentPower, harmonicActivePower) }
    }
    /// S_eN = √(D_eI² + D_eV² + S_eH²), volt-ampere.
    public var nonfundamentalApparentPower: Double {
        @_noAllocation @_noLocks get {
            hypotenuse(currentDistortionPower, voltageDistortionPower, harmonicApparentPower)
        }
    }

    /// S₁⁺ = 3·U₁⁺·I₁⁺, volt-ampere.
    public var positiveSequenceApparentPower: Double {
        @_noAllocation @_noLocks get { positiveSequencePower.magnitude }
    }
    /// S_U1 = √(S_e1² − S₁⁺²): what unbalance of load and voltages adds, volt-ampere.
    public var unbalancePower: Double {
        @_noAllocation @_noLocks get { leg(fundamentalApparentPower, positiveSequenceApparentPower) }
    }

    /// PF = P/S_e, −1 to 1; nil where S_e is 0.
    public var powerFactor: Double? { @_noAllocation @_noLocks get { boundedRatio(activePower, apparentPower) } }
    /// PF₁⁺ = P₁⁺/S₁⁺, −1 to 1; nil where S₁⁺ is 0.
    public var displacementPowerFactor: Double? {
        @_noAllocation @_noLocks get { boundedRatio(positiveSequencePower.real, positiveSequenceApparentPower) }
    }
    /// S_eN/S_e1, 0 or more; nil where S_e1 is 0.
    public var harmonicPollution: Double? {
        @_noAllocation @_noLocks get { ratio(nonfundamentalApparentPower, fundamentalApparentPower) }
    }
    /// S_U1/S₁⁺, 0 or more; nil where S₁⁺ is 0.
    public var loadUnbalance: Double? {
        @_noAllocation @_noLocks get { ratio(unbalancePower, positiveSequenceApparentPower) }
    }
}
