import Realtime
import Site

/// What one situation came to.
struct BenchResult {
    var scenario: BenchScenario
    /// Overload in the waveform to lower limit at a station.
    var answers: LatencyDistribution
    var unanswered: Int
    /// The device's own times.
    var latencies: LoopLatencies
    /// How late the machine woke other threads up at the same time.
    var machine: (realtime: LatencyDistribution, normal: LatencyDistribution)
    var framesLost: Int64
    var blocks: Int64

    /// Runs it for `seconds` on a bed that serves it, after it has settled.
    ///
    /// - Throws: `RunError` where nothing could be measured.
    static func measure(
        _ scenario: BenchScenario, on bed: BenchBed, seconds: Double, report: (Double) -> Void
    ) throws -> BenchResult {
        var series = OverloadSeries(bed)
        // Cars come, limits rise, memory is touched for the first time: not what a device does all day.
        guard series.settle(withinSeconds: 60) else {
            throw RunError(
                "\(scenario.name): the cars did not use the fuse up within a minute, so nothing could be overloaded; is "
                    + "the machine too busy?")
        }
        // Not before: a station that was never spoken to counts at its maximum.
        bed.disturb(as: scenario)
        let machine = MachineWatch(
            RealtimeThread.Scheduling(fifoPriority: bed.device.settings.realtime.priority, cpu: nil))
        let before = (bed.device.latencies(), bed.device.snapshot())
        series.run(seconds: seconds, report: report)
        let after = (bed.device.latencies(), bed.device.snapshot())
        machine.stop()
        return BenchResult(
            scenario: scenario, answers: series.answers.distribution(), unanswered: series.unanswered,
            latencies: after.0.since(before.0), machine: machine.lateness,
            framesLost: after.1.framesLost - before.1.framesLost, blocks: after.1.blocks - before.1.blocks)
    }
}

extension LoopLatencies {
    func since(_ earlier: LoopLatencies) -> LoopLatencies {
        LoopLatencies(
            arrival: arrival.since(earlier.arrival), measuring: measuring.since(earlier.measuring),
            deciding: deciding.since(earlier.deciding), publishing: publishing.since(earlier.publishing),
            work: work.since(earlier.work), handover: handover.since(earlier.handover),
            lateBlocks: lateBlocks - earlier.lateBlocks)
    }
}
