import CBenchmark
@_spi(Benchmarks) import MeterDSP

/// The sums alone: the library's kernel, a plain C loop, C with intrinsics of three widths, in turns over the same
/// blocks of 10 ms.
struct KernelBenchmark: ~Copyable {
    private let signal: [Int16]
    private var kernel = SumsKernel()
    private var reference = SumsInC()
    private var kernelTimes: Durations
    // One buffer per C kernel; a processor without one leaves its buffer empty.
    private var plain: Durations
    private var sse2: Durations
    private var avx2: Durations
    private var avx512: Durations

    /// - Parameter blocks: timed blocks of each kernel.
    init(_ signal: [Int16], blocks: Int) throws {
        self.signal = signal
        kernelTimes = Durations(capacity: blocks)
        plain = Durations(capacity: blocks)
        sse2 = Durations(capacity: blocks)
        avx2 = Durations(capacity: blocks)
        avx512 = Durations(capacity: cbenchmark_can(cbenchmark_avx512) != 0 ? blocks : 0)
        try SumsCheck.run(signal)
    }

    /// One second of signal through each.
    mutating func turn() {
        Self.measure(&kernel, signal, &kernelTimes)
        for place in reference.kernels.indices {
            switch reference.kernels[place].code {
            case cbenchmark_plain: reference.add(signal, with: place, &plain)
            case cbenchmark_sse2: reference.add(signal, with: place, &sse2)
            case cbenchmark_avx2: reference.add(signal, with: place, &avx2)
            default: reference.add(signal, with: place, &avx512)
            }
        }
    }

    @inline(never)
    private static func measure(_ kernel: inout SumsKernel, _ samples: [Int16], _ times: inout Durations) {
        let bytes = samples.span.bytes
        times.beginLoop()
        for block in 0..<BuildingSignal.blocks {
            let start = block * BuildingSignal.blockBytes
            let frames = bytes.extracting(start..<start + BuildingSignal.blockBytes)
            let begun = cbenchmark_nanoseconds()
            kernel.add(frames)
            times.append(cbenchmark_nanoseconds() - begun)
        }
        times.endLoop()
    }

    /// The library's kernel first, then its counterparts in the order of `SumsInC.Kernel.all`.
    func rows() -> [Row] {
        var first = Row(block: "sums: Swift", .product, kernelTimes)
        // The budget is that of the whole meter.
        first.budgetP9999 = nil
        var others: [Row] = []
        for kernel in reference.kernels {
            let name = "sums: \(kernel.name)"
            switch kernel.code {
            case cbenchmark_plain: others.append(Row(block: name, .reference, plain))
            case cbenchmark_sse2: others.append(Row(block: name, .reference, sse2))
            case cbenchmark_avx2: others.append(Row(block: name, .reference, avx2))
            default: others.append(Row(block: name, .reference, avx512))
            }
            others.last.map { first.compare(with: kernel.name, $0) }
        }
        return [first] + others
    }
}
