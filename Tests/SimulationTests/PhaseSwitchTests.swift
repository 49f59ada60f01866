import Allocation
import Simulation
import Testing

@Suite struct PhaseSwitchTests {
    /// What is seen of a station's phases.
    private struct Seen {
        var modes: [PhaseMode?] = []
        var drawn: [SIMD3<Int32>] = []
        var switchCount = 0
    }

    /// One station whose first terminal is on L2; by default the building leaves 5 A on L1 for half an hour, then 20 A.
    private static func run(
        car: String, switches: Bool, load rows: String = "0,19,4,4\n1800,4,4,4"
    ) throws -> (Seen, Ledger) {
        var site = Sites.site(amperes: 25, margin: 1, stations: 2, switchesPhases: switches)
        site.stations.removeFirst()
        let load = try RecordedLoad.parse(
            "t_s,l1_a,l2_a,l3_a\n\(rows)\n7200,4,4,4\n", file: "l.csv", volts: 230)
        let visit = CarVisit(
            arrivalSecond: 10, departureSecond: 7000, neededWattHours: 90_000, car: try #require(CarKind(car)))
        var simulation = Simulation(
            site, load: .recorded(load), visits: [visit], began: Sites.monday, seed: 1)
        var seen = Seen()
        for _ in 0..<7200 {
            simulation.step()
            let station = simulation.station(0)
            seen.modes.append(station.phaseMode)
            seen.drawn.append(station.drawn)
        }
        simulation.finish()
        seen.switchCount = simulation.station(0).phaseSwitchCount
        #expect(simulation.overload.secondsInMarginBeyondReaction == .zero)
        return (seen, simulation.ledger)
    }

    @Test func `a three-phase car is switched to the line that has room, and back when all have`() throws {
        let (seen, ledger) = try Self.run(car: "3x16", switches: true)
        // 120 s of a better mode, and a pause of the car.
        let single = try #require(seen.modes.firstIndex(of: .single))
        #expect((120...240).contains(single))
        let three = try #require(seen.modes[single...].firstIndex(of: .three))
        #expect((1920...2100).contains(three))
        #expect(seen.switchCount == 2)
        #expect(seen.drawn[600] == SIMD3(0, 16_000, 0))
        #expect(seen.drawn[3000] == SIMD3(16_000, 16_000, 16_000))
        // No contactor works under load, and the pause lasts while the station changes.
        for change in [single, three] {
            #expect(seen.drawn[change - 5..<change + 30].allSatisfy { $0 == .zero })
            #expect(seen.drawn[change + 60] != .zero)
        }
        #expect(ledger.supply == ledger.base &+ ledger.stations)
    }

    @Test func `a car that has shown to use one line is not switched, for it gains nothing`() throws {
        let (seen, _) = try Self.run(car: "1x16", switches: true, load: "0,4,4,4\n600,19,4,4")
        #expect(seen.switchCount == 0)
        #expect(seen.drawn[3000] == SIMD3(0, 16_000, 0))
    }

    @Test func `a station that may not switch stays on three phases`() throws {
        let (seen, _) = try Self.run(car: "3x16", switches: false)
        #expect(seen.switchCount == 0)
        #expect(seen.modes.allSatisfy { $0 == nil })
        #expect(seen.drawn[1700] == .zero)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `stations that switch overload no line for longer than the cars take`(seed: UInt64) {
        let policy = AllocationPolicy(phaseSwitchAfterSeconds: 60, phaseSwitchGapSeconds: 120)
        let site = Sites.site(amperes: 40, stations: 8, maximum: 32, actsAfter: 2, switchesPhases: true, policy: policy)
        var simulation = Sites.run(site, hours: 14, carsPerDay: 30, seed: seed)
        #expect(simulation.overload.secondsBeyondReaction == .zero, "seed \(seed): \(simulation.overload)")
        #expect(simulation.overload.secondsInMarginBeyondReaction == .zero, "seed \(seed): \(simulation.overload)")
        simulation.finish()
        #expect(SimulationSummary(simulation).phaseSwitchCounts.reduce(0) { $0 + ($1 ?? 0) } > 0)
    }

    @Test func `a station that loses contact in its pause is switched after it is heard again`() throws {
        var site = Sites.site(amperes: 25, margin: 1, stations: 1, switchesPhases: true)
        site.policy.phaseSwitchAfterSeconds = 60
        let load = try RecordedLoad.parse("t_s,l1_a,l2_a,l3_a\n0,4,19,4\n7200,4,19,4\n", file: "l.csv", volts: 230)
        let visit = CarVisit(
            arrivalSecond: 10, departureSecond: 7000, neededWattHours: 90_000, car: try #require(CarKind("3x16")))
        func switched(silent: ClosedRange<Int>?) -> Int? {
            let events = silent.map {
                [SiteEvent(.stationSilent(0), startSecond: $0.lowerBound, endSecond: $0.upperBound)]
            }
            var simulation = Simulation(
                site, load: .recorded(load), visits: [visit], events: events ?? [], began: Sites.monday, seed: 1)
            for second in 0..<1200 {
                simulation.step()
                if simulation.station(0).phaseMode == .single { return second }
            }
            return nil
        }
        let undisturbed = try #require(switched(silent: nil))
        let late = try #require(switched(silent: undisturbed - 3...undisturbed + 20))
        #expect(late > undisturbed + 20)
    }
}
