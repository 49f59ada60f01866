/// The sums over frames of eight 16-bit codes with nothing around them: what ``Meter`` spends its time in, for
/// benchmarks to set beside the same work in C.
@_spi(Benchmarks)
public struct SumsKernel: BitwiseCopyable {
    private var sums = NarrowSums()

    public init() {}

    /// Adds frames of 16 bytes, u1 u2 u3 i1 i2 i3 iN aux in the machine's byte order.
    ///
    /// - Parameter frames: at most 32 768; an incomplete one at the end is ignored.
    @_noAllocation @_noLocks
    public mutating func add(_ frames: RawSpan) {
        let count = Swift.min(frames.byteCount / 16, 32_768)
        let next = unsafe frames.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map { unsafe NarrowSums($0, count: count) }
        }
        if let next { sums.merge(next) }
    }

    /// Σx and Σx² of the eight lanes, Σu·i, Σu·u and Σi·i of the three pairs each, the lowest and the highest codes.
    public var values: InlineArray<41, Int64> {
        InlineArray { place in
            switch place {
            case 0..<8: sums.sum[place]
            case 8..<16: sums.squares[place - 8]
            case 16..<19: sums.products[place - 16]
            case 19..<22: sums.voltageProducts[place - 19]
            case 22..<25: sums.currentProducts[place - 22]
            case 25..<33: Int64(sums.minimum[place - 25])
            default: Int64(sums.maximum[place - 33])
            }
        }
    }
}
