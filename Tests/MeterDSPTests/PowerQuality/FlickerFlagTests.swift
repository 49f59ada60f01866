import Foundation
import MeterDSP
import TestSupport
import Testing

/// What a flickermeter does with what is no flicker, and how values are put together.
@Suite struct FlickerFlagTests {
    private static func meter(settled: Bool = true) throws -> FlickerMeter {
        var meter = try FlickerMeter(sampleRateHz: 1000, declaredVolts: 230, lamp: .volts230)
        if settled {
            run(&meter, seconds: FlickerMeter.settlingSeconds + 1)
            _ = meter.closeInterval()
        }
        return meter
    }

    private static func run(_ meter: inout FlickerMeter, seconds: Double, volts: Double = 230) {
        for sample in 0..<Int(seconds * 1000) {
            meter.add(volts: volts * 2.0.squareRoot() * sin(2 * .pi * 50 * Double(sample) / 1000))
        }
    }

    @Test func settlingIsFlaggedAndClassifiesNothing() throws {
        var meter = try Self.meter(settled: false)
        #expect(meter.isSettling)
        Self.run(&meter, seconds: FlickerMeter.settlingSeconds / 2)
        let first = meter.closeInterval()
        #expect(first.isFlagged && first.shortTermSeverity == nil && first.seconds == 0)
        Self.run(&meter, seconds: FlickerMeter.settlingSeconds / 2 + 2)
        #expect(!meter.isSettling)
        let second = meter.closeInterval()
        #expect(second.isFlagged && second.seconds > 1.9 && second.seconds < 2.1)
        Self.run(&meter, seconds: 1)
        #expect(!meter.closeInterval().isFlagged)
    }

    /// The start itself, with its sudden ripple, must be over when classifying begins.
    @Test func nothingOfTheStartIsClassified() throws {
        var meter = try Self.meter(settled: false)
        Self.run(&meter, seconds: FlickerMeter.settlingSeconds + 5)
        #expect(meter.closeInterval().maximumSensation < 0.002)
    }

    @Test func theCallersFlagLastsForOneInterval() throws {
        var meter = try Self.meter()
        Self.run(&meter, seconds: 1)
        meter.flag()
        Self.run(&meter, seconds: 1)
        #expect(meter.closeInterval().isFlagged)
        Self.run(&meter, seconds: 1)
        #expect(!meter.closeInterval().isFlagged)
    }

    @Test func anInterruptionIsFlaggedAndLeavesNoInfinity() throws {
        var meter = try Self.meter()
        Self.run(&meter, seconds: 300, volts: 0)
        let without = meter.closeInterval()
        #expect(without.isFlagged)
        #expect(try #require(without.shortTermSeverity).isFinite)
        Self.run(&meter, seconds: 400)
        _ = meter.closeInterval()
        Self.run(&meter, seconds: 5)
        let after = meter.closeInterval()
        #expect(!after.isFlagged)
        #expect(try #require(after.shortTermSeverity) < 0.05)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e8])
    func aSampleThatIsNoVoltageIsLeftOutAndFlagged(_ sample: Double) throws {
        var meter = try Self.meter()
        Self.run(&meter, seconds: 1)
        meter.add(volts: sample)
        Self.run(&meter, seconds: 2)
        let reading = meter.closeInterval()
        #expect(reading.isFlagged)
        #expect(try #require(reading.shortTermSeverity) < 0.2)
        #expect(meter.sensation.isFinite)
    }

    @Test func lostFramesSettleAnewAndKeepWhatWasClassified() throws {
        var meter = try Self.meter()
        Self.run(&meter, seconds: 3)
        meter.restart()
        #expect(meter.isSettling && meter.sensation == 0)
        Self.run(&meter, seconds: 4)
        let reading = meter.closeInterval()
        #expect(reading.isFlagged && abs(reading.seconds - 3) < 0.01)
        Self.run(&meter, seconds: FlickerMeter.settlingSeconds)
        #expect(meter.closeInterval().isFlagged)
    }

    /// Whatever comes in, no value is a NaN, infinite or negative.
    @Test func valuesStayNumbersForAnySamples() throws {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        var meter = try Self.meter(settled: false)
        for _ in 0..<60 {
            let scale = pow(10, Double.random(in: -8...7, using: &generator))
            for _ in 0..<1000 { meter.add(volts: Double.random(in: -scale...scale, using: &generator)) }
            let sensation = meter.sensation
            #expect(sensation.isFinite && sensation >= 0, "seed \(seed)")
            if Int.random(in: 0..<10, using: &generator) == 0 { meter.restart() }
        }
        let reading = meter.closeInterval()
        #expect(reading.maximumSensation.isFinite, "seed \(seed)")
        if let severity = reading.shortTermSeverity {
            #expect(severity.isFinite && severity >= 0, "seed \(seed)")
        }
    }

    @Test func impossibleSettingsAreRefusedWithTheirRemedy() {
        for rate in [0, 999, 1.1e6, -1, .nan, .infinity] {
            let failure = #expect(throws: FlickerMeter.Failure.self) {
                try FlickerMeter(sampleRateHz: rate, declaredVolts: 230, lamp: .volts230)
            }
            #expect(failure?.description.contains("samples per second") == true)
        }
        for volts in [0, -230, .nan, .infinity] {
            #expect(throws: FlickerMeter.Failure.self) {
                try FlickerMeter(sampleRateHz: 1000, declaredVolts: volts, lamp: .volts230)
            }
        }
    }

    @Test func longTermFlickerIsTheCubicMeanOfTwelve() throws {
        var long = LongTermFlicker()
        var base = try Self.reading(percent: 0.894)
        let severity = try #require(base.shortTermSeverity)
        for count in 1...12 {
            let done = long.add(base)
            #expect((done != nil) == (count == 12))
            if let done {
                #expect(abs(try #require(done.severity) / severity - 1) < 1e-12)
                #expect(!done.isFlagged)
            }
        }
        // Eleven of P_st and one of 3·P_st.
        for _ in 1...11 { #expect(long.add(base) == nil) }
        base = try Self.reading(percent: 3 * 0.894)
        let other = try #require(base.shortTermSeverity)
        let last = long.add(base)
        let expected = cbrt((11 * pow(severity, 3) + pow(other, 3)) / 12)
        #expect(abs(try #require(last?.severity) / expected - 1) < 1e-12)
    }

    @Test func longTermFlickerSaysWhatIsMissing() throws {
        var meter = try Self.meter(settled: false)
        let nothing = meter.closeInterval()
        var long = LongTermFlicker()
        for _ in 1...11 { #expect(long.add(nothing) == nil) }
        let empty = long.add(nothing)
        #expect(empty?.severity == nil && empty?.isFlagged == true)
        _ = long.add(try Self.reading(percent: 0.894))
        let early = long.close()
        #expect(early.isFlagged && early.severity != nil)
        // A new interval begins clean.
        let next = long.close()
        #expect(next.isFlagged && next.severity == nil)
    }

    private static func reading(percent: Double) throws -> FlickerReading {
        try FlickerSignal.rectangle(changesPerMinute: 110, percent: percent).reading(rate: 1000, seconds: 6)
    }
}
