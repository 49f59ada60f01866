import Glibc
import Realtime
import Site
import SiteTwin

/// What the device program needs of the machine: `headroom run` as a process of its own beside a simulated building.
struct ProgramRun {
    var sampleRateHz: Int
    var stations: Int
    /// Of one processor, 0 to 1.
    var processorShare: Double
    var residentBytes: Int
    var wakeUpsPerSecond: Double
    var threads: Int
    /// What it would add to the power of a board with four Cortex-A53 at 1.4 GHz: an estimate by the instructions of a
    /// second, 3 × 10⁹ of them for each second of this processor's time (libiio, sockets, kernel; its own arithmetic comes
    /// to more, in a tenth of that time). Such a board takes 2.5 W more with four busy processors than with none
    /// (Raspberry Pi 3 B+, 5.6 and 3.1 W at the wall: geerlingguy/sbc-reviews, issue 16), and each then does about
    /// 1.1 × 10⁹ a second.
    var wattsOnCortexA53: Double { processorShare * 3e9 * (2.5 / 4 / 1.1e9) }
    /// From the ADC's first answer until it had given it a block.
    var secondsFromAnswerToBlock: Double?
    /// From the start of the process until the ADC had given it a block, and until the last station had its first limit.
    var secondsToFirstBlock: Double?
    var secondsToFirstPlan: Double?

    /// - Parameter seconds: for how long it is watched, after it has settled for 4 s.
    /// - Throws: `RunError` where the program ends by itself.
    static func measure(sampleRateHz: Int, seconds: Double) throws -> ProgramRun {
        let stations = 16
        var options = TwinOptions()
        options.sampleRateHz = sampleRateHz
        options.stationCount = stations
        options.mainLimitAmperes = 100
        options.steps = []
        options.firstArrivalSeconds = 0...1
        let twin = try SiteTwin(options)
        let path = "/tmp/headroom-bench-\(getpid())"
        let settings = try TwinSite.settings(twin.description, feedsIn: false)
        unlink(path + ".yaml")
        try SettingsFile.write(settings.yaml, to: path + ".yaml")
        defer {
            unlink(path + ".yaml")
            unlink(path + ".log")
        }
        try twin.start()
        defer { twin.stop() }
        let child = try ChildProcess(["run", "--config", path + ".yaml"], output: path + ".log")
        defer { child.stop() }
        sleep(seconds: 4)
        guard let before = ProcessFigures(child.identifier), child.isRunning else {
            let words = (try? SettingsFile.text(of: path + ".log", kind: "log", missing: "")) ?? ""
            throw RunError("headroom run ended by itself: \(words.prefix(500))")
        }
        let begun = MonotonicClock.nanoseconds()
        sleep(seconds: seconds)
        guard let after = ProcessFigures(child.identifier), child.isRunning else {
            throw RunError("headroom run ended while it was watched; try it by hand: headroom demo")
        }
        let elapsed = Double(MonotonicClock.nanoseconds() - begun) / 1e9
        let seen = twin.observation()
        var fromAnswer: Double?
        if let answer = seen.firstAnswerNanoseconds, let block = seen.firstReadNanoseconds {
            fromAnswer = Double(block - answer) / 1e9
        }
        let firstLimits = seen.stations.compactMap { $0.receivedLimits.first?.nanoseconds }
        func since(_ time: Int64?) -> Double? { time.map { Double($0 - child.started) / 1e9 } }
        return ProgramRun(
            sampleRateHz: sampleRateHz, stations: stations,
            processorShare: (after.processorSeconds - before.processorSeconds) / elapsed,
            residentBytes: after.highestResidentBytes,
            wakeUpsPerSecond: Double(after.wakeUps - before.wakeUps) / elapsed, threads: after.threadCount,
            secondsFromAnswerToBlock: fromAnswer, secondsToFirstBlock: since(seen.firstReadNanoseconds),
            secondsToFirstPlan: firstLimits.count == stations ? since(firstLimits.max()) : nil)
    }

    private static func sleep(seconds: Double) {
        MonotonicClock.sleep(until: MonotonicClock.nanoseconds() + Int64(seconds * 1e9))
    }
}
