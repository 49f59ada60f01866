/// What a limit of the tree can bound: the current of L1, L2, L3 in ampere, and the power of all three together in watt.
///
/// Each is filled like the others, so that a limit in kilowatt needs no rule of its own.
struct Lanes: BitwiseCopyable {
    private var values: SIMD4<Double>

    @_noAllocation @_noLocks @inline(__always)
    init(_ value: Double = 0) { values = SIMD4(value, value, value, value) }

    /// `value` on the lines of `lines`, 0 elsewhere.
    @_noAllocation @_noLocks @inline(__always)
    init(_ value: Double, on lines: PhaseSet) { self.init(.same(value, on: lines)) }

    /// `amperes` as they are, without their power.
    @_noAllocation @_noLocks @inline(__always)
    init(_ amperes: PerPhaseAmperes) { values = SIMD4(amperes.l1, amperes.l2, amperes.l3, 0) }

    /// The load that `amperes` are at `volts`.
    @_noAllocation @_noLocks @inline(__always)
    init(_ amperes: PerPhaseAmperes, volts: PerPhaseVolts) {
        values = SIMD4(
            amperes.l1, amperes.l2, amperes.l3,
            amperes.l1 * volts.l1 + amperes.l2 * volts.l2 + amperes.l3 * volts.l3)
    }

    /// Sets the power to that of the lines at `volts`.
    @_noAllocation @_noLocks @inline(__always)
    mutating func reckonPower(_ volts: PerPhaseVolts) {
        values[3] = values[0] * volts.l1 + values[1] * volts.l2 + values[2] * volts.l3
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

    /// The largest of the lines.
    var maximum: Double { @_noAllocation @_noLocks @inline(__always) get { largest(values[0], values[1], values[2]) } }

    /// The lanes of the lines.
    var amperes: PerPhaseAmperes {
        @_noAllocation @_noLocks @inline(__always) get { PerPhaseAmperes(values[0], values[1], values[2]) }
    }

    @_noAllocation @_noLocks @inline(__always)
    static func - (left: Lanes, right: Lanes) -> Lanes { Lanes(left.values - right.values) }

    @_noAllocation @_noLocks @inline(__always)
    private init(_ values: SIMD4<Double>) { self.values = values }

    /// By lane, the smaller of both.
    @_noAllocation @_noLocks @inline(__always)
    func smaller(_ other: Lanes) -> Lanes {
        let a = other.values, b = values
        return Lanes(
            SIMD4(
                a[0] < b[0] ? a[0] : b[0], a[1] < b[1] ? a[1] : b[1], a[2] < b[2] ? a[2] : b[2],
                a[3] < b[3] ? a[3] : b[3]))
    }

    /// By lane, the larger of both.
    @_noAllocation @_noLocks @inline(__always)
    func larger(_ other: Lanes) -> Lanes {
        let a = values, b = other.values
        return Lanes(
            SIMD4(
                a[0] > b[0] ? a[0] : b[0], a[1] > b[1] ? a[1] : b[1], a[2] > b[2] ? a[2] : b[2],
                a[3] > b[3] ? a[3] : b[3]))
    }

    /// By lane, this where `factors` is 1, and 0 where it is 0.
    @_noAllocation @_noLocks @inline(__always)
    func scaled(_ factors: Lanes) -> Lanes { Lanes(values * factors.values) }

    /// All lanes times `factor`.
    @_noAllocation @_noLocks @inline(__always)
    func scaled(_ factor: Double) -> Lanes { Lanes(values * SIMD4(factor, factor, factor, factor)) }

    /// The lines on which it is above `limit`.
    @_noAllocation @_noLocks @inline(__always)
    func lines(above limit: Double) -> PhaseSet {
        let first: UInt8 = values[0] > limit ? 1 : 0
        let second: UInt8 = values[1] > limit ? 2 : 0
        let third: UInt8 = values[2] > limit ? 4 : 0
        return PhaseSet(rawValue: first &+ second &+ third)
    }

    /// Whether some lane is above `low` and below `high`.
    @_noAllocation @_noLocks @inline(__always)
    func isSomewhereBetween(_ low: Double, _ high: Double) -> Bool {
        any((values .> SIMD4(low, low, low, low)) .& (values .< SIMD4(high, high, high, high)))
    }

    /// What must be left of each lane so that this load fits; nothing where it uses none.
    var leastLeft: Lanes {
        @_noAllocation @_noLocks @inline(__always) get {
            let tolerance = StationGrid.toleranceAmperes, none = -Double.infinity
            return Lanes(
                SIMD4(
                    values[0] > 0 ? values[0] - tolerance : none, values[1] > 0 ? values[1] - tolerance : none,
                    values[2] > 0 ? values[2] - tolerance : none, values[3] > 0 ? values[3] - tolerance : none))
        }
    }

    /// Whether some lane is below that of `other`.
    @_noAllocation @_noLocks @inline(__always)
    func isBelow(_ other: Lanes) -> Bool {
        values[0] < other.values[0] || values[1] < other.values[1] || values[2] < other.values[2]
            || values[3] < other.values[3]
    }

    /// Whether some lane is below 0 by more than rounding.
    var isNegative: Bool {
        @_noAllocation @_noLocks @inline(__always) get {
            let tolerance = StationGrid.toleranceAmperes
            return any(values .< SIMD4(-tolerance, -tolerance, -tolerance, -tolerance))
        }
    }

    /// Sets the lanes below 0 to 0.
    @_noAllocation @_noLocks @inline(__always)
    mutating func dropNegative() {
        let none = SIMD4(0.0, 0, 0, 0)
        values.replace(with: none, where: values .< none)
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
