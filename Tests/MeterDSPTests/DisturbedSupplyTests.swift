import Foundation
import MeterDSP
import TestSupport
import Testing

/// Supplies that are far from a steady sine: what comes out is right, or says that it is not.
@Suite struct DisturbedSupplyTests {
    static let rate = 8000.0

    /// Frames of `voltage` on all three voltages (shifted by 120°) and `current` on the currents, by time and angle.
    static func measure(
        seconds: Double, noiseCodes: Double = 0.5, seed: UInt64 = 21, angle: (Double) -> Double,
        voltage: (Double) -> Double, current: (Double) -> Double
    ) throws -> (halfCycles: [HalfCycleReading], windows: [WindowReading]) {
        let adc = SimulatedADC(sampleRateHz: rate, voltsFullScale: 2000, amperesFullScale: 400)
        var generator = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        for frame in 0..<Int(seconds * rate) {
            let phase = angle(Double(frame) / rate)
            for lane in 0..<8 {
                let own = phase - 2 * .pi / 3 * Double(lane % 3)
                let value = lane < 3 ? voltage(own) / 2000 : lane < 6 ? current(own) / 400 : 0
                let code = (value * 32768 + noiseCodes * generator.normal()).rounded()
                withUnsafeBytes(of: Int16(max(-32768, min(32767, code))).littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        var meter = try Meter(adc.configuration(nominalHz: 50))
        return readings(&meter, bytes)
    }

    static func sine(_ rms: Double) -> (Double) -> Double { { rms * 2.0.squareRoot() * sin($0) } }

    @Test(arguments: [1.0, -1, 0.3])
    func aFrequencyThatDriftsIsFollowed(_ hertzPerSecond: Double) throws {
        let start = 50 - hertzPerSecond
        let (halfCycles, windows) = try Self.measure(
            seconds: 3, angle: { 2 * .pi * (start * $0 + 0.5 * hertzPerSecond * $0 * $0) }, voltage: Self.sine(230),
            current: Self.sine(20))
        let whole = windows.filter { !$0.flags.contains(.partial) }
        #expect(whole.count >= 12)
        for window in whole {
            // The filter before the crossings delays what changes by 2 · 2Q/ω₀ = 12.7 ms.
            let middle = (window.firstFrame + window.frames / 2) / Self.rate - 0.0127
            let truth = start + hertzPerSecond * middle
            #expect(window.flags.isEmpty)
            #expect(abs((window.frequencyHz ?? 0) - truth) < 0.001)
            for phase in 0..<3 {
                #expect(abs(window.voltageRMS[phase] / 230 - 1) < 2e-4)
                #expect(abs(window.activePower[phase] / 4600 - 1) < 4e-4)
            }
        }
        for reading in halfCycles where reading.endFrame > 0.3 * Self.rate {
            #expect(reading.isWholeCycle)
            #expect(abs(reading.voltageRMS[0] / 230 - 1) < 0.001)
        }
    }

    @Test(arguments: [-90.0, -30, 10, 60, 120])
    func aPhaseJumpIsFollowedWithinFiveCycles(_ degrees: Double) throws {
        let (halfCycles, windows) = try Self.measure(
            seconds: 2, angle: { 2 * .pi * 50 * $0 + ($0 < 1.003 ? 0 : degrees * .pi / 180) }, voltage: Self.sine(230),
            current: Self.sine(20))
        #expect(halfCycles.allSatisfy { $0.voltageRMS[0].isFinite && $0.voltageRMS[0] < 330 })
        for reading in halfCycles where reading.endFrame > 1.16 * Self.rate {
            #expect(abs(reading.voltageRMS[0] / 230 - 1) < 0.002, "at \(reading.endFrame)")
        }
        let last = try #require(windows.last)
        #expect(abs((last.frequencyHz ?? 0) - 50) < 1e-3)
        // Every frame once, whatever happened.
        for (window, next) in zip(windows, windows.dropFirst()) {
            #expect(abs(window.firstFrame + window.frames - next.firstFrame) < 1e-6)
        }
    }

    @Test func theFrequencyMayJump() throws {
        let (halfCycles, windows) = try Self.measure(
            seconds: 2, angle: { 2 * .pi * ($0 < 1 ? 50 * $0 : 50 + 52 * ($0 - 1)) }, voltage: Self.sine(230),
            current: Self.sine(20))
        #expect(abs(try #require(windows.last?.frequencyHz) - 52) < 1e-3)
        for reading in halfCycles where reading.endFrame > 1.25 * Self.rate {
            #expect(abs(reading.voltageRMS[0] / 230 - 1) < 0.001)
        }
    }

    @Test func currentsOfTwiceTheirFundamentalInHarmonicsAreMeasured() throws {
        let current: (Double) -> Double = {
            2.0.squareRoot() * (10 * sin($0) + 20 * sin(3 * $0 + 1) + 12 * sin(5 * $0) + 8 * sin(7 * $0 - 2))
        }
        let (_, windows) = try Self.measure(
            seconds: 1, angle: { 2 * .pi * 50.1 * $0 }, voltage: Self.sine(230), current: current)
        let window = try #require(windows.last { !$0.flags.contains(.partial) })
        #expect(window.flags.isEmpty)
        let total = 708.0.squareRoot()
        for phase in 0..<3 {
            #expect(abs(window.currentRMS[phase] / total - 1) < 1e-4)
            #expect(abs(window.activePower[phase] / 2300 - 1) < 2e-4)
            #expect(abs((window.fundamentalActivePower(phase) ?? 0) / 2300 - 1) < 2e-4)
        }
    }

    /// A rectifier's current of crest factor 5: narrow pulses at the voltage's peaks.
    @Test func aCrestFactorOfFiveIsMeasured() throws {
        let width = 0.2
        func pulse(_ x: Double) -> Double {
            let off = abs(remainder(x - .pi / 2, .pi))
            return off < width ? 100 * cos(off / width * .pi / 2) * (sin(x) > 0 ? 1 : -1) : 0
        }
        let mean = stride(from: 0.0005, to: 1, by: 0.001).reduce(0.0) {
            $0 + pow(pulse($1 * 2 * .pi), 2) * 0.001
        }
        let (_, windows) = try Self.measure(
            seconds: 1, angle: { 2 * .pi * 50.03 * $0 }, voltage: Self.sine(230), current: pulse)
        let window = try #require(windows.last { !$0.flags.contains(.partial) })
        #expect(abs(window.currentRMS[0] / mean.squareRoot() - 1) < 0.001)
        let crest = try #require(window.currentCrestFactor(0))
        #expect(crest > 3.9 && abs(crest - 100 / mean.squareRoot()) < 0.05)
    }

    @Test func harmonicsOfTheVoltageThatCrossZeroManyTimesDoNotMisleadTheCycles() throws {
        let voltage: (Double) -> Double = {
            2.0.squareRoot() * (230 * sin($0) + 120 * sin(5 * $0) + 200 * sin(11 * $0))
        }
        let (halfCycles, windows) = try Self.measure(
            seconds: 1, angle: { 2 * .pi * 49.9 * $0 }, voltage: voltage, current: Self.sine(10))
        #expect(abs(try #require(windows.last { !$0.flags.contains(.partial) }?.frequencyHz) - 49.9) < 1e-3)
        #expect(halfCycles.suffix(40).allSatisfy { abs($0.frames * 49.9 / Self.rate - 1) < 1e-3 })
    }

    @Test(arguments: [UInt64(31), 32])
    func nothingButNoiseNeverPassesForASupply(_ seed: UInt64) throws {
        let (halfCycles, windows) = try Self.measure(
            seconds: 3, noiseCodes: 3000, seed: seed, angle: { $0 }, voltage: { _ in 0 }, current: { _ in 0 })
        #expect(halfCycles.allSatisfy { $0.voltageRMS[0].isFinite && $0.activePower[0].isFinite })
        for window in windows where !window.flags.contains(.unsynchronised) && !window.flags.contains(.partial) {
            // A window that claims cycles must hold cycles of the mains' length.
            let cycle = window.frames / 10 / Self.rate
            #expect(cycle > 1.0 / 70 && cycle < 1.0 / 33, "seed \(seed)")
        }
    }
}
