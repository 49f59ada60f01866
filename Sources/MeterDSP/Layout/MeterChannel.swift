/// The eight inputs of a three-phase meter, in the order in which its kernels hold them.
public enum MeterChannel: Int, CaseIterable, Sendable, BitwiseCopyable {
    /// Voltages of the phases against neutral.
    case u1, u2, u3
    /// Currents of the phases, positive towards the consumers.
    case i1, i2, i3
    /// Current of the neutral.
    case iN
    /// A spare input.
    case aux

    /// Eight: one SIMD vector of lanes.
    public static let count = 8
}
