import Allocation
import Realtime
import Site
import SiteTwin
import Stations

/// The device as it runs in a building, in this process: real libiio, real TCP, a simulated building around it.
final class BenchBed {
    let twin: SiteTwin
    let device: SiteDevice
    private(set) var scenario: BenchScenario
    /// Lines at which cars charge.
    let lines: Range<Int>
    /// So many overloads at most follow each other on a line: before its stations are at 6 A, and before a car can follow.
    let stairs: Int
    private var disturbances: [() -> Void] = []

    /// The largest current of a station and of its car: much, so that many overloads lower one after the other.
    private static let largestAmperes = 57.0
    /// What each further load adds: more than currents of different shapes lack to the sum of their RMS, so that each has
    /// to be answered; and little, so that many fit.
    static let stepAmperes = 2.0
    static let carDelaySeconds = 2.5
    /// So many come before the first car can follow the first of them.
    private static let mostStairs = Int((carDelaySeconds - 0.1) / OverloadSeries.gapSeconds.upperBound)
    /// What the building takes on each line beside its cars.
    static let baseAmperes = 5.0
    /// What a line bears, less the margin.
    var usableAmperes: Double { twin.description.mainLimitAmperes - twin.description.marginAmperes }

    /// Starts both, and the disturbance.
    ///
    /// - Throws: what twin, settings or device say of the machine.
    init(_ scenario: BenchScenario, priority: Int32?) throws {
        self.scenario = scenario
        lines = 0..<min(3, scenario.stations)
        let perLine = Double((scenario.stations + 2) / 3)
        stairs = min(Self.mostStairs, Int((Self.largestAmperes - 7) * perLine / Self.stepAmperes))
        var options = TwinOptions()
        options.sampleRateHz = scenario.sampleRateHz
        // Just above what all cars take: limits then stand still until a load comes.
        options.mainLimitAmperes =
            (Self.largestAmperes + 0.5) * perLine + Self.baseAmperes + options.marginAmperes
        options.appliances = [
            Appliance(
                name: "base load", phases: [0, 1, 2], kind: .resistive, amperes: Self.baseAmperes, meanOnSeconds: 3600,
                meanOffSeconds: 0)
        ]
        options.steps = []
        // Elsewhere it is hardware, which does not wait for this machine's processors.
        options.fifoPriority = priority.map { min(99, $0 + 10) }
        options.stations = try Self.stations(scenario)
        twin = try SiteTwin(options)
        var settings = try TwinSite.settings(twin.description, feedsIn: false)
        settings.name = "bench"
        settings.meter.blockSeconds = scenario.blockMilliseconds / 1000
        settings.realtime.priority = priority
        // Room is given again at once, so that the next overload finds something to lower. Idle stations get nothing:
        // a dead one then counts as nothing.
        settings.policy.raiseAfterSeconds = 0
        settings.policy.minimumOffSeconds = 0
        settings.policy.parksAtMinimum = false
        settings.policy.testsPhases = false
        device = SiteDevice(settings)
        try twin.start()
        do {
            try device.start()
        } catch {
            twin.stop()
            throw error
        }
    }

    private static func stations(_ scenario: BenchScenario) throws -> [TwinStation] {
        // Its limits have steps of 0.1 A: with 1 A, six stations together leave room for a whole overload.
        guard let profile = StationProfile.builtIn(named: "generic-modbus") else {
            throw RunError("built-in profiles are missing; build the program anew")
        }
        let total = scenario.stations + scenario.idleStations
        return (0..<total).map { index in
            var station = TwinStation(profile)
            // Line by line, so that three overloads can be answered at the same time, each by its own stations.
            station.supplyPhases = [index % 3]
            station.maximumAmperes = largestAmperes
            station.arrivalSeconds = index < scenario.stations ? 0 : .infinity
            var car = TwinCar(phaseCount: 1, maximumAmperes: largestAmperes, neededWattHours: 1e6)
            car.delaySeconds = carDelaySeconds
            station.car = car
            station.hurry = 1000
            return station
        }
    }

    /// Whether the building and the settings of `next` are those that run already: nothing has to start anew then.
    func serves(_ next: BenchScenario) -> Bool {
        (next.stations, next.blockMilliseconds, next.sampleRateHz)
            == (scenario.stations, scenario.blockMilliseconds, scenario.sampleRateHz)
    }

    /// Ends what disturbed, and begins what disturbs in `next`, which this bed serves.
    func disturb(as next: BenchScenario) {
        calm()
        scenario = next
        let twin = twin
        let device = device
        let stopping = StopSign()
        func thread(_ name: String, everyMilliseconds period: Int64, _ body: @escaping @Sendable () -> Void) {
            let thread = RealtimeThread(name: name) { _ in
                while !stopping.isSet {
                    body()
                    MonotonicClock.sleep(until: MonotonicClock.nanoseconds() + period * 1_000_000)
                }
            }
            disturbances.append {
                stopping.set()
                thread?.join()
            }
        }
        switch scenario.disturbance {
        case .none: break
        case .busyProcessors:
            let busy = BusyProcessors()
            disturbances.append { busy.stop() }
        case .deadStations:
            let idle = scenario.stations..<scenario.stations + scenario.idleStations
            for index in idle { twin.setStationFaults(.silent, station: index) }
            disturbances.append { for index in idle { twin.setStationFaults([], station: index) } }
        case .readers:
            for _ in 0..<8 {
                thread("reader", everyMilliseconds: 5) {
                    _ = (device.snapshot(), device.stations(), device.groups(), device.wiring(), device.latencies())
                    _ = device.decisions(after: 0)
                }
            }
        case .settings:
            // Of a station without a car: the plan is made anew, and nobody's limit moves.
            let station = scenario.stations
            thread("settings", everyMilliseconds: 1000) {
                device.setOwnerLimit(Double.random(in: 6...32), station: station)
            }
        }
    }

    private func calm() {
        disturbances.forEach { $0() }
        disturbances = []
    }

    func stop() {
        calm()
        device.stop()
        twin.stop()
    }

    deinit { stop() }
}
