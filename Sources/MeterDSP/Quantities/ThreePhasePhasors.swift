/// One phasor for each of the phases L1, L2, L3, all with the same reference of angle.
public struct ThreePhasePhasors: Sendable, Equatable, BitwiseCopyable {
    public var l1: Phasor
    public var l2: Phasor
    public var l3: Phasor

    /// The phasors of the three phases; zero for a phase that is absent.
    @_noAllocation @_noLocks
    public init(_ l1: Phasor, _ l2: Phasor, _ l3: Phasor) {
        self.l1 = l1
        self.l2 = l2
        self.l3 = l3
    }

    /// Three zeros.
    public static var zero: ThreePhasePhasors { @_noAllocation @_noLocks get { .init(.zero, .zero, .zero) } }

    /// The phasor of `phase`, 0 to 2 for L1 to L3.
    public subscript(phase: Int) -> Phasor {
        @_noAllocation @_noLocks get {
            precondition((0..<3).contains(phase))
            return phase == 0 ? l1 : phase == 1 ? l2 : l3
        }
    }

    /// The phasor sum: for currents that of the neutral, towards the supply.
    public var sum: Phasor { @_noAllocation @_noLocks get { l1 + l2 + l3 } }

    /// The three magnitudes.
    public var magnitudes: SIMD3<Double> {
        @_noAllocation @_noLocks get { SIMD3(l1.magnitude, l2.magnitude, l3.magnitude) }
    }

    /// L1 − L2, L2 − L3, L3 − L1: for voltages those between the lines.
    public var differences: ThreePhasePhasors {
        @_noAllocation @_noLocks get { ThreePhasePhasors(l1 - l2, l2 - l3, l3 - l1) }
    }

    var isMeasurable: Bool {
        @_noAllocation @_noLocks get { l1.isMeasurable && l2.isMeasurable && l3.isMeasurable }
    }
}

/// The symmetrical components of three phasors (Fortescue): three equal ones, three in the order L1, L2, L3 and three
/// in the order L1, L3, L2 that add up to the phases.
public struct SymmetricalComponents: Sendable, Equatable, BitwiseCopyable {
    /// The zero sequence: what all phases have in common.
    public var zero: Phasor
    /// The positive sequence, the phasor of L1: what turns a motor forwards.
    public var positive: Phasor
    /// The negative sequence, the phasor of L1: what brakes it.
    public var negative: Phasor

    /// The components of `phases`.
    @_noAllocation @_noLocks
    public init(_ phases: ThreePhasePhasors) {
        // a = 1∠120°, a² = 1∠240°.
        let a = Phasor(-0.5, 0.8660254037844386)
        let third = 1.0 / 3
        zero = phases.sum * third
        positive = (phases.l1 + a * phases.l2 + a.conjugate * phases.l3) * third
        negative = (phases.l1 + a.conjugate * phases.l2 + a * phases.l3) * third
    }

    /// u₂ or i₂: negative over positive sequence, 0 or more, 0.02 for 2 %; nil without a positive sequence.
    public var negativeUnbalance: Double? { @_noAllocation @_noLocks get { overPositive(negative) } }

    /// u₀ or i₀: zero over positive sequence, 0 or more; nil without a positive sequence.
    public var zeroUnbalance: Double? { @_noAllocation @_noLocks get { overPositive(zero) } }

    /// Below this share of all components a positive sequence is what rounding left.
    private static var roundingShare: Double { @_noAllocation @_noLocks get { 1e-12 } }

    @_noAllocation @_noLocks
    private func overPositive(_ component: Phasor) -> Double? {
        let whole = positive.magnitude
        guard whole > Self.roundingShare * (whole + negative.magnitude + zero.magnitude) else { return nil }
        let ratio = component.magnitude / whole
        return ratio.isFinite ? ratio : nil
    }
}

/// The order in which the voltages of the phases follow one another.
public enum PhaseRotation: Sendable, Equatable, BitwiseCopyable {
    /// L1, L2, L3: clockwise, as it should be.
    case direct
    /// L1, L3, L2: two phases are exchanged.
    case reverse
    /// Too little voltage, one phase alone, or three in step.
    case undetermined

    /// The rotation that `voltages` show. Two phases of three suffice.
    ///
    /// - Parameters:
    ///   - voltages: components of the fundamentals, volt.
    ///   - minimumRMS: the larger of positive and negative sequence must reach it, volt. Two phases alone give two
    ///     thirds of their voltage.
    @_noAllocation @_noLocks
    public init(_ voltages: SymmetricalComponents, minimumRMS: Double) {
        let forwards = voltages.positive.magnitude
        let backwards = voltages.negative.magnitude
        // Two phases give 2 to 1, one phase 1 to 1.
        if forwards >= minimumRMS, forwards > 1.4 * backwards {
            self = .direct
        } else if backwards >= minimumRMS, backwards > 1.4 * forwards {
            self = .reverse
        } else {
            self = .undetermined
        }
    }
}
