import Allocation
import Testing

@testable import MeterDSP
@testable import Site

/// What the wiring check tells the real-time thread of stations that report no current.
struct StationLinesTests {
    /// A station in a quiet building whose car follows each limit 3 s late on L2, and windows of a fifth of a second.
    private final class World {
        var windows = 0
        var status = StationStatus.charging
        var phaseMode = PhaseMode.single
        /// The limit by time. Another every 15 s.
        var limit: (Double) -> Double = { Int(max(0, $0) / 15) % 2 == 0 ? 8 : 14 }
        var random = SystemRandomNumberGenerator()

        var seconds: Double { 0.2 * Double(windows) }

        func snapshot() -> SiteSnapshot {
            windows += 1
            var snapshot = SiteSnapshot()
            snapshot.window.frames = 1600
            snapshot.window.firstFrame = Double(windows) * 1600
            snapshot.window.halfCycles = 20
            snapshot.window.frequencyHz = 50
            snapshot.window.voltageRMS = SIMD3(repeating: 230)
            var amperes = SIMD3(3.0, 4, 5)
            for line in 0..<3 { amperes[line] += .random(in: -0.02...0.02, using: &random) }
            amperes[1] += limit(seconds - 3)
            snapshot.window.currentRMS = amperes
            snapshot.window.activePower = amperes * 230
            snapshot.lastBlock = MonotonicTime(nanoseconds: Int64(seconds * 1e9))
            return snapshot
        }

        func station() -> WiringWatch.Station {
            var limit = StationLimit()
            limit.amperes = self.limit(seconds)
            return WiringWatch.Station(
                limit: limit,
                report: StationReport(
                    status: status, isAnswering: true, lastContact: MonotonicTime(nanoseconds: Int64(seconds * 1e9)),
                    phaseMode: phaseMode))
        }
    }

    enum Change: CaseIterable { case leaves, switches, isSilent }

    /// After a silence of half a minute the car may be another.
    @Test(.timeLimit(.minutes(2)), arguments: Change.allCases)
    func `the lines of a car are told from the windows, and forgotten with the car, a change of phases, or a silence`(
        _ change: Change
    ) {
        let world = World()
        let lines = StationLines(stationCount: 1)
        let charging = StationReport(status: .charging, isAnswering: true)
        let watch = WiringWatch(
            SiteSettings.Supply(nominalHz: 50, limits: SupplyLimits(mainAmperes: .init(40), marginAmperes: .zero)))
        var found: PhaseSet?
        var afterLeaving: PhaseSet?
        watch.run(
            stationCount: 1, lines: lines, secondsBetweenLooks: 0, test: { _, _ in false },
            isStopping: {
                if found == nil, let known = lines.counted(charging, station: 0) {
                    found = known
                    switch change {
                    case .leaves: world.status = .free
                    case .switches: world.phaseMode = .three
                    case .isSilent: world.windows += 160
                    }
                    world.windows += 1
                    return false
                }
                afterLeaving = lines.counted(charging, station: 0)
                return (found != nil && afterLeaving == nil) || world.seconds > 120
            }, snapshot: { world.snapshot() }, station: { _ in world.station() })
        #expect(found == .l2)
        #expect(afterLeaving == nil)
        #expect(world.seconds > 40, "three steps at least")
    }

    /// The limits that are asked for within `hours` at a station that nobody tells anything, and when; each holds for 12 s.
    private func tests(
        hours: Double, limit: Double, status: StationStatus = .charging, lines: StationLines
    ) -> [(seconds: Double, amperes: Double)] {
        let world = World()
        world.status = status
        var asked: [(seconds: Double, amperes: Double)] = []
        world.limit = { seconds in
            asked.last { seconds >= $0.seconds && seconds < $0.seconds + 12 }?.amperes ?? limit
        }
        let watch = WiringWatch(
            SiteSettings.Supply(nominalHz: 50, limits: SupplyLimits(mainAmperes: .init(40), marginAmperes: .zero)))
        watch.run(
            stationCount: 1, lines: lines, secondsBetweenLooks: 0,
            test: {
                asked.append((world.seconds, $1))
                return true
            }, isStopping: { world.seconds > hours * 3600 }, snapshot: { world.snapshot() },
            station: { _ in world.station() })
        return asked
    }

    @Test(.timeLimit(.minutes(5)))
    func `a car whose limit never changes is asked for 2 A less once an hour until its lines are known`() {
        let lines = StationLines(stationCount: 1)
        let asked = tests(hours: 4.5, limit: 16, lines: lines)
        #expect(asked.allSatisfy { $0.amperes == 14 })
        #expect(asked.count >= 2 && asked.count <= 4, "known, and left alone, before the fifth hour")
        for (first, second) in zip(asked, asked.dropFirst()) { #expect(second.seconds - first.seconds >= 3600) }
        #expect(lines.counted(StationReport(status: .charging, isAnswering: true), station: 0) == .l2)
    }

    @Test(.timeLimit(.minutes(2)), arguments: [(6.0, StationStatus.charging), (16, .occupied), (0, .charging)])
    func `nobody is asked who has 6 A, or does not charge`(_ limit: Double, _ status: StationStatus) {
        #expect(tests(hours: 0.1, limit: limit, status: status, lines: StationLines(stationCount: 1)).isEmpty)
    }

    @Test func `a station that reports its current or does not charge is counted as its report shows`() {
        let lines = StationLines(stationCount: 2)
        lines.store(.l2, station: 1)
        var report = StationReport(status: .charging, isAnswering: true)
        #expect(lines.counted(report, station: 1) == .l2)
        #expect(lines.counted(report, station: 0) == nil)
        report.drawnTime = MonotonicTime(nanoseconds: 5)
        #expect(lines.counted(report, station: 1) == nil)
        for status in StationStatus.allCases where status != .charging {
            #expect(lines.counted(StationReport(status: status), station: 1) == nil)
        }
        lines.store(nil, station: 1)
        #expect(lines.counted(StationReport(status: .charging), station: 1) == nil)
    }
}
