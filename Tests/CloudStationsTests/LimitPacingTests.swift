import Allocation
import Testing

@testable import CloudStations

/// When a limit goes to the cloud, as a matter of pure arithmetic.
@Suite struct LimitPacingTests {
    private static let second: Int64 = 1_000_000_000
    private static let interval: Int64 = 900 * second

    /// Held since time 0.
    private static func pacing(_ held: Double) -> LimitPacing {
        var pacing = LimitPacing(raiseIntervalSeconds: 900)
        pacing.sending(PerPhaseAmperes(held))
        pacing.accepted(PerPhaseAmperes(held), now: 0)
        return pacing
    }

    @Test func whatIsNotKnownIsSentAtOnce() {
        let pacing = LimitPacing(raiseIntervalSeconds: 900)
        #expect(pacing.proposal(PerPhaseAmperes(16), now: 0) == PerPhaseAmperes(16))
    }

    @Test(
        "A lower limit goes at once, a higher one only when the last change is long enough ago",
        arguments: [
            (held: 16.0, target: 10.0, after: Int64(0), sent: 10.0 as Double?),
            (16, 0, 1, 0), (16, 16, 1, nil), (16, 16, 1000 * 1_000_000_000, nil),
            (10, 16, 1, nil), (10, 16, interval - 1, nil), (10, 16, interval, 16), (0, 6, interval - 1, nil),
            (0, 6, interval, 6), (16, 16.04, interval, nil), (16, 15.97, 1, nil),
        ])
    func direction(_ given: (held: Double, target: Double, after: Int64, sent: Double?)) {
        let proposed = Self.pacing(given.held).proposal(PerPhaseAmperes(given.target), now: given.after)
        #expect(proposed == given.sent.map { PerPhaseAmperes($0) })
    }

    @Test func aLineThatFallsGoesAtOnceAndOneThatRisesWaits() {
        let pacing = Self.pacing(16)
        let target = PerPhaseAmperes(10, 16, 20)
        #expect(pacing.proposal(target, now: 1) == PerPhaseAmperes(10, 16, 16))
        #expect(pacing.isRaiseWaiting(target))
        #expect(pacing.proposal(target, now: Self.interval) == target)
    }

    @Test func aReductionAlsoDelaysTheNextRise() {
        var pacing = Self.pacing(16)
        let fall = 800 * Self.second
        pacing.sending(PerPhaseAmperes(10))
        pacing.accepted(PerPhaseAmperes(10), now: fall)
        #expect(pacing.proposal(PerPhaseAmperes(16), now: Self.interval) == nil)
        #expect(pacing.proposal(PerPhaseAmperes(16), now: fall + Self.interval) == PerPhaseAmperes(16))
    }

    @Test func sendingTheSameAgainIsNoChange() {
        var pacing = Self.pacing(16)
        pacing.sending(PerPhaseAmperes(16))
        pacing.accepted(PerPhaseAmperes(16), now: 500 * Self.second)
        #expect(pacing.raiseDue == Self.interval)
    }

    @Test func aWriteWithoutAnswerMayBeInForceAndIsSentAgain() {
        var pacing = Self.pacing(6)
        pacing.sending(PerPhaseAmperes(16))
        #expect(pacing.mayHold == PerPhaseAmperes(16))
        #expect(pacing.proposal(PerPhaseAmperes(16), now: Self.interval) == PerPhaseAmperes(16))
        // The wish has fallen meanwhile: what is unsure must not stay.
        #expect(pacing.proposal(PerPhaseAmperes(10), now: 1) == PerPhaseAmperes(6))
        #expect(pacing.proposal(PerPhaseAmperes(0), now: 1) == PerPhaseAmperes(0))
        pacing.read(PerPhaseAmperes(6), now: 2)
        #expect(pacing.mayHold == PerPhaseAmperes(6))
        #expect(pacing.proposal(PerPhaseAmperes(6), now: 3) == nil)
    }

    @Test func theLargestOfSeveralUnsureWritesCounts() {
        var pacing = Self.pacing(6)
        pacing.sending(PerPhaseAmperes(16))
        pacing.sending(PerPhaseAmperes(10))
        #expect(pacing.mayHold == PerPhaseAmperes(16))
    }

    @Test(
        "Whatever is wished, a rise never comes within 15 minutes of a change, and a fall never waits",
        arguments: 0..<20)
    func anyWishes(seed: UInt64) {
        var random = SplitMix(state: seed)
        var pacing = Self.pacing(16)
        var now: Int64 = 0
        var lastChange: Int64 = 0
        for _ in 0..<2000 {
            now += Int64(random.next() % 60) * Self.second
            let target = PerPhaseAmperes(
                Double(random.next() % 33), Double(random.next() % 33), Double(random.next() % 33))
            let before = pacing.held!
            guard let sent = pacing.proposal(target, now: now) else {
                #expect(Phase.allCases.allSatisfy { before[$0] <= target[$0] + 0.05 }, "seed \(seed)")
                continue
            }
            #expect(Phase.allCases.allSatisfy { sent[$0] <= target[$0] + 0.05 }, "seed \(seed)")
            if Phase.allCases.contains(where: { sent[$0] > before[$0] }) {
                #expect(now - lastChange >= Self.interval, "seed \(seed)")
            }
            pacing.sending(sent)
            guard random.next() % 4 != 0 else { continue }
            pacing.accepted(sent, now: now)
            if sent != before { lastChange = now }
        }
    }
}

/// Numbers from a seed.
struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
