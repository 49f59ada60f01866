import Foundation
import MeterDSP
import TestSupport
import Testing

@Suite struct PhaseQuantitiesTests {
    /// A rectifier's current on a flattened voltage, all quantities by hand.
    @Test func aDistortedLoadHasTheQuantitiesOfItsDefinition() throws {
        let u = TestSignal(frequencyHz: 50, rms: 230, harmonics: [.init(5, 0.04, 180)])
        let i = TestSignal(frequencyHz: 50, rms: 10, phaseDegrees: -30, harmonics: [.init(3, 0.5), .init(5, 0.2, 150)])
        let q = try #require(PhaseQuantities(u, i))

        let u5 = 9.2
        let iH = (5.0 * 5 + 2 * 2).squareRoot()
        #expect(q.apparentPower.isAbout((230 * 230 + u5 * u5).squareRoot() * (100 + iH * iH).squareRoot()))
        #expect(q.fundamentalActivePower.isAbout(2300 * cos(30 * .pi / 180)))
        #expect(q.fundamentalReactivePower.isAbout(1150))
        #expect(q.fundamentalApparentPower.isAbout(2300))
        #expect(q.harmonicVoltageRMS.isAbout(u5))
        #expect(q.harmonicCurrentRMS.isAbout(iH))
        #expect(q.currentDistortionPower.isAbout(230 * iH))
        #expect(q.voltageDistortionPower.isAbout(u5 * 10))
        #expect(q.harmonicApparentPower.isAbout(u5 * iH))
        // U5 at 180°, I5 at 150° − 5·30° = 0°: all of the fifth's power goes towards the supply.
        #expect(q.harmonicActivePower.isAbout(-u5 * 2, within: 1e-9))
        #expect(q.harmonicDistortionPower.isAbout(((u5 * iH) * (u5 * iH) - (u5 * 2) * (u5 * 2)).squareRoot()))
        #expect(try #require(q.displacementPowerFactor).isAbout(cos(30 * .pi / 180)))
        #expect(try #require(q.powerFactor).isAbout(u.activePower(with: i) / (u.rms * i.rms)))
        #expect(try #require(q.harmonicPollution).isAbout(q.nonfundamentalApparentPower / 2300))
    }

    @Test func theIdentitiesOfTheStandardHoldForAnySignal() throws {
        let seed: UInt64 = 0x5EED_0002
        var generator = SeededGenerator(seed: seed)
        for round in 0..<200 {
            let supply = SyntheticSupply.random(&generator)
            let q = try #require(PhaseQuantities(supply.voltages[0], supply.currents[0]))
            let at = Comment(rawValue: "seed \(seed) round \(round)")
            let s2 = q.apparentPower * q.apparentPower
            func same(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-10 * s2 }
            #expect(same(s2, square(q.activePower) + square(q.nonactivePower)), at)
            #expect(same(s2, square(q.fundamentalApparentPower) + square(q.nonfundamentalApparentPower)), at)
            #expect(
                same(
                    square(q.fundamentalApparentPower),
                    square(q.fundamentalActivePower) + square(q.fundamentalReactivePower)), at)
            #expect(
                same(
                    square(q.harmonicApparentPower),
                    square(q.harmonicActivePower) + square(q.harmonicDistortionPower)), at)
            #expect(abs(q.powerFactor ?? 0) <= 1, at)
            #expect(q.nonactivePower >= abs(q.fundamentalReactivePower) - 1e-5 * q.apparentPower, at)
        }
    }

    @Test(arguments: [(-30.0, 1.0, 1.0), (30, 1, -1), (-150, -1, 1), (150, -1, -1)])
    func signsTellTheQuadrant(currentDegrees: Double, activeSign: Double, reactiveSign: Double) throws {
        let q = try #require(
            PhaseQuantities(
                TestSignal(frequencyHz: 50, rms: 230),
                TestSignal(frequencyHz: 50, rms: 10, phaseDegrees: currentDegrees)))
        #expect(q.fundamentalActivePower.sign == activeSign.sign)
        #expect(q.fundamentalReactivePower.sign == reactiveSign.sign)
        #expect(try #require(q.powerFactor).isAbout(activeSign * cos(30 * .pi / 180)))
    }

    @Test func nothingHasNoRatiosAndNoPower() throws {
        let q = try #require(
            PhaseQuantities(
                voltageRMS: 0, currentRMS: 0, activePower: 0, fundamentalVoltage: .zero, fundamentalCurrent: .zero))
        #expect(q.powerFactor == nil && q.displacementPowerFactor == nil && q.harmonicPollution == nil)
        for value in [
            q.apparentPower, q.nonactivePower, q.fundamentalApparentPower, q.harmonicCurrentRMS,
            q.nonfundamentalApparentPower, q.harmonicDistortionPower,
        ] { #expect(value == 0) }
    }

    @Test func anIdleSocketHasAVoltageButNoPowerFactor() throws {
        let q = try #require(
            PhaseQuantities(
                voltageRMS: 231, currentRMS: 0, activePower: 0, fundamentalVoltage: Phasor(230, 0),
                fundamentalCurrent: .zero))
        #expect(q.powerFactor == nil && q.displacementPowerFactor == nil)
        #expect(q.harmonicVoltageRMS.isAbout((231.0 * 231 - 230 * 230).squareRoot()))
    }

    /// The transform may find a little more fundamental than the sums found signal.
    @Test func aFundamentalAboveTheWholeLeavesNoHarmonics() throws {
        let q = try #require(
            PhaseQuantities(
                voltageRMS: 230, currentRMS: 10, activePower: 2300.01, fundamentalVoltage: Phasor(230.001, 0),
                fundamentalCurrent: Phasor(10.0001, 0)))
        #expect(q.harmonicVoltageRMS == 0 && q.harmonicCurrentRMS == 0 && q.nonfundamentalApparentPower == 0)
        #expect(q.nonactivePower == 0)
        #expect(q.powerFactor == 1)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e80])
    func whatWasNotMeasuredIsRefused(bad: Double) {
        for place in 0..<7 {
            var v = [230.0, 10, 2300, 230, 0, 10, 0]
            v[place] = bad
            #expect(
                PhaseQuantities(
                    voltageRMS: v[0], currentRMS: v[1], activePower: v[2], fundamentalVoltage: Phasor(v[3], v[4]),
                    fundamentalCurrent: Phasor(v[5], v[6])) == nil)
        }
    }

    @Test func aNegativeRMSIsRefused() {
        for (u, i) in [(-1.0, 1.0), (1, -1)] {
            #expect(
                PhaseQuantities(
                    voltageRMS: u, currentRMS: i, activePower: 0, fundamentalVoltage: .zero, fundamentalCurrent: .zero)
                    == nil)
        }
    }

    @Test func noFiniteInputGivesNoNumber() throws {
        let seed: UInt64 = 0x5EED_0003
        var generator = SeededGenerator(seed: seed)
        func any() -> Double {
            [0, 1e75, 1e-75, Double.leastNonzeroMagnitude, 1, 230][Int.random(in: 0..<6, using: &generator)]
                * (Bool.random(using: &generator) ? 1 : .random(in: 0...1, using: &generator))
        }
        for round in 0..<2000 {
            let q = try #require(
                PhaseQuantities(
                    voltageRMS: any(), currentRMS: any(), activePower: any() - any(),
                    fundamentalVoltage: Phasor(any() - any(), any()), fundamentalCurrent: Phasor(any(), any() - any())))
            for value in [
                q.apparentPower, q.nonactivePower, q.fundamentalActivePower, q.fundamentalReactivePower,
                q.fundamentalApparentPower, q.harmonicVoltageRMS, q.harmonicCurrentRMS, q.currentDistortionPower,
                q.voltageDistortionPower, q.harmonicApparentPower, q.harmonicActivePower, q.harmonicDistortionPower,
                q.nonfundamentalApparentPower, q.powerFactor ?? 0, q.displacementPowerFactor ?? 0,
                q.harmonicPollution ?? 0,
            ] { #expect(value.isFinite, "seed \(seed) round \(round)") }
        }
    }
}

func square(_ x: Double) -> Double { x * x }

extension Double {
    func isAbout(_ expected: Double, within relative: Double = 1e-10) -> Bool {
        abs(self - expected) <= relative * max(1, abs(expected))
    }
}

extension PhaseQuantities {
    init?(_ u: TestSignal, _ i: TestSignal) {
        self.init(
            voltageRMS: u.rms, currentRMS: i.rms, activePower: u.activePower(with: i),
            fundamentalVoltage: Phasor(magnitude: u.fundamentalRMS, degrees: u.phaseDegrees),
            fundamentalCurrent: Phasor(magnitude: i.fundamentalRMS, degrees: i.phaseDegrees))
    }
}
