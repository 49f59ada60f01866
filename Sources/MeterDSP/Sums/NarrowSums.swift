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
    fileprivate static func frame(_ at: UnsafeRawPointer) -> SIMD8<Int16> {
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
    func voltage(_ phase: Int) -> (sum: Double, squares: Double) {
        (Double(lanes.sum[phase & 3]), Double(lanes.frontSquares.value[phase & 3]))
    }

    /// Σu·i of phase 1, 2, 3; lane 3 has no meaning.
    var powers: SIMD4<Int64> { @_noAllocation @_noLocks get { products.powers &+ taken } }
    /// Σu₁·u₂, Σu₂·u₃, Σu₃·u₁; lane 3 has no meaning.
    var voltagePairs: SIMD4<Int64> { @_noAllocation @_noLocks get { products.voltagePairs &+ taken } }
    /// Σi₁·i₂, Σi₂·i₃, Σi₃·i₁; lane 3 has no meaning.
    var currentPairs: SIMD4<Int64> { @_noAllocation @_noLocks get { products.currentPairs &+ taken } }
    var minimum: SIMD8<Int16> { @_noAllocation @_noLocks get { lanes.minimum } }
    var maximum: SIMD8<Int16> { @_noAllocation @_noLocks get { lanes.maximum } }

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
    func add(to stretch: inout Stretch) {
        guard count > 0 else { return }
        let (sum, squares, powers) = (sum, squares, powers)
        let (voltagePairs, currentPairs) = (voltagePairs, currentPairs)
        for lane in 0..<8 {
            stretch.sum[lane] += Double(sum[lane])
            stretch.squares[lane] += Double(squares[lane])
            stretch.minimum[lane] = Swift.min(stretch.minimum[lane], Double(minimum[lane]))
            stretch.maximum[lane] = Swift.max(stretch.maximum[lane], Double(maximum[lane]))
        }
        for lane in 0..<3 {
            stretch.powers[lane] += Double(powers[lane])
            stretch.voltagePairs[lane] += Double(voltagePairs[lane])
            stretch.currentPairs[lane] += Double(currentPairs[lane])
        }
    }
}

/// Σx, Σx², and the lowest and highest codes, of ``NarrowSums``.
private struct LaneSums: BitwiseCopyable {
    private var frontTotal = SIMD4<Int32>.zero
    private var backTotal = SIMD4<Int32>.zero
    private(set) var frontSquares = SplitSums()
    private(set) var backSquares = SplitSums()
    private(set) var minimum = SIMD8<Int16>(repeating: .max)
    private(set) var maximum = SIMD8<Int16>(repeating: .min)

    @_noAllocation @_noLocks
    init() {}

    @_noAllocation @_noLocks
    @inline(__always)
    mutating func add(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) {
        minimum.replace(with: a, where: a .< minimum)
        minimum.replace(with: b, where: b .< minimum)
        maximum.replace(with: a, where: a .> maximum)
        maximum.replace(with: b, where: b .> maximum)
        addSums(a, b)
    }

    @_noAllocation @_noLocks
    @inline(__always)
    mutating func add(_ a: SIMD8<Int16>) {
        minimum.replace(with: a, where: a .< minimum)
        maximum.replace(with: a, where: a .> maximum)
        addSums(a, .zero)
    }

    @_noAllocation @_noLocks
    @inline(__always)
    private mutating func addSums(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) {
        let (front, back) = FramePairs.interleaved(a, b)
        // A multiplication by 1 would be folded away, and with it the one instruction that widens and adds.
        let eleven = SIMD8<Int16>(repeating: 11)
        frontTotal &+= FramePairs.pairSums(front, eleven)
        backTotal &+= FramePairs.pairSums(back, eleven)
        // Two squares reach 2³¹ at most: right as unsigned numbers.
        frontSquares.add(SIMD4<UInt32>(truncatingIfNeeded: FramePairs.pairSums(front, front)))
        backSquares.add(SIMD4<UInt32>(truncatingIfNeeded: FramePairs.pairSums(back, back)))
    }

    /// Whether any lane has had the lowest code, as two words: a mask of lanes is made lane by lane, in memory.
    var holdsLowest: Bool {
        @_noAllocation @_noLocks get {
            let words = unsafe unsafeBitCast(minimum, to: SIMD2<UInt64>.self)
            return Self.holdsLowest(words[0]) || Self.holdsLowest(words[1])
        }
    }

    /// Whether any of four lanes is 0x8000: without that bit it is 0, and one less then has it.
    @_noAllocation @_noLocks
    @inline(__always)
    private static func holdsLowest(_ word: UInt64) -> Bool {
        let lanes = word ^ 0x8000_8000_8000_8000
        return (lanes &- 0x0001_0001_0001_0001) & ~lanes & 0x8000_8000_8000_8000 != 0
    }

    /// Σx: 11 · 0xBA2E8BA3 = 1 modulo 2³², and Σx fits.
    var sum: SIMD8<Int32> {
        @_noAllocation @_noLocks get {
            SIMD8(lowHalf: frontTotal, highHalf: backTotal) &* Int32(bitPattern: 0xBA2E_8BA3)
        }
    }
}

/// Sums of products of two lanes, of ``NarrowSums``.
private struct ProductSums: BitwiseCopyable {
    /// u1·i1, u1·u2, u2·u3, and one that nobody needs.
    private var first = SplitSums()
    /// u2·i2, u3·i3, i2·i3 and the same again.
    private var second = SplitSums()
    /// u1·u3, one that nobody needs, i1·i2, i1·i3.
    private var third = SplitSums()

    @_noAllocation @_noLocks
    init() {}

    /// With `count` frames added.
    ///
    /// - Parameter less: taken off what two frames add, and an odd one: two products lie above −2³¹, and reach 2³¹ where
    ///   they are those of lowest codes.
    @_noAllocation @_noLocks
    @inline(__always)
    func adding(_ frames: UnsafeRawPointer, count: Int, less: Int32) -> ProductSums {
        var sums = self
        var at = unsafe frames
        for _ in 0..<count / 4 {
            for pair in 0..<2 {
                unsafe sums.add(NarrowSums.frame(at + 32 * pair), NarrowSums.frame(at + 32 * pair + 16), less: less)
            }
            unsafe at += 64
        }
        if count & 2 != 0 {
            unsafe sums.add(NarrowSums.frame(at), NarrowSums.frame(at + 16), less: less)
            unsafe at += 32
        }
        if count & 1 != 0 { sums.add(unsafe NarrowSums.frame(at), .zero, less: less) }
        return sums
    }

    @_noAllocation @_noLocks
    @inline(__always)
    private mutating func add(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>, less: Int32) {
        let (front, back) = FramePairs.interleaved(a, b)
        let f = unsafe unsafeBitCast(front, to: SIMD4<Int32>.self)
        let g = unsafe unsafeBitCast(back, to: SIMD4<Int32>.self)
        first.add(FramePairs.pairSums(front, Self.codes(f[3], f[0], f[1], f[2])) &- less)
        second.add(
            FramePairs.pairSums(Self.codes(f[1], f[2], g[0], g[1]), Self.codes(g[0], g[1], g[1], g[0])) &- less)
        third.add(
            FramePairs.pairSums(Self.codes(f[0], f[3], g[0], g[1]), Self.codes(f[2], f[2], f[3], f[3])) &- less)
    }

    /// Σu·i of phase 1, 2, 3.
    var powers: SIMD4<Int64> {
        @_noAllocation @_noLocks get { SIMD4(first.value[0], second.value[0], second.value[1], 0) }
    }

    /// Σu₁·u₂, Σu₂·u₃, Σu₃·u₁.
    var voltagePairs: SIMD4<Int64> {
        @_noAllocation @_noLocks get { SIMD4(first.value[1], first.value[2], third.value[0], 0) }
    }

    /// Σi₁·i₂, Σi₂·i₃, Σi₃·i₁.
    var currentPairs: SIMD4<Int64> {
        @_noAllocation @_noLocks get { SIMD4(third.value[2], second.value[2], third.value[3], 0) }
    }

    /// Pairs of 16-bit lanes moved as 32-bit ones: of single ones the compiler makes many moves.
    @_noAllocation @_noLocks
    @inline(__always)
    private static func codes(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> SIMD8<Int16> {
        unsafe unsafeBitCast(SIMD4(a, b, c, d), to: SIMD8<Int16>.self)
    }
}

/// Two frames of eight 16-bit codes side by side.
private enum FramePairs {
    /// Both frames' u1, u2, u3, i1 and both frames' i2, i3, iN, aux, side by side.
    @_noAllocation @_noLocks
    @inline(__always)
    static func interleaved(
        _ a: SIMD8<Int16>, _ b: SIMD8<Int16>
    ) -> (front: SIMD8<Int16>, back: SIMD8<Int16>) {
        (
            SIMD8(a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3]),
            SIMD8(a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7])
        )
    }

    /// Products of lanes, lanes 0 and 1 added up, 2 and 3, and so on, modulo 2³².
    @_noAllocation @_noLocks
    @inline(__always)
    static func pairSums(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD4<Int32> {
        let products = widened(a) &* widened(b)
        return products.evenHalf &+ products.oddHalf
    }

    // Lane by lane: the standard library's own conversion is not always inlined.
    @_noAllocation @_noLocks
    @inline(__always)
    static func widened(_ x: SIMD8<Int16>) -> SIMD8<Int32> {
        SIMD8(
            Int32(x[0]), Int32(x[1]), Int32(x[2]), Int32(x[3]), Int32(x[4]), Int32(x[5]), Int32(x[6]), Int32(x[7]))
    }
}
