/// Exact sums over consecutive frames whose codes all lie within 16 bits.
///
/// As fast as a kernel of SSE2 intrinsics, without any. What it rests on: products of neighbouring lanes added up are
/// one instruction (`pmaddwd`), which the compiler sees in `evenHalf &+ oddHalf` of products of widened 16-bit lanes, so
/// two frames are interleaved; lanes move in pairs, as 32-bit lanes; and nothing is widened in the loop (``SplitSums``).
struct NarrowSums: BitwiseCopyable {
    /// Most frames that one call takes, for which 32-bit sums of upper halves are enough.
    static var mostFrames: Int { @_noAllocation @_noLocks get { 65_536 } }

    /// Σx.
    private(set) var sum = SIMD8<Int64>.zero
    /// Σx².
    private(set) var squares = SIMD8<Int64>.zero
    /// Σu·i of phase 1, 2, 3; lane 3 has no meaning.
    private(set) var powers = SIMD4<Int64>.zero
    /// Σu₁·u₂, Σu₂·u₃, Σu₃·u₁; lane 3 has no meaning.
    private(set) var voltagePairs = SIMD4<Int64>.zero
    /// Σi₁·i₂, Σi₂·i₃, Σi₃·i₁; lane 3 has no meaning.
    private(set) var currentPairs = SIMD4<Int64>.zero
    private(set) var minimum = SIMD8<Int16>(repeating: .max)
    private(set) var maximum = SIMD8<Int16>(repeating: .min)

    /// Sums of `count` frames of eight codes each.
    ///
    /// - Parameters:
    ///   - frames: of `count` frames of 16 bytes.
    ///   - count: 0 to `mostFrames`.
    @_noAllocation @_noLocks
    @inline(never)
    init(_ frames: UnsafeRawPointer, count: Int) {
        var pairs = PairSums()
        var low = SIMD8<Int16>(repeating: .max)
        var high = SIMD8<Int16>(repeating: .min)
        var at = unsafe frames
        var left = count
        while left > 1 {
            let one = unsafe at.loadUnaligned(as: SIMD8<Int16>.self)
            let two = unsafe at.loadUnaligned(fromByteOffset: 16, as: SIMD8<Int16>.self)
            low.replace(with: one, where: one .< low)
            low.replace(with: two, where: two .< low)
            high.replace(with: one, where: one .> high)
            high.replace(with: two, where: two .> high)
            pairs.add(one, two)
            unsafe at += 32
            left -= 2
        }
        if left > 0 {
            let one = unsafe at.loadUnaligned(as: SIMD8<Int16>.self)
            low.replace(with: one, where: one .< low)
            high.replace(with: one, where: one .> high)
            pairs.add(one, .zero)
        }
        sum = pairs.sum
        squares = pairs.squares
        let ones = Int64((count + 1) / 2)
        let p = pairs.first.value &+ ones
        let q = pairs.second.value &+ ones
        let r = pairs.third.value &+ ones
        powers = SIMD4(p[0], q[0], q[1], 0)
        voltagePairs = SIMD4(p[1], p[2], r[0], 0)
        currentPairs = SIMD4(r[2], q[2], r[3], 0)
        minimum = low
        maximum = high
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
        for _ in 0..<count / 4 {
            for pair in 0..<2 {
                let pairs = unsafe PairSums.interleaved(
                    at.load(fromByteOffset: 32 * pair, as: SIMD8<Int16>.self),
                    at.load(fromByteOffset: 32 * pair + 16, as: SIMD8<Int16>.self))
                front &+= PairSums.pairSums(pairs.front, ones)
                back &+= PairSums.pairSums(pairs.back, ones)
            }
            unsafe at += 64
        }
        for _ in 0..<count % 4 {
            let pairs = unsafe PairSums.interleaved(at.load(as: SIMD8<Int16>.self), .zero)
            front &+= PairSums.pairSums(pairs.front, ones)
            back &+= PairSums.pairSums(pairs.back, ones)
            unsafe at += 16
        }
        return SIMD8(lowHalf: front, highHalf: back)
    }

    /// Adds the sums to `stretch`.
    @_noAllocation @_noLocks
    func add(to stretch: inout Stretch) {
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

/// Running sums over pairs of frames.
private struct PairSums: BitwiseCopyable {
    private var frontTotal = SIMD4<Int32>.zero
    private var backTotal = SIMD4<Int32>.zero
    private var frontSquares = SplitSums()
    private var backSquares = SplitSums()
    /// u1·i1, u1·u2, u2·u3, and one that nobody needs; less 1 for every pair.
    private(set) var first = SplitSums()
    /// u2·i2, u3·i3, i2·i3 and the same again; less 1 for every pair.
    private(set) var second = SplitSums()
    /// u1·u3, one that nobody needs, i1·i2, i1·i3; less 1 for every pair.
    private(set) var third = SplitSums()

    @_noAllocation @_noLocks
    init() {}

    @_noAllocation @_noLocks
    @inline(__always)
    mutating func add(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) {
        let (front, back) = Self.interleaved(a, b)
        // A multiplication by 1 would be folded away, and with it the one instruction that widens and adds.
        let eleven = SIMD8<Int16>(repeating: 11)
        frontTotal &+= Self.pairSums(front, eleven)
        backTotal &+= Self.pairSums(back, eleven)
        // Two squares reach 2³¹ at most: right as unsigned numbers.
        frontSquares.add(SIMD4<UInt32>(truncatingIfNeeded: Self.pairSums(front, front)))
        backSquares.add(SIMD4<UInt32>(truncatingIfNeeded: Self.pairSums(back, back)))
        // Two products lie above −2³¹ and reach 2³¹: right as signed numbers after taking 1 away.
        let f = unsafe unsafeBitCast(front, to: SIMD4<Int32>.self)
        let g = unsafe unsafeBitCast(back, to: SIMD4<Int32>.self)
        first.add(Self.pairSums(front, Self.codes(f[3], f[0], f[1], f[2])) &- 1)
        second.add(Self.pairSums(Self.codes(f[1], f[2], g[0], g[1]), Self.codes(g[0], g[1], g[1], g[0])) &- 1)
        third.add(Self.pairSums(Self.codes(f[0], f[3], g[0], g[1]), Self.codes(f[2], f[2], f[3], f[3])) &- 1)
    }

    /// Σx: 11 · 0xBA2E8BA3 = 1 modulo 2³², and Σx fits.
    var sum: SIMD8<Int64> {
        @_noAllocation @_noLocks get {
            SIMD8<Int64>(
                truncatingIfNeeded: SIMD8(lowHalf: frontTotal, highHalf: backTotal) &* Int32(bitPattern: 0xBA2E_8BA3))
        }
    }

    var squares: SIMD8<Int64> {
        @_noAllocation @_noLocks get { SIMD8(lowHalf: frontSquares.value, highHalf: backSquares.value) }
    }

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
        let products = SIMD8<Int32>(truncatingIfNeeded: a) &* SIMD8<Int32>(truncatingIfNeeded: b)
        return products.evenHalf &+ products.oddHalf
    }

    /// Pairs of 16-bit lanes moved as 32-bit ones: of single ones the compiler makes many moves.
    @_noAllocation @_noLocks
    @inline(__always)
    private static func codes(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> SIMD8<Int16> {
        unsafe unsafeBitCast(SIMD4(a, b, c, d), to: SIMD8<Int16>.self)
    }
}
