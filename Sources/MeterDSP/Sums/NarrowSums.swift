/// Exact sums over frames whose codes all lie within 16 bits, 65 536 at most.
///
/// As fast as a kernel of SSE2 intrinsics, without any. What it rests on: products of neighbouring lanes added up are
/// one instruction (`pmaddwd`), which the compiler sees in `evenHalf &+ oddHalf` of products of widened 16-bit lanes, so
/// two frames are interleaved; lanes move in pairs, as 32-bit lanes; nothing is widened in the loop (``SplitSums``); and
/// there are two loops, because one has more running values than registers.
struct NarrowSums: BitwiseCopyable {
    /// Most frames in all, for which 32-bit sums of upper halves are enough.
    static var mostFrames: Int { @_noAllocation @_noLocks get { 65_536 } }

    /// How many frames there are.
    private(set) var count = 0
    private var lanes = LaneSums()
    private var products = ProductSums()
    /// What all sums of products lack.
    private var taken: Int64 = 0

    @_noAllocation @_noLocks
    init() {}

    /// Sums of `count` frames of eight codes each.
    @_noAllocation @_noLocks
    init(_ frames: UnsafeRawPointer, count: Int) { unsafe add(frames, count: count) }

    /// Adds frames.
    ///
    /// - Parameters:
    ///   - frames: of `count` frames of 16 bytes.
    ///   - count: 0 to ``mostFrames``, with those that are there already.
    @_noAllocation @_noLocks
    mutating func add(_ frames: UnsafeRawPointer, count: Int) {
        self.count += count
        unsafe addLanes(frames, count: count)
        // Two products of lowest codes are 2³¹, which is no signed number.
        if lanes.holdsLowest {
            unsafe addProductsLessOne(frames, count: count)
        } else {
            unsafe addProducts(frames, count: count)
        }
    }

    @_noAllocation @_noLocks
    @inline(never)
    private mutating func addLanes(_ frames: UnsafeRawPointer, count: Int) {
        // A copy of its own stays in registers.
        var lanes = self.lanes
        var at = unsafe frames
        for _ in 0..<count / 4 {
            for pair in 0..<2 { unsafe lanes.add(Self.frame(at + 32 * pair), Self.frame(at + 32 * pair + 16)) }
            unsafe at += 64
        }
        for _ in 0..<count % 4 {
            lanes.add(unsafe Self.frame(at))
            unsafe at += 16
        }
        self.lanes = lanes
    }

    @_noAllocation @_noLocks
    @inline(never)
    private mutating func addProducts(_ frames: UnsafeRawPointer, count: Int) {
        products = unsafe products.adding(frames, count: count, less: 0)
    }

    @_noAllocation @_noLocks
    @inline(never)
    private mutating func addProductsLessOne(_ frames: UnsafeRawPointer, count: Int) {
        products = unsafe products.adding(frames, count: count, less: 1)
        taken += Int64((count + 1) / 2)
    }

    @_noAllocation @_noLocks
    @inline(__always)
    static func frame(_ at: UnsafeRawPointer) -> SIMD8<Int16> {
        unsafe at.loadUnaligned(as: SIMD8<Int16>.self)
    }

    /// Σx.
    var sum: SIMD8<Int64> { @_noAllocation @_noLocks get { SIMD8<Int64>(truncatingIfNeeded: lanes.sum) } }

    /// Σx².
    var squares: SIMD8<Int64> {
        @_noAllocation @_noLocks get { SIMD8(lowHalf: lanes.frontSquares.value, highHalf: lanes.backSquares.value) }
    }

    /// Σx and Σx² of the voltage of `phase`.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func voltage(_ phase: Int) -> (sum: Double, squares: Double) { lanes.frontLane(phase & 3) }

    /// Σu·i of phase 1, 2, 3; lane 3 has no meaning.
    var powers: SIMD4<Int64> { @_noAllocation @_noLocks get { products.powers &+ taken } }
    /// Σu₁·u₂, Σu₂·u₃, Σu₃·u₁; lane 3 has no meaning.
    var voltagePairs: SIMD4<Int64> { @_noAllocation @_noLocks get { products.voltagePairs &+ taken } }
    /// Σi₁·i₂, Σi₂·i₃, Σi₃·i₁; lane 3 has no meaning.
    var currentPairs: SIMD4<Int64> { @_noAllocation @_noLocks get { products.currentPairs &+ taken } }
    var minimum: SIMD8<Int16> { @_noAllocation @_noLocks get { lanes.minimum } }
    var maximum: SIMD8<Int16> { @_noAllocation @_noLocks get { lanes.maximum } }

    /// Σx alone of eight frames: what a group has at 32 kHz.
    ///
    /// Both the codes and the codes less their last four bits are added up as 16-bit numbers. The second sum, eight
    /// times −2048 to 2047, fits in; with it the first one, which is right modulo 2¹⁶, tells the sum of the last four bits.
    ///
    /// - Parameters:
    ///   - frames: of 128 bytes.
    ///   - weights: four times 1 and 16.
    @_noAllocation @_noLocks
    @inline(__always)
    static func sumOfEight(_ frames: UnsafeRawPointer, weights: SIMD8<Int16>) -> SIMD8<Int32> {
        var modulo = SIMD8<Int16>.zero
        var above = SIMD8<Int16>.zero
        for place in 0..<8 {
            let codes = unsafe frame(frames + 16 * place)
            modulo &+= codes
            above &+= codes &>> 4
        }
        let below = modulo &- (above &<< 4)
        let (front, back) = FramePairs.interleaved(below, above)
        return SIMD8(
            lowHalf: FramePairs.pairSums(front, weights), highHalf: FramePairs.pairSums(back, weights))
    }

    /// Σx alone, of 0 to `mostFrames` frames of 16 bytes.
    ///
    /// - Parameter ones: eight times 1.
    @_noAllocation @_noLocks
    @inline(__always)
    static func sum(_ frames: UnsafeRawPointer, count: Int, ones: SIMD8<Int16>) -> SIMD8<Int32> {
        var front = SIMD4<Int32>.zero
        var back = SIMD4<Int32>.zero
        var at = unsafe frames
        // Eight frames a turn: what a group has at 32 kHz.
        for _ in 0..<count / 8 {
            for pair in 0..<4 {
                let pairs = unsafe FramePairs.interleaved(frame(at + 32 * pair), frame(at + 32 * pair + 16))
                front &+= FramePairs.pairSums(pairs.front, ones)
                back &+= FramePairs.pairSums(pairs.back, ones)
            }
            unsafe at += 128
        }
        for _ in 0..<count % 8 / 2 {
            let pairs = unsafe FramePairs.interleaved(frame(at), frame(at + 16))
            front &+= FramePairs.pairSums(pairs.front, ones)
            back &+= FramePairs.pairSums(pairs.back, ones)
            unsafe at += 32
        }
        if count % 2 == 1 {
            let last = unsafe FramePairs.widened(frame(at))
            front &+= last.lowHalf
            back &+= last.highHalf
        }
        return SIMD8(lowHalf: front, highHalf: back)
    }

    /// Adds the sums to `stretch`.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func add(to stretch: inout Stretch) {
        guard count > 0 else { return }
        lanes.add(to: &stretch)
        products.add(Double(taken), to: &stretch)
    }
}
