/// Frames as their sensors saw the mains: coils integrated, delays taken out. Kept beside the codes of the stage.
///
/// A coil's signal is integrated by the trapezoid rule, in which sums of codes are exact, less its mean as found so far,
/// which only keeps the ramp small: the rest of the ramp and the unknown start are removed exactly per stretch (see
/// `Moments`), so there is no leak, no settling and no phase error. What the rule falls short of 1/(jω), parts of a frame
/// of delay, and the converter's droop are made up by a short filter (``CompensationFilter``); whole frames of delay by
/// shifting. Safe: every access to the memory is clamped to what it holds.
///
/// A conditioned frame is eight `Float`: u1, u2, u3 and a spare lane, i1, i2, i3, iN.
@safe struct Conditioner: ~Copyable {
    /// Whether any channel needs conditioning; without one this does nothing.
    let isNeeded: Bool
    /// Whether any current comes from a coil.
    let hasCoils: Bool
    private let reach: Int
    /// Voltages that go through neither filter nor shift.
    private let plainVoltages: SupplyPhases
    /// The largest and the smallest shift, 0 at least and at most.
    let latest: Int64
    let earliest: Int64
    /// What the taps make of a constant, and of a line that rises by 1 per frame where it is 0; lanes in meter order.
    private let gain: SIMD8<Double>
    private let lineOffset: SIMD8<Double>

    private let owned: OwnedMemory
    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    /// Index of the first frame held, and how many there are.
    private var base: Int64 = 0
    private var count = 0

    /// Whether ``NarrowCoils`` does all there is to do, else ``SlidingFilter``.
    private let isNarrow: Bool
    private var narrowCoils: NarrowCoils
    private var slidingFilter: SlidingFilter
    private var integrals = CoilIntegrals()

    /// Taken off the codes of lanes without a coil, and so far off integrals; whole codes.
    private(set) var level = SIMD8<Double>.zero
    /// The coils' mean as found so far, in whole codes; lanes i1, i2, i3, iN.
    var mean: SIMD4<Double> { @_noAllocation @_noLocks get { integrals.mean } }

    /// Frames after a boundary's own that must be there before it can be cut.
    var lookahead: Int64 { @_noAllocation @_noLocks get { 2 + (isNeeded ? Int64(reach) + latest : 0) } }

    /// - Parameters:
    ///   - isNarrow: the stage keeps frames as 16-bit lanes.
    ///   - keep: how many frames back a caller reaches at most.
    init(_ configuration: MeterConfiguration, isNarrow: Bool, keep: Int) {
        let taps = ConditioningTaps(configuration)
        isNeeded = taps.isNeeded
        hasCoils = taps.coils != .zero
        reach = taps.reach
        plainVoltages = taps.plainVoltages
        latest = Swift.max(0, taps.shifts.max())
        earliest = Swift.min(0, taps.shifts.min())
        gain = taps.gain
        lineOffset = taps.lineOffset
        self.isNarrow = isNarrow && NarrowCoils.can(taps)
        narrowCoils = NarrowCoils(taps)
        capacity = isNeeded ? 3 * keep : 0
        owned = OwnedMemory(byteCount: capacity * 32 + SlidingFilter.byteCount(taps))
        unsafe memory = owned.start
        slidingFilter = unsafe SlidingFilter(taps, memory: owned.start + capacity * 32)
    }

    /// Frames held before the first one after a start, so that an edge there finds some.
    private static var lead: Int64 { @_noAllocation @_noLocks get { 2 } }
    /// Whether the voltage of `phase` is what it was in the stage, less its level.
    @_noAllocation @_noLocks
    @inline(__always)
    func leavesVoltage(_ phase: Int) -> Bool { plainVoltages.has(phase) }

    /// Forgets all frames and starts anew with frame `index`: integrals from 0.
    @_noAllocation @_noLocks
    mutating func restart(at index: Int64) {
        base = index - Self.lead
        count = 0
    }

    /// Takes all new frames of `stage`.
    ///
    /// - Parameters:
    ///   - keepingFrom: the first frame that is still needed.
    ///   - endsHere: no frame follows: some like the last one are held, so that an edge there finds them.
    @_noAllocation @_noLocks
    mutating func take(_ stage: borrowing FrameStage, keepingFrom: Int64, endsHere: Bool) {
        guard isNeeded else { return }
        if count == 0 { begin(stage) }
        let end = endsHere ? stage.end + Self.lead : stage.end - latest - Int64(reach)
        if Int(end - base) > capacity {
            let drop = Swift.min(Swift.max(0, Int(keepingFrom - base)), count)
            unsafe memory.copyMemory(from: memory + drop * 32, byteCount: (count - drop) * 32)
            base += Int64(drop)
            count -= drop
        }
        let wanted = Swift.min(Int(end - base), capacity) - count
        guard wanted > 0 else { return }
        let place = unsafe memory + 32 * count
        let index = base + Int64(count)
        if isNarrow {
            unsafe narrowCoils.store(stage, from: index, count: wanted, at: place, &integrals, level)
        } else {
            unsafe slidingFilter.store(stage, from: index, count: wanted, at: place, &integrals, level)
        }
        count += wanted
    }

    /// The level of the first frame. Before it codes are taken to have been the same, and integrals end at 0.
    @_noAllocation @_noLocks
    private mutating func begin(_ stage: borrowing FrameStage) {
        let first = slidingFilter.codes(stage, base + Self.lead)
        level = widened(first)
        for lane in 0..<4 where slidingFilter.isCoil(lane) { level[lane + 3] = 0 }
        integrals.begin(with: Stretch.currents(widened(first)), lead: Self.lead + (isNarrow ? 0 : Int64(reach)))
        slidingFilter.restart()
    }

    /// The frame `index`, in meter order; beyond either end the nearest frame held.
    @_noAllocation @_noLocks
    subscript(index: Int64) -> SIMD8<Double> {
        @inline(__always) @_noAllocation @_noLocks get {
            guard count > 0 else { return .zero }
            let place = Swift.min(Swift.max(0, Int(index - base)), count - 1)
            let u = unsafe memory.load(fromByteOffset: 32 * place, as: SIMD4<Float>.self)
            let i = unsafe memory.load(fromByteOffset: 32 * place + 16, as: SIMD4<Float>.self)
            return SIMD8(
                Double(u[0]), Double(u[1]), Double(u[2]), Double(i[0]), Double(i[1]), Double(i[2]), Double(i[3]), 0)
        }
    }

    /// Adds the sums over the frames from `first` to `last` to `stretch`, the ramps counted from frame `origin`. The extremes
    /// of voltages that are all left as they are stay out of it: the stage's codes tell them.
    @_noAllocation @_noLocks
    func add(from first: Int64, through last: Int64, origin: Int64, to stretch: inout Stretch) {
        let from = Swift.min(Swift.max(0, Int(first - base)), count)
        let to = Swift.min(Int(last - base) + 1, count)
        guard from < to else { return }
        var sums = ConditionedSums()
        unsafe sums.add(
            UnsafeRawPointer(memory) + 32 * from, count: to - from,
            firstDistance: Double(base + Int64(from) - origin),
            withVoltageExtremes: plainVoltages.rawValue != SupplyPhases.all.rawValue)
        sums.add(to: &stretch)
    }

    /// Takes `change`, in whole codes, off all frames held and all that come.
    @_noAllocation @_noLocks
    mutating func subtract(_ change: SIMD8<Double>) {
        level += change
        subtractLine(start: gain * change, slope: .zero)
        slidingFilter.subtract(change)
    }

    /// Takes off the coils' integrals the ramp that their mean was wrong by, 0 at `position`: as much of it as whole codes
    /// of a mean give.
    ///
    /// - Parameter slope: what the integrals still rise by per frame.
    /// - Returns: what they rise by from then on.
    @_noAllocation @_noLocks
    mutating func subtractRamp(_ slope: SIMD4<Double>, from position: Double) -> SIMD4<Double> {
        guard hasCoils else { return .zero }
        var change = SIMD4<Double>.zero
        for lane in 0..<4 where slope[lane].magnitude < 1e15 { change[lane] = Double(wholeFrames(slope[lane] + 0.5)) }
        guard change != .zero else { return slope }
        let rise = SIMD8(0, 0, 0, change[0], change[1], change[2], change[3], 0)
        subtractLine(start: rise * (gain * (Double(base) - position) + lineOffset), slope: rise * gain)
        let next = Double(base + Int64(count)) - position
        slidingFilter.subtractRamp(rise, firstDistance: next - Double(reach))
        integrals.subtractRamp(change, distance: next - 1 + (isNarrow ? 0 : Double(reach)))
        return slope - change
    }

    /// Takes a line off all frames held, `start` at the first one; only currents have a slope, and then nothing else.
    @_noAllocation @_noLocks
    private mutating func subtractLine(start: SIMD8<Double>, slope: SIMD8<Double>) {
        var at = unsafe memory
        if slope == .zero {
            let u = floats(start.lowHalf)
            let i = floats(Stretch.currents(start))
            for _ in 0..<count {
                unsafe subtractFromFrame(at, u, i)
                unsafe at += 32
            }
            return
        }
        let first = Stretch.currents(start)
        let step = Stretch.currents(slope)
        for place in 0..<count {
            unsafe subtractFromFrame(at, .zero, floats(first + Double(place) * step))
            unsafe at += 32
        }
    }
}

/// Takes `u` and `i` off the conditioned frame at `place`.
@_noAllocation @_noLocks
@inline(__always)
func subtractFromFrame(_ place: UnsafeMutableRawPointer, _ u: SIMD4<Float>, _ i: SIMD4<Float>) {
    unsafe place.storeBytes(of: place.load(as: SIMD4<Float>.self) - u, as: SIMD4<Float>.self)
    unsafe place.storeBytes(
        of: place.load(fromByteOffset: 16, as: SIMD4<Float>.self) - i, toByteOffset: 16, as: SIMD4<Float>.self)
}
