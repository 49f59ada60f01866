/// The power quantities of a three-phase supply over one window, as IEEE 1459-2010 defines them.
///
/// Lanes 0, 1, 2 of each vector are the phases L1, L2, L3 or the pairs L1–L2, L2–L3, L3–L1; a phase that is absent is
/// 0. Never a NaN. Positive power flows towards the consumers.
public struct ThreePhaseQuantities: Sendable, Equatable, BitwiseCopyable {
    /// How many wires carry current.
    public enum Wiring: Sendable, Equatable, BitwiseCopyable {
        /// Three phases and neutral; voltages against neutral.
        case fourWire
        /// Three phases; voltages against any common point, whose choice the effective quantities do not depend on.
        case threeWire
    }

    public let wiring: Wiring
    /// The three phases, each for itself.
    public let l1: PhaseQuantities
    public let l2: PhaseQuantities
    public let l3: PhaseQuantities
    /// U of L1–L2, L2–L3, L3–L1, volt.
    public let lineVoltageRMS: SIMD3<Double>
    /// I_N: measured, or else that of the vector sum of the phase currents, ampere.
    public let neutralCurrentRMS: Double

    /// - Parameters:
    ///   - wiring: how many wires carry current.
    ///   - voltageRMS: without the DC part, volt.
    ///   - currentRMS: without the DC part, ampere.
    ///   - activePower: without that of the DC parts, watt.
    ///   - voltageProducts: means of u₁·u₂, u₂·u₃, u₃·u₁ without their DC parts, V².
    ///   - currentProducts: means of i₁·i₂, i₂·i₃, i₃·i₁ without their DC parts, A².
    ///   - measuredNeutralCurrentRMS: where the neutral has a sensor, ampere.
    ///   - fundamentalVoltages: RMS phasors, volt.
    ///   - fundamentalCurrents: RMS phasors with the same reference of angle, ampere.
    /// - Returns: nil where a value is no number or beyond 1e75, or an RMS is negative: such values were not measured.
    @_noAllocation @_noLocks
    public init?(
        wiring: Wiring, voltageRMS: SIMD3<Double>, currentRMS: SIMD3<Double>, activePower: SIMD3<Double>,
        voltageProducts: SIMD3<Double>, currentProducts: SIMD3<Double>, measuredNeutralCurrentRMS: Double?,
        fundamentalVoltages: ThreePhasePhasors, fundamentalCurrents: ThreePhasePhasors
    ) {
        func phase(_ index: Int) -> PhaseQuantities? {
            PhaseQuantities(
                voltageRMS: voltageRMS[index], currentRMS: currentRMS[index], activePower: activePower[index],
                fundamentalVoltage: fundamentalVoltages[index], fundamentalCurrent: fundamentalCurrents[index])
        }
        guard let l1 = phase(0), let l2 = phase(1), let l3 = phase(2) else { return nil }
        let lines = Self.lineVoltageRMS(voltageRMS: voltageRMS, voltageProducts: voltageProducts)
        let neutral =
            measuredNeutralCurrentRMS
            ?? Self.neutralCurrentRMS(currentRMS: currentRMS, currentProducts: currentProducts)
        guard isMeasurable(sum(voltageProducts)), isMeasurable(sum(currentProducts)), isMeasurable(rms: lines),
            isMeasurable(rms: neutral)
        else { return nil }
        self.wiring = wiring
        self.l1 = l1
        self.l2 = l2
        self.l3 = l3
        lineVoltageRMS = lines
        neutralCurrentRMS = neutral
    }

    /// The RMS of u₁ − u₂, u₂ − u₃, u₃ − u₁: U₁₂² = U₁² + U₂² − 2·mean(u₁·u₂).
    ///
    /// - Parameters:
    ///   - voltageRMS: of u₁, u₂, u₃, volt.
    ///   - voltageProducts: means of u₁·u₂, u₂·u₃, u₃·u₁, V².
    @_noAllocation @_noLocks
    public static func lineVoltageRMS(
        voltageRMS: SIMD3<Double>, voltageProducts: SIMD3<Double>
    ) -> SIMD3<Double> {
        let squares = voltageRMS * voltageRMS
        return squareRoot(squares + SIMD3(squares[1], squares[2], squares[0]) - 2 * voltageProducts)
    }

    /// The RMS of i₁ + i₂ + i₃: I_N² = Σ I² + 2·Σ mean(i·i′).
    ///
    /// - Parameters:
    ///   - currentRMS: of i₁, i₂, i₃, ampere.
    ///   - currentProducts: means of i₁·i₂, i₂·i₃, i₃·i₁, A².
    @_noAllocation @_noLocks
    public static func neutralCurrentRMS(currentRMS: SIMD3<Double>, currentProducts: SIMD3<Double>) -> Double {
        squareRoot(sum(currentRMS * currentRMS + 2 * currentProducts))
    }
}

extension ThreePhaseQuantities {
    /// The quantities of `phase`, 0 to 2 for L1 to L3.
    public subscript(phase: Int) -> PhaseQuantities {
        @_noAllocation @_noLocks get {
            precondition((0..<3).contains(phase))
            return phase == 0 ? l1 : phase == 1 ? l2 : l3
        }
    }

    /// U₁ of the phases, RMS phasors, volt.
    public var fundamentalVoltages: ThreePhasePhasors {
        @_noAllocation @_noLocks get {
            ThreePhasePhasors(l1.fundamentalVoltage, l2.fundamentalVoltage, l3.fundamentalVoltage)
        }
    }
    /// I₁ of the phases, RMS phasors, ampere.
    public var fundamentalCurrents: ThreePhasePhasors {
        @_noAllocation @_noLocks get {
            ThreePhasePhasors(l1.fundamentalCurrent, l2.fundamentalCurrent, l3.fundamentalCurrent)
        }
    }
    /// Symmetrical components of the fundamental voltages, volt.
    public var voltageComponents: SymmetricalComponents {
        @_noAllocation @_noLocks get { SymmetricalComponents(fundamentalVoltages) }
    }
    /// Symmetrical components of the fundamental currents, ampere.
    public var currentComponents: SymmetricalComponents {
        @_noAllocation @_noLocks get { SymmetricalComponents(fundamentalCurrents) }
    }

    // MARK: Sums

    /// P = P_a + P_b + P_c, watt.
    public var activePower: Double {
        @_noAllocation @_noLocks get { l1.activePower + l2.activePower + l3.activePower }
    }
    /// P₁ of all phases, watt.
    public var fundamentalActivePower: Double {
        @_noAllocation @_noLocks get {
            l1.fundamentalActivePower + l2.fundamentalActivePower + l3.fundamentalActivePower
        }
    }
    /// Q₁ of all phases, var: positive where currents lag.
    public var fundamentalReactivePower: Double {
        @_noAllocation @_noLocks get {
            l1.fundamentalReactivePower + l2.fundamentalReactivePower + l3.fundamentalReactivePower
        }
    }

    // MARK: Arithmetic and vector

    /// S_A = S_a + S_b + S_c, arithmetic apparent power, volt-ampere.
    public var arithmeticApparentPower: Double {
        @_noAllocation @_noLocks get { l1.apparentPower + l2.apparentPower + l3.apparentPower }
    }
    /// P/S_A, −1 to 1; nil where S_A is 0.
    public var arithmeticPowerFactor: Double? {
        @_noAllocation @_noLocks get { boundedRatio(activePower, arithmeticApparentPower) }
    }
    /// S_V = √(P² + Q₁² + D²), vector apparent power, volt-ampere: the standard's |ΣP + jΣQ| for sine waves.
    ///
    /// D is the sum over the phases of √(N² − Q₁²), what of the nonactive power is not of the fundamental. It has no
    /// sign by which phases could cancel.
    public var vectorApparentPower: Double {
        @_noAllocation @_noLocks get {
            hypotenuse(
                activePower, fundamentalReactivePower,
                leg(l1.nonactivePower, l1.fundamentalReactivePower)
                    + leg(l2.nonactivePower, l2.fundamentalReactivePower)
                    + leg(l3.nonactivePower, l3.fundamentalReactivePower))
        }
    }
    /// P/S_V, −1 to 1; nil where S_V is 0.
    public var vectorPowerFactor: Double? {
        @_noAllocation @_noLocks get { boundedRatio(activePower, vectorApparentPower) }
    }

    /// Effective apparent power and its parts.
    public var effective: EffectivePower { @_noAllocation @_noLocks get { EffectivePower(self) } }
}
