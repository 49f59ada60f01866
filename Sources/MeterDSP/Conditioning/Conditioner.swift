/// Frames as their sensors saw the mains: coils integrated, delays taken out. Kept beside the codes of the stage.
///
/// A coil's signal is integrated by the trapezoid rule in `Double`, in which sums of codes are exact, less its mean as
/// found so far, which only keeps the ramp small: the rest of the ramp and the unknown start are removed exactly per
/// stretch (see `Moments`), so there is no leak, no settling and no phase error. What the rule falls short of 1/(jω),
/// parts of a frame of delay, and the converter's droop are made up by a short filter (``CompensationFilter``) where sums
/// are taken; whole frames of delay by shifting. Safe: every access to the memory is clamped to what it holds.
@safe struct Conditioner: ~Copyable {
    /// Whether any channel needs conditioning; without one this does nothing.
    let isNeeded: Bool
    /// Lanes i1, i2, i3, iN that carry a coil's signal.
    let hasCoils: Bool
    private let coils: SIMD4<Double>
    private let owned: OwnedMemory
    /// In memory of its own: what is large beside what is needed often is copied with it.
    private let taps: UnsafeMutablePointer<ConditionedSums.Taps>
    /// Frames to either side that the taps reach.
    private let reach: Int
    /// By how many frames each channel is late, rounded.
    private let shifts: SIMD8<Int64>
    private let isShifted: Bool
    /// Voltages that go through neither filter nor shift.
    private let plainVoltages: SupplyPhases
    /// The largest and the smallest shift, 0 at least and at most.
    let latest: Int64
    let earliest: Int64

    private let memory: UnsafeMutableRawPointer
    private let capacity: Int
    /// Index of the first frame held, and how many there are.
    private var base: Int64 = 0
    private var count = 0

    /// Taken off the codes of lanes without a coil, and so far off integrals; whole codes.
    private(set) var level = SIMD8<Double>.zero
    private var voltageLevel = SIMD4<Float>.zero
    private var currentLevel = SIMD4<Double>.zero
    private var lastCoil = SIMD4<Double>.zero
    private var integral = SIMD4<Double>.zero
    /// The coils' mean as found so far, in whole codes; lanes i1, i2, i3, iN.
    private(set) var mean = SIMD4<Double>.zero

    /// Frames after a boundary's own that must be there before it can be cut.
    var lookahead: Int64 { @_noAllocation @_noLocks get { 2 + (isNeeded ? Int64(reach) + latest : 0) } }

    /// - Parameter keep: how many frames back a caller reaches at most.
    init(_ configuration: MeterConfiguration, keep: Int) {
        var coils = SIMD4<Double>.zero
        var taps = ConditionedSums.Taps()
        var shifts = SIMD8<Int64>.zero
        var filters = InlineArray<8, CompensationFilter>(repeating: CompensationFilter())
        var reach = 0
        var isNeeded = false
        var plainVoltages = SupplyPhases.all
        for channel in MeterChannel.allCases where configuration.layout[channel] != nil && channel != .aux {
            let lane = channel.rawValue
            let calibration = configuration[calibrationOf: channel]
            let delay = calibration.delaySeconds * configuration.sampleRateHz
            shifts[lane] = wholeFrames(delay + 0.5)
            var task = CompensationFilter.Task()
            task.delayFrames = delay - Double(shifts[lane])
            task.sincOrder = calibration.sincOrder
            if lane >= 3, calibration.sensitivity != nil {
                task.isIntegral = true
                coils[lane - 3] = 1
            }
            let filter = CompensationFilter(
                task, nominal: 2 * Double.pi * configuration.nominalHz / configuration.sampleRateHz)
            filters[lane] = filter
            reach = Swift.max(reach, filter.reach)
            if !task.isNone || shifts[lane] != 0 {
                isNeeded = true
                if lane < 3 { plainVoltages.remove(SupplyPhases(rawValue: 1 << UInt8(lane))) }
            }
        }
        for tap in 0..<7 {
            for lane in 0..<3 { taps.voltages[tap][lane] = Float(filters[lane].taps[tap]) }
            for lane in 3..<7 { taps.currents[tap][lane - 3] = Float(filters[lane].taps[tap]) }
        }
        taps.filtersVoltages = filters[0].reach + filters[1].reach + filters[2].reach > 0
        taps.reach = reach == 0 || (reach == 1 && !taps.filtersVoltages) ? reach : 3
        self.coils = coils
        self.reach = taps.reach
        self.shifts = shifts
        self.isNeeded = isNeeded
        self.plainVoltages = plainVoltages
        hasCoils = coils[0] + coils[1] + coils[2] + coils[3] > 0
        var latest: Int64 = 0
        var earliest: Int64 = 0
        for lane in 0..<8 {
            latest = Swift.max(latest, shifts[lane])
            earliest = Swift.min(earliest, shifts[lane])
        }
        self.latest = latest
        self.earliest = earliest
        isShifted = latest != 0 || earliest != 0
        capacity = isNeeded ? 3 * keep : 0
        owned = OwnedMemory(byteCount: capacity * 32 + MemoryLayout<ConditionedSums.Taps>.stride)
        unsafe memory = owned.start
        unsafe self.taps = (owned.start + capacity * 32).bindMemory(to: ConditionedSums.Taps.self, capacity: 1)
        unsafe self.taps.initialize(to: taps)
    }

    /// Whether the voltage of `phase` is what it was in the stage, less its level.
    @_noAllocation @_noLocks
    func leavesVoltage(_ phase: Int) -> Bool { plainVoltages.has(phase) }

    /// Frames held before the first one after a start, so that the taps find some.
    private static var lead: Int { @_noAllocation @_noLocks get { 4 } }

    /// Forgets all frames and starts anew with frame `index`: integrals from 0.
    @_noAllocation @_noLocks
    mutating func restart(at index: Int64) {
        base = index - Int64(Self.lead)
        count = 0
        integral = .zero
    }

    /// Takes all new frames of `stage`.
    ///
    /// - Parameters:
    ///   - keepingFrom: the first frame that is still needed.
    ///   - endsHere: no frame follows: a few more like the last one are held, so that the taps find some there.
    @_noAllocation @_noLocks
    mutating func take(_ stage: borrowing FrameStage, keepingFrom: Int64, endsHere: Bool) {
        guard isNeeded else { return }
        let end = stage.end - latest + (endsHere ? latest + Int64(Self.lead) : 0)
        if count == 0 { begin(stage) }
        if Int(end - base) > capacity {
            let drop = Swift.min(Swift.max(0, Int(keepingFrom - base)), count)
            unsafe memory.copyMemory(from: memory + drop * 32, byteCount: (count - drop) * 32)
            base += Int64(drop)
            count -= drop
        }
        append(stage, through: base + Int64(Swift.min(Int(end - base), capacity)) - 1)
    }

    /// The level of the first frame, and the frames before it.
    @_noAllocation @_noLocks
    private mutating func begin(_ stage: borrowing FrameStage) {
        let first = shifted(stage, base + Int64(Self.lead))
        for lane in 0..<8 { level[lane] = Double(first[lane]) }
        for lane in 0..<4 where coils[lane] != 0 { level[lane + 3] = 0 }
        takeLevel()
        for lane in 0..<4 { lastCoil[lane] = Double(first[lane + 3]) - mean[lane] }
        // The integral over frames that are not there: as if the coil's signal had been 0.
        let i = SIMD4(first[3], first[4], first[5], first[6])
        for _ in 0..<Self.lead {
            var integral = SIMD4<Double>.zero
            var last = mean - SIMD4(Double(i[0]), Double(i[1]), Double(i[2]), Double(i[3]))
            unsafe store(first.lowHalf, i, at: memory + 32 * count, &integral, &last)
            count += 1
        }
    }

    @_noAllocation @_noLocks
    private mutating func takeLevel() {
        voltageLevel = SIMD4(Float(level[0]), Float(level[1]), Float(level[2]), 0)
        currentLevel = Stretch.currents(level)
    }

    /// The codes of frame `index`, each channel's taken as much later as it is late.
    @_noAllocation @_noLocks
    private func shifted(_ stage: borrowing FrameStage, _ index: Int64) -> FrameCodes {
        var codes = FrameCodes.zero
        for lane in 0..<8 { codes[lane] = stage[index + shifts[lane]][lane] }
        return codes
    }

    @_noAllocation @_noLocks
    private mutating func append(_ stage: borrowing FrameStage, through last: Int64) {
        // In variables of their own, which stay in registers.
        var integral = integral
        var lastCoil = lastCoil
        var at = unsafe memory + 32 * count
        var index = base + Int64(count)
        var left = Int(last + 1 - index)
        guard left > 0 else { return }
        count += left
        if !isShifted {
            var (row, available) = unsafe stage.rows(from: index)
            available = Swift.min(available, left)
            left -= available
            index += Int64(available)
            if stage.holdsNarrowFrames {
                while available > 0 {
                    let length = Swift.min(512, available)
                    unsafe storeNarrow(row, count: length, at: at, &integral, &lastCoil)
                    unsafe at += 32 * length
                    unsafe row += 16 * length
                    available -= length
                }
            }
            for _ in 0..<available {
                let u = unsafe row.loadUnaligned(as: SIMD4<Int32>.self)
                let i = unsafe row.loadUnaligned(fromByteOffset: 12, as: SIMD4<Int32>.self)
                unsafe store(u, i, at: at, &integral, &lastCoil)
                unsafe at += 32
                unsafe row += 32
            }
        }
        // Channels that are late, and what is asked for beyond the stage's end.
        for _ in 0..<left {
            let codes = shifted(stage, index)
            let i = SIMD4(codes[3], codes[4], codes[5], codes[6])
            unsafe store(codes.lowHalf, i, at: at, &integral, &lastCoil)
            unsafe at += 32
            index += 1
        }
        self.integral = integral
        self.lastCoil = lastCoil
    }

    /// Stores one frame, and takes the integrals on by it.
    @_noAllocation @_noLocks
    @inline(__always)
    private func store(
        _ u: SIMD4<Int32>, _ i: SIMD4<Int32>, at place: UnsafeMutableRawPointer, _ integral: inout SIMD4<Double>,
        _ lastCoil: inout SIMD4<Double>
    ) {
        let codes = SIMD4(Double(i[0]), Double(i[1]), Double(i[2]), Double(i[3]))
        let coil = codes - mean
        integral += 0.5 * (lastCoil + coil)
        lastCoil = coil
        let z = codes.replacing(with: integral, where: coils .> 0) - currentLevel
        let voltages = SIMD4(Float(u[0]), Float(u[1]), Float(u[2]), Float(u[3])) - voltageLevel
        unsafe place.storeBytes(of: voltages, as: SIMD4<Float>.self)
        unsafe place.storeBytes(
            of: SIMD4(Float(z[0]), Float(z[1]), Float(z[2]), Float(z[3])), toByteOffset: 16, as: SIMD4<Float>.self)
    }

    /// Stores `count` frames of 16-bit codes, no more than 512, and takes the integrals on by them: in whole numbers from
    /// where they stand, which are exact and a third of the work.
    @_noAllocation @_noLocks
    private func storeNarrow(
        _ frames: UnsafeRawPointer, count: Int, at place: UnsafeMutableRawPointer, _ integral: inout SIMD4<Double>,
        _ lastCoil: inout SIMD4<Double>
    ) {
        var offset = SIMD4<Int32>.zero
        var last = SIMD4<Int32>.zero
        var start = SIMD4<Float>.zero
        for lane in 0..<4 {
            offset[lane] = Int32(truncatingIfNeeded: wholeFrames(mean[lane]))
            last[lane] = Int32(truncatingIfNeeded: wholeFrames(lastCoil[lane]))
            start[lane] = Float((coils[lane] != 0 ? integral[lane] : 0) - currentLevel[lane])
        }
        let isCoil = SIMD4<Int32>(
            coils[0] != 0 ? -1 : 0, coils[1] != 0 ? -1 : 0, coils[2] != 0 ? -1 : 0, coils[3] != 0 ? -1 : 0)
        // Twice the integral from here on.
        var twice = SIMD4<Int32>.zero
        var row = unsafe frames
        var at = unsafe place
        let voltageLevel = voltageLevel
        for _ in 0..<count {
            let u = unsafe SIMD4<Int32>(truncatingIfNeeded: row.loadUnaligned(as: SIMD4<Int16>.self))
            let i = unsafe SIMD4<Int32>(
                truncatingIfNeeded: row.loadUnaligned(fromByteOffset: 6, as: SIMD4<Int16>.self))
            let coil = i &- offset
            twice &+= last &+ coil
            last = coil
            let z = (twice & isCoil) | ((i &+ i) & ~isCoil)
            let voltages = SIMD4(Float(u[0]), Float(u[1]), Float(u[2]), Float(u[3])) - voltageLevel
            let currents = SIMD4(Float(z[0]), Float(z[1]), Float(z[2]), Float(z[3])) * 0.5 + start
            unsafe at.storeBytes(of: voltages, as: SIMD4<Float>.self)
            unsafe at.storeBytes(of: currents, toByteOffset: 16, as: SIMD4<Float>.self)
            unsafe row += 16
            unsafe at += 32
        }
        for lane in 0..<4 {
            integral[lane] += 0.5 * Double(twice[lane])
            lastCoil[lane] = Double(last[lane])
        }
    }

    /// The frame `index` filtered, in meter order; beyond either end the nearest frame that can be.
    @_noAllocation @_noLocks
    subscript(index: Int64) -> SIMD8<Double> {
        @_noAllocation @_noLocks get {
            guard count > 2 * reach else { return .zero }
            let place = Swift.min(Swift.max(reach, Int(index - base)), count - 1 - reach)
            let at = unsafe UnsafeRawPointer(memory) + 32 * place
            let u = unsafe ConditionedSums.filtered(at, taps.pointee.voltages, reach: reach)
            let i = unsafe ConditionedSums.filtered(at + 16, taps.pointee.currents, reach: reach)
            return SIMD8(
                Double(u[0]), Double(u[1]), Double(u[2]), Double(i[0]), Double(i[1]), Double(i[2]), Double(i[3]), 0)
        }
    }

    /// Adds the sums over the frames from `first` to `last` to `stretch`, the ramps counted from frame `origin`.
    @_noAllocation @_noLocks
    func add(from first: Int64, through last: Int64, origin: Int64, to stretch: inout Stretch) {
        let from = Swift.min(Swift.max(reach, Int(first - base)), count)
        let to = Swift.min(Int(last - base) + 1, count - reach)
        guard from < to else { return }
        let sums = unsafe ConditionedSums(
            UnsafeRawPointer(memory) + 32 * from, count: to - from,
            firstDistance: Double(base + Int64(from) - origin),
            taps: taps.pointee)
        sums.add(to: &stretch)
    }

    /// Takes `change`, in whole codes, off all frames held and all that come.
    @_noAllocation @_noLocks
    mutating func subtract(_ change: SIMD8<Double>) {
        level += change
        takeLevel()
        let u = SIMD4(Float(change[0]), Float(change[1]), Float(change[2]), 0)
        let i = SIMD4(Float(change[3]), Float(change[4]), Float(change[5]), Float(change[6]))
        var at = unsafe memory
        for _ in 0..<count {
            unsafe at.storeBytes(of: at.load(as: SIMD4<Float>.self) - u, as: SIMD4<Float>.self)
            unsafe at.storeBytes(
                of: at.load(fromByteOffset: 16, as: SIMD4<Float>.self) - i, toByteOffset: 16, as: SIMD4<Float>.self)
            unsafe at += 32
        }
    }

    /// Takes off the coils' integrals, from `position` on, the ramp that their mean was wrong by: as much of it as whole
    /// codes of a mean give.
    ///
    /// - Parameter slope: what the integrals still rise by per frame.
    /// - Returns: what they rise by from then on.
    @_noAllocation @_noLocks
    mutating func subtractRamp(_ slope: SIMD4<Double>, from position: Double) -> SIMD4<Double> {
        guard hasCoils else { return .zero }
        var change = SIMD4<Double>.zero
        for lane in 0..<4 where slope[lane].magnitude < 1e15 { change[lane] = Double(wholeFrames(slope[lane] + 0.5)) }
        guard change != .zero else { return slope }
        mean += change
        var place = Swift.max(0, Int(wholeFrames(position) + 1 - base))
        while place < count {
            let at = unsafe memory + (32 * place + 16)
            let ramp = (Double(base + Int64(place)) - position) * change
            let z = unsafe at.load(as: SIMD4<Float>.self)
            unsafe at.storeBytes(
                of: z - SIMD4(Float(ramp[0]), Float(ramp[1]), Float(ramp[2]), Float(ramp[3])), as: SIMD4<Float>.self)
            place += 1
        }
        integral -= (Double(base + Int64(count) - 1) - position) * change
        lastCoil -= change
        return slope - change
    }
}
