import Testing

@testable import Acquisition

/// A made-up driver: knows which frames were lost, and stamps late but never early.
private struct Driver {
    var rate: Double
    var driftPPM = 0.0
    var jitterFrames = 0.0
    var start: Int64 = 1_000_000_000
    var frame: Int64 = 0
    var random: SeededGenerator

    mutating func stamp() -> Int64 {
        let late = jitterFrames > 0 ? Double.random(in: 0...jitterFrames, using: &random) : 0
        let time = (Double(frame) * (1 + driftPPM * 1e-6) + late) / rate * 1e9
        frame += 1
        return start + Int64(time)
    }
}

@Suite struct GapDetectorTests {
    static let rates = [1000.0, 8000, 32000, 128_000]

    private func detector(_ rate: Double) -> GapDetector {
        GapDetector(sampleRateHz: rate, tuning: .timestamps(sampleRateHz: rate))
    }

    @Test(arguments: rates, [-200.0, 0, 200])
    func `drift and jitter of many frames are no loss`(rate: Double, driftPPM: Double) {
        for seed in propertySeeds {
            var driver = Driver(rate: rate, driftPPM: driftPPM, jitterFrames: 20, random: SeededGenerator(seed: seed))
            var gaps = detector(rate)
            for _ in 0..<100_000 { gaps.add(time: driver.stamp(), framesSinceLast: 1) }
            #expect(gaps.takeFinding() == .none, "seed \(seed)")
        }
    }

    @Test(arguments: [8000.0, 32000, 128_000])
    func `frames that were held up for 10 ms and come late are no loss`(rate: Double) {
        var driver = Driver(rate: rate, random: SeededGenerator(seed: 1))
        var gaps = detector(rate)
        let held = Int64(rate * 0.01)
        for frame in 0..<Int64(rate) {
            // Every quarter of a second all frames of 10 ms are stamped at the end of the 10 ms.
            let phase = frame % Int64(rate / 4)
            let stamp = driver.stamp()
            let late = phase > 100 && phase < 100 + held ? Double(100 + held - phase) / rate * 1e9 : 0
            gaps.add(time: stamp + Int64(late), framesSinceLast: 1)
        }
        #expect(gaps.takeFinding() == .none)
    }

    @Test(arguments: rates, propertySeeds)
    func `every loss is counted exactly and in time`(rate: Double, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let tuning = GapDetector.Tuning.timestamps(sampleRateHz: rate)
        var driver = Driver(
            rate: rate, driftPPM: .random(in: -200...200, using: &random), jitterFrames: 3,
            random: SeededGenerator(seed: seed ^ 7))
        var gaps = detector(rate)
        // Time for the detector to learn jitter and drift.
        for _ in 0..<100_000 { gaps.add(time: driver.stamp(), framesSinceLast: 1) }
        #expect(gaps.takeFinding() == .none)
        for _ in 0..<30 {
            let lost = Int64.random(in: 1...Int64(min(900, rate * 0.9)), using: &random)
            driver.frame += lost
            for _ in 0..<tuning.reportDelayTimes { gaps.add(time: driver.stamp(), framesSinceLast: 1) }
            let finding = gaps.takeFinding()
            #expect(finding == GapDetector.Finding(framesLost: lost), "seed \(seed)")
            for _ in 0..<Int.random(in: 1...2000, using: &random) { gaps.add(time: driver.stamp(), framesSinceLast: 1) }
            #expect(gaps.takeFinding() == .none, "seed \(seed)")
        }
    }

    @Test(arguments: rates, [1, 10, 63, 64, 65, 100, 1000])
    func `one loss after another adds up`(rate: Double, distance: Int) {
        var driver = Driver(rate: rate, random: SeededGenerator(seed: 1))
        var gaps = detector(rate)
        for _ in 0..<5000 { gaps.add(time: driver.stamp(), framesSinceLast: 1) }
        for _ in 0..<200 {
            driver.frame += 1
            for _ in 0..<distance { gaps.add(time: driver.stamp(), framesSinceLast: 1) }
        }
        for _ in 0..<50_000 { gaps.add(time: driver.stamp(), framesSinceLast: 1) }
        #expect(gaps.takeFinding() == GapDetector.Finding(framesLost: 200))
    }

    @Test(arguments: [3600.0, 2, -2, -3600])
    func `a clock that is set is a discontinuity of unknown length, and counting goes on after it`(seconds: Double) {
        var driver = Driver(rate: 8000, random: SeededGenerator(seed: 1))
        driver.start = 10_000_000_000_000
        var gaps = detector(8000)
        for _ in 0..<5000 { gaps.add(time: driver.stamp(), framesSinceLast: 1) }
        driver.start += Int64(seconds * 1e9)
        for _ in 0..<5000 { gaps.add(time: driver.stamp(), framesSinceLast: 1) }
        #expect(gaps.takeFinding() == GapDetector.Finding(framesLost: 0, isUnknownLength: true))
        driver.frame += 17
        for _ in 0..<5000 { gaps.add(time: driver.stamp(), framesSinceLast: 1) }
        #expect(gaps.takeFinding() == GapDetector.Finding(framesLost: 17))
    }

    @Test(arguments: propertySeeds)
    func `no time whatever stops it`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for tuning in [GapDetector.Tuning.timestamps(sampleRateHz: 8000), .deliveries(blockFrames: 80)] {
            var gaps = GapDetector(sampleRateHz: 8000, tuning: tuning)
            for _ in 0..<20_000 {
                let time: Int64 =
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: .min
                    case 1: .max
                    case 2: .random(in: .min ... .max, using: &random)
                    default: .random(in: 0...1_000_000_000_000, using: &random)
                    }
                gaps.add(time: time, framesSinceLast: .random(in: .min ... .max, using: &random))
                #expect(gaps.takeFinding().framesLost >= 0, "seed \(seed)")
            }
        }
    }

    @Test(arguments: [Double.nan, -.infinity, -1, 0, .infinity, 1e300])
    func `an impossible rate or tuning does no harm`(rate: Double) {
        var gaps = GapDetector(
            sampleRateHz: rate, tuning: .init(groupTimes: -3, confirmationGroups: 99, thresholdFrames: rate))
        for time in 0..<1000 { gaps.add(time: Int64(time), framesSinceLast: 1) }
        _ = gaps.takeFinding()
        #expect(GapDetector.Tuning.timestamps(sampleRateHz: rate).groupTimes >= 64)
    }

    @Test func `without timestamps a reader that was held up finds its blocks late and nothing lost`() {
        var gaps = GapDetector(sampleRateHz: 8000, tuning: .deliveries(blockFrames: 80))
        for block in 0..<2000 {
            let due = Int64(block) * 10_000_000
            // Each second 300 ms in which nothing is read; then all of it at once.
            let phase = due % 1_000_000_000
            let late = phase < 300_000_000 ? 300_000_000 - phase : 0
            gaps.add(time: due + late, framesSinceLast: 80)
        }
        #expect(gaps.takeFinding() == .none)
    }

    @Test(arguments: [41, 80, 400, 8000])
    func `without timestamps a loss above half a block is counted`(lost: Int) {
        var random = SeededGenerator(seed: 5)
        var gaps = GapDetector(sampleRateHz: 8000, tuning: .deliveries(blockFrames: 80))
        func deliver(_ blocks: Range<Int>, shift: Int64) {
            for block in blocks {
                let late = Int64.random(in: 0...3_000_000, using: &random)
                let onTime = block % 3 == 0 ? 0 : late
                gaps.add(time: Int64(block) * 10_000_000 + shift + onTime, framesSinceLast: 80)
            }
        }
        deliver(0..<500, shift: 0)
        #expect(gaps.takeFinding() == .none)
        deliver(500..<600, shift: Int64(lost) * 125_000)
        #expect(gaps.takeFinding() == GapDetector.Finding(framesLost: Int64(lost)))
    }
}
