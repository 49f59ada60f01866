import CBenchmark
import MeterDSP

/// The measuring core on 10 ms blocks, the same sums in C beside it, and the machine's own noise, in turns: what
/// disturbs the machine disturbs all of them alike.
enum MeterBenchmark {
    /// - Parameter blocks: timed blocks of each kind, a multiple of 100.
    static func run(blocks: Int, progress: inout Progress) throws -> [Row] {
        let direct = BuildingSignal(usesCoils: false)
        let coils = BuildingSignal(usesCoils: true)
        var directMeter = try meter(direct)
        var coilMeter = try meter(coils)
        var reference = SumsInC()
        try SumsInC.check(direct.samples)
        var directTimes = Durations(capacity: blocks)
        var coilTimes = Durations(capacity: blocks)
        var plainTimes = Durations(capacity: blocks)
        var vectorTimes = Durations(capacity: blocks)
        var plainCoilTimes = Durations(capacity: blocks)
        var coldTimes = Durations(capacity: min(10_000, max(1_000, blocks / 50)))

        // The first seconds settle the cycle finder and warm what can be warm.
        for _ in 0..<2 {
            directTimes.clear()
            coilTimes.clear()
            measure(&directMeter, direct.samples, &directTimes)
            measure(&coilMeter, coils.samples, &coilTimes)
        }
        var noise = MachineNoise(lengths: [directTimes.typical, coilTimes.typical])
        directTimes.clear()
        coilTimes.clear()

        let rounds = blocks / BuildingSignal.blocks
        for round in 0..<rounds {
            measure(&directMeter, direct.samples, &directTimes)
            reference.addPlain(direct.samples, &plainTimes)
            reference.addVector(direct.samples, &vectorTimes)
            noise.watch()
            measure(&coilMeter, coils.samples, &coilTimes)
            reference.addCoils(coils.samples, &plainCoilTimes)
            progress.report(done: round + 1, of: rounds, "measuring core, C counterparts, machine")
        }
        measureCold(&directMeter, direct.samples, &coldTimes, &progress)
        let timer = MachineNoise.timerRow(wakeUps: rounds < 2_000 ? 1_000 : 10_000, &progress)
        if let fault = direct.fault(in: directMeter) ?? coils.fault(in: coilMeter) {
            throw BenchmarkError("\(fault), so its speed means nothing; run the tests of MeterDSP")
        }

        let plain = Row(block: "C: plain loop of the sums", .reference, plainTimes)
        let vector =
            vectorTimes.count > 0 ? Row(block: "C: SSE2 intrinsics of the sums", .reference, vectorTimes) : nil
        let plainCoils = Row(block: "C: plain loop of the coils' integrals", .reference, plainCoilTimes)
        var directRow = Row(block: "meter: direct sensors", .product, directTimes)
        var coilRow = Row(block: "meter: Rogowski coils", .product, coilTimes)
        let coldRow = Row(block: "meter: direct sensors, caches emptied", .product, coldTimes)
        directRow.machineAlone = noise.stretch(0)
        coilRow.machineAlone = noise.stretch(1)
        directRow.compare(with: "plain C", plain)
        if let vector { directRow.compare(with: "SSE2 C", vector) }
        coilRow.compare(with: "plain C", plain, plainCoils)
        return [directRow, coilRow, coldRow, plain] + (vector.map { [$0] } ?? []) + [plainCoils, noise.row(), timer]
    }

    private static func meter(_ signal: BuildingSignal) throws -> Meter {
        do throws(MeterConfiguration.Failure) {
            return try Meter(signal.configuration())
        } catch {
            throw BenchmarkError("the measuring core refuses the benchmark's signal (\(error)); report this as a bug")
        }
    }

    /// Takes one second of signal, timing each block.
    @inline(never)
    private static func measure(_ meter: inout Meter, _ samples: [Int16], _ times: inout Durations) {
        let bytes = samples.span.bytes
        times.beginLoop()
        for block in 0..<BuildingSignal.blocks {
            let start = block * BuildingSignal.blockBytes
            time(&meter, bytes.extracting(start..<start + BuildingSignal.blockBytes), &times)
        }
        times.endLoop()
    }

    @inline(__always)
    private static func time(_ meter: inout Meter, _ block: RawSpan, _ times: inout Durations) {
        var cursor = 0
        let begun = cbenchmark_nanoseconds()
        while meter.advance(through: block, from: &cursor) != nil {}
        times.append(cbenchmark_nanoseconds() - begun)
    }

    /// One block each time after everything in the caches was replaced: so the device meets its next block.
    private static func measureCold(
        _ meter: inout Meter, _ samples: [Int16], _ times: inout Durations, _ progress: inout Progress
    ) {
        // Beyond the share of the last-level cache that one core has on most machines.
        let bytes = 16 << 20
        let other = UnsafeMutablePointer<CChar>.allocate(capacity: bytes)
        other.initialize(repeating: 0, count: bytes)
        defer { other.deallocate() }
        // Whole seconds, so that the signal goes on without a seam.
        while times.hasRoom {
            for block in 0..<BuildingSignal.blocks {
                cbenchmark_empty_caches(other, bytes)
                let start = block * BuildingSignal.blockBytes
                let bytes = samples.span.bytes.extracting(start..<start + BuildingSignal.blockBytes)
                times.beginLoop()
                time(&meter, bytes, &times)
                times.endLoop()
            }
            progress.report(done: times.count, of: times.capacity, "blocks after emptying the caches")
        }
    }
}
