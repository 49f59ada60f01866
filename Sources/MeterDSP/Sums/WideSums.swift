/// The codes of one frame, widened: one lane per ``MeterChannel``, absent channels 0.
typealias FrameCodes = SIMD8<Int32>

/// Exact sums over consecutive frames of codes of up to 32 bits.
///
/// A product of two such codes has up to 63 bits, so that a 64-bit sum could overflow after two frames: the upper and
/// the lower half of each product are added up for themselves.
struct WideSums: BitwiseCopyable {
    /// A sum of products in two parts: Σ = high·2³² + low.
    struct Split4: BitwiseCopyable {
        var low = SIMD4<Int64>.zero
        var high = SIMD4<Int64>.zero

        @_noAllocation @_noLocks
        init() {}

        @_noAllocation @_noLocks
        @inline(__always)
        mutating func add(_ a: SIMD4<Int64>, _ b: SIMD4<Int64>) {
            let product = a &* b
            low &+= product & 0xFFFF_FFFF
            high &+= product &>> 32
        }

        /// The sum, rounded once where it has more than 53 bits: the parts are first made to overlap in no bit.
        var value: SIMD4<Double> {
            @_noAllocation @_noLocks get {
                var sum = SIMD4<Double>.zero
                for lane in 0..<4 {
                    let carried = high[lane] &+ (low[lane] &>> 32)
                    sum[lane] = Double(carried) * 4_294_967_296 + Double(low[lane] & 0xFFFF_FFFF)
                }
                return sum
            }
        }
    }

    private var sum = SIMD8<Int64>.zero
    private var voltageSquares = Split4()
    private var currentSquares = Split4()
    private var restSquares = Split4()
    private var powers = Split4()
    private var voltagePairs = Split4()
    private var currentPairs = Split4()
    var minimum = FrameCodes(repeating: .max)
    var maximum = FrameCodes(repeating: .min)

    @_noAllocation @_noLocks
    init() {}

    @_noAllocation @_noLocks
    mutating func add(_ codes: FrameCodes) {
        minimum.replace(with: codes, where: codes .< minimum)
        maximum.replace(with: codes, where: codes .> maximum)
        let wide = SIMD8<Int64>(truncatingIfNeeded: codes)
        sum &+= wide
        let u = wide.lowHalf
        let i = SIMD4(wide[3], wide[4], wide[5], wide[6])
        let rest = SIMD4(wide[7], 0, 0, 0)
        voltageSquares.add(u, u)
        currentSquares.add(i, i)
        restSquares.add(rest, rest)
        powers.add(u, i)
        voltagePairs.add(u, SIMD4(wide[1], wide[2], wide[0], 0))
        currentPairs.add(i, SIMD4(wide[4], wide[5], wide[3], 0))
    }

    /// Adds the sums to `stretch`.
    @_noAllocation @_noLocks
    func add(to stretch: inout Stretch) {
        let u = voltageSquares.value
        let i = currentSquares.value
        stretch.squares += SIMD8(u[0], u[1], u[2], i[0], i[1], i[2], i[3], restSquares.value[0])
        stretch.powers += powers.value
        stretch.voltagePairs += voltagePairs.value
        stretch.currentPairs += currentPairs.value
        for lane in 0..<8 {
            stretch.sum[lane] += Double(sum[lane])
            stretch.minimum[lane] = Swift.min(stretch.minimum[lane], Double(minimum[lane]))
            stretch.maximum[lane] = Swift.max(stretch.maximum[lane], Double(maximum[lane]))
        }
    }
}
