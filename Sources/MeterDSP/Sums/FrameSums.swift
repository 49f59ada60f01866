/// The codes of one frame, widened: one lane per ``MeterChannel``, absent channels 0.
typealias FrameCodes = SIMD8<Int32>

/// Exact integer sums over consecutive frames, and the extremes.
///
/// Nothing is rounded and nothing drifts: sums over adjacent stretches add up to the sums over both.
struct FrameSums: BitwiseCopyable {
    /// Σx.
    var sum = SIMD8<Int64>.zero
    /// Σx².
    var squares = InlineArray<8, Int128>(repeating: 0)
    /// Σu·i of phase 1, 2, 3.
    var products = InlineArray<3, Int128>(repeating: 0)
    var minimum = FrameCodes(repeating: .max)
    var maximum = FrameCodes(repeating: .min)

    @_noAllocation @_noLocks
    init() {}

    @_noAllocation @_noLocks
    mutating func merge(_ next: FrameSums) {
        sum &+= next.sum
        for lane in 0..<8 { squares[lane] += next.squares[lane] }
        for phase in 0..<3 { products[phase] += next.products[phase] }
        minimum.replace(with: next.minimum, where: next.minimum .< minimum)
        maximum.replace(with: next.maximum, where: next.maximum .> maximum)
    }

    /// Adds `frames`, whose codes all lie within 16 bits.
    ///
    /// A product of two such codes fits 32 bits; its high and low halves are summed in 32-bit lanes of their own,
    /// which hold 2¹⁵ frames: no 64-bit multiplication, which the oldest x86-64 lacks in vector form.
    ///
    /// - Parameter frames: at most 32 768.
    @_noAllocation @_noLocks
    mutating func addNarrow(_ frames: UnsafeBufferPointer<FrameCodes>) {
        var total = SIMD8<Int32>.zero
        var totalHigh = SIMD8<Int32>.zero
        var squareLow = SIMD8<Int32>.zero
        var squareHigh = SIMD8<Int32>.zero
        var productLow = SIMD4<Int32>.zero
        var productHigh = SIMD4<Int32>.zero
        var low = minimum
        var high = maximum
        for index in 0..<frames.count {
            let codes = unsafe frames[index]
            total &+= codes & 0xFFFF
            totalHigh &+= codes &>> 16
            let square = codes &* codes
            squareLow &+= square & 0xFFFF
            squareHigh &+= square &>> 16
            let voltages = codes.lowHalf
            let currents = SIMD4<Int32>(codes[3], codes[4], codes[5], 0)
            let product = voltages &* currents
            productLow &+= product & 0xFFFF
            productHigh &+= product &>> 16
            low.replace(with: codes, where: codes .< low)
            high.replace(with: codes, where: codes .> high)
        }
        minimum = low
        maximum = high
        for lane in 0..<8 {
            sum[lane] &+= Int64(totalHigh[lane]) << 16 &+ Int64(total[lane])
            squares[lane] += Int128(Int64(squareHigh[lane]) << 16 &+ Int64(squareLow[lane]))
        }
        for phase in 0..<3 {
            products[phase] += Int128(Int64(productHigh[phase]) << 16 &+ Int64(productLow[phase]))
        }
    }

    /// Adds `frames` with codes of up to 32 bits.
    @_noAllocation @_noLocks
    mutating func addWide(_ frames: UnsafeBufferPointer<FrameCodes>) {
        for index in 0..<frames.count {
            let codes = unsafe frames[index]
            for lane in 0..<8 {
                let code = Int64(codes[lane])
                sum[lane] &+= code
                squares[lane] += Int128(code &* code)
            }
            for phase in 0..<3 { products[phase] += Int128(Int64(codes[phase]) &* Int64(codes[phase + 3])) }
            minimum.replace(with: codes, where: codes .< minimum)
            maximum.replace(with: codes, where: codes .> maximum)
        }
    }
}
