import Testing

@testable import Stations

@Suite struct LimitStepsTests {
    static let station = LimitSteps(stepAmperes: 0.1, minimumAmperes: 6, maximumAmperes: 16)

    @Test(
        "limits are rounded down, below the minimum becomes a pause, above the maximum the maximum",
        arguments: [
            (0, 0), (-3, 0), (.nan, 0), (5.99, 0), (6, 6), (6.3, 6.3), (6.39, 6.3), (15.999, 15.9), (16, 16), (99, 16),
            (.infinity, 16), (-.infinity, 0),
        ] as [(Double, Double)])
    func examples(asked: Double, given: Double) {
        #expect(abs(Self.station.rounded(asked) - given) < 1e-9)
    }

    @Test("a step that does not divide the minimum never gives less than the minimum")
    func oddStep() {
        let steps = LimitSteps(stepAmperes: 4, minimumAmperes: 6, maximumAmperes: 30)
        #expect(steps.rounded(7) == 0)
        #expect(steps.rounded(8) == 8)
        #expect(steps.rounded(30) == 28)
    }

    @Test("never more than asked, never more than a step less, and stable", arguments: [11, 12, 13] as [UInt64])
    func properties(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5000 {
            let steps = LimitSteps(
                stepAmperes: [0.001, 0.01, 0.1, 0.25, 0.5, 1].randomElement(using: &random) ?? 1, minimumAmperes: 6,
                maximumAmperes: Double(Int.random(in: 6...80, using: &random)))
            let asked = Double.random(in: 0...100, using: &random)
            let given = steps.rounded(asked)
            #expect(given <= asked, "seed \(seed): \(steps) \(asked) gave \(given)")
            #expect(given == 0 || (6...steps.maximumAmperes).contains(given), "seed \(seed): \(steps) \(asked)")
            if asked >= 6 + steps.stepAmperes {
                let most = min(asked, steps.maximumAmperes)
                #expect(most - given < steps.stepAmperes * 1.00001, "seed \(seed): \(steps) \(asked) gave \(given)")
            }
            #expect(steps.rounded(given) == given, "seed \(seed): \(steps) \(asked) gave \(given)")
        }
    }
}
