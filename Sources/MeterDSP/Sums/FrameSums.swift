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
    /// Σu₁·u₂, Σu₂·u₃, Σu₃·u₁.
    var voltageProducts = InlineArray<3, Int128>(repeating: 0)
    /// Σi₁·i₂, Σi₂·i₃, Σi₃·i₁.
    var currentProducts = InlineArray<3, Int128>(repeating: 0)
    var minimum = FrameCodes(repeating: .max)
    var maximum = FrameCodes(repeating: .min)

    @_noAllocation @_noLocks
    init() {}

    @_noAllocation @_noLocks
    mutating func merge(_ next: FrameSums) {
        sum &+= next.sum
        for lane in 0..<8 { squares[lane] += next.squares[lane] }
        for phase in 0..<3 {
            products[phase] += next.products[phase]
            voltageProducts[phase] += next.voltageProducts[phase]
            currentProducts[phase] += next.currentProducts[phase]
        }
        minimum.replace(with: next.minimum, where: next.minimum .< minimum)
        maximum.replace(with: next.maximum, where: next.maximum .> maximum)
    }

    @_noAllocation @_noLocks
    mutating func merge(_ narrow: NarrowSums) {
        sum &+= narrow.sum
        for lane in 0..<8 { squares[lane] += Int128(narrow.squares[lane]) }
        for phase in 0..<3 {
            products[phase] += Int128(narrow.products[phase])
            voltageProducts[phase] += Int128(narrow.voltageProducts[phase])
            currentProducts[phase] += Int128(narrow.currentProducts[phase])
        }
        let low = FrameCodes(truncatingIfNeeded: narrow.minimum)
        let high = FrameCodes(truncatingIfNeeded: narrow.maximum)
        minimum.replace(with: low, where: low .< minimum)
        maximum.replace(with: high, where: high .> maximum)
    }

    /// Adds one frame of codes of up to 32 bits.
    @_noAllocation @_noLocks
    mutating func add(_ codes: FrameCodes) {
        for lane in 0..<8 {
            let code = Int64(codes[lane])
            sum[lane] &+= code
            squares[lane] += Int128(code &* code)
        }
        for phase in 0..<3 {
            let next = phase == 2 ? 0 : phase + 1
            products[phase] += Int128(Int64(codes[phase]) &* Int64(codes[phase + 3]))
            voltageProducts[phase] += Int128(Int64(codes[phase]) &* Int64(codes[next]))
            currentProducts[phase] += Int128(Int64(codes[phase + 3]) &* Int64(codes[next + 3]))
        }
        minimum.replace(with: codes, where: codes .< minimum)
        maximum.replace(with: codes, where: codes .> maximum)
    }
}
