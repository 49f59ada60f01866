/// Sums of products of two lanes, of ``NarrowSums``.
struct ProductSums: BitwiseCopyable {
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

    /// Adds the sums, each with `taken` added, to `stretch`. `mutating`, for else all of them are copied.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func add(_ taken: Double, to stretch: inout Stretch) {
        let (a, b, c) = (first.doubles, second.doubles, third.doubles)
        stretch.powers += SIMD4(a[0], b[0], b[1], 0) + taken
        stretch.voltagePairs += SIMD4(a[1], a[2], c[0], 0) + taken
        stretch.currentPairs += SIMD4(c[2], b[2], c[3], 0) + taken
    }

    /// Pairs of 16-bit lanes moved as 32-bit ones: of single ones the compiler makes many moves.
    @_noAllocation @_noLocks
    @inline(__always)
    private static func codes(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> SIMD8<Int16> {
        unsafe unsafeBitCast(SIMD4(a, b, c, d), to: SIMD8<Int16>.self)
    }
}
