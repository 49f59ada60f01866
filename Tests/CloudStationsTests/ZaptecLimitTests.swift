import Allocation
import Realtime
import SiteTwin
import Stations
import Testing

@testable import CloudStations

/// How limits reach Zaptec's cloud, in virtual time.
@Suite struct ZaptecLimitTests {
    private func available(_ bench: ZaptecBench) -> [Double] { bench.model { $0.available } }
    private func updates(_ bench: ZaptecBench) -> [(time: Int64, available: [Double])] { bench.model { $0.updates } }

    @Test func theFirstLimitIsSentAndConfirmedByReadingItBack() throws {
        let bench = try zaptecBench()
        bench.wish(16)
        #expect(bench.report.inFlightAmperes == 16)
        bench.run(5)
        #expect(available(bench) == [16, 16, 16])
        #expect(bench.report.acceptedAmperes == 16)
        #expect(bench.report.inFlightAmperes == nil)
        #expect(bench.report.isAnswering)
        #expect(bench.diagnostics.lastLimitWrittenAmperes == 16)
    }

    @Test func withoutAWishNothingIsWritten() throws {
        let bench = try zaptecBench()
        bench.run(300)
        #expect(bench.requests("POST").allSatisfy { $0.line == "POST /oauth/token" })
        #expect(bench.report.acceptedAmperes == 63)
    }

    @Test func aLowerLimitGoesAtOnceAndAHigherOneAfterFifteenMinutes() throws {
        let bench = try zaptecBench()
        bench.wish(16)
        bench.run(10)
        bench.wish(8)
        bench.run(1)
        #expect(available(bench) == [8, 8, 8])
        let lowered = try #require(updates(bench).last).time
        bench.wish(20)
        bench.run(880)
        #expect(available(bench) == [8, 8, 8])
        #expect(bench.report.inFlightAmperes == 20, "it may be raised at any moment: it counts")
        #expect(bench.report.acceptedAmperes == 8)
        bench.run(40)
        #expect(available(bench) == [20, 20, 20])
        #expect(try #require(updates(bench).last).time - lowered >= 900_000_000_000)
        #expect(bench.report.acceptedAmperes == 20)
        #expect(bench.report.inFlightAmperes == nil)
    }

    @Test func aWaitingRiseGoesToTheNewestWish() throws {
        let bench = try zaptecBench()
        bench.wish(8)
        bench.run(10)
        bench.wish(30)
        bench.run(60)
        bench.wish(20)
        bench.run(60)
        bench.wish(25)
        bench.run(900)
        #expect(updates(bench).map { $0.available[0] } == [8, 25])
    }

    @Test func aWishThatComesAndGoesBeforeItsRiseChangesNothing() throws {
        let bench = try zaptecBench()
        bench.wish(8)
        bench.run(10)
        bench.wish(30)
        bench.run(60)
        bench.wish(8)
        bench.run(5)
        #expect(bench.report.inFlightAmperes == nil)
        bench.run(2000)
        #expect(updates(bench).map { $0.available[0] } == [8])
    }

    @Test func aBuildingThatNeverRestsBringsFewChanges() throws {
        let bench = try zaptecBench()
        var random = SplitMix(state: 7)
        bench.wish(32)
        for _ in 0..<7200 {
            bench.wish(Double(random.next() % 33))
            bench.run(1)
        }
        let sent = updates(bench).map { $0.available[0] }
        let rises = zip(sent, sent.dropFirst()).count { $0 < $1 }
        #expect(rises <= 8, "two hours hold eight times fifteen minutes")
        #expect(sent.count <= 8 * 34)
        #expect(bench.model { $0.tooMany } == 0)
    }

    @Test func aLowerLimitInterruptsASlowRead() throws {
        let bench = try zaptecBench()
        bench.wish(16)
        bench.run(100)
        bench.fault(.hang, at: "/state")
        bench.run(20)
        bench.wish(6, after: 30)
        let asked = bench.clock.nanoseconds() + 30_000_000_000
        bench.run(40)
        let update = try #require(updates(bench).last)
        #expect(update.available == [6, 6, 6])
        #expect(update.time - asked < 2_000_000_000)
    }

    @Test func reductionsWhileALimitIsUnderWayAreJoinedIntoTheNext() throws {
        let bench = try zaptecBench()
        bench.wish(30)
        bench.run(60)
        bench.fault(.slow(1.5), at: "/update")
        let before = bench.requests("/update").count
        bench.wish(25)
        for step in 1...8 { bench.wish(25 - Double(step), after: 0.1 * Double(step)) }
        bench.run(20)
        #expect(available(bench) == [17, 17, 17])
        #expect(bench.requests("/update").count - before == 2)
    }

    @Test func aLimitThatHangsIsOvertakenByALowerOneAfterThreeSeconds() throws {
        let bench = try zaptecBench()
        bench.wish(30)
        bench.run(60)
        bench.fault(.hang, at: "/update")
        bench.wish(25)
        bench.wish(10, after: 1)
        bench.clock.after(2) { [transport = bench.transport] in transport.set(nil) }
        bench.run(6)
        // The hanging one was asked while the fault stood; the next one is answered.
        #expect(available(bench) == [10, 10, 10])
    }

    @Test func inFlightIsTheLargestOfWhatMayBeInForce() throws {
        let bench = try zaptecBench()
        bench.wish(6)
        bench.run(910)
        bench.fault(.hang, at: "/update")
        bench.wish(20)
        bench.wish(8, after: 5)
        let seen = SequenceLock<Double>(0)
        bench.clock.after(10) { [shared = bench.shared] in seen.store(shared.report().inFlightAmperes ?? 0) }
        bench.run(12)
        #expect(seen.load() == 20)
    }
}
