import Foundation
import MeterDSP
import Spectrum
import TestSupport
import Testing

@Suite struct HarmonicPowerTests {
    static func harmonics(_ signal: TestSignal) throws -> Harmonics {
        let samples = (0..<2560).map { signal.value(Double($0) / 12_800) }
        var analyser = HarmonicAnalyser(maximumOrder: 50)
        let found = analyser.harmonics(samples.span, start: 0, length: 2560, cycles: 10)
        return try #require(found)
    }

    @Test func aSineHasAKFactorOfOne() throws {
        #expect(abs(try #require(Self.harmonics(TestSignal(frequencyHz: 50, rms: 10)).kFactor) - 1) < 1e-9)
    }

    /// A six-pulse rectifier's ideal current, 1/h at 6n ± 1: Σh²·(1/h)² counts the orders.
    @Test func aSixPulseRectifierHasItsTextbookKFactor() throws {
        let orders = [5, 7, 11, 13, 17, 19, 23, 25]
        let signal = TestSignal(frequencyHz: 50, rms: 10, harmonics: orders.map { .init($0, 1 / Double($0)) })
        let squares = orders.reduce(1.0) { $0 + 1 / Double($1 * $1) }
        #expect(abs(try #require(Self.harmonics(signal).kFactor) - 9 / squares) < 1e-6)
    }

    @Test func powerByOrderHasItsDirection() throws {
        let u = TestSignal(
            frequencyHz: 50, rms: 230, phaseDegrees: 12, harmonics: [.init(5, 0.04, 0), .init(7, 0.02, 0)])
        // The consumers make the fifth: it flows out; the seventh is the supply's, into a resistance and a coil.
        let i = TestSignal(
            frequencyHz: 50, rms: 10, phaseDegrees: 12, harmonics: [.init(5, 0.3, 180), .init(7, 0.1, -60)])
        let powers = Harmonics.powers(voltage: try Self.harmonics(u), current: try Self.harmonics(i))
        #expect(powers.count == 51)
        #expect(abs(powers[1].real - 2300) < 1e-6 && abs(powers[1].imaginary) < 1e-6)
        #expect(abs(powers[5].real + 9.2 * 3) < 1e-6 && abs(powers[5].imaginary) < 1e-6)
        #expect(abs(powers[7].real - 4.6 * cos(.pi / 3)) < 1e-6)
        #expect(abs(powers[7].imaginary - 4.6 * sin(.pi / 3)) < 1e-6)
        let sum = powers.dropFirst().reduce(0) { $0 + $1.real }
        #expect(abs(sum - u.activePower(with: i)) < 1e-6)
    }
}
