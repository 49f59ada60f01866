import Foundation
import TestSupport
import Testing

@testable import MeterDSP

@Suite struct PhasorTests {
    @Test func arcTangentAgreesWithTheCLibraryInEveryDirection() {
        let seed: UInt64 = 0x5EED_0001
        var generator = SeededGenerator(seed: seed)
        var worst = 0.0
        for _ in 0..<20_000 {
            let y = generator.normal() * pow(10, Double.random(in: -12...12, using: &generator))
            let x = generator.normal() * pow(10, Double.random(in: -12...12, using: &generator))
            worst = max(worst, abs(arcTangent2(y, x) - atan2(y, x)))
        }
        for step in 0...100_000 {
            let angle = Double(step) / 100_000 * 2 * .pi - .pi
            worst = max(worst, abs(arcTangent2(sin(angle), cos(angle)) - atan2(sin(angle), cos(angle))))
        }
        #expect(worst < 1e-15, "seed \(seed)")
    }

    static let corners: [(Double, Double, Double)] = [
        (0, 0, 0), (0, 1, 0), (1, 0, Double.pi / 2), (0, -1, Double.pi), (-1, 0, -Double.pi / 2),
        (1, 1, Double.pi / 4), (-1, -1, -3 * Double.pi / 4), (Double.infinity, Double.infinity, Double.pi / 4),
        (1, Double.infinity, 0), (-Double.infinity, 1, -Double.pi / 2), (Double.leastNonzeroMagnitude, 1, 0),
        (1e307, 1e307, Double.pi / 4), (1e308, 1e308, Double.pi / 4), (Double.nan, 1, 0), (1, Double.nan, 0),
    ]

    @Test(arguments: corners)
    func arcTangentKnowsItsCorners(y: Double, x: Double, expected: Double) {
        #expect(abs(arcTangent2(y, x) - expected) < 1e-15)
    }

    @Test func smallAnglesKeepTheirRelativeAccuracy() {
        for exponent in 1...300 {
            let y = 0.7 * pow(10, -Double(exponent))
            #expect(abs(arcTangent2(y, 1) / atan2(y, 1) - 1) < 1e-15)
        }
    }

    @Test(arguments: [(3.0, 4.0, 5.0), (0, 0, 0), (-3e200, 4e200, 5e200), (3e-200, -4e-200, 5e-200), (0, -7, 7)])
    func magnitudeNeitherOverflowsNorVanishes(real: Double, imaginary: Double, expected: Double) {
        #expect(abs(Phasor(real, imaginary).magnitude - expected) <= 1e-15 * expected)
    }

    @Test func magnitudeOfNoNumberIsNone() {
        #expect(Phasor(.nan, 1).magnitude.isNaN)
        #expect(Phasor(-.infinity, 1).magnitude == .infinity)
    }

    @Test func productsTurnAndStretch() {
        let product = Phasor(magnitude: 3, degrees: 40) * Phasor(magnitude: 2, degrees: -100)
        #expect(abs(product.magnitude - 6) < 1e-14)
        #expect(abs(product.radians * 180 / .pi + 60) < 1e-12)
        #expect((Phasor(1, 2) + Phasor(3, -5)) == Phasor(4, -3))
        #expect((Phasor(1, 2) - Phasor(3, -5)) == Phasor(-2, 7))
        #expect(Phasor(1, 2).conjugate == Phasor(1, -2))
    }
}

extension Phasor {
    init(magnitude: Double, degrees: Double) {
        self.init(magnitude * cos(degrees * .pi / 180), magnitude * sin(degrees * .pi / 180))
    }
}
