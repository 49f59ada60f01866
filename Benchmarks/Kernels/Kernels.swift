import Benchmark
import CBenchmark
@_spi(Benchmarks) import MeterDSP

/// The sums over 10 ms of eight channels at 32 kHz: the library's kernel and its counterparts in C, a thousand calls per
/// sample. Checks of the results, the meter and the tails are in headroom-bench.
let benchmarks: @Sendable () -> Void = {
    let frames = 320
    // Any codes do: no kernel here takes a decision on their values.
    let samples = (0..<frames * 8).map { Int16(truncatingIfNeeded: $0 &* 7_919) }
    let configuration = Benchmark.Configuration(
        metrics: [.wallClock, .cpuTotal, .throughput], warmupIterations: 10, scalingFactor: .kilo,
        maxDuration: .seconds(3), maxIterations: 2_000)

    Benchmark("sums: Swift", configuration: configuration) { benchmark in
        var kernel = SumsKernel()
        for _ in benchmark.scaledIterations { kernel.add(samples.span.bytes) }
        blackHole(kernel)
    }
    for (name, code) in [
        ("plain", cbenchmark_plain), ("SSE2", cbenchmark_sse2), ("AVX2", cbenchmark_avx2),
        ("AVX-512", cbenchmark_avx512),
    ] where cbenchmark_can(code) != 0 {
        Benchmark("sums: C, \(name)", configuration: configuration) { benchmark in
            var sums = cbenchmark_sums()
            cbenchmark_sums_clear(&sums)
            for _ in benchmark.scaledIterations { _ = cbenchmark_add(code, &sums, samples, frames) }
            blackHole(sums)
        }
    }
}
