import Allocation
import Testing

/// A line filled to the brim, measured by a meter that is never quite right.
struct NoisyLoopTests {
    /// Stations report a second late what cars began to draw: a reading just above the usable current must not turn all
    /// that they were given since into base load, or limits would fall by it and rise again, for ever.
    @Test(arguments: [(stations: 6, noise: 0.1), (6, 0.4), (3, 0.4), (2, 0.2)], [UInt64(1), 2, 3])
    func aFullLineDoesNotSaw(site: (stations: Int, noise: Double), seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let limits = SupplyLimits(mainAmperes: PerPhaseAmperes(103), marginAmperes: PerPhaseAmperes(3))
        let rating = StationRating(phases: .l1, maximumAmperes: 63, stepAmperes: 0.1)
        var stations = (0..<site.stations).map { _ in
            var station = SimulatedStation(rating, accepted: 0)
            station.carPhases = .l1
            station.wantsAmperes = 63
            station.reportTicks = 15
            station.lagTicks = 9
            return station
        }
        var allocator = Allocator(limits: limits, stations: stations.map(\.rating))
        var base = 40.0
        for tick in 0..<4000 {
            let time = MonotonicTime(nanoseconds: 5_000_000_000_000 + Int64(tick) * 100_000_000)
            // Room comes back, which cars then use.
            if tick == 1000 { base = 5 }
            for index in stations.indices { stations[index].step(tick: tick, time: time, ramp: 63) }
            let drawn = stations.reduce(0) { $0 + $1.drawn }
            let reports = stations.map(\.report)
            // A half cycle is noisier than the mean of ten cycles.
            let halfCycle = Double.random(in: -site.noise...site.noise, using: &random)
            _ = allocator.protect(
                SupplyReading(amperes: PerPhaseAmperes(base + drawn + halfCycle, on: .l1), time: time),
                reports: reports.span, now: time)
            if tick % 10 == 0 {
                _ = allocator.allocate(
                    SupplyReading(amperes: PerPhaseAmperes(base + drawn + halfCycle / 10, on: .l1), time: time),
                    reports: reports.span, now: time)
            }
            for index in stations.indices { stations[index].send(allocator[index].amperes, tick: tick) }
            guard tick >= 1600 else { continue }
            let given = stations.indices.reduce(0) { $0 + allocator[$1].amperes }
            guard given > 95 - 2 * site.noise - 1.5 else {
                Issue.record("seed \(seed) tick \(tick): \(given) A of 95 given")
                return
            }
        }
    }
}
