import TestSupport
import Testing

@testable import MeterDSP

@Suite struct FrequencyMeterTests {
    static let rate = 10_000.0

    static func reading(_ endFrame: Double, _ flags: ReadingFlags = []) -> HalfCycleReading {
        var reading = HalfCycleReading()
        reading.endFrame = endFrame
        reading.flags = flags
        return reading
    }

    /// Half cycles of `hertz` from frame 12.3 on, for `seconds`; the clock shows `clock` at frame 0.
    static func run(
        hertz: Double, seconds: Double, clock: Double = 0, skip: Set<Int> = [], flags: [Int: ReadingFlags] = [:],
        shift: (Int) -> Double = { _ in 0 }, clockStep: (Int) -> Double = { _ in 0 }
    ) throws -> [FrequencyReading] {
        var meter = try #require(FrequencyMeter(sampleRateHz: rate, nominalHz: 50))
        var results: [FrequencyReading] = []
        for index in 0..<Int(seconds * 2 * hertz) where !skip.contains(index) {
            let frame = 12.3 + (Double(index) + shift(index)) * rate / hertz / 2
            let clockSeconds = clock + frame / rate + clockStep(index)
            if let result = meter.add(reading(frame, flags[index] ?? []), clockSeconds: clockSeconds) {
                results.append(result)
            }
        }
        return results
    }

    @Test(arguments: [42.5, 49.99, 50, 50.05, 57.5])
    func wholeCyclesOverTheirDuration(hertz: Double) throws {
        let results = try Self.run(hertz: hertz, seconds: 35, clock: 1_700_000_003)
        #expect(results.map(\.startClockSeconds) == [1_700_000_000, 1_700_000_010, 1_700_000_020])
        #expect(results.map(\.isFlagged) == [true, false, false])
        for result in results { #expect(abs(try #require(result.frequencyHz) - hertz) < 1e-9) }
        for result in results.dropFirst() {
            #expect(Double(result.cycles) <= 10 * hertz)
            #expect(Double(result.cycles) > 10 * hertz - 2)
        }
    }

    /// IEC 61000-4-30: cycles across the edge are left out; whole cycles are from rise to rise or fall to fall, so that
    /// even harmonics and DC, which shift one against the other, change nothing.
    @Test func crossingsThatAlternateCancel() throws {
        let results = try Self.run(hertz: 50.03, seconds: 25, shift: { $0 % 2 == 0 ? 0.02 : 0 })
        for result in results { #expect(abs(try #require(result.frequencyHz) - 50.03) < 1e-9) }
    }

    @Test func aGapLosesItsCyclesButNotTheFrequency() throws {
        let gap = Set(1300..<1401)
        let results = try Self.run(hertz: 50, seconds: 25, skip: gap, flags: [1401: .gap])
        #expect(abs(try #require(results[1].frequencyHz) - 50) < 1e-9)
        #expect(results[1].isFlagged)
        #expect((440...450).contains(results[1].cycles))
    }

    @Test func virtualCyclesDoNotCount() throws {
        let flags = Dictionary(uniqueKeysWithValues: (900..<2100).map { ($0, ReadingFlags.unsynchronised) })
        let results = try Self.run(hertz: 50, seconds: 35, flags: flags)
        #expect(results[1].frequencyHz == nil)
        #expect(results[1].cycles == 0)
        #expect(results[1].isFlagged)
        #expect(abs(try #require(results[2].frequencyHz) - 50) < 1e-9)
    }

    @Test func aChangeToThePhaseBesideDoesNotBendTheFrequency() throws {
        for third in [1.0 / 3, -1.0 / 3, 2.0 / 3] {
            let results = try Self.run(hertz: 50, seconds: 25, shift: { $0 >= 1500 ? third : 0 })
            #expect(abs(try #require(results[1].frequencyHz) - 50) < 1e-9)
            #expect(results[1].isFlagged)
        }
    }

    @Test func aClockSetForwardMakesNoFalseFrequency() throws {
        let results = try Self.run(hertz: 50, seconds: 30, clockStep: { $0 >= 1500 ? 3600 : 0 })
        for result in results { #expect(abs(try #require(result.frequencyHz) - 50) < 1e-9) }
        #expect(results.map(\.startClockSeconds) == [0, 10, 3610])
    }

    @Test func aClockThatTremblesAtTheEdgeStartsTheIntervalOnce() throws {
        let results = try Self.run(hertz: 50, seconds: 25, clockStep: { $0 == 1000 ? -0.015 : 0 })
        #expect(results.map(\.startClockSeconds) == [0, 10])
        #expect(results.map(\.isFlagged) == [true, false])
    }

    @Test func impossibleClocksAndSettingsAreRefused() throws {
        #expect(FrequencyMeter(sampleRateHz: 0, nominalHz: 50) == nil)
        #expect(FrequencyMeter(sampleRateHz: .nan, nominalHz: 50) == nil)
        #expect(FrequencyMeter(sampleRateHz: 8000, nominalHz: 400) == nil)
        var meter = try #require(FrequencyMeter(sampleRateHz: 8000, nominalHz: 50))
        for clock in [Double.nan, .infinity, -.infinity, 1e300] {
            let result = meter.add(Self.reading(80), clockSeconds: clock)
            #expect(result == nil)
        }
    }

    /// From noisy 16-bit codes: 61000-4-30 class A asks for 10 mHz.
    @Test func theMetersHalfCyclesGiveTheFrequency() throws {
        let rate = 3200.0
        var signal = ThreePhaseSignal(frequencyHz: 50.0217)
        for phase in 0..<3 {
            signal.voltages[phase].harmonics = [.init(5, 0.05, 40)]
            signal.currents[phase].harmonics = []
        }
        let adc = SimulatedADC(sampleRateHz: rate)
        var generator = SeededGenerator(seed: 32)
        let bytes = adc.frames(signal, first: 0, count: Int(21 * rate), generator: &generator)
        var meter = try Meter(adc.configuration(nominalHz: 50))
        var frequency = try #require(FrequencyMeter(sampleRateHz: rate, nominalHz: 50))
        var results: [FrequencyReading] = []
        for half in readings(&meter, bytes).halfCycles {
            if let result = frequency.add(half, clockSeconds: half.endFrame / rate) { results.append(result) }
        }
        #expect(results.count == 2)
        for result in results { #expect(abs(try #require(result.frequencyHz) - 50.0217) < 1e-4) }
        #expect(results.last?.isFlagged == false)
    }
}
