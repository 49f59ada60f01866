import Allocation
import Simulation
import Testing

@Suite struct RunTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `what the supply gave is exactly what base load and cars took`(seed: UInt64) {
        var simulation = Sites.run(Sites.site(amperes: 40, stations: 5), seed: seed)
        simulation.finish()
        let ledger = simulation.ledger
        #expect(ledger.supply == ledger.base &+ ledger.stations)
        let summary = SimulationSummary(simulation)
        let byVisits = summary.deliveredWattHours
        let byLines = Double(ledger.stations.wrappedSum()) * 230 / 3_600_000
        #expect(byVisits > 1000)
        #expect(abs(byVisits - byLines) <= 1e-9 * byLines)
        for result in simulation.results {
            // Full, or at most what it wanted and the second in which it became full.
            let secondWattHours = Double(result.phaseCount) * 230 * 32 / 3600
            #expect(result.deliveredWattHours <= result.visit.neededWattHours + secondWattHours)
            #expect(result.deliveredWattHours >= 0)
        }
    }

    @Test func `the same seed gives the same run, another seed another`() {
        func trace(_ seed: UInt64) -> [SIMD3<Int32>] {
            let site = Sites.site(stations: 4)
            let visits = CarVisit.drawn(
                perDay: 12, days: 1, pattern: .home, car: nil, seed: seed, began: Sites.monday)
            var simulation = Simulation(site, load: .drawn, visits: visits, began: Sites.monday, seed: seed)
            return (0..<40_000).map { _ in
                simulation.step()
                return simulation.loadMilliamperes
            }
        }
        let first = trace(7)
        #expect(first == trace(7))
        #expect(first != trace(8))
    }

    @Test(arguments: [40.0, 63, 80], 1...4 as ClosedRange<UInt64>)
    func `no line is above the fuse for longer than the cars take, nor in its margin`(amperes: Double, seed: UInt64) {
        for actsAfter in [0, 3] {
            let site = Sites.site(amperes: amperes, stations: 8, maximum: 32, actsAfter: actsAfter)
            let simulation = Sites.run(site, hours: 14, carsPerDay: 30, seed: seed)
            let overload = simulation.overload
            let words = "seed \(seed), \(amperes) A, acts after \(actsAfter) s"
            #expect(overload.secondsBeyondReaction == .zero, "\(words): \(overload)")
            #expect(overload.secondsInMarginBeyondReaction == .zero, "\(words): \(overload)")
            // The fuse has to be worth protecting, else nothing was tested.
            #expect(overload.secondsInMargin != .zero)
            #expect(simulation.mostFuseUsedShare < 1)
        }
    }

    @Test func `cars that do not follow are found by the judge of overloads`() {
        // The same cars beside a fuse that nobody minds: load management is off.
        var site = Sites.site(amperes: 40, stations: 8, maximum: 32)
        for index in site.stations.indices { site.stations[index].rating.isManaged = false }
        let simulation = Sites.run(site, hours: 12, carsPerDay: 30, seed: 1)
        #expect(simulation.overload.secondsBeyondReaction.max() > 1000)
        #expect(simulation.overload.secondsInMarginBeyondReaction.max() > 1000)
    }

    @Test func `a car alone at a large connection has what it would have had without limit, but for the start`() {
        var simulation = Sites.run(
            Sites.site(amperes: 125, stations: 1), load: .constant(.zero), carsPerDay: 1, seed: 3)
        simulation.finish()
        for result in simulation.results {
            #expect(result.servedShare > 0.99)
            #expect(result.waitSeconds.map { $0 < 60 } == true)
        }
        #expect(simulation.results.count == 1)
    }

    @Test func `more cars than stations are turned away and counted`() {
        var simulation = Sites.run(Sites.site(stations: 2), carsPerDay: 20, seed: 5)
        simulation.finish()
        #expect(simulation.results.count + simulation.turnedAway.count == 20)
        #expect(simulation.turnedAway.count > 5)
    }
}
