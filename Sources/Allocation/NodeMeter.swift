/// The estimates of what is drawn behind a node apart from its stations. Preallocated.
struct NodeMeter {
    /// In ampere; the last of the power, in watt.
    private var loads = InlineArray<4, BaseLoad>(repeating: BaseLoad())
    /// Time of the last usable reading; before the first, that of the first call.
    var lastReading = MonotonicTime.never

    /// Added to a power that may be negative: the estimate knows no negative load.
    static var surplusOffsetWatts: Double { @_noAllocation @_noLocks get { 1e6 } }

    init() {}

    mutating func forget() { for lane in 0..<4 { loads[lane].forget() } }

    @_noAllocation @_noLocks
    mutating func update(
        _ measured: Lanes, lanes: Range<Int>, at time: MonotonicTime, usable: Lanes, census: Census,
        policy: AllocationPolicy
    ) {
        for lane in lanes {
            loads[lane].update(
                measured: measured[lane], at: time, usable: usable[lane], lane: lane, census: census, policy: policy)
        }
    }

    @_noAllocation @_noLocks
    mutating func answerOverload(measured: Double, usable: Double, lane: Int, census: Census) {
        loads[lane].answerOverload(measured: measured, usable: usable, lane: lane, census: census)
    }

    /// The base load of `lane`, and the most that it can be; 0 where nothing was measured yet and `orZero`.
    @_noAllocation @_noLocks
    func base(_ lane: Int, orZero: Bool = false) -> (amperes: Double, highest: Double) {
        let base = loads[lane].amperes, highest = loads[lane].highestAmperes
        return orZero && base == .infinity ? (0, 0) : (base, highest)
    }
}
