import Realtime
import Testing

@Suite struct LatencyHistogramTests {
    @Test func nothingRecordedHasNoPercentile() {
        let distribution = LatencyHistogram().distribution()
        #expect(distribution.count == 0 && distribution.nanoseconds(atShare: 0.5) == nil)
        #expect(distribution.cumulative.isEmpty && distribution.maximumNanoseconds == 0)
    }

    /// Against the sorted values themselves: never too short, and at most 1/32 too long.
    @Test(arguments: [1, 7, 1000, 20_000])
    func percentilesAreThoseOfTheSortedValues(count: Int) throws {
        var random = SystemRandomNumberGenerator()
        let histogram = LatencyHistogram()
        var values: [Int64] = []
        for _ in 0..<count {
            // All lengths alike, from nanoseconds to a minute.
            let value = Int64.random(in: 0..<(Int64(1) << Int64.random(in: 1...35, using: &random)), using: &random)
            values.append(value)
            histogram.record(nanoseconds: value)
        }
        values.sort()
        let distribution = histogram.distribution()
        #expect(distribution.count == count && distribution.maximumNanoseconds == values[count - 1])
        for share in [0, 0.1, 0.5, 0.9, 0.99, 0.999, 1] {
            let rank = max(1, Int((share * Double(count)).rounded(.up)))
            let exact = values[rank - 1]
            let found = try #require(distribution.nanoseconds(atShare: share))
            #expect(found >= exact && found <= exact + exact / 32 + 1, "share \(share) of \(count): \(found), \(exact)")
        }
        #expect(distribution.cumulative.last?.share == 1)
    }

    @Test func whatIsNegativeOrEndlessCountsAtTheEnds() {
        let histogram = LatencyHistogram()
        for value in [Int64.min, -1, 0, .max] { histogram.record(nanoseconds: value) }
        let distribution = histogram.distribution()
        #expect(distribution.count == 4 && distribution.maximumNanoseconds == .max)
        #expect(distribution.nanoseconds(atShare: 0.75) == 0)
        #expect(distribution.count(longerThan: 1_000_000_000) == 1)
    }

    @Test func aStretchIsTheDifferenceOfTwoLooks() {
        let histogram = LatencyHistogram()
        histogram.record(nanoseconds: 5_000_000)
        let before = histogram.distribution()
        for value in 1...100 { histogram.record(nanoseconds: Int64(value)) }
        let stretch = histogram.distribution().since(before)
        #expect(stretch.count == 100)
        #expect(stretch.maximumNanoseconds >= 100 && stretch.maximumNanoseconds < 104)
        var both = before
        both.add(stretch)
        #expect(both.count == 101 && both.maximumNanoseconds == 5_000_000)
    }

    @Test func aReaderSeesNoMoreThanWasRecorded() async {
        let histogram = LatencyHistogram()
        let writer = RealtimeThread(name: "writer") { _ in
            for value in 0..<200_000 { histogram.record(nanoseconds: Int64(value)) }
        }
        var last = 0
        while last < 200_000 {
            let count = histogram.distribution().count
            #expect(count >= last && count <= 200_000)
            last = count
            await Task.yield()
        }
        writer?.join()
    }
}

@Suite struct HeartbeatTests {
    @Test func isSilentFromItsTimeOnUntilItBeatsAgain() {
        let heart = Heartbeat(silentAfterSeconds: 2, now: 1_000)
        #expect(!heart.isSilent(at: 2_000_000_999) && heart.isSilent(at: 2_000_001_000))
        heart.beat(at: 5_000_000_000)
        #expect(!heart.isSilent(at: 6_999_999_999) && heart.silentFrom == 7_000_000_000)
    }
}
