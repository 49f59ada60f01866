import Foundation
import MeterDSP
import TestSupport
import Testing

@Suite struct SymmetricalComponentsTests {
    static func phases(zero: Phasor, positive: Phasor, negative: Phasor) -> ThreePhasePhasors {
        let a = Phasor(magnitude: 1, degrees: 120)
        return ThreePhasePhasors(
            zero + positive + negative, zero + a * a * positive + a * negative, zero + a * positive + a * a * negative)
    }

    @Test func constructedSetsComeBack() {
        let seed: UInt64 = 0x5EED_0005
        var generator = SeededGenerator(seed: seed)
        func any() -> Phasor { Phasor(generator.normal() * 100, generator.normal() * 100) }
        for round in 0..<500 {
            let (zero, positive, negative) = (any(), any(), any())
            let found = SymmetricalComponents(Self.phases(zero: zero, positive: positive, negative: negative))
            for (found, made) in [(found.zero, zero), (found.positive, positive), (found.negative, negative)] {
                #expect((found - made).magnitude < 1e-11, "seed \(seed) round \(round)")
            }
        }
    }

    @Test func unbalanceIsTheShareOfThePositiveSequence() throws {
        let components = SymmetricalComponents(
            Self.phases(zero: Phasor(0, 6.9), positive: Phasor(230, 0), negative: Phasor(magnitude: 4.6, degrees: 77)))
        #expect(try #require(components.negativeUnbalance).isAbout(0.02))
        #expect(try #require(components.zeroUnbalance).isAbout(0.03))
    }

    /// IEC 62586-2's state 2: 73, 80 and 87 % of the declared voltage at 120°. The unbalance from the magnitudes of
    /// the line voltages (IEC 61000-4-30's other formula) must be the same.
    @Test func bothFormulasOfTheStandardAgree() throws {
        let voltages = ThreePhasePhasors(
            Phasor(magnitude: 0.73 * 230, degrees: 0), Phasor(magnitude: 0.80 * 230, degrees: -120),
            Phasor(magnitude: 0.87 * 230, degrees: 120))
        let lines = voltages.differences.magnitudes
        let squares = lines * lines
        let beta = (squares * squares).sum() / square(squares.sum())
        let byLines = ((1 - (3 - 6 * beta).squareRoot()) / (1 + (3 - 6 * beta).squareRoot())).squareRoot()
        let components = SymmetricalComponents(voltages)
        #expect(try #require(components.negativeUnbalance).isAbout(byLines))
        #expect(try #require(components.negativeUnbalance).isAbout(0.07 / 2.4 * 3.0.squareRoot()))
    }

    @Test func aReversedSupplyHasNoShareOfAPositiveSequence() {
        let components = SymmetricalComponents(Self.phases(zero: .zero, positive: .zero, negative: Phasor(230, 0)))
        #expect(components.negativeUnbalance == nil && components.zeroUnbalance == nil)
    }

    struct Rotation: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var volts: [Double]
        var degrees: [Double]
        var expected: PhaseRotation
    }

    static let rotations = [
        Rotation(
            testDescription: "as it should be", volts: [230, 230, 230], degrees: [0, -120, 120], expected: .direct),
        Rotation(
            testDescription: "two exchanged", volts: [230, 230, 230], degrees: [0, 120, -120], expected: .reverse),
        Rotation(
            testDescription: "turned by 77°", volts: [230, 230, 230], degrees: [77, -43, 197], expected: .direct),
        Rotation(testDescription: "L3 missing", volts: [230, 230, 0], degrees: [0, -120, 0], expected: .direct),
        Rotation(testDescription: "L1 missing", volts: [0, 230, 230], degrees: [0, -120, 120], expected: .direct),
        Rotation(
            testDescription: "L2 missing, reversed", volts: [230, 0, 230], degrees: [0, 0, -120], expected: .reverse),
        Rotation(testDescription: "L1 alone", volts: [230, 0, 0], degrees: [0, 0, 0], expected: .undetermined),
        Rotation(
            testDescription: "three in step", volts: [230, 230, 230], degrees: [0, 0, 0], expected: .undetermined),
        Rotation(testDescription: "noise", volts: [0.2, 0.2, 0.2], degrees: [0, -120, 120], expected: .undetermined),
        Rotation(
            testDescription: "weak and crooked", volts: [150, 240, 200], degrees: [0, -100, 130], expected: .direct),
    ]

    @Test(arguments: rotations)
    func rotationIsSeen(_ rotation: Rotation) {
        let p = (0..<3).map { Phasor(magnitude: rotation.volts[$0], degrees: rotation.degrees[$0]) }
        let components = SymmetricalComponents(ThreePhasePhasors(p[0], p[1], p[2]))
        #expect(PhaseRotation(components, minimumRMS: 23) == rotation.expected)
    }
}
