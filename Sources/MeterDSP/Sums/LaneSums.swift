/// Σx, Σx², and the lowest and highest codes, of ``NarrowSums``.
struct LaneSums: BitwiseCopyable {
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
        @inline(__always) @_noAllocation @_noLocks get {
            SIMD8(lowHalf: frontTotal, highHalf: backTotal) &* Int32(bitPattern: 0xBA2E_8BA3)
        }
    }

    /// Σx and Σx² of lane 0 to 3 alone.
    @_noAllocation @_noLocks
    @inline(__always)
    func frontLane(_ lane: Int) -> (sum: Double, squares: Double) {
        (Double(frontTotal[lane] &* Int32(bitPattern: 0xBA2E_8BA3)), frontSquares.double(lane))
    }

    /// Adds the sums to `stretch`. `mutating`, for else all of them are copied.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func add(to stretch: inout Stretch) {
        let sum = sum
        stretch.sum += SIMD8(lowHalf: doubles(sum.lowHalf), highHalf: doubles(sum.highHalf))
        stretch.squares += SIMD8(lowHalf: frontSquares.doubles, highHalf: backSquares.doubles)
        stretch.minimum = smaller(stretch.minimum, widened(FramePairs.widened(minimum)))
        stretch.maximum = larger(stretch.maximum, widened(FramePairs.widened(maximum)))
    }
}
