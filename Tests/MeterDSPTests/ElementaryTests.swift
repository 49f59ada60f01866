import Foundation
import TestSupport
import Testing

@testable import MeterDSP

/// The module's own functions against those of the C library.
@Suite struct ElementaryTests {
    @Test(arguments: [0.0, 1e-12, 0.25, 2, 3, 1e9, 1.23456789e17])
    func squareRootIsThatOfTheProcessor(_ x: Double) {
        #expect(abs(MeterDSP.squareRoot(x) - x.squareRoot()) <= x.squareRoot().ulp)
        #expect(abs(MeterDSP.squareRoot(SIMD8(repeating: x))[3] - x.squareRoot()) <= 2 * x.squareRoot().ulp)
    }

    @Test(arguments: [UInt64(1), 2])
    func eightRootsAtOnceAreRight(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let x = pow(10, Double.random(in: -290...300, using: &generator))
            let root = MeterDSP.squareRoot(SIMD8(x, 0, -x, .nan, x, x, 1e-301, x))
            #expect(abs(root[0] - x.squareRoot()) <= 2 * x.squareRoot().ulp, "\(x), seed \(seed)")
            #expect(root[1] == 0 && root[2] == 0 && root[3] == 0 && root[6] == 0)
        }
    }

    /// Roots of two and of four numbers at once are, bit for bit, those of one and of eight.
    @Test(arguments: [UInt64(1), 2])
    func rootsDoNotDependOnHowManyThereAre(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            let x = pow(10, Double.random(in: -310...308, using: &generator))
            for y in [x, -x, 0, .nan, .infinity, -.infinity, 1e-300] {
                let one = MeterDSP.squareRoot(y)
                let two = MeterDSP.squareRoot(SIMD2(y, x))
                #expect(one.bitPattern == two[0].bitPattern && MeterDSP.squareRoot(x) == two[1], "\(y), seed \(seed)")
                let eight = MeterDSP.squareRoot(SIMD8(lowHalf: .zero, highHalf: SIMD4(repeating: y)))
                #expect(eight[0] == 0 && eight[7].bitPattern == MeterDSP.squareRoot(SIMD4(repeating: y))[1].bitPattern)
            }
        }
    }

    @Test func wholeNumbersAreTakenAsTheyAre() {
        #expect(wholeCodes(SIMD4(0, -1, 65_535, -65_536)) == SIMD4(0, -1, 65_535, -65_536))
        #expect(wholeCodes(SIMD4(-2_147_483_648, 2_147_483_647, 1, 0)) == SIMD4(.min, .max, 1, 0))
    }

    @Test(arguments: [UInt64(3), 4])
    func theUnitCircleIsRound(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for turn in [0.5, 1, 6.3, 1000, 1e6] {
            for _ in 0..<2000 {
                let x = Double.random(in: -turn...turn, using: &generator)
                let (c, s) = MeterDSP.unitCircle(x)
                let allowed = 3e-16 + 2e-16 * (abs(x) > 6.3 ? abs(x) : 0)
                #expect(abs(c - cos(x)) <= allowed && abs(s - sin(x)) <= allowed, "\(x), seed \(seed)")
            }
        }
        #expect(MeterDSP.unitCircle(.nan) == (1, 0) && MeterDSP.unitCircle(.infinity) == (1, 0))
    }
}
