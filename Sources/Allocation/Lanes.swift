/// What a limit of the tree can bound: the current of L1, L2, L3 in ampere, and the power of all three together in watt.
///
/// Each is filled like the others, so that a limit in kilowatt needs no rule of its own.
struct Lanes: BitwiseCopyable {
    private var values: SIMD4<Double>

    @_noAllocation @_noLocks @inline(__always)
    init(_ value: Double = 0) { values = SIMD4(value, value, value, value) }

    /// The load that `amperes` are at `volts`.
    @_noAllocation @_noLocks @inline(__always)
    init(_ amperes: PerPhaseAmperes, volts: PerPhaseVolts) {
        values = SIMD4(
            amperes.l1, amperes.l2, amperes.l3,
            amperes.l1 * volts.l1 + amperes.l2 * volts.l2 + amperes.l3 * volts.l3)
    }

    static var count: Int { @_noAllocation @_noLocks get { 4 } }
    /// The lane of the power.
    static var power: Int { @_noAllocation @_noLocks get { 3 } }

    subscript(lane: Int) -> Double {
        @_noAllocation @_noLocks @inline(__always) get { values[lane] }
        @_noAllocation @_noLocks @inline(__always) set { values[lane] = newValue }
    }

    @_noAllocation @_noLocks @inline(__always)
    mutating func add(_ other: Lanes, times factor: Double = 1) {
        values += other.values * SIMD4(factor, factor, factor, factor)
    }

    /// Whether some lane of `need` that is used at all has less here.
    @_noAllocation @_noLocks @inline(__always)
    func lack(_ need: Lanes) -> Bool {
        let tolerance = StationGrid.toleranceAmperes
        for lane in 0..<4 where need.values[lane] > 0 && values[lane] < need.values[lane] - tolerance { return true }
        return false
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
