import CBenchmark
@_spi(Benchmarks) import MeterDSP

/// Makes sure that what is compared computes the same: every kernel against the slowest and plainest sums there are,
/// with the lowest and highest codes and with odd numbers of frames.
enum SumsCheck {
    static func run(_ signal: [Int16]) throws {
        var generator = SeededGenerator(seed: 2)
        let frames = 67
        let extremes: [Int16] = [.min, .min + 1, -1, 0, 1, .max]
        let inputs: [(String, [Int16])] = [
            ("the signal", Array(signal.prefix(frames * 8))),
            ("random codes", (0..<frames * 8).map { _ in .random(in: .min ... .max, using: &generator) }),
            ("the lowest codes", [Int16](repeating: .min, count: frames * 8)),
            ("the highest codes", [Int16](repeating: .max, count: frames * 8)),
            (
                "extreme codes",
                (0..<frames * 8).map { _ in extremes[Int.random(in: 0..<6, using: &generator)] }
            ),
        ]
        for (name, codes) in inputs {
            for count in [1, 2, 3, 7, 8, 64, frames] {
                let codes = Array(codes.prefix(count * 8))
                let expected = sums(codes)
                var kernel = SumsKernel()
                kernel.add(codes.span.bytes)
                let values = kernel.values
                guard values.indices.map({ values[$0] }) == expected else { throw wrong("Swift", name, count) }
                for other in SumsInC.Kernel.all where other.runsHere {
                    var sums = cbenchmark_sums()
                    cbenchmark_sums_clear(&sums)
                    _ = cbenchmark_add(other.code, &sums, codes, count)
                    guard sums.values == expected else { throw wrong(other.name, name, count) }
                }
            }
        }
    }

    private static func wrong(_ kernel: String, _ input: String, _ count: Int) -> BenchmarkError {
        BenchmarkError(
            "the sums in \(kernel) are wrong over \(count) frames of \(input); their speed means nothing, report this")
    }

    private static func sums(_ codes: [Int16]) -> [Int64] {
        let frames = stride(from: 0, to: codes.count, by: 8).map { codes[$0..<$0 + 8].map(Int64.init) }
        func lanes(_ value: ([Int64]) -> Int64) -> [Int64] {
            (0..<8).map { lane in value(frames.map { $0[lane] }) }
        }
        func products(_ pairs: [(Int, Int)]) -> [Int64] {
            pairs.map { pair in frames.reduce(0) { $0 + $1[pair.0] * $1[pair.1] } }
        }
        return lanes { $0.reduce(0, +) } + lanes { $0.reduce(0) { $0 + $1 * $1 } }
            + products([(0, 3), (1, 4), (2, 5)]) + products([(0, 1), (1, 2), (2, 0)])
            + products([(3, 4), (4, 5), (5, 3)]) + lanes { $0.min() ?? 0 } + lanes { $0.max() ?? 0 }
    }
}
