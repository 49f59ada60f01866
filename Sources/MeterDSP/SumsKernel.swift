/// The sums over frames of eight 16-bit codes with nothing around them: what ``Meter`` spends much of its time in, for
/// benchmarks to set beside the same work in C.
@_spi(Benchmarks)
public struct SumsKernel: BitwiseCopyable {
    private var sum = SIMD8<Int64>.zero
    private var squares = SIMD8<Int64>.zero
    private var powers = SIMD4<Int64>.zero
    private var voltagePairs = SIMD4<Int64>.zero
    private var currentPairs = SIMD4<Int64>.zero
    private var minimum = SIMD8<Int16>(repeating: .max)
    private var maximum = SIMD8<Int16>(repeating: .min)

    public init() {}

    /// Adds frames of 16 bytes, u1 u2 u3 i1 i2 i3 iN aux in the machine's byte order.
    ///
    /// - Parameter frames: at most 65 536, the rest is ignored; so is an incomplete one at the end.
    @_noAllocation @_noLocks
    public mutating func add(_ frames: RawSpan) {
        let count = Swift.min(frames.byteCount / 16, NarrowSums.mostFrames)
        let made = unsafe frames.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map { unsafe NarrowSums($0, count: count) }
        }
        guard let next = made else { return }
        sum &+= next.sum
        squares &+= next.squares
        powers &+= next.powers
        voltagePairs &+= next.voltagePairs
        currentPairs &+= next.currentPairs
        minimum.replace(with: next.minimum, where: next.minimum .< minimum)
        maximum.replace(with: next.maximum, where: next.maximum .> maximum)
    }

    /// Σx and Σx² of the eight lanes, Σu·i, Σu·u and Σi·i of the three pairs each, the lowest and the highest codes.
    public var values: InlineArray<41, Int64> {
        InlineArray { place in
            switch place {
            case 0..<8: sum[place]
            case 8..<16: squares[place - 8]
            case 16..<19: powers[place - 16]
            case 19..<22: voltagePairs[place - 19]
            case 22..<25: currentPairs[place - 22]
            case 25..<33: Int64(minimum[place - 25])
            default: Int64(maximum[place - 33])
            }
        }
    }
}
