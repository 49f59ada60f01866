import Foundation
import MeterDSP
import TestSupport
import Testing

@Suite struct ThreePhaseQuantitiesTests {
    static func balanced(currentDegrees: Double = -30, third: Double = 0) -> SyntheticSupply {
        SyntheticSupply(
            voltages: (0..<3).map { TestSignal(frequencyHz: 50, rms: 230, phaseDegrees: -120 * Double($0)) },
            currents: (0..<3).map {
                TestSignal(
                    frequencyHz: 50, rms: 10, phaseDegrees: -120 * Double($0) + currentDegrees,
                    harmonics: [.init(3, third)])
            })
    }

    @Test func aBalancedSineHasOneApparentPower() throws {
        let q = try #require(Self.balanced().quantities())
        #expect(q.arithmeticApparentPower.isAbout(6900))
        #expect(q.vectorApparentPower.isAbout(6900))
        #expect(q.effective.apparentPower.isAbout(6900))
        #expect(q.effective.positiveSequenceApparentPower.isAbout(6900))
        #expect(q.effective.unbalancePower < 0.01)
        #expect(q.effective.nonfundamentalApparentPower < 0.01)
        #expect(q.fundamentalReactivePower.isAbout(3450))
        #expect(q.neutralCurrentRMS < 1e-6)
        for pair in 0..<3 { #expect(q.lineVoltageRMS[pair].isAbout(230 * 3.0.squareRoot())) }
        for factor in [q.arithmeticPowerFactor, q.vectorPowerFactor, q.effective.powerFactor] {
            #expect(try #require(factor).isAbout(cos(.pi / 6)))
        }
    }

    /// Third harmonics add up in the neutral: the vector sum has three times the one of a phase.
    @Test func thirdHarmonicsMeetInTheNeutral() throws {
        let q = try #require(Self.balanced(third: 0.4).quantities())
        #expect(q.neutralCurrentRMS.isAbout(12))
        #expect(q.effective.currentRMS.isAbout(((3 * 116 + 144) / 3.0).squareRoot()))
        #expect(q.effective.fundamentalCurrentRMS.isAbout(10))
        #expect(q.effective.currentDistortionPower.isAbout(3 * 230 * (16 + 48.0).squareRoot()))
        #expect(try #require(q.effective.harmonicPollution).isAbout(0.8))
    }

    @Test func aMeasuredNeutralTakesThePlaceOfTheSum() throws {
        #expect(try #require(Self.balanced().quantities(measuredNeutral: 3.5)).neutralCurrentRMS == 3.5)
    }

    /// One phase loaded: IEEE 1459's example of what unbalance costs. S_e = 3·U·√(2/3)·I = √6·U·I.
    @Test func onePhaseLoadedTakesMoreEffectiveThanArithmeticPower() throws {
        var supply = Self.balanced(currentDegrees: 0)
        supply.currents[1].fundamentalRMS = 0
        supply.currents[2].fundamentalRMS = 0
        let q = try #require(supply.quantities())
        #expect(q.arithmeticApparentPower.isAbout(2300))
        #expect(q.vectorApparentPower.isAbout(2300))
        #expect(q.effective.apparentPower.isAbout(2300 * 6.0.squareRoot()))
        #expect(try #require(q.effective.powerFactor).isAbout(1 / 6.0.squareRoot()))
        #expect(q.neutralCurrentRMS.isAbout(10))
        #expect(q.effective.positiveSequenceApparentPower.isAbout(2300))
        #expect(q.effective.unbalancePower.isAbout(2300 * 5.0.squareRoot()))
        #expect(try #require(q.currentComponents.negativeUnbalance).isAbout(1))
        #expect(try #require(q.currentComponents.zeroUnbalance).isAbout(1))
        #expect(q[1].powerFactor == nil && q[1].displacementPowerFactor == nil)
    }

    @Test func withThreeWiresTheChoiceOfThePointOfReferenceDoesNotMatter() throws {
        var supply = Self.balanced()
        supply.currents[0].fundamentalRMS = 14
        let star = try #require(supply.quantities(.threeWire)).effective
        // The same voltages against L3.
        let l3 = supply.voltages[2]
        let u = (0..<3).map { phase in supply.rms { supply.voltages[phase].value($0) - l3.value($0) } }
        let phasors = supply.fundamentals(supply.voltages)
        let products = { (a: Int, b: Int) in
            // Polarisation: mean(ab) = (a² + b² − (a − b)²)/2.
            let line = supply.rms { supply.voltages[a].value($0) - supply.voltages[b].value($0) }
            return (square(u[a]) + square(u[b]) - square(line)) / 2
        }
        let corner = try #require(
            ThreePhaseQuantities(
                wiring: .threeWire, voltageRMS: SIMD3(u[0], u[1], u[2]), currentRMS: supply.rms(supply.currents),
                activePower: supply.activePower,
                voltageProducts: SIMD3(products(0, 1), products(1, 2), products(2, 0)), currentProducts: .zero,
                measuredNeutralCurrentRMS: 0,
                fundamentalVoltages: ThreePhasePhasors(phasors.l1 - phasors.l3, phasors.l2 - phasors.l3, .zero),
                fundamentalCurrents: supply.fundamentals(supply.currents))
        ).effective
        #expect(corner.voltageRMS.isAbout(star.voltageRMS, within: 1e-9))
        #expect(corner.fundamentalVoltageRMS.isAbout(star.fundamentalVoltageRMS, within: 1e-9))
        #expect(corner.currentRMS == star.currentRMS)
        #expect(star.currentRMS.isAbout(((196.0 + 200) / 3).squareRoot()))
    }

    @Test func identitiesAndOrderHoldForAnySupply() throws {
        let seed: UInt64 = 0x5EED_0004
        var generator = SeededGenerator(seed: seed)
        for round in 0..<40 {
            let supply = SyntheticSupply.random(&generator)
            let q = try #require(supply.quantities(round % 2 == 0 ? .fourWire : .threeWire))
            let at = Comment(rawValue: "seed \(seed) round \(round)")
            for pair in 0..<3 {
                let line = supply.rms {
                    supply.voltages[pair].value($0) - supply.voltages[pair].dc
                        - supply.voltages[(pair + 1) % 3].value($0) + supply.voltages[(pair + 1) % 3].dc
                }
                #expect(q.lineVoltageRMS[pair].isAbout(line, within: 1e-9), at)
            }
            let neutral = supply.rms { t in supply.currents.reduce(0) { $0 + $1.value(t) - $1.dc } }
            #expect(q.neutralCurrentRMS.isAbout(neutral, within: 1e-9), at)

            #expect(q.vectorApparentPower <= q.arithmeticApparentPower * (1 + 1e-9), at)
            #expect(abs(q.activePower) <= q.vectorApparentPower * (1 + 1e-12), at)
            let e = q.effective
            let s2 = square(e.apparentPower)
            func same(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * s2 }
            #expect(same(s2, square(e.fundamentalApparentPower) + square(e.nonfundamentalApparentPower)), at)
            #expect(same(s2, square(e.activePower) + square(e.nonactivePower)), at)
            #expect(
                same(
                    square(e.fundamentalApparentPower),
                    square(e.positiveSequenceApparentPower) + square(e.unbalancePower)), at)
            #expect(
                same(
                    square(e.harmonicApparentPower),
                    square(e.harmonicActivePower) + square(e.harmonicDistortionPower))
                    || abs(e.harmonicActivePower) > e.harmonicApparentPower, at)
        }
    }

    @Test func nothingAtAllHasNoRatiosAndNoRotation() throws {
        let q = try #require(
            ThreePhaseQuantities(
                wiring: .fourWire, voltageRMS: .zero, currentRMS: .zero, activePower: .zero, voltageProducts: .zero,
                currentProducts: .zero, measuredNeutralCurrentRMS: nil, fundamentalVoltages: .zero,
                fundamentalCurrents: .zero))
        #expect(q.arithmeticPowerFactor == nil && q.vectorPowerFactor == nil)
        #expect(q.effective.powerFactor == nil && q.effective.displacementPowerFactor == nil)
        #expect(q.effective.harmonicPollution == nil && q.effective.loadUnbalance == nil)
        #expect(q.voltageComponents.negativeUnbalance == nil && q.voltageComponents.zeroUnbalance == nil)
        #expect(PhaseRotation(q.voltageComponents, minimumRMS: 0) == .undetermined)
        #expect(q.effective.apparentPower == 0 && q.vectorApparentPower == 0)
    }

    @Test(arguments: [Double.nan, .infinity, -1])
    func whatWasNotMeasuredIsRefused(bad: Double) {
        for place in 0..<3 where place < 2 || bad != -1 {
            var v = [SIMD3(repeating: 230.0), SIMD3(repeating: 10.0), SIMD3(repeating: 0.0)]
            v[place][1] = bad
            #expect(
                ThreePhaseQuantities(
                    wiring: .fourWire, voltageRMS: v[0], currentRMS: v[1], activePower: .zero, voltageProducts: v[2],
                    currentProducts: .zero, measuredNeutralCurrentRMS: nil, fundamentalVoltages: .zero,
                    fundamentalCurrents: .zero) == nil)
        }
        #expect(Self.balanced().quantities(measuredNeutral: bad) == nil)
    }
}
