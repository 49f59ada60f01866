/// Conditions frames of 16-bit codes in one pass, where taps reach one frame and voltages need none: coils are integrated
/// in whole numbers, which are exact, and filtered on the way.
struct NarrowCoils: BitwiseCopyable {
    /// Most frames that one pass takes, for which 32-bit sums are enough.
    private static var mostFrames: Int { @_noAllocation @_noLocks get { 512 } }

    /// All ones in lanes i1, i2, i3, iN that carry a coil's signal.
    private let isCoil: SIMD4<Int32>
    private let gain: SIMD4<Double>
    /// The same, 0 in lanes without a coil.
    private let coilGain: SIMD4<Double>
    // Taps for the frame before, the frame and the one after it, of twice the integrals or of the codes.
    private let before: SIMD4<Float>
    private let here: SIMD4<Float>
    private let after: SIMD4<Float>

    init(_ taps: ConditioningTaps) {
        gain = Stretch.currents(taps.gain)
        coilGain = taps.coils * gain
        isCoil = SIMD4<Int32>.zero.replacing(with: -1, where: SIMD4<Float>(taps.coils) .> 0)
        let half = 1 - 0.5 * SIMD4<Float>(taps.coils)
        before = half * taps.currents[2]
        here = half * taps.currents[3]
        after = half * taps.currents[4]
    }

    /// Whether `taps` are as it wants them.
    static func can(_ taps: ConditioningTaps) -> Bool {
        taps.reach == 1 && !taps.filtersVoltages && taps.shifts == .zero
    }

    /// Stores conditioned frames.
    ///
    /// - Parameters:
    ///   - stage: of narrow frames. Before its first frame and after its last one those stand for what is not there.
    ///   - index: of the first frame, which follows the last one stored.
    ///   - wanted: how many.
    ///   - place: for `wanted` frames of 32 bytes.
    ///   - level: taken off before the filter, in meter order.
    @_noAllocation @_noLocks
    mutating func store(
        _ stage: borrowing FrameStage, from index: Int64, count wanted: Int, at place: UnsafeMutableRawPointer,
        _ integrals: inout CoilIntegrals, _ level: SIMD8<Double>
    ) {
        var index = index
        var at = unsafe place
        var left = wanted
        while left > 0 {
            let (row, held) = unsafe stage.rows(from: index)
            var done = 1
            if index >= stage.start, held > 1 {
                done = Swift.min(Swift.min(left, held - 1), Self.mostFrames)
                unsafe store(row, count: done, at: at, &integrals, level)
            } else {
                var pair = InlineArray<2, SIMD8<Int16>>(repeating: SIMD8(truncatingIfNeeded: stage[index]))
                pair[1] = SIMD8(truncatingIfNeeded: stage[index + 1])
                unsafe withUnsafeBytes(of: &pair) { bytes in
                    guard let start = bytes.baseAddress else { return }
                    unsafe store(start, count: 1, at: at, &integrals, level)
                }
            }
            index += Int64(done)
            unsafe at += 32 * done
            left -= done
        }
    }

    /// - Parameters:
    ///   - frames: `count` + 1 frames of 16 bytes.
    ///   - count: no more than `mostFrames`.
    @_noAllocation @_noLocks
    @inline(never)
    private mutating func store(
        _ frames: UnsafeRawPointer, count: Int, at place: UnsafeMutableRawPointer, _ integrals: inout CoilIntegrals,
        _ level: SIMD8<Double>
    ) {
        let start = Start(
            offset: wholeCodes(integrals.mean),
            current: floats(coilGain * integrals.value - gain * Stretch.currents(level)),
            // A lane more than there are voltages: a constant there would split the subtraction.
            voltageLevel: SIMD4(Float(level[0]), Float(level[1]), Float(level[2]), Float(level[3])))
        let last = wholeCodes(integrals.last)
        let first = unsafe Self.currents(frames) &- start.offset
        let twice = (last & isCoil) &+ first
        var running = Running(
            twice: twice, ahead: twice &+ first, previous: floats(last & ~isCoil), value: floats(twice))
        var row = unsafe frames
        var at = unsafe place
        // Two frames a turn: so less moves from register to register.
        for _ in 0..<count / 2 {
            unsafe store(row, at: at, &running, start)
            unsafe store(row + 16, at: at + 32, &running, start)
            unsafe row += 32
            unsafe at += 64
        }
        if count % 2 == 1 { unsafe store(row, at: at, &running, start) }
        // One frame has been looked at beyond those stored.
        let end = unsafe Self.currents(frames + 16 * (count - 1)) &- start.offset
        integrals.value += 0.5 * doubles((running.twice &- (running.ahead &- running.twice) &- end) & isCoil)
        integrals.last = doubles(end)
    }

    /// What is taken off codes, the currents' part of what is added to filtered values, and what is taken off voltages.
    private struct Start: BitwiseCopyable {
        let offset: SIMD4<Int32>
        let current: SIMD4<Float>
        let voltageLevel: SIMD4<Float>
    }

    /// What one frame leaves to the next.
    private struct Running: BitwiseCopyable {
        /// Twice the integral since the first frame, up to the next one; the code itself where there is no coil.
        var twice: SIMD4<Int32>
        /// What is known of it a frame later.
        var ahead: SIMD4<Int32>
        /// Of the frame before and of this one.
        var previous: SIMD4<Float>
        var value: SIMD4<Float>
    }

    /// Stores one frame, and looks at the one after it.
    @_noAllocation @_noLocks
    @inline(__always)
    private func store(
        _ frame: UnsafeRawPointer, at place: UnsafeMutableRawPointer, _ running: inout Running, _ start: Start
    ) {
        let code = unsafe Self.currents(frame + 16) &- start.offset
        running.twice = (running.ahead & isCoil) &+ code
        running.ahead = running.twice &+ code
        let next = floats(running.twice)
        var filtered = running.value * here + start.current
        filtered += next * after
        filtered += running.previous * before
        running.previous = running.value
        running.value = next
        let u = unsafe SIMD4<Int32>(truncatingIfNeeded: frame.loadUnaligned(as: SIMD4<Int16>.self))
        unsafe place.storeBytes(of: floats(u) - start.voltageLevel, as: SIMD4<Float>.self)
        unsafe place.storeBytes(of: filtered, toByteOffset: 16, as: SIMD4<Float>.self)
    }

    /// Lanes i1, i2, i3, iN of a frame.
    @_noAllocation @_noLocks
    @inline(__always)
    private static func currents(_ frame: UnsafeRawPointer) -> SIMD4<Int32> {
        unsafe SIMD4<Int32>(truncatingIfNeeded: frame.loadUnaligned(fromByteOffset: 6, as: SIMD4<Int16>.self))
    }
}

@_noAllocation @_noLocks
@inline(__always)
func floats(_ x: SIMD4<Int32>) -> SIMD4<Float> { SIMD4(Float(x[0]), Float(x[1]), Float(x[2]), Float(x[3])) }

@_noAllocation @_noLocks
@inline(__always)
func floats(_ x: SIMD4<Double>) -> SIMD4<Float> { SIMD4(Float(x[0]), Float(x[1]), Float(x[2]), Float(x[3])) }

@_noAllocation @_noLocks
@inline(__always)
func doubles(_ x: SIMD4<Int32>) -> SIMD4<Double> { SIMD4(Double(x[0]), Double(x[1]), Double(x[2]), Double(x[3])) }

@_noAllocation @_noLocks
@inline(__always)
func doubles(_ x: SIMD4<UInt32>) -> SIMD4<Double> { SIMD4(Double(x[0]), Double(x[1]), Double(x[2]), Double(x[3])) }

/// Whole numbers of a size that codes and their differences have: added to 1.5 · 2⁵², they stand in its last bits.
@_noAllocation @_noLocks
@inline(__always)
func wholeCodes(_ x: SIMD4<Double>) -> SIMD4<Int32> {
    let bits = unsafe unsafeBitCast(x + 6_755_399_441_055_744, to: SIMD4<UInt64>.self)
    return SIMD4(
        Int32(truncatingIfNeeded: bits[0]), Int32(truncatingIfNeeded: bits[1]), Int32(truncatingIfNeeded: bits[2]),
        Int32(truncatingIfNeeded: bits[3]))
}
