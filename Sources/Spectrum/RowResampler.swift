/// Takes rows of eight channels at points between samples, by ``ShortKernel``, to one array per channel.
///
/// In blocks that stay in the first cache: weights, then rows, then the columns of these. The weights go through memory,
/// as vectors that are kept in registers and taken apart again make the compiler give up vectors altogether.
struct RowResampler: ~Copyable {
    private static let block = 64
    let kernel = ShortKernel()
    private let weights = UnsafeMutablePointer<SIMD8<Float>>.allocate(capacity: block)
    private let rows = UnsafeMutablePointer<SIMD8<Float>>.allocate(capacity: block)
    /// First row of each point's eight.
    private let firsts = UnsafeMutablePointer<Int>.allocate(capacity: block)

    init() {
        weights.initialize(repeating: .zero, count: Self.block)
        rows.initialize(repeating: .zero, count: Self.block)
        firsts.initialize(repeating: 0, count: Self.block)
    }

    deinit {
        weights.deallocate()
        rows.deallocate()
        firsts.deallocate()
    }

    /// Writes the values at `count` points that divide the window evenly, channel `c` to `target[c * stride]` on.
    ///
    /// `frames` must hold 3 rows before `start` and 4 behind `start + length`, which is below 2²³.
    func resample(
        _ frames: Span<SIMD8<Float>>, start: Double, length: Double, to target: UnsafeMutablePointer<Double>,
        count: Int, stride: Int
    ) {
        precondition(start >= Double(ShortKernel.before - 1) && length > 0)
        precondition(start + length + Double(ShortKernel.after) <= Double(min(frames.count, 1 << 23)))
        // Places in units of 2⁻⁴⁰ samples: the step's rounding grows to 10⁻⁸ samples, and no conversion is checked.
        let unit = 0x1p40
        let step = UInt64((length / Double(count) * unit).rounded(.down))
        var place = UInt64((start - Double(ShortKernel.before - 1)) * unit)
        frames.withUnsafeBufferPointer { buffer in
            guard let samples = buffer.baseAddress else { return }
            var point = 0
            while point < count {
                let some = min(Self.block, count - point)
                weigh(some, &place, step)
                for index in 0..<some { mix(samples + firsts[index], index) }
                transpose(some, to: target + point, stride: stride)
                point += some
            }
        }
    }

    private func weigh(_ count: Int, _ place: inout UInt64, _ step: UInt64) {
        for index in 0..<count {
            firsts[index] = Int(truncatingIfNeeded: place >> 40)
            let fraction = Float(Int32(truncatingIfNeeded: (place >> 16) & 0xFF_FFFF)) * 0x1p-24
            let t = SIMD8<Float>(repeating: fraction)
            place &+= step
            var sum = kernel.powers[7]
            sum = sum * t + kernel.powers[6]
            sum = sum * t + kernel.powers[5]
            sum = sum * t + kernel.powers[4]
            sum = sum * t + kernel.powers[3]
            sum = sum * t + kernel.powers[2]
            sum = sum * t + kernel.powers[1]
            weights[index] = sum * t + kernel.powers[0]
        }
    }

    @inline(__always)
    private func mix(_ samples: UnsafePointer<SIMD8<Float>>, _ index: Int) {
        UnsafeRawPointer(weights + index).withMemoryRebound(to: Float.self, capacity: 8) { weight in
            var sum = samples[0] * SIMD8(repeating: weight[0])
            sum += samples[1] * SIMD8(repeating: weight[1])
            sum += samples[2] * SIMD8(repeating: weight[2])
            sum += samples[3] * SIMD8(repeating: weight[3])
            sum += samples[4] * SIMD8(repeating: weight[4])
            sum += samples[5] * SIMD8(repeating: weight[5])
            sum += samples[6] * SIMD8(repeating: weight[6])
            sum += samples[7] * SIMD8(repeating: weight[7])
            rows[index] = sum
        }
    }

    private func transpose(_ count: Int, to target: UnsafeMutablePointer<Double>, stride: Int) {
        UnsafeRawPointer(rows).withMemoryRebound(to: Float.self, capacity: 8 * count) { values in
            for channel in 0..<8 {
                let column = target + channel * stride
                for index in 0..<count { column[index] = Double(values[index &* 8 &+ channel]) }
            }
        }
    }
}
