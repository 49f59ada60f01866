import Testing

@testable import Acquisition

@Suite struct ArrivalClockTests {
    @Test func onTheSameClockLatenessIsTheDifference() {
        var clock = ArrivalClock(isSameClock: true)
        #expect(clock.lateness(deliveredAt: 1_000_500, lastFrameTime: 1_000_000) == 500)
        #expect(clock.lateness(deliveredAt: 2_000_000, lastFrameTime: 2_000_100) == 0)
    }

    /// Another machine's clock, an hour away and 300 ppm fast or slow, for ten minutes.
    @Test(arguments: [-300.0, 0, 300])
    func onAnotherClockItIsToldAgainstThePromptestBlock(driftPPM: Double) {
        var clock = ArrivalClock(isSameClock: false)
        var worst: Int64 = 0
        for block in 1..<60_000 {
            let sampled = Int64(block) * 10_000_000
            // Every tenth block is prompt, one in a hundred is 5 ms late.
            let delay: Int64 = block % 100 == 7 ? 5_000_000 : block % 10 == 0 ? 0 : 100_000
            let stamp = 3_600_000_000_000 + Int64(Double(sampled) * (1 + driftPPM * 1e-6))
            let late = clock.lateness(deliveredAt: sampled + delay, lastFrameTime: stamp)
            worst = max(worst, abs(late - delay))
        }
        // What it may rise by between two prompt blocks, and the drift in between.
        #expect(worst <= 150_000, "\(worst) ns off")
    }

    @Test func aClockThatIsSetIsNoLateness() {
        var clock = ArrivalClock(isSameClock: false)
        _ = clock.lateness(deliveredAt: 10_000_000, lastFrameTime: 0)
        #expect(clock.lateness(deliveredAt: 20_000_000, lastFrameTime: -3_600_000_000_000) == 0)
        #expect(clock.lateness(deliveredAt: 31_000_000, lastFrameTime: -3_600_000_000_000 + 10_000_000) > 900_000)
        #expect(clock.lateness(deliveredAt: 40_000_000, lastFrameTime: 7_200_000_000_000) == 0)
    }
}
