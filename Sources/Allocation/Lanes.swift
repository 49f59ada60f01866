/// What a limit of the tree can bound: the current of L1, L2, L3 in ampere, and the power of all three together in watt.
///
/// Each is filled like the others, so that a limit in kilowatt needs no rule of its own.
struct Lanes: BitwiseCopyable {
    private var values: InlineArray<4, Double>

    @_noAllocation @_noLocks
    init(_ value: Double = 0) { values = InlineArray(repeating: value) }

    /// The load that `amperes` are at `volts`.
    @_noAllocation @_noLocks @inline(__always)
    init(_ amperes: PerPhaseAmperes, volts: PerPhaseVolts) {
        values = InlineArray(repeating: amperes.l1)
        values[1] = amperes.l2
        values[2] = amperes.l3
        values[Self.power] = amperes.l1 * volts.l1 + amperes.l2 * volts.l2 + amperes.l3 * volts.l3
    }

    static var count: Int { @_noAllocation @_noLocks get { 4 } }
    /// The lane of the power.
    static var power: Int { @_noAllocation @_noLocks get { 3 } }

    subscript(lane: Int) -> Double {
        @_noAllocation @_noLocks get { values[lane] }
        @_noAllocation @_noLocks set { values[lane] = newValue }
    }

    @_noAllocation @_noLocks @inline(__always)
    mutating func add(_ other: Lanes, times factor: Double = 1) {
        for lane in 0..<4 { values[lane] += other.values[lane] * factor }
    }

    /// The supply line of `lane`; nil for the power.
    @_noAllocation @_noLocks
    static func phase(_ lane: Int) -> Phase? { lane < power ? Phase(place: lane) : nil }
}

extension PhaseSet {
    /// Whether a station on these lines loads `lane`.
    @_noAllocation @_noLocks
    func loads(lane: Int) -> Bool { lane == Lanes.power || contains(place: lane) }
}
