/// Exact sums over consecutive frames whose codes all lie within 16 bits: the fast form of ``FrameSums``.
///
/// Written for what every x86-64 has (SSE2): 16-bit products come from two 16-bit multiplications, and squares are
/// added in pairs as unsigned 32-bit numbers (2·2³⁰ fits) before they are widened, so that no 64-bit multiplication
/// and no 32-bit one is needed.
struct NarrowSums: BitwiseCopyable {
    /// Σx.
    var sum = SIMD8<Int64>.zero
    /// Σx².
    var squares = SIMD8<Int64>.zero
    /// Σu·i of phase 1, 2, 3; lane 3 has no meaning.
    var products = SIMD4<Int64>.zero
    /// Σu₁·u₂, Σu₂·u₃, Σu₃·u₁; lane 3 has no meaning.
    var voltageProducts = SIMD4<Int64>.zero
    /// Σi₁·i₂, Σi₂·i₃, Σi₃·i₁; lane 3 has no meaning.
    var currentProducts = SIMD4<Int64>.zero
    var minimum = SIMD8<Int16>(repeating: .max)
    var maximum = SIMD8<Int16>(repeating: .min)

    @_noAllocation @_noLocks
    init() {}

    /// Sums of `count` frames of eight codes each.
    ///
    /// - Parameters:
    ///   - frames: of `count` frames of 16 bytes; readable for 8 bytes from byte 6 of each.
    ///   - count: at most 32 768, so that 32-bit lanes hold the sums of codes.
    @_noAllocation @_noLocks
    @inline(__always)
    init(_ frames: UnsafeRawPointer, count: Int) {
        var total = SIMD8<Int32>.zero
        var squares = SIMD8<UInt64>.zero
        var products = SIMD4<UInt64>.zero
        var voltages = SIMD4<UInt64>.zero
        var currents = SIMD4<UInt64>.zero
        var low = SIMD8<Int16>(repeating: .max)
        var high = SIMD8<Int16>(repeating: .min)
        var at = unsafe frames
        var left = count
        while left > 1 {
            let a = unsafe at.loadUnaligned(as: SIMD8<Int16>.self)
            let b = unsafe at.loadUnaligned(fromByteOffset: 16, as: SIMD8<Int16>.self)
            let wideA = SIMD8<Int32>(truncatingIfNeeded: a)
            let wideB = SIMD8<Int32>(truncatingIfNeeded: b)
            total &+= wideA &+ wideB
            let pair = wideA &* wideA &+ wideB &* wideB
            squares &+= SIMD8<UInt64>(truncatingIfNeeded: SIMD8<UInt32>(truncatingIfNeeded: pair))
            // Lanes 3, 4, 5 of a frame against 0, 1, 2: the load from byte 6 brings them into place.
            let currentA = unsafe at.loadUnaligned(fromByteOffset: 6, as: SIMD4<Int16>.self)
            let currentB = unsafe at.loadUnaligned(fromByteOffset: 22, as: SIMD4<Int16>.self)
            let product =
                SIMD4<Int32>(truncatingIfNeeded: a.lowHalf) &* SIMD4<Int32>(truncatingIfNeeded: currentA)
                &+ SIMD4<Int32>(truncatingIfNeeded: b.lowHalf) &* SIMD4<Int32>(truncatingIfNeeded: currentB)
            products &+= Self.widened(product)
            voltages &+= Self.widened(Self.neighbours(a.lowHalf) &+ Self.neighbours(b.lowHalf))
            currents &+= Self.widened(Self.neighbours(currentA) &+ Self.neighbours(currentB))
            low.replace(with: a, where: a .< low)
            low.replace(with: b, where: b .< low)
            high.replace(with: a, where: a .> high)
            high.replace(with: b, where: b .> high)
            unsafe at += 32
            left -= 2
        }
        if left > 0 {
            let a = unsafe at.loadUnaligned(as: SIMD8<Int16>.self)
            let wide = SIMD8<Int32>(truncatingIfNeeded: a)
            total &+= wide
            squares &+= SIMD8<UInt64>(truncatingIfNeeded: SIMD8<UInt32>(truncatingIfNeeded: wide &* wide))
            let current = unsafe at.loadUnaligned(fromByteOffset: 6, as: SIMD4<Int16>.self)
            products &+= Self.widened(
                SIMD4<Int32>(truncatingIfNeeded: a.lowHalf) &* SIMD4<Int32>(truncatingIfNeeded: current))
            voltages &+= Self.widened(Self.neighbours(a.lowHalf))
            currents &+= Self.widened(Self.neighbours(current))
            low.replace(with: a, where: a .< low)
            high.replace(with: a, where: a .> high)
        }
        sum = SIMD8<Int64>(truncatingIfNeeded: total)
        self.squares = SIMD8<Int64>(truncatingIfNeeded: squares)
        let biases = Int64((count + 1) / 2) * Self.bias
        self.products = SIMD4<Int64>(truncatingIfNeeded: products) &- biases
        voltageProducts = SIMD4<Int64>(truncatingIfNeeded: voltages) &- biases
        currentProducts = SIMD4<Int64>(truncatingIfNeeded: currents) &- biases
        minimum = low
        maximum = high
    }

    /// Added to sums of two products, so that they can be widened without a sign. Two products reach from
    /// −2·32768·32767 to 2·32768², of which the last alone does not fit 32 bits with a sign; with the bias both ends do.
    private static var bias: Int64 { @_noAllocation @_noLocks get { 0x7FFF_FFFF } }

    @_noAllocation @_noLocks
    @inline(__always)
    private static func widened(_ products: SIMD4<Int32>) -> SIMD4<UInt64> {
        SIMD4<UInt64>(truncatingIfNeeded: SIMD4<UInt32>(truncatingIfNeeded: products &+ 0x7FFF_FFFF))
    }

    /// x₁·x₂, x₂·x₃, x₃·x₁ of the first three lanes.
    @_noAllocation @_noLocks
    @inline(__always)
    private static func neighbours(_ x: SIMD4<Int16>) -> SIMD4<Int32> {
        let next = SIMD4(x[1], x[2], x[0], x[3])
        return SIMD4<Int32>(truncatingIfNeeded: x) &* SIMD4<Int32>(truncatingIfNeeded: next)
    }

    @_noAllocation @_noLocks
    mutating func merge(_ next: NarrowSums) {
        sum &+= next.sum
        squares &+= next.squares
        products &+= next.products
        voltageProducts &+= next.voltageProducts
        currentProducts &+= next.currentProducts
        minimum.replace(with: next.minimum, where: next.minimum .< minimum)
        maximum.replace(with: next.maximum, where: next.maximum .> maximum)
    }
}
