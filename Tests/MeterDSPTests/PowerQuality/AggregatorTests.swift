import TestSupport
import Testing

@testable import MeterDSP

@Suite struct AggregatorTests {
    static func window(
        volts: Double = 230, amperes: Double = 10, watts: Double = 2300, neutral: Double? = nil, u2: Double? = nil,
        halfCycles: Int = 20, isFlagged: Bool = false, flags: ReadingFlags = []
    ) -> AggregationInput {
        var reading = WindowReading()
        reading.voltageRMS = SIMD3(repeating: volts)
        reading.currentRMS = SIMD3(repeating: amperes)
        reading.activePower = SIMD3(repeating: watts)
        reading.neutralCurrentRMS = neutral
        reading.halfCycles = halfCycles
        reading.flags = flags
        return AggregationInput(reading, negativeUnbalance: u2, isFlagged: isFlagged)
    }

    struct Results {
        var short: [AggregatedReading] = []
        var tenMinutes: [AggregatedReading] = []
        var twoHours: [AggregatedReading] = []
    }

    /// Windows of 0.2 s from `clock` on.
    static func run(
        seconds: Double, clock: Double = 0, skip: Range<Int> = 0..<0, _ window: (Int) -> AggregationInput
    ) throws -> (results: Results, aggregator: Aggregator) {
        var aggregator = Aggregator()
        var results = Results()
        for index in 0..<Int((seconds * 5).rounded()) where !skip.contains(index) {
            let start = clock + Double(index) / 5
            let result = aggregator.add(window(index), startClockSeconds: start, endClockSeconds: start + 0.2)
            let ended = try #require(result)
            if let reading = ended.cycles150Or180 { results.short.append(reading) }
            if let reading = ended.tenMinutes { results.tenMinutes.append(reading) }
            if let reading = ended.twoHours { results.twoHours.append(reading) }
        }
        return (results, aggregator)
    }

    @Test func fifteenWindowsMakeTheRootOfTheirMeanSquare() throws {
        let results = try Self.run(seconds: 6) { Self.window(volts: Double(200 + $0 % 15), watts: Double($0 % 15)) }
            .results
        #expect(results.short.count == 2)
        let mean = (0..<15).reduce(0.0) { $0 + square(Double(200 + $1)) } / 15
        for reading in results.short {
            #expect(reading.voltageRMS[2].isAbout(mean.squareRoot()))
            #expect(reading.activePower[0].isAbout(7))
            #expect(reading.windows == 15 && reading.halfCycles == 300)
            #expect(!reading.isIncomplete && !reading.isFlagged)
        }
        #expect(results.short.map(\.startClockSeconds) == [0, 3])
    }

    @Test func tenMinutesFollowTheClockAndTwoHoursAreTwelveOfThem() throws {
        // From 13:56 on: 4 minutes, then whole intervals.
        let clock = 1_700_000_400.0 - 240
        let results = try Self.run(seconds: 240 + 600 * 26, clock: clock) {
            Self.window(volts: Double(220 + $0 / 3000))
        }
        .results
        let ten = results.tenMinutes
        #expect(ten.first?.isIncomplete == true)
        #expect(ten.first?.windows == 1200)
        #expect(ten.dropFirst().allSatisfy { !$0.isIncomplete && $0.windows == 3000 })
        #expect(ten.dropFirst().allSatisfy { $0.startClockSeconds.truncatingRemainder(dividingBy: 600) == 0 })
        let two = results.twoHours
        #expect(two.map(\.isIncomplete) == [true, false])
        #expect(try #require(two.last).startClockSeconds.truncatingRemainder(dividingBy: 7200) == 0)
        #expect(two.last?.windows == 36_000)
        let inside = ten.filter { $0.startClockSeconds >= two[1].startClockSeconds }.prefix(12)
        let mean = inside.reduce(0.0) { $0 + square($1.voltageRMS[0]) } / 12
        #expect(two[1].voltageRMS[0].isAbout(mean.squareRoot()))
    }

    @Test func aWindowAcrossTheTickBelongsToTheIntervalThatItStartsIn() throws {
        let results = try Self.run(seconds: 1201, clock: -0.1) { Self.window(volts: $0 == 3000 ? 330 : 230) }.results
        // The first window starts before 0, the 3001st at 599.9 s.
        #expect(results.tenMinutes.map(\.windows) == [1, 3000, 3000])
        #expect(results.tenMinutes[1].voltageRMS[0] > 230)
        #expect(results.tenMinutes[2].voltageRMS[0].isAbout(230))
    }

    @Test func oneFlaggedWindowFlagsAllIntervalsAboveIt() throws {
        let results = try Self.run(seconds: 14_401) { Self.window(isFlagged: $0 == 4000) }.results
        #expect(results.short.enumerated().filter { $0.element.isFlagged }.map(\.offset) == [266])
        #expect(results.tenMinutes.enumerated().filter { $0.element.isFlagged }.map(\.offset) == [1])
        #expect(results.twoHours.map(\.isFlagged) == [true, false])
    }

    @Test func aGapMakesItsIntervalsIncomplete() throws {
        let results = try Self.run(seconds: 2500, skip: 3500..<3600) {
            Self.window(flags: $0 == 3499 || $0 == 3600 ? .gap : [])
        }.results
        #expect(results.tenMinutes.map(\.isIncomplete) == [true, true, false, false])
        #expect(results.tenMinutes[1].windows == 2900)
        #expect(results.tenMinutes[1].flags.contains(.gap))
        #expect(results.short.filter(\.isIncomplete).count == 1)
    }

    @Test func aShortWindowWeighsLess() throws {
        var aggregator = Aggregator()
        _ = aggregator.add(Self.window(volts: 100, halfCycles: 20), startClockSeconds: 0, endClockSeconds: 0.2)
        _ = aggregator.add(
            Self.window(volts: 200, halfCycles: 5, flags: .partial), startClockSeconds: 0.2, endClockSeconds: 0.25)
        let ended = aggregator.finish()
        #expect(try #require(ended.tenMinutes).voltageRMS[0].isAbout((16_000.0).squareRoot()))
        #expect(ended.cycles150Or180?.isIncomplete == true && ended.twoHours?.isIncomplete == true)
        let nothing = aggregator.finish()
        #expect(nothing == Aggregator.Ended())
    }

    @Test func valuesThatAreNotAlwaysThereAreAggregatedOverThoseThatAre() throws {
        let short = try Self.run(seconds: 3) {
            Self.window(neutral: $0 < 5 ? 3 : $0 < 10 ? 4 : nil, u2: $0 == 7 ? 0.02 : nil)
        }.results.short
        #expect(try #require(short[0].neutralCurrentRMS).isAbout(12.5.squareRoot()))
        #expect(try #require(short[0].negativeUnbalance).isAbout(0.02))
        #expect(short[0].zeroUnbalance == nil)
    }

    @Test func aClockSetForwardEndsAnIncompleteInterval() throws {
        var aggregator = Aggregator()
        for index in 0..<10 {
            _ = aggregator.add(
                Self.window(), startClockSeconds: Double(index) / 5, endClockSeconds: Double(index + 1) / 5)
        }
        let ended = aggregator.add(Self.window(), startClockSeconds: 100_000, endClockSeconds: 100_000.2)
        #expect(ended?.tenMinutes?.isIncomplete == true && ended?.twoHours?.isIncomplete == true)
        #expect(ended?.tenMinutes?.windows == 10)
    }

    @Test func aClockSetBackALittleStartsNoIntervalASecondTime() throws {
        var aggregator = Aggregator()
        var ended: [AggregatedReading] = []
        for (index, clock) in [599.7, 599.9, 600.1, 599.95, 600.15, 600.35].enumerated() {
            let result = aggregator.add(
                Self.window(volts: Double(index)), startClockSeconds: clock, endClockSeconds: clock + 0.2)
            if let reading = result?.tenMinutes { ended.append(reading) }
        }
        #expect(ended.map(\.windows) == [2])
        let rest = aggregator.finish()
        #expect(rest.tenMinutes?.windows == 4)
    }

    @Test func whatWasNotMeasuredIsRefused() {
        var aggregator = Aggregator()
        func isRefused(_ window: AggregationInput, at clock: Double) -> Bool {
            aggregator.add(window, startClockSeconds: clock, endClockSeconds: 0.2) == nil
        }
        for bad in [Double.nan, .infinity, 1e80] {
            #expect(isRefused(Self.window(volts: bad), at: 0))
            #expect(isRefused(Self.window(watts: bad), at: 0))
            #expect(isRefused(Self.window(u2: bad), at: 0))
            #expect(isRefused(Self.window(), at: bad))
        }
        #expect(isRefused(Self.window(halfCycles: 0), at: 0))
        let nothing = aggregator.finish()
        #expect(nothing == Aggregator.Ended())
    }
}
