import Allocation
import Simulation
import StrictYAML
import Testing

@Suite struct EventTests {
    private static let names = ["P1", "P2"]

    private static func events(_ yaml: String) throws -> [SiteEvent] {
        try SiteEvent.parse(yaml: yaml, file: "e.yaml", began: Sites.monday, stations: names)
    }

    @Test func `events are read with day, clock, station and limit`() throws {
        let events = try Self.events(
            """
            events:
              - {at: "2 17:30", minutes: 60, what: signal, percent: 30}
              - {at: "08:00", minutes: 1.5, what: station-silent, station: P2}
              - {at: "1 09:00", what: load, ampere: 20, line: L2}
            """)
        #expect(
            events == [
                SiteEvent(.signal(.shareOfMain(0.3)), startSecond: 149_400, endSecond: 153_000),
                SiteEvent(.stationSilent(1), startSecond: 28_800, endSecond: 28_890),
                SiteEvent(.load([0, 20, 0]), startSecond: 32_400, endSecond: .max),
            ])
    }

    @Test(arguments: [
        ("events:\n  - {at: \"1 25:00\", what: meter-lost}", "e.yaml:2: events[0].at: '1 25:00' is no time"),
        ("events:\n  - {at: \"1 05:00\", what: meter-gone}", "e.yaml:2: events[0].what: 'meter-gone' is no event"),
        (
            "events:\n  - {at: \"1 05:00\", what: meter-lost, percent: 1}",
            "e.yaml:2: events[0].percent: meter-lost has no"
        ),
        (
            "events:\n  - {at: \"1 05:00\", what: station-silent, station: P3}",
            "e.yaml:2: events[0].station: 'P3' is no"
        ),
        ("events:\n  - {at: \"1 05:00\", what: signal}", "e.yaml:2: events[0]: no limit"),
        ("events:\n  - {at: \"1 05:00\", what: signal, percent: 30, ampere: 5}", "e.yaml:2: events[0]: ampere and"),
        ("events:\n  - {what: meter-lost}", "e.yaml:2: events[0]: 'at' is missing"),
        ("event: []", "e.yaml:1: event: unknown key"),
        (
            "events:\n"
                + String(repeating: "  - {at: \"1 00:00\", what: load, ampere: -1000, line: L1}\n", count: 1001),
            "e.yaml:1002: events[1000]: loads of more than"
        ),
    ])
    func `an event that cannot be is told by file, line and field`(yaml: String, message: String) {
        let error = #expect(throws: YAMLError.self) { try Self.events(yaml) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }

    /// Two stations with a car each from second 0 on.
    private static func twoCars(_ events: [SiteEvent], site: SimulatedSite = Sites.site(stations: 2)) -> Simulation {
        let car = CarKind(phaseCount: 3, maximumAmperes: 16)
        let visits = (0..<2).map { _ in
            CarVisit(arrivalSecond: 0, departureSecond: 10_000, neededWattHours: 50_000, car: car)
        }
        return Simulation(
            site, load: .constant(.zero), visits: visits, events: events, began: Sites.monday, seed: 1)
    }

    @Test func `a locking signal takes all current within the reaction time, and it comes back after its end`() {
        var simulation = Self.twoCars([SiteEvent(.signal(.locked), startSecond: 300, endSecond: 900)])
        for _ in 0..<300 { simulation.step() }
        #expect(simulation.station(0).drawn.max() == 16_000)
        for _ in 0..<simulation.site.reactionSeconds + 1 { simulation.step() }
        for _ in 0..<500 {
            simulation.step()
            #expect(simulation.station(0).drawn == .zero && simulation.station(1).drawn == .zero)
        }
        for _ in 0..<1200 { simulation.step() }
        #expect(simulation.station(0).drawn.max() == 16_000)
        #expect(simulation.interventions.count == 1)
    }

    @Test func `a silent station falls back after its time-out, and the fuse is not overloaded meanwhile`() {
        var site = Sites.site(amperes: 40, stations: 2, maximum: 32)
        site.stations[0].contactLostAfterSeconds = 60
        var simulation = Self.twoCars(
            [
                SiteEvent(.stationSilent(0), startSecond: 300, endSecond: 600),
                SiteEvent(.load([20, 20, 20]), startSecond: 320, endSecond: 2000),
            ], site: site)
        for _ in 0..<300 { simulation.step() }
        #expect(simulation.station(0).drawn.max() == 16_000)
        for _ in 0..<200 { simulation.step() }
        #expect(simulation.alarm.contains(.stationSilent))
        #expect(simulation.station(0).drawn.max() == 6000)
        for _ in 0..<500 { simulation.step() }
        #expect(!simulation.alarm.contains(.stationSilent))
        #expect(simulation.overload.secondsBeyondReaction == .zero)
    }

    @Test func `without a meter the fail-safe plan holds, and ends with it`() {
        var simulation = Self.twoCars([SiteEvent(.meterLost, startSecond: 300, endSecond: 600)])
        for _ in 0..<320 { simulation.step() }
        #expect(simulation.alarm.contains(.noMeasurement))
        #expect(simulation.station(0).limit.amperes == 6)
        for _ in 0..<400 { simulation.step() }
        #expect(simulation.station(0).drawn.max() == 16_000)
    }

    @Test func `a restarted station is told its limit again`() {
        var simulation = Self.twoCars(
            [SiteEvent(.stationReboot(0), startSecond: 300, endSecond: 301)],
            site: Sites.site(amperes: 25, stations: 2))
        for _ in 0..<300 { simulation.step() }
        let before = simulation.station(0).drawn.max()
        #expect(before > 6000)
        for _ in 0..<10 { simulation.step() }
        #expect(simulation.station(0).drawn == .zero)
        for _ in 0..<300 { simulation.step() }
        #expect(simulation.station(0).drawn.max() == before)
        #expect(simulation.overload.secondsBeyondReaction == .zero)
    }

    @Test func `a disobedient station is found, and the others make room for it`() {
        var simulation = Self.twoCars(
            [
                SiteEvent(.stationDisobedient(0, amperes: 16), startSecond: 300, endSecond: .max),
                SiteEvent(.load([15, 15, 15]), startSecond: 400, endSecond: .max),
            ], site: Sites.site(amperes: 40, stations: 2))
        for _ in 0..<500 { simulation.step() }
        #expect(simulation.alarm.contains(.stationDisobeys))
        #expect(simulation.station(0).drawn.max() == 16_000)
        #expect(simulation.loadMilliamperes.max() <= 36_000)
    }
}
