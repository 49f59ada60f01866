import Foundation
import MeterDSP
import TestSupport
import Testing

/// Every error is against the exact value of the signal, worst case over phases and windows.
@Suite struct AccuracyTests {
    struct Point: Sendable, CustomTestStringConvertible {
        var rate: Double
        var nominal: Double
        var frequency: Double
        var testDescription: String { "\(frequency) Hz at \(rate)/s" }
    }

    static let points: [Point] = [8000, 12800, 32000].flatMap { rate in
        [42.5, 47.5, 49.97, 50, 50.3, 52.5, 57.5].map { Point(rate: rate, nominal: 50, frequency: $0) }
            + [51, 57, 60, 60.04, 63, 69].map { Point(rate: rate, nominal: 60, frequency: $0) }
    }

    struct Worst {
        var voltage = 0.0, current = 0.0, power = 0.0, frequencyHz = 0.0, dc = 0.0, windows = 0
        /// Of P₁ and Q₁, as share of S₁.
        var fundamental = 0.0
    }

    static func worst(_ adc: SimulatedADC, _ point: Point, seconds: Double, seed: UInt64) throws -> Worst {
        let signal = ThreePhaseSignal(frequencyHz: point.frequency)
        var generator = SeededGenerator(seed: seed)
        var meter = try Meter(adc.configuration(nominalHz: point.nominal))
        let bytes = adc.frames(signal, first: 0, count: Int(seconds * point.rate), generator: &generator)
        var worst = Worst()
        for window in readings(&meter, bytes, blockFrames: Int(point.rate / 100)).windows
        where !window.flags.contains(.partial) {
            worst.windows += 1
            #expect(window.flags.isEmpty)
            let f = try #require(window.frequencyHz)
            worst.frequencyHz = max(worst.frequencyHz, abs(f - point.frequency))
            for phase in 0..<3 {
                let u = signal.voltages[phase]
                let i = signal.currents[phase]
                let p = u.activePower(with: i)
                worst.voltage = max(worst.voltage, abs(window.voltageRMS[phase] / u.rms - 1))
                worst.current = max(worst.current, abs(window.currentRMS[phase] / i.rms - 1))
                worst.power = max(worst.power, abs(window.activePower[phase] / p - 1))
                let s1 = u.fundamentalRMS * i.fundamentalRMS
                let angle = (u.phaseDegrees - i.phaseDegrees) * Double.pi / 180
                let p1 = try #require(window.fundamentalActivePower(phase))
                let q1 = try #require(window.fundamentalReactivePower(phase))
                worst.fundamental = max(worst.fundamental, abs(p1 / s1 - cos(angle)), abs(q1 / s1 - sin(angle)))
                worst.dc = max(worst.dc, abs(window.voltageDC[phase] - u.dc))
            }
        }
        return worst
    }

    /// What the converter's own noise of 1 LSB RMS does to the RMS of a window: no method can do better than that.
    static func noise(_ adc: SimulatedADC, fullScale: Double, rms: Double) -> Double {
        fullScale / 32768 / rms / (0.2 * adc.sampleRateHz).squareRoot()
    }

    @Test(arguments: points)
    func directSensorsAreWithinThousandthsOfAPercent(_ point: Point) throws {
        let adc = SimulatedADC(sampleRateHz: point.rate)
        let worst = try Self.worst(adc, point, seconds: 0.9, seed: 11)
        #expect(worst.windows >= 3)
        #expect(worst.voltage < 1e-5)
        // 6 A on a range of 60 A at its peak: the noise alone scatters by up to 0.0008 % then.
        #expect(worst.current < max(1e-5, 4 * Self.noise(adc, fullScale: 60, rms: 6)))
        #expect(worst.power < 5e-5)
        #expect(worst.frequencyHz < 2e-5)
        #expect(worst.fundamental < 5e-5)
        #expect(worst.dc < 0.01)
    }

    @Test(arguments: points)
    func rogowskiCoilsAreWithinHundredthsOfAPercent(_ point: Point) throws {
        let adc = SimulatedADC(sampleRateHz: point.rate, rogowskiSensitivity: 0.45e-6, coilOffset: 0.01)
        let worst = try Self.worst(adc, point, seconds: 0.9, seed: 12)
        #expect(worst.windows >= 3)
        #expect(worst.current < 5e-5)
        #expect(worst.power < 1e-4)
        #expect(worst.fundamental < 1e-4)
    }
}
