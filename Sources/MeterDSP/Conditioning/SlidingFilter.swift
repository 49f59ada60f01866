/// Conditions frames of any codes, with any delays and taps, one after the other. Safe: every access to the memory is
/// clamped to what it holds, and who gives it the memory promises in `init` to keep it.
@safe struct SlidingFilter: BitwiseCopyable {
    /// Frames that are filtered together.
    private static var most: Int { @_noAllocation @_noLocks get { 64 } }

    /// In memory of its own: what is large beside what is needed often is copied with it.
    private let taps: UnsafeMutablePointer<ConditioningTaps>
    private let reach: Int
    private let isUnshifted: Bool
    /// Frames in which coils are integrated but nothing is filtered yet; `reach` are to either side of each that is.
    private let memory: UnsafeMutableRawPointer
    private var count = 0

    /// Bytes that one for `taps` needs.
    static func byteCount(_ taps: ConditioningTaps) -> Int {
        (most + 2 * taps.reach) * 32 + MemoryLayout<ConditioningTaps>.stride
    }

    /// - Parameter memory: of ``byteCount(_:)`` bytes at an address divisible by 32, for as long as this is used.
    init(_ taps: ConditioningTaps, memory: UnsafeMutableRawPointer) {
        reach = taps.reach
        isUnshifted = taps.shifts == .zero
        unsafe self.memory = memory
        let frames = (Self.most + 2 * taps.reach) * 32
        unsafe self.taps = (memory + frames).bindMemory(to: ConditioningTaps.self, capacity: 1)
        unsafe self.taps.initialize(to: taps)
    }

    /// Whether lane 0 to 3 of i1, i2, i3, iN carries a coil's signal.
    @_noAllocation @_noLocks
    func isCoil(_ lane: Int) -> Bool { unsafe taps.pointee.coils[lane] != 0 }

    /// Forgets all frames.
    @_noAllocation @_noLocks
    mutating func restart() { count = 0 }

    /// Stores conditioned frames.
    ///
    /// - Parameters:
    ///   - index: of the first one, which follows the last one stored.
    ///   - wanted: how many.
    ///   - place: for `wanted` frames of 32 bytes.
    ///   - level: taken off what is filtered, in meter order.
    @_noAllocation @_noLocks
    mutating func store(
        _ stage: borrowing FrameStage, from index: Int64, count wanted: Int, at place: UnsafeMutableRawPointer,
        _ integrals: inout CoilIntegrals, _ level: SIMD8<Double>
    ) {
        var at = unsafe place
        var next = index + Int64(count - reach)
        var left = wanted
        while left > 0 {
            let ready = Swift.min(left, Self.most)
            let new = ready + 2 * reach - count
            if stage.holdsNarrowFrames {
                integrateNarrow(stage, from: next, count: new, &integrals, level)
            } else {
                for number in 0..<new { integrate(codes(stage, next + Int64(number)), &integrals, level) }
            }
            next += Int64(new)
            unsafe filter(to: at, count: ready)
            unsafe at += 32 * ready
            left -= ready
            unsafe memory.copyMemory(from: memory + 32 * ready, byteCount: 32 * (count - ready))
            count -= ready
        }
    }

    /// The codes of frame `index`, each channel's taken as much later as it is late.
    @_noAllocation @_noLocks
    func codes(_ stage: borrowing FrameStage, _ index: Int64) -> FrameCodes {
        if isUnshifted { return stage[index] }
        let shifts = unsafe taps.pointee.shifts
        var codes = FrameCodes.zero
        for lane in 0..<8 { codes[lane] = stage[index + shifts[lane]][lane] }
        return codes
    }

    @_noAllocation @_noLocks
    @inline(__always)
    private mutating func integrate(
        _ codes: FrameCodes, _ integrals: inout CoilIntegrals, _ level: SIMD8<Double>
    ) {
        let wide = widened(codes)
        let i = Stretch.currents(wide)
        integrals.add(i)
        let u = wide.lowHalf - level.lowHalf
        let z = i.replacing(with: integrals.value, where: unsafe taps.pointee.coils .> 0) - Stretch.currents(level)
        let at = unsafe memory + 32 * count
        unsafe at.storeBytes(
            of: SIMD4(Float(u[0]), Float(u[1]), Float(u[2]), 0), as: SIMD4<Float>.self)
        unsafe at.storeBytes(
            of: SIMD4(Float(z[0]), Float(z[1]), Float(z[2]), Float(z[3])), toByteOffset: 16, as: SIMD4<Float>.self)
        count += 1
    }

    /// Integrates 16-bit codes: in whole numbers from where the integrals stand, which are exact, and a third of the work.
    @_noAllocation @_noLocks
    private mutating func integrateNarrow(
        _ stage: borrowing FrameStage, from first: Int64, count new: Int, _ integrals: inout CoilIntegrals,
        _ level: SIMD8<Double>
    ) {
        var isCoil = SIMD4<Int32>.zero
        var start = SIMD4<Float>.zero
        for lane in 0..<4 {
            let coil = self.isCoil(lane)
            isCoil[lane] = coil ? -1 : 0
            start[lane] = Float((coil ? integrals.value[lane] : 0) - level[lane + 3])
        }
        let voltageLevel = SIMD4(Float(level[0]), Float(level[1]), Float(level[2]), Float(level[3]))
        let offset = wholeCodes(integrals.mean)
        var last = wholeCodes(integrals.last)
        // Twice the integral from here on.
        var twice = SIMD4<Int32>.zero
        var at = unsafe memory + 32 * count
        for index in first..<first + Int64(new) {
            let codes = codes(stage, index)
            let i = SIMD4(codes[3], codes[4], codes[5], codes[6])
            let signal = i &- offset
            twice &+= last &+ signal
            last = signal
            let z = (twice & isCoil) | ((i &+ i) & ~isCoil)
            unsafe at.storeBytes(of: floats(codes.lowHalf) - voltageLevel, as: SIMD4<Float>.self)
            unsafe at.storeBytes(of: floats(z) * 0.5 + start, toByteOffset: 16, as: SIMD4<Float>.self)
            unsafe at += 32
        }
        count += new
        integrals.value += 0.5 * doubles(twice & isCoil)
        integrals.last = doubles(last)
    }

    /// Filters the first `ready` frames that have `reach` others to either side.
    @_noAllocation @_noLocks
    private func filter(to place: UnsafeMutableRawPointer, count ready: Int) {
        let voltages = unsafe taps.pointee.voltages
        let currents = unsafe taps.pointee.currents
        let voltageReach = unsafe taps.pointee.filtersVoltages ? reach : 0
        var source = unsafe UnsafeRawPointer(memory) + 32 * reach
        var target = unsafe place
        for _ in 0..<ready {
            unsafe target.storeBytes(of: filtered(source, voltages, reach: voltageReach), as: SIMD4<Float>.self)
            unsafe target.storeBytes(
                of: filtered(source + 16, currents, reach: reach), toByteOffset: 16, as: SIMD4<Float>.self)
            unsafe source += 32
            unsafe target += 32
        }
    }

    @_noAllocation @_noLocks
    @inline(__always)
    private func filtered(
        _ at: UnsafeRawPointer, _ taps: borrowing InlineArray<7, SIMD4<Float>>, reach: Int
    ) -> SIMD4<Float> {
        let here = unsafe at.load(as: SIMD4<Float>.self)
        if reach == 0 { return here }
        var sum = here * taps[3]
        for distance in 1..<4 where distance <= reach {
            sum += unsafe at.load(fromByteOffset: -32 * distance, as: SIMD4<Float>.self) * taps[3 - distance]
            sum += unsafe at.load(fromByteOffset: 32 * distance, as: SIMD4<Float>.self) * taps[3 + distance]
        }
        return sum
    }

    /// Takes `change`, in meter order, off all frames held.
    @_noAllocation @_noLocks
    mutating func subtract(_ change: SIMD8<Double>) { subtractRamp(.zero, from: change) }

    /// Takes a line off all frames held, that is 0 `firstDistance` frames before the first of them.
    @_noAllocation @_noLocks
    mutating func subtractRamp(_ slope: SIMD8<Double>, firstDistance: Double) {
        subtractRamp(slope, from: firstDistance * slope)
    }

    @_noAllocation @_noLocks
    private mutating func subtractRamp(_ slope: SIMD8<Double>, from start: SIMD8<Double>) {
        for place in 0..<count {
            let change = start + Double(place) * slope
            unsafe subtractFromFrame(
                memory + 32 * place, floats(change.lowHalf), floats(Stretch.currents(change)))
        }
    }
}
