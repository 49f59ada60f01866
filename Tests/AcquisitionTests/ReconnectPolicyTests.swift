import Testing

@testable import Acquisition

@Suite struct ReconnectPolicyTests {
    @Test func `waits double from a tenth of a second to five seconds`() {
        let delays = (1...9).map { ReconnectPolicy().delaySeconds(beforeAttempt: $0) }
        #expect(delays == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5])
    }

    @Test(arguments: [Double.nan, -1, 0, .infinity], [Int.min, 0, 1, .max])
    func `odd values give a wait between nothing and the longest`(odd: Double, attempt: Int) {
        for policy in [
            ReconnectPolicy(firstDelaySeconds: odd), ReconnectPolicy(factor: odd),
            ReconnectPolicy(longestDelaySeconds: odd == .infinity ? 5 : odd),
        ] {
            let delay = policy.delaySeconds(beforeAttempt: attempt)
            #expect(delay >= 0 && delay <= 5)
        }
    }

    @Test func `a cancelled canceller sleeps no more`() {
        let canceller = IIOCanceller()
        #expect(canceller.sleep(seconds: 0.001))
        #expect(!canceller.interrupt(whereWaitingLongerThan: 0))
        canceller.cancel()
        #expect(!canceller.sleep(seconds: 3600))
        #expect(canceller.isCancelled)
    }
}
