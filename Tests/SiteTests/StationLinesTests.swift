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
        var random = SystemRandomNumberGenerator()

        var seconds: Double { 0.2 * Double(windows) }
        /// Another limit every 15 s.
        func limit(_ seconds: Double) -> Double { Int(max(0, seconds) / 15) % 2 == 0 ? 8 : 14 }

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
                    status: status, isAnswering: true, lastContact: MonotonicTime(nanoseconds: Int64(seconds * 1e9))))
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `the lines of a car are told from the windows, and forgotten with the car`() {
        let world = World()
        let lines = StationLines(stationCount: 1)
        let charging = StationReport(status: .charging, isAnswering: true)
        let watch = WiringWatch(
            SiteSettings.Supply(nominalHz: 50, limits: SupplyLimits(mainAmperes: .init(40), marginAmperes: .zero)))
        var found: PhaseSet?
        var afterLeaving: PhaseSet?
        watch.run(
            stationCount: 1, lines: lines, secondsBetweenLooks: 0,
            isStopping: {
                if world.status == .charging, let known = lines.counted(charging, station: 0) {
                    found = known
                    world.status = .free
                    world.windows += 1
                    return false
                }
                afterLeaving = lines.counted(charging, station: 0)
                return (world.status == .free && afterLeaving == nil) || world.seconds > 120
            }, snapshot: { world.snapshot() }, station: { _ in world.station() })
        #expect(found == .l2)
        #expect(afterLeaving == nil)
        #expect(world.seconds > 40, "three steps at least")
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
