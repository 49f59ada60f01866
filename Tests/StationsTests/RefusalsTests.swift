import Testing

@testable import Stations

struct RefusalsTests {
    @Test(
        "one refused round may be chance, unless the station refused what it was to be given",
        arguments: [false, true])
    func oneRound(hasRefused: Bool) {
        var refusals = Refusals()
        refusals.roundEnded(isHeard: false, began: 1_000, hasRefused: hasRefused)
        #expect(!refusals.isBack && !refusals.mayHaveForgotten(limitOf: 500))
        refusals.roundEnded(isHeard: true, began: 2_000, hasRefused: hasRefused)
        #expect(refusals.isBack == hasRefused)
    }

    @Test("two make it a station that may have started anew; one that answers is not back twice")
    func twoRounds() {
        var refusals = Refusals()
        for began in [1_000, 2_000] as [Int64] {
            refusals.roundEnded(isHeard: false, began: began, hasRefused: false)
        }
        #expect(!refusals.isBack && refusals.mayHaveForgotten(limitOf: 500) && refusals.mayHaveForgotten(limitOf: nil))
        #expect(!refusals.mayHaveForgotten(limitOf: 1_500), "it took that limit meanwhile")
        refusals.roundEnded(isHeard: true, began: 3_000, hasRefused: false)
        #expect(refusals.isBack && !refusals.mayHaveForgotten(limitOf: 500))
        refusals.roundEnded(isHeard: true, began: 4_000, hasRefused: true)
        #expect(!refusals.isBack)
    }
}
