/// The exact sum of up to 65 536 times four 32-bit numbers, in two 32-bit sums: of the numbers modulo 2³², and of their
/// upper halves. Three additions and shifts for four numbers, where widening them first takes four to six.
struct SplitSums: BitwiseCopyable {
    private var modulo = SIMD4<UInt32>.zero
    private var above = SIMD4<Int32>.zero

    @_noAllocation @_noLocks
    init() {}

    /// Adds numbers with a sign. One sum takes either these or those without.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func add(_ x: SIMD4<Int32>) {
        modulo &+= SIMD4<UInt32>(truncatingIfNeeded: x)
        above &+= x &>> 16
    }

    /// Adds numbers without a sign, 2³¹ at most.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func add(_ x: SIMD4<UInt32>) {
        modulo &+= x
        above &+= SIMD4<Int32>(truncatingIfNeeded: x &>> 16)
    }

    /// The sums: what the upper halves leave of the sum modulo 2³² is the sum of the lower halves.
    var value: SIMD4<Int64> {
        @_noAllocation @_noLocks get {
            let below = modulo &- (SIMD4<UInt32>(truncatingIfNeeded: above) &<< 16)
            return (SIMD4<Int64>(truncatingIfNeeded: above) &<< 16) &+ SIMD4<Int64>(truncatingIfNeeded: below)
        }
    }

    /// The sums, which have no more than 48 bits, as numbers that hold 53.
    var doubles: SIMD4<Double> {
        @inline(__always) @_noAllocation @_noLocks get {
            let below = modulo &- (SIMD4<UInt32>(truncatingIfNeeded: above) &<< 16)
            return 65_536 * MeterDSP.doubles(above) + MeterDSP.doubles(below)
        }
    }

    /// The same of one lane alone.
    @_noAllocation @_noLocks
    @inline(__always)
    func double(_ lane: Int) -> Double {
        let below = modulo[lane] &- (UInt32(bitPattern: above[lane]) &<< 16)
        return 65_536 * Double(above[lane]) + Double(below)
    }
}
