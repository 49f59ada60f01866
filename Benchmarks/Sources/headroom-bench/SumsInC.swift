import CBenchmark

/// The sums of the measuring core as a C programmer would write them, on the same blocks.
struct SumsInC {
    private var coils = cbenchmark_coils()
    /// Those that this processor runs.
    let kernels: [Kernel]
    private var sums: [cbenchmark_sums]

    /// A way to write them.
    struct Kernel {
        var code: cbenchmark_kernel
        var name: String
        /// As `--count-instructions` knows it.
        var option: String

        static let all = [
            Kernel(code: cbenchmark_plain, name: "plain C", option: "c-plain"),
            Kernel(code: cbenchmark_sse2, name: "SSE2 C", option: "c-sse2"),
            Kernel(code: cbenchmark_avx2, name: "AVX2 C", option: "c-avx2"),
            Kernel(code: cbenchmark_avx512, name: "AVX-512 C", option: "c-avx512"),
        ]
        var runsHere: Bool { cbenchmark_can(code) != 0 }
    }

    init() {
        kernels = Kernel.all.filter(\.runsHere)
        var empty = cbenchmark_sums()
        cbenchmark_sums_clear(&empty)
        sums = kernels.map { _ in empty }
        cbenchmark_coils_clear(&coils)
        // Taps of the size that the integrator of the measuring core has; their values do not change the time.
        coils.centre = 0.98
        coils.side = 0.01
    }

    /// Adds one second of signal with number `place` of `kernels`.
    @inline(never)
    mutating func add(_ samples: [Int16], with place: Int, _ times: inout Durations) {
        let kernel = kernels[place].code
        var sums = sums[place]
        samples.withUnsafeBufferPointer { samples in
            times.beginLoop()
            for block in 0..<BuildingSignal.blocks {
                let frames = samples.baseAddress.map { $0 + block * BuildingSignal.blockFrames * 8 }
                let begun = cbenchmark_nanoseconds()
                _ = cbenchmark_add(kernel, &sums, frames, BuildingSignal.blockFrames)
                times.append(cbenchmark_nanoseconds() - begun)
            }
            times.endLoop()
        }
        self.sums[place] = sums
    }

    @inline(never)
    mutating func addCoils(_ samples: [Int16], _ times: inout Durations) {
        samples.withUnsafeBufferPointer { samples in
            times.beginLoop()
            for block in 0..<BuildingSignal.blocks {
                let frames = samples.baseAddress.map { $0 + block * BuildingSignal.blockFrames * 8 }
                let begun = cbenchmark_nanoseconds()
                cbenchmark_add_coils(&coils, frames, BuildingSignal.blockFrames)
                times.append(cbenchmark_nanoseconds() - begun)
            }
            times.endLoop()
        }
    }
}

extension cbenchmark_sums {
    /// In the order of `SumsKernel.values`.
    var values: [Int64] {
        func all<T>(_ tuple: T) -> [Int64] {
            Mirror(reflecting: tuple).children.map { child in
                (child.value as? Int64) ?? (child.value as? Int16).map(Int64.init) ?? .min
            }
        }
        return all(sum) + all(squares) + all(products) + all(voltage_products) + all(current_products)
            + all(minimum) + all(maximum)
    }
}
