import Foundation
import Spectrum
import TestSupport
import Testing

@Suite struct HarmonicTests {
    struct Point: Sendable, CustomTestStringConvertible {
        var rate: Double
        var frequency: Double
        var highest: Int
        var tolerance: Double
        var testDescription: String { "\(frequency) Hz at \(rate)/s to order \(highest)" }
    }

    static let points = [
        Point(rate: 1200, frequency: 49.79, highest: 9, tolerance: 1e-3),
        Point(rate: 5760, frequency: 60.036, highest: 39, tolerance: 1e-3),
        Point(rate: 8000, frequency: 50.3, highest: 39, tolerance: 1e-4),
        Point(rate: 12800, frequency: 50.3, highest: 39, tolerance: 1e-4),
        Point(rate: 32000, frequency: 47.5, highest: 39, tolerance: 1e-4),
        Point(rate: 30000, frequency: 60, highest: 39, tolerance: 1e-4),
    ]

    @Test(arguments: points)
    func everyOrderIsFoundWithItsAngle(_ point: Point) throws {
        let orders = Array(2...point.highest)
        let signal = TestSignal(
            frequencyHz: point.frequency, rms: 10, phaseDegrees: 25, dc: 3,
            harmonics: orders.map { .init($0, 0.3 / Double($0), 37 * Double($0)) })
        let length = 10 * point.rate / point.frequency
        let start = 30.37
        let samples = (0..<Int(length) + 80).map { signal.value(Double($0) / point.rate) }
        var analyser = HarmonicAnalyser()
        let result = analyser.harmonics(samples.span, start: start, length: length, cycles: 10)
        let found = try #require(result)
        #expect(abs(found.phasors[0].real - 3) < 1e-3)
        for order in [1] + orders {
            let share = order == 1 ? 1 : 0.3 / Double(order)
            let expected = 10 * share
            #expect(abs(found.phasors[order].magnitude / expected - 1) < point.tolerance * 5, "order \(order)")
            // A sine of phase φ at time 0 is a cosine of φ − 90° + h·ω·t₀ at the window's start.
            let degrees =
                (order == 1 ? 0 : 37 * Double(order)) + Double(order) * 25 - 90
                + 360 * Double(order) * point.frequency * start / point.rate
            let difference = remainder(found.phasors[order].radians * 180 / .pi - degrees, 360)
            #expect(abs(difference) < 0.5, "order \(order)")
        }
        let distortion = (orders.reduce(0.0) { $0 + pow(0.3 / Double($1), 2) }).squareRoot()
        #expect(abs(try #require(found.totalHarmonicDistortion) - distortion) < point.tolerance)
    }

    @Test func aWholeWindowNeedsNoContext() throws {
        let signal = TestSignal(frequencyHz: 60, rms: 5, harmonics: [.init(3, 0.5), .init(25, 0.1)])
        let samples = (0..<500).map { signal.value(Double($0) / 30000) }
        var analyser = HarmonicAnalyser()
        let result = analyser.harmonics(samples.span, start: 0, length: 500, cycles: 1)
        let found = try #require(result)
        #expect(abs(try #require(found.totalHarmonicDistortion) - (0.26).squareRoot()) < 1e-9)
    }

    @Test func laggingCurrentTakesPositiveReactivePower() throws {
        let u = TestSignal(frequencyHz: 50, rms: 230)
        let i = TestSignal(frequencyHz: 50, rms: 10, phaseDegrees: -30)
        var analyser = HarmonicAnalyser()
        func find(_ signal: TestSignal) -> Harmonics? {
            let samples = (0..<1600).map { signal.value(Double($0) / 8000) }
            return analyser.harmonics(samples.span, start: 0, length: 1600, cycles: 10)
        }
        let voltage = try #require(find(u))
        let current = try #require(find(i))
        #expect(abs(Harmonics.reactivePower(voltage: voltage, current: current) - 1150) < 1e-6)
    }

    @Test func aCoilsHarmonicsGiveTheCurrents() throws {
        let current = TestSignal(frequencyHz: 50.1, rms: 12, phaseDegrees: 40, harmonics: [.init(7, 0.2, 15)])
        let sensitivity = 0.45e-6
        let rate = 12800.0
        let length = 10 * rate / 50.1
        var analyser = HarmonicAnalyser()
        func find(_ value: (Double) -> Double) -> Harmonics? {
            let samples = (0..<Int(length) + 80).map { value(Double($0) / rate) }
            return analyser.harmonics(samples.span, start: 30, length: length, cycles: 10)
        }
        let direct = try #require(find { current.value($0) })
        let coil = try #require(find { current.derivative($0) * sensitivity / (2 * .pi) })
            .integrated(frequencyHz: 50.1, voltsPerAmpereHertz: sensitivity)
        for order in [1, 7] {
            #expect(abs(coil.phasors[order].magnitude / direct.phasors[order].magnitude - 1) < 1e-4)
            #expect(abs(coil.phasors[order].radians - direct.phasors[order].radians) < 1e-4)
        }
    }

    @Test func impossibleWindowsGiveNothing() {
        var analyser = HarmonicAnalyser()
        let samples = [Double](repeating: 0, count: 100)
        for (start, length, cycles) in [(0.0, 101.0, 1), (-1, 50, 1), (0, 30, 10), (0, 100, 0)] {
            let nothing = analyser.harmonics(samples.span, start: start, length: length, cycles: cycles)
            #expect(nothing == nil)
        }
        let silence = analyser.harmonics(samples.span, start: 0, length: 100, cycles: 5)
        #expect(silence != nil && silence?.totalHarmonicDistortion == nil)
    }
}
