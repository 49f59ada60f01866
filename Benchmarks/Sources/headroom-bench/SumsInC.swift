import CBenchmark

/// The sums of the measuring core as a C programmer would write them, on the same blocks.
struct SumsInC {
    private var sums = cbenchmark_sums()
    private var coils = cbenchmark_coils()

    init() {
        cbenchmark_sums_clear(&sums)
        cbenchmark_coils_clear(&coils)
        // Taps of the size that the integrator of the measuring core has; their values do not change the time.
        coils.centre = 0.98
        coils.side = 0.01
    }

    @inline(never)
    mutating func addPlain(_ samples: [Int16], _ times: inout Durations) {
        samples.withUnsafeBufferPointer { samples in
            times.beginLoop()
            for block in 0..<BuildingSignal.blocks {
                let frames = samples.baseAddress.map { $0 + block * BuildingSignal.blockFrames * 8 }
                let begun = cbenchmark_nanoseconds()
                cbenchmark_add_plain(&sums, frames, BuildingSignal.blockFrames)
                times.append(cbenchmark_nanoseconds() - begun)
            }
            times.endLoop()
        }
    }

    /// Records nothing on a processor without SSE2.
    @inline(never)
    mutating func addVector(_ samples: [Int16], _ times: inout Durations) {
        samples.withUnsafeBufferPointer { samples in
            times.beginLoop()
            for block in 0..<BuildingSignal.blocks {
                let frames = samples.baseAddress.map { $0 + block * BuildingSignal.blockFrames * 8 }
                let begun = cbenchmark_nanoseconds()
                guard cbenchmark_add_sse2(&sums, frames, BuildingSignal.blockFrames) == 1 else { break }
                times.append(cbenchmark_nanoseconds() - begun)
            }
            times.endLoop()
        }
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

    /// Makes sure that what is compared computes the same: both kernels against sums in Swift, extreme codes included.
    static func check(_ samples: [Int16]) throws {
        var generator = SeededGenerator(seed: 2)
        let random = (0..<64 * 8).map { _ in Int16.random(in: .min ... .max, using: &generator) }
        for (name, codes) in [
            ("the signal", Array(samples.prefix(64 * 8))), ("random codes", random),
            ("the lowest codes", [Int16](repeating: .min, count: 64 * 8)),
            ("the highest codes", [Int16](repeating: .max, count: 64 * 8)),
        ] {
            let expected = Self.sums(codes)
            var plain = cbenchmark_sums()
            cbenchmark_sums_clear(&plain)
            var vector = plain
            cbenchmark_add_plain(&plain, codes, codes.count / 8)
            guard Self.list(plain) == expected else {
                throw BenchmarkError("the plain C loop sums \(name) wrongly; report this as a bug")
            }
            if cbenchmark_add_sse2(&vector, codes, codes.count / 8) == 1, Self.list(vector) != expected {
                throw BenchmarkError("the SSE2 loop sums \(name) wrongly; report this as a bug")
            }
        }
    }

    private static func list(_ sums: cbenchmark_sums) -> [Int64] {
        func all<T>(_ tuple: T) -> [Int64] { Mirror(reflecting: tuple).children.map { number($0.value) } }
        return all(sums.sum) + all(sums.squares) + all(sums.products) + all(sums.minimum) + all(sums.maximum)
    }

    private static func number(_ value: Any) -> Int64 {
        (value as? Int64) ?? (value as? Int16).map(Int64.init) ?? .min
    }

    private static func sums(_ codes: [Int16]) -> [Int64] {
        let frames = stride(from: 0, to: codes.count, by: 8).map { codes[$0..<$0 + 8].map(Int64.init) }
        func lanes(_ value: ([Int64]) -> Int64) -> [Int64] {
            (0..<8).map { lane in value(frames.map { $0[lane] }) }
        }
        let products = (0..<3).map { phase in frames.reduce(0) { $0 + $1[phase] * $1[phase + 3] } }
        return lanes { $0.reduce(0, +) } + lanes { $0.reduce(0) { $0 + $1 * $1 } } + products
            + lanes { $0.min() ?? 0 } + lanes { $0.max() ?? 0 }
    }
}
