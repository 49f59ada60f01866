import Testing

@testable import Stations

@Suite struct GrowingWaitTests {
    @Test("waits grow from 0.1 s to 5 s and start anew")
    func grows() {
        var wait = GrowingWait()
        let waits = (0..<8).map { _ in Double(wait.next()) / 1e9 }
        #expect(waits == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5])
        var short = GrowingWait(longest: 700_000_000)
        #expect((0..<5).map { _ in Double(short.next()) / 1e9 } == [0.1, 0.2, 0.4, 0.7, 0.7])
        wait.reset()
        #expect(wait.next() == 100_000_000)
    }
}
