import CBenchmark

/// FFTW alone over eight channels: what a spectrum is compared with.
struct BareTransforms: ~Copyable {
    private let transforms: OpaquePointer
    private var times: Durations
    let points: Int

    /// - Parameter capacity: timed runs over all eight channels.
    init(points: Int, capacity: Int) throws {
        guard let made = cbenchmark_fft_make(CInt(points), 8) else {
            throw BenchmarkError("FFTW: no memory for \(points) points; end other programs")
        }
        transforms = made
        times = Durations(capacity: capacity)
        self.points = points
    }

    deinit { cbenchmark_fft_free(transforms) }

    @inline(never)
    mutating func measure(_ count: Int) {
        times.beginLoop()
        for _ in 0..<count {
            let begun = cbenchmark_nanoseconds()
            cbenchmark_fft_run(transforms)
            times.append(cbenchmark_nanoseconds() - begun)
        }
        times.endLoop()
    }

    func row() -> Row { Row("FFTW: 8 x \(points) points", .reference, times) }
}
