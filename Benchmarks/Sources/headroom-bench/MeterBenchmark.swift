import CBenchmark
import MeterDSP

/// The measuring core on 10 ms blocks, the same sums in C beside it, and the machine's own noise, in turns: what
/// disturbs the machine disturbs all of them alike.
enum MeterBenchmark {
    /// - Parameter blocks: timed blocks of each kind, a multiple of 100.
    static func run(blocks: Int, progress: inout Progress) throws -> [Row] {
        let direct = BuildingSignal(usesCoils: false)
        let coils = BuildingSignal(usesCoils: true)
        var directRun = try MeterRun(direct.configuration(), blocks: blocks)
        var coilRun = try MeterRun(coils.configuration(), blocks: blocks)
        var coldRun = try MeterRun(
            direct.configuration(), blocks: min(10_000, max(1_000, blocks / 50)))
        var kernels = try KernelBenchmark(direct.samples, blocks: blocks)
        var reference = SumsInC()
        var plainCoilTimes = Durations(capacity: blocks)

        // The first seconds settle the cycle finder and warm what can be warm.
        for _ in 0..<2 {
            directRun.clear()
            coilRun.clear()
            directRun.measure(direct.samples, frameBytes: BuildingSignal.frameBytes)
            coilRun.measure(coils.samples, frameBytes: BuildingSignal.frameBytes)
        }
        var noise = MachineNoise(lengths: [directRun.typical, coilRun.typical])
        directRun.clear()
        coilRun.clear()

        let rounds = blocks / BuildingSignal.blocks
        for round in 0..<rounds {
            directRun.measure(direct.samples, frameBytes: BuildingSignal.frameBytes)
            kernels.turn()
            noise.watch()
            coilRun.measure(coils.samples, frameBytes: BuildingSignal.frameBytes)
            reference.addCoils(coils.samples, &plainCoilTimes)
            progress.report(done: round + 1, of: rounds, "measuring core, C counterparts, machine")
        }
        measureCold(&coldRun, direct.samples, &progress)
        let timer = MachineNoise.timerRow(wakeUps: rounds < 2_000 ? 1_000 : 10_000, &progress)
        if let fault = direct.fault(in: directRun.meter) ?? coils.fault(in: coilRun.meter) ?? directRun.energyFault()
            ?? coilRun.energyFault()
        {
            throw BenchmarkError("\(fault), so its speed means nothing; run the tests of MeterDSP")
        }

        let sums = kernels.rows()
        let plainCoils = Row(block: "C: plain loop of the coils' integrals", .reference, plainCoilTimes)
        var directRow = directRun.row("meter: direct sensors")
        var coilRow = coilRun.row("meter: Rogowski coils")
        directRow.machineAlone = noise.stretch(0)
        coilRow.machineAlone = noise.stretch(1)
        for row in sums {
            if row.name == "sums: plain C" {
                directRow.compare(with: "plain C", row)
                coilRow.compare(with: "plain C", row, plainCoils)
            }
            if row.name == "sums: SSE2 C" { directRow.compare(with: "SSE2 C", row) }
        }
        return [directRow, coilRow, coldRun.row("meter: direct sensors, caches emptied")] + sums
            + [plainCoils, noise.row(), timer]
    }

    /// One block each time after everything in the caches was replaced: so the device meets its next block.
    private static func measureCold(_ run: inout MeterRun, _ samples: [Int16], _ progress: inout Progress) {
        // Beyond the share of the last-level cache that one core has on most machines.
        let bytes = 16 << 20
        let other = UnsafeMutablePointer<CChar>.allocate(capacity: bytes)
        other.initialize(repeating: 0, count: bytes)
        defer { other.deallocate() }
        run.grow(samples, bySeconds: 2)
        // Whole seconds, so that the signal goes on without a seam.
        while run.hasRoom {
            for block in 0..<BuildingSignal.blocks {
                cbenchmark_empty_caches(other, bytes)
                let start = block * BuildingSignal.blockBytes
                run.measureAlone(samples.span.bytes.extracting(start..<start + BuildingSignal.blockBytes))
            }
            progress.report(done: run.count, of: run.capacity, "blocks after emptying the caches")
        }
    }
}
