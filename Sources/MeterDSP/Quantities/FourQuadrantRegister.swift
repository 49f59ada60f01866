/// The quadrants of active and reactive power (IEC 62053-23): P to the right where it flows towards the consumers,
/// Q upwards where the current lags.
public enum PowerQuadrant: Int, CaseIterable, Sendable, BitwiseCopyable {
    /// P imported, Q imported: a motor.
    case first
    /// P exported, Q imported.
    case second
    /// P exported, Q exported.
    case third
    /// P imported, Q exported: a capacitor, an idle charger's filter.
    case fourth

    /// The quadrant of P and Q. No active power counts as imported, no reactive power as imported.
    @_noAllocation @_noLocks
    public init(activePower: Double, reactivePower: Double) {
        if reactivePower < 0 {
            self = activePower < 0 ? .third : .fourth
        } else {
            self = activePower < 0 ? .second : .first
        }
    }
}

/// Adds up fundamental reactive energy, |Q₁|·Δt, in var-seconds: per phase, and of the sum of the phases, by quadrant.
///
/// Kahan's compensated sum: a year of windows loses nothing to rounding. A value, nothing shared: one per tariff, say.
public struct FourQuadrantRegister: Sendable, BitwiseCopyable {
    // Lanes 0 to 2 are the phases, lane 3 the sum of the phases.
    private var energies = InlineArray<4, SIMD4<Double>>(repeating: .zero)
    private var rests = InlineArray<4, SIMD4<Double>>(repeating: .zero)

    /// A register at 0.
    @_noAllocation @_noLocks
    public init() {}

    /// Counts one window. Call once per window, whatever its flags: energy that flowed counts.
    ///
    /// - Parameters:
    ///   - fundamentalReactivePower: Q₁ of L1, L2, L3, var, positive where the current lags; nil for a window that
    ///     carries none, which adds nothing.
    ///   - activePower: P of L1, L2, L3 of the same window, watt: its directions choose the quadrants.
    ///   - seconds: the window's length, 0 or more.
    /// - Returns: false, and nothing counted, where a value is no number or beyond 1e75, or `seconds` is negative.
    @_noAllocation @_noLocks @discardableResult
    public mutating func add(
        fundamentalReactivePower: SIMD3<Double>?, activePower: SIMD3<Double>, seconds: Double
    ) -> Bool {
        guard let q = fundamentalReactivePower else { return true }
        guard isMeasurable(rms: seconds) else { return false }
        for phase in 0..<3 {
            guard isMeasurable(q[phase]), isMeasurable(activePower[phase]) else { return false }
        }
        for phase in 0..<3 { count(lane: phase, q[phase], activePower[phase], seconds) }
        count(lane: 3, sum(q), sum(activePower), seconds)
        return true
    }

    @_noAllocation @_noLocks
    private mutating func count(lane: Int, _ reactivePower: Double, _ activePower: Double, _ seconds: Double) {
        let quadrant = PowerQuadrant(activePower: activePower, reactivePower: reactivePower).rawValue
        let wanted = reactivePower.magnitude * seconds - rests[quadrant][lane]
        let next = energies[quadrant][lane] + wanted
        rests[quadrant][lane] = (next - energies[quadrant][lane]) - wanted
        energies[quadrant][lane] = next
    }

    /// Reactive energy of L1, L2, L3 in `quadrant`, var-seconds, 0 or more.
    @_noAllocation @_noLocks
    public func reactiveEnergy(in quadrant: PowerQuadrant) -> SIMD3<Double> {
        let energy = energies[quadrant.rawValue]
        return SIMD3(energy[0], energy[1], energy[2])
    }

    /// Reactive energy in `quadrant` of the sum of the phases, whose opposite flows cancel within a window,
    /// var-seconds, 0 or more.
    @_noAllocation @_noLocks
    public func sumReactiveEnergy(in quadrant: PowerQuadrant) -> Double { energies[quadrant.rawValue][3] }

    /// Reactive energy of L1, L2, L3 drawn while the current lagged, var-seconds: quadrants I and II.
    public var imported: SIMD3<Double> {
        @_noAllocation @_noLocks get { reactiveEnergy(in: .first) + reactiveEnergy(in: .second) }
    }
    /// Reactive energy of L1, L2, L3 given while the current led, var-seconds: quadrants III and IV.
    public var exported: SIMD3<Double> {
        @_noAllocation @_noLocks get { reactiveEnergy(in: .third) + reactiveEnergy(in: .fourth) }
    }
}
