/// Exact sums over consecutive frames whose codes all lie within 16 bits.
///
/// As fast as a kernel of SSE2 intrinsics, without any. What it rests on: the products of two neighbouring lanes added
/// up are one instruction (`pmaddwd`) where a compiler sees `evenHalf &+ oddHalf` of products of widened 16-bit lanes,
/// so two frames are interleaved; lanes move in pairs, as 32-bit lanes; and nothing is widened in the loop: each 32-bit
/// result enters one sum modulo 2³² and, with its upper half, another one, which together give the sum exactly.
struct NarrowSums: BitwiseCopyable {
    /// Most frames that one call takes: sums of upper halves then stay within 32 bits.
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
        guard count > 0 else { return }
        // Multiplying by 1 would be folded away, and with it the one instruction that widens and adds two codes.
        let elevens = SIMD8<Int16>(repeating: 11)
        var total = (SIMD4<Int32>.zero, SIMD4<Int32>.zero)
        var squares = (SIMD4<UInt32>.zero, SIMD4<UInt32>.zero)
        var squaresAbove = (SIMD4<UInt32>.zero, SIMD4<UInt32>.zero)
        var products = (SIMD4<Int32>.zero, SIMD4<Int32>.zero, SIMD4<Int32>.zero)
        var productsAbove = (SIMD4<Int32>.zero, SIMD4<Int32>.zero, SIMD4<Int32>.zero)
        var low = SIMD8<Int16>(repeating: .max)
        var high = SIMD8<Int16>(repeating: .min)
        var at = unsafe frames
        // Codes of two frames side by side. They go round the loop so that the compiler cannot see the interleaving and
        // take the products apart again. At first: of the odd frame and nothing.
        var front = SIMD8<Int16>.zero
        var back = SIMD8<Int16>.zero
        var left = count / 2
        if count % 2 == 1 {
            low = unsafe at.loadUnaligned(as: SIMD8<Int16>.self)
            high = low
            front = SIMD8(low[0], 0, low[1], 0, low[2], 0, low[3], 0)
            back = SIMD8(low[4], 0, low[5], 0, low[6], 0, low[7], 0)
            unsafe at += 16
        }
        while true {
            total.0 &+= Self.pairSums(front, elevens)
            total.1 &+= Self.pairSums(back, elevens)
            // Two squares reach 2³¹ at most: right as unsigned numbers.
            let frontSquares = SIMD4<UInt32>(truncatingIfNeeded: Self.pairSums(front, front))
            let backSquares = SIMD4<UInt32>(truncatingIfNeeded: Self.pairSums(back, back))
            squares.0 &+= frontSquares
            squares.1 &+= backSquares
            squaresAbove.0 &+= frontSquares &>> 16
            squaresAbove.1 &+= backSquares &>> 16
            // u1, u2, u3, i1 and i2, i3, iN, aux, each of both frames.
            let f = unsafe unsafeBitCast(front, to: SIMD4<Int32>.self)
            let b = unsafe unsafeBitCast(back, to: SIMD4<Int32>.self)
            // Two products lie above −2³¹ and reach +2³¹: right as signed numbers after taking 1 away.
            // u1·i1, u2·u1, u3·u2, and i1·u3, which nobody needs.
            let first = Self.pairSums(front, Self.codes(f[3], f[0], f[1], f[2])) &- 1
            // u2·i2, u3·i3, i2·i3, i3·i2.
            let second = Self.pairSums(Self.codes(f[1], f[2], b[0], b[1]), Self.codes(b[0], b[1], b[1], b[0])) &- 1
            // u1·u3, i1·u3, i2·i1, i3·i1.
            let third = Self.pairSums(Self.codes(f[0], f[3], b[0], b[1]), Self.codes(f[2], f[2], f[3], f[3])) &- 1
            products.0 &+= first
            products.1 &+= second
            products.2 &+= third
            productsAbove.0 &+= first &>> 16
            productsAbove.1 &+= second &>> 16
            productsAbove.2 &+= third &>> 16
            if left == 0 { break }
            let one = unsafe at.loadUnaligned(as: SIMD8<Int16>.self)
            let two = unsafe at.loadUnaligned(fromByteOffset: 16, as: SIMD8<Int16>.self)
            low.replace(with: one, where: one .< low)
            low.replace(with: two, where: two .< low)
            high.replace(with: one, where: one .> high)
            high.replace(with: two, where: two .> high)
            front = SIMD8(one[0], two[0], one[1], two[1], one[2], two[2], one[3], two[3])
            back = SIMD8(one[4], two[4], one[5], two[5], one[6], two[6], one[7], two[7])
            unsafe at += 32
            left &-= 1
        }
        // 11·0xBA2E8BA3 = 1 modulo 2³².
        sum = SIMD8<Int64>(
            truncatingIfNeeded: SIMD8(lowHalf: total.0, highHalf: total.1) &* Int32(bitPattern: 0xBA2E_8BA3))
        self.squares = SIMD8(
            lowHalf: Self.joined(SIMD4(truncatingIfNeeded: squaresAbove.0), squares.0),
            highHalf: Self.joined(SIMD4(truncatingIfNeeded: squaresAbove.1), squares.1))
        // The loop ran once more than there are pairs of frames: for the odd frame, or for nothing.
        let ones = Int64(count / 2 + 1)
        let p = Self.joined(productsAbove.0, SIMD4(truncatingIfNeeded: products.0)) &+ ones
        let q = Self.joined(productsAbove.1, SIMD4(truncatingIfNeeded: products.1)) &+ ones
        let r = Self.joined(productsAbove.2, SIMD4(truncatingIfNeeded: products.2)) &+ ones
        powers = SIMD4(p[0], q[0], q[1], 0)
        voltagePairs = SIMD4(p[1], p[2], r[0], 0)
        currentPairs = SIMD4(r[2], q[2], r[3], 0)
        minimum = low
        maximum = high
    }

    /// Products of lanes, lanes 0 and 1 added up, 2 and 3, and so on.
    @_noAllocation @_noLocks
    @inline(__always)
    private static func pairSums(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD4<Int32> {
        let products = SIMD8<Int32>(truncatingIfNeeded: a) &* SIMD8<Int32>(truncatingIfNeeded: b)
        return products.evenHalf &+ products.oddHalf
    }

    @_noAllocation @_noLocks
    @inline(__always)
    private static func codes(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> SIMD8<Int16> {
        unsafe unsafeBitCast(SIMD4(a, b, c, d), to: SIMD8<Int16>.self)
    }

    /// The sum of 32-bit numbers from the sum of their upper halves and their sum modulo 2³²: what the upper halves
    /// leave of it is the sum of the lower halves.
    @_noAllocation @_noLocks
    @inline(__always)
    private static func joined(_ above: SIMD4<Int32>, _ modulo: SIMD4<UInt32>) -> SIMD4<Int64> {
        let below = modulo &- (SIMD4<UInt32>(truncatingIfNeeded: above) &<< 16)
        return (SIMD4<Int64>(truncatingIfNeeded: above) &<< 16) &+ SIMD4<Int64>(truncatingIfNeeded: below)
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
