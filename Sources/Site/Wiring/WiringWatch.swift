import Allocation
import MeterDSP
import Realtime
import Synchronization
import Wiring

/// Listens to the windows and the stations, and finds out how they are connected. Runs on a thread of its own that looks at
/// snapshots; the real-time thread learns from it only the lines of stations that report no current, and is asked now and
/// then for a small step of a station whose lines nothing else has shown.
final class WiringWatch: Sendable {
    /// What it looks at of one station.
    struct Station: Sendable {
        var limit: StationLimit
        var report: StationReport

        /// Its car charges with all that it may have, as far as it is reported.
        var usesItsLimit: Bool {
            report.status == .charging
                && (report.drawnTime == .never || report.drawnAmperes.maximum > limit.amperes - 1)
        }
    }

    private let site: SensorCheck.Site
    private let state = Mutex(WiringReport())

    init(_ supply: SiteSettings.Supply) {
        site = SensorCheck.Site(nominalVolts: supply.nominalVolts, mayFeedIn: supply.feedsIn)
    }

    /// The latest. Any thread.
    func report() -> WiringReport { state.withLock { $0 } }

    /// Looks twenty times a second until told to stop: a window lasts a fifth of a second, and none is missed.
    ///
    /// - Parameter test: asks for a step: the station, and the limit in ampere that it is to have for `holdSeconds`; false:
    ///   none is made.
    func run(
        stationCount: Int, lines: StationLines, secondsBetweenLooks: Double = 0.05, test: (Int, Double) -> Bool,
        isStopping: () -> Bool, snapshot: () -> SiteSnapshot, station: (Int) -> Station
    ) {
        var work = Work(site, stationCount: stationCount)
        while !isStopping() {
            let isNew = work.take(snapshot(), station: station)
            // At once: the next car at a station may use other lines.
            work.tell(lines)
            if isNew {
                work.askForTest(test)
                let report = work.report()
                state.withLock { $0 = report }
            }
            MonotonicClock.sleep(until: MonotonicClock.nanoseconds() + Int64(secondsBetweenLooks * 1e9))
        }
    }

    /// The state of the thread.
    private struct Work {
        private var check: SensorCheck
        private var finder: StationPhaseFinder
        private var before: [Station?]
        private var lastFrame = -1.0
        private var readings = 0
        private var begun: Double?
        private var now = 0.0
        /// When a limit or a status was last another.
        private var lastChange = 0.0

        init(_ site: SensorCheck.Site, stationCount: Int) {
            check = SensorCheck(site)
            finder = StationPhaseFinder(stationCount: stationCount)
            before = Array(repeating: nil, count: stationCount)
        }

        /// - Returns: true once a second, when there is something new to report.
        mutating func take(_ snapshot: SiteSnapshot, station: (Int) -> Station) -> Bool {
            let window = snapshot.window
            guard window.frames > 0, window.firstFrame != lastFrame else { return false }
            lastFrame = window.firstFrame
            now = Double(snapshot.lastBlock.nanoseconds) / 1e9
            if begun == nil {
                begun = now
                lastChange = now
            }
            let drawn = takeStations(station)
            if let reading = WiringReading(window, drawnAmperes: drawn) {
                check.add(reading)
            } else {
                check.markGap()
            }
            finder.add(window, at: now)
            readings += 1
            return readings % 5 == 0
        }

        /// Tells the finder what the stations were told.
        ///
        /// - Returns: what all of them draw, by line; nil where one does not say.
        private mutating func takeStations(_ station: (Int) -> Station) -> SIMD3<Double>? {
            var drawn = SIMD3<Double>.zero
            var isComplete = !before.isEmpty
            for index in before.indices {
                let current = station(index)
                let report = current.report
                if report.drawnTime == .never || !report.isAnswering {
                    isComplete = false
                } else {
                    drawn += SIMD3(report.drawnAmperes.l1, report.drawnAmperes.l2, report.drawnAmperes.l3)
                }
                if let last = before[index] {
                    // Who is there after a silence may be another.
                    let wasAway = report.lastContact.seconds(since: last.report.lastContact) > 30
                    let hasLeft = report.status == .free && last.report.status != .free
                    // On one phase and on three the same car uses other lines.
                    let isSwitched = report.phaseMode != last.report.phaseMode
                    if wasAway || hasLeft || isSwitched {
                        finder.noteNewCar(station: index)
                    }
                    if last.limit.amperes != current.limit.amperes || last.report.status != report.status {
                        lastChange = now
                    }
                    note(index, from: last.limit.amperes, to: current.limit.amperes, report)
                }
                before[index] = current
            }
            return isComplete ? drawn : nil
        }

        private mutating func note(_ index: Int, from: Double, to: Double, _ report: StationReport) {
            guard from != to, report.status == .charging else { return }
            let change = StationPhaseFinder.expectedChange(
                from: from, to: to, drawnAmperes: report.drawnTime == .never ? nil : report.drawnAmperes.maximum)
            finder.noteStep(station: index, amperes: change, at: now)
        }

        /// Asks for the step that is due, one at most, where no limit and no car has changed for a while.
        mutating func askForTest(_ test: (Int, Double) -> Bool) {
            guard now - lastChange > TestStep.quietSeconds else { return }
            for index in before.indices {
                guard let station = before[index], station.report.isAnswering, station.limit.amperes > 0,
                    let step = finder.proposedTest(
                        station: index, limitAmperes: station.limit.amperes, isCharging: station.usesItsLimit, at: now)
                else { continue }
                guard test(index, station.limit.amperes + step.amperes) else { return }
                finder.noteTest(step, at: now)
                return
            }
        }

        func tell(_ lines: StationLines) {
            let mapping = check.mapping
            for index in before.indices { lines.store(WiringReport.lines(finder[index], mapping), station: index) }
        }

        func report() -> WiringReport {
            var report = WiringReport()
            report.seconds = now - (begun ?? now)
            report.findings = check.findings()
            report.mapping = check.mapping
            report.silentSensors = (0..<3).filter { check.isSilent($0) }
            report.stations = before.indices.map { finder[$0] }
            return report
        }
    }
}
