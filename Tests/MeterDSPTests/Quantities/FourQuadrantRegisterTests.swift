import MeterDSP
import TestSupport
import Testing

@Suite struct FourQuadrantRegisterTests {
    @Test(arguments: [
        (100.0, 50.0, PowerQuadrant.first), (-100, 50, .second), (-100, -50, .third), (100, -50, .fourth),
        (0, 50, .first), (0, -50, .fourth),
    ])
    func energyGoesIntoItsQuadrantOnly(active: Double, reactive: Double, quadrant: PowerQuadrant) {
        var register = FourQuadrantRegister()
        let isCounted = register.add(
            fundamentalReactivePower: SIMD3(0, reactive, 0), activePower: SIMD3(0, active, 0), seconds: 0.2)
        #expect(isCounted)
        for other in PowerQuadrant.allCases {
            #expect(register.reactiveEnergy(in: other) == SIMD3(0, other == quadrant ? 10 : 0, 0))
            #expect(register.sumReactiveEnergy(in: other) == (other == quadrant ? 10 : 0))
        }
        #expect(register.imported[1] == (reactive > 0 ? 10 : 0))
        #expect(register.exported[1] == (reactive < 0 ? 10 : 0))
    }

    @Test func phasesThatCancelCountEachButNotInTheSum() {
        var register = FourQuadrantRegister()
        register.add(fundamentalReactivePower: SIMD3(300, -300, 20), activePower: SIMD3(1, 1, 1), seconds: 1)
        #expect(register.imported == SIMD3(300, 0, 20))
        #expect(register.exported == SIMD3(0, 300, 0))
        #expect(register.sumReactiveEnergy(in: .first) == 20)
        #expect(register.sumReactiveEnergy(in: .fourth) == 0)
    }

    @Test func aWindowWithoutReactivePowerAddsNothing() {
        var register = FourQuadrantRegister()
        let isCounted = register.add(fundamentalReactivePower: nil, activePower: SIMD3(1000, 0, 0), seconds: 0.2)
        #expect(isCounted)
        #expect(register.imported == .zero && register.exported == .zero)
    }

    @Test func badValuesAreRefusedWhole() {
        for (q, p, seconds) in [(Double.nan, 0.0, 1.0), (0, .infinity, 1), (1, 1, -1), (1, 1, .nan), (1e80, 0, 1)] {
            var register = FourQuadrantRegister()
            let isCounted = register.add(
                fundamentalReactivePower: SIMD3(5, 5, q), activePower: SIMD3(5, 5, p), seconds: seconds)
            #expect(!isCounted)
            #expect(register.imported == .zero && register.exported == .zero)
            #expect(register.sumReactiveEnergy(in: .first) == 0)
        }
    }

    /// 0.1 has no exact binary value: a plain sum of 100 000 drifts by 2e-8.
    @Test func manySmallAmountsLoseNothing() {
        var register = FourQuadrantRegister()
        for _ in 0..<100_000 {
            register.add(fundamentalReactivePower: SIMD3(0.1, 0, 0), activePower: SIMD3(1, 0, 0), seconds: 1)
        }
        #expect(abs(register.imported[0] - 10_000) < 1e-11)
    }
}
