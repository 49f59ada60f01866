import Foundation
import MeterDSP
import TestSupport
import Testing

/// IEC 61000-4-15, class F1: P_st within 5 %, P_inst,max within 8 %. The bounds here are narrower, so that the whole
/// chain of a meter has something left. Tables: edition 2.
@Suite struct FlickerTests {
    struct Point: Sendable, CustomTestStringConvertible {
        var lamp: FlickerLamp
        var signal: FlickerSignal
        var testDescription: String { signal.description }
    }

    private static func points(
        _ shape: FlickerSignal.Shape, _ volts: Double, _ values: [(Double, Double)]
    ) -> [Point] {
        values.map { hertz, percent in
            let mainsHz = volts == 120 ? 60.0 : 50
            return Point(
                lamp: volts == 120 ? .volts120 : .volts230,
                signal: FlickerSignal(shape: shape, hertz: hertz, percent: percent, volts: volts, mainsHz: mainsHz))
        }
    }

    /// Rectangular changes per minute and ΔU/U in per cent for P_st = 1.
    static let severities =
        points(
            .rectangle, 230,
            [
                (1, 2.715), (2, 2.191), (7, 1.450), (39, 0.894), (110, 0.722), (1620, 0.407), (4000, 2.343),
            ].map { ($0.0 / 120, $0.1) })
        + points(
            .rectangle, 120,
            [
                (1, 3.178), (2, 2.561), (7, 1.694), (39, 1.045), (110, 0.844), (1620, 0.545), (4800, 4.834),
            ].map { ($0.0 / 120, $0.1) })

    /// Hertz and ΔU/U in per cent for P_inst,max = 1.
    static let sines =
        points(
            .sine, 230,
            [
                (0.5, 2.325), (1, 1.397), (2, 0.879), (3, 0.645), (4, 0.497), (5, 0.396), (6, 0.325), (7, 0.278),
                (8, 0.256), (8.8, 0.250), (10, 0.261), (12, 0.314), (15, 0.438), (20, 0.704), (25, 1.037),
                (33 + 1.0 / 3, 2.128),
            ])
        + points(.sine, 120, [(0.5, 2.453), (1, 1.465), (2, 0.942), (8.8, 0.321), (10, 0.341)])

    @Test(arguments: severities)
    func rectangularChangesOfTheStandardGiveASeverityOfOne(_ point: Point) throws {
        let reading = try point.signal.reading(point.lamp)
        #expect(abs(try #require(reading.shortTermSeverity) - 1) < 0.015)
        #expect(!reading.isFlagged)
    }

    @Test(arguments: sines)
    func sinusoidalFluctuationsOfTheStandardAreJustSeen(_ point: Point) throws {
        #expect(abs(try point.signal.reading(point.lamp).maximumSensation - 1) < 0.016)
    }

    /// The filters against the analogue ones that they stand for, from their formulas.
    @Test(arguments: [1.3, 4.4, 8.8, 13.7, 21, 30])
    func sensationFollowsTheAnalogueResponse(hertz: Double) throws {
        func response(_ hertz: Double) -> Double {
            func w(_ hertz: Double) -> Double { 2 * .pi * hertz }
            let (s, l) = (w(hertz), w(4.05981))
            let peak = 1.74802 * w(9.15494) * s / hypot(pow(w(9.15494), 2) - s * s, 2 * l * s)
            let slope = hypot(1, hertz / 2.27979) / (hypot(1, hertz / 1.22535) * hypot(1, hertz / 21.9))
            return peak * slope / hypot(1, 0.05 / hertz) / (1 + pow(hertz / 35, 12)).squareRoot()
        }
        func maximum(_ hertz: Double, _ fluctuation: Double) -> Double {
            pow(fluctuation * response(hertz), 2) / 2 * (1 + 1 / hypot(1, 4 * .pi * hertz * 0.3))
        }
        let expected = maximum(hertz, 0.006) / maximum(8.8, 0.0025)
        let signal = FlickerSignal(shape: .sine, hertz: hertz, percent: 0.6)
        // 100 Hz that the low-pass leaves is seen too.
        #expect(abs(try signal.reading(rate: 4000).maximumSensation / expected - 1) < 0.01)
    }

    /// Ten minutes at full length, twice: what the short observations of the other tests stand for.
    @Test func tenMinutesAreAsGoodAsWholePeriods() throws {
        let signal = FlickerSignal.rectangle(changesPerMinute: 7, percent: 1.450)
        let short = try signal.reading(rate: 1000)
        let long = try signal.reading(rate: 1000, seconds: 600)
        let severity = try #require(long.shortTermSeverity)
        #expect(abs(severity - 1) < 0.015)
        #expect(abs(severity - (try #require(short.shortTermSeverity))) < 0.01)
        #expect(abs(long.seconds - 600) < 0.01)
    }

    @Test(arguments: [0.2, 0.5, 3, 10])
    func severityGrowsAsTheFluctuation(factor: Double) throws {
        let signal = FlickerSignal.rectangle(changesPerMinute: 39, percent: 0.894 * factor)
        let one = FlickerSignal.rectangle(changesPerMinute: 39, percent: 0.894)
        let ratio = try #require(signal.reading().shortTermSeverity) / (try #require(one.reading().shortTermSeverity))
        #expect(abs(ratio / factor - 1) < 0.01)
    }

    @Test(arguments: [100, 207, 264, 12_000.0])
    func severityIsThatOfTheFluctuationNotOfTheLevel(volts: Double) throws {
        var signal = FlickerSignal.rectangle(changesPerMinute: 110, percent: 0.722)
        let expected = try #require(signal.reading().shortTermSeverity)
        signal.volts = volts
        #expect(abs(try #require(signal.reading().shortTermSeverity) / expected - 1) < 1e-6)
    }

    @Test(arguments: [1000, 1234.5, 1999, 6400, 12_800, 32_000.0])
    func severityIsTheSameAtEveryRate(rate: Double) throws {
        let signal = FlickerSignal(shape: .sine, hertz: 8.8, percent: 0.5)
        let reading = try signal.reading(rate: rate, seconds: 3)
        let reference = try signal.reading(rate: 2000, seconds: 3)
        let severity = try #require(reading.shortTermSeverity)
        #expect(abs(severity / (try #require(reference.shortTermSeverity)) - 1) < 0.004)
        #expect(abs(reading.maximumSensation - 4) < 0.04)
    }

    /// 42.5 to 57.5 Hz, a distorted voltage: neither is flicker.
    @Test(arguments: [42.5, 49, 50, 50.3, 57.5])
    func aSteadyVoltageDoesNotFlicker(mainsHz: Double) throws {
        var signal = FlickerSignal(shape: .sine, hertz: 8.8, percent: 0, mainsHz: mainsHz)
        signal.fifth = 0.06
        let reading = try signal.reading()
        #expect(try #require(reading.shortTermSeverity) < 0.03)
        #expect(!reading.isFlagged)
    }

    /// The standard's frequencies of the mains have the same flicker within the demodulator's ripple.
    @Test(arguments: [45, 49.3, 50, 52, 55])
    func flickerDoesNotDependOnTheMainsFrequency(mainsHz: Double) throws {
        var signal = FlickerSignal.rectangle(changesPerMinute: 39, percent: 0.894)
        signal.mainsHz = mainsHz
        #expect(abs(try #require(signal.reading().shortTermSeverity) - 1) < 0.015)
    }

    /// A step to another level is seen, and forgotten: the level is followed.
    @Test func aLastingChangeOfLevelIsNoFlicker() throws {
        var meter = try FlickerMeter(sampleRateHz: 1000, declaredVolts: 230, lamp: .volts230)
        func run(_ seconds: Int, volts: Double) {
            for sample in 0..<seconds * 1000 {
                meter.add(volts: volts * 2.0.squareRoot() * sin(2 * .pi * 50 * Double(sample) / 1000))
            }
        }
        run(22, volts: 230)
        _ = meter.closeInterval()
        run(2, volts: 220)
        #expect(meter.closeInterval().maximumSensation > 10)
        run(58, volts: 220)
        _ = meter.closeInterval()
        run(10, volts: 220)
        #expect(meter.closeInterval().maximumSensation < 0.01)
    }
}
