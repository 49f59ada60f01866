import Allocation
import Simulation

/// Small sites for these tests.
enum Sites {
    static let monday = WallTime.parse("2026-01-05").map(\.time) ?? WallTime(seconds: 0)

    static func site(
        amperes: Double = 63, margin: Double = 4, stations count: Int, maximum: Double = 16, actsAfter: Int = 0,
        switchesPhases: Bool = false, policy: AllocationPolicy = .init()
    ) -> SimulatedSite {
        let stations = (0..<count).map { index in
            let turned = (0..<3).map { Phase.allCases[($0 + index) % 3] }
            var model = StationModel(
                name: "P\(index + 1)",
                rating: StationRating(
                    maximumAmperes: maximum, stepAmperes: 0.1, failSafeAmperes: 6, switchesPhases: switchesPhases,
                    rotation: PhaseRotation(turned) ?? .l1l2l3),
                supplyPhases: turned)
            model.actsAfterSeconds = actsAfter
            return model
        }
        return SimulatedSite(
            limits: SupplyLimits(mainAmperes: .init(amperes), marginAmperes: .init(margin)), policy: policy,
            stations: stations)
    }

    /// A run of so many hours, with drawn cars.
    static func run(
        _ site: SimulatedSite, load: BaseLoad = .drawn, hours: Int = 24, carsPerDay: Double = 20,
        events: [SiteEvent] = [], seed: UInt64
    ) -> Simulation {
        let visits = CarVisit.drawn(
            perDay: carsPerDay, days: max(1, hours / 24), pattern: .work, car: nil, seed: seed, began: monday)
        var simulation = Simulation(
            site, load: load, visits: visits, events: events, began: monday, seed: seed)
        for _ in 0..<hours * 3600 { simulation.step() }
        return simulation
    }
}
