import Allocation
import Testing

/// The allocator in a loop with stations that take time, and a building that does what it likes.
struct ClosedLoopTests {
    private static let usable = 50.0
    private static let seeds: [UInt64] = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233]

    /// 12 seeds × 4000 ticks = 48 000 random steps.
    @Test(arguments: seeds)
    func theFuseHoldsWhateverTheBuildingAndTheCarsDo(seed: UInt64) { run(seed: seed, hasLiars: false, ticks: 4000) }

    @Test(arguments: seeds)
    func theFuseHoldsBesideStationsThatLieOrFallSilent(seed: UInt64) { run(seed: seed, hasLiars: true, ticks: 4000) }

    // What holds at every decision, for every line:
    // P1  No plan without room: base load + Σ limits ≤ usable, or all limits on the line are 0. Base load: the
    //     smallest in the last seconds that a rise may be held to be a car (twice the attribution, a decision).
    //     Liars and stations that cannot be told count at what they truly hold.
    // P2  Where a limit rises: base load + Σ max(limit, confirmed, on its way, drawn) ≤ usable, in truth.
    // P3  Every limit is 0 or a whole step from minimum to maximum; `protect` raises none.
    // P4  The current is above the usable one for no longer than reaction + write + a tick, where base load alone is
    //     not and nobody lies.
    private func run(seed: UInt64, hasLiars: Bool, ticks: Int) {
        var random = SeededGenerator(seed: seed)
        let wirings: [PhaseSet] = [.all, .all, .l1, .l2, .l3]
        var stations: [SimulatedStation] = (0..<Int.random(in: 2...8, using: &random)).map { _ in
            let phases = wirings.randomElement(using: &random) ?? .all
            let rating = StationRating(
                phases: phases, maximumAmperes: [16, 16, 32, 20.5].randomElement(using: &random) ?? 16,
                stepAmperes: [1, 1, 0.1, 2].randomElement(using: &random) ?? 1,
                failSafeAmperes: 6, failSafeAfterSeconds: 20)
            var station = SimulatedStation(rating, accepted: 0)
            station.carPhases = phases
            station.writeTicks = Int.random(in: 1...5, using: &random)
            station.reactionTicks = Int.random(in: 10...40, using: &random)
            station.lagTicks = Int.random(in: 0...9, using: &random)
            station.reportTicks = Int.random(in: 5...20, using: &random)
            return station
        }
        let limits = SupplyLimits(
            mainAmperes: PerPhaseAmperes(Self.usable + 10), marginAmperes: PerPhaseAmperes(10))
        let policy = AllocationPolicy()
        var allocator = Allocator(limits: limits, stations: stations.map(\.rating), policy: policy)
        var base = PerPhaseAmperes(10)
        var baseHistory: [PerPhaseAmperes] = []
        var overloadedTicks = [0, 0, 0], lastDisturbance = 0
        var raised = 0, lowered = 0
        let slowest = stations.map { $0.reactionTicks + $0.writeTicks }.max() ?? 0

        for tick in 0..<ticks {
            let time = MonotonicTime(nanoseconds: 5_000_000_000_000 + Int64(tick) * 100_000_000)
            // The world moves.
            if Int.random(in: 0..<40, using: &random) == 0 {
                let phase = Phase.allCases.randomElement(using: &random) ?? .l1
                base[phase] = Double.random(in: 0...40, using: &random)
                if Int.random(in: 0..<8, using: &random) == 0 { base[phase] = .random(in: 40...80, using: &random) }
                lastDisturbance = tick
            }
            for index in stations.indices {
                if Int.random(in: 0..<150, using: &random) == 0 {
                    stations[index].wantsAmperes = [0, 8, 16, 32].randomElement(using: &random) ?? 0
                    stations[index].hasCar = Int.random(in: 0..<4, using: &random) > 0
                }
                if hasLiars, Int.random(in: 0..<600, using: &random) == 0 { stations[index].isReachable.toggle() }
                if hasLiars, index == 0, Int.random(in: 0..<400, using: &random) == 0 {
                    stations[0].liesWith = stations[0].liesWith == nil ? stations[0].rating.maximumAmperes : nil
                    lastDisturbance = tick
                }
                stations[index].step(tick: tick, time: time, ramp: Double.random(in: 0.2...16, using: &random))
            }
            baseHistory.append(base)
            var measured = base
            for station in stations {
                for phase in Phase.allCases where station.carPhases.contains(phase) { measured[phase] += station.drawn }
            }
            // The allocator answers.
            let reports = stations.map(\.report)
            let before = stations.indices.map { allocator[$0].amperes }
            let reading = SupplyReading(amperes: measured, time: time)
            _ = allocator.protect(reading, reports: reports.span, now: time)
            for index in stations.indices {
                // The first decision takes over what the stations hold.
                guard tick > 0 else { continue }
                demand(allocator[index].amperes <= before[index], "seed \(seed) tick \(tick): protect raised")
            }
            let isDecision = tick % 10 == 0
            if isDecision { _ = allocator.allocate(reading, reports: reports.span, now: time) }
            var risen: PhaseSet = []
            for (index, station) in stations.enumerated() {
                let limit = allocator[index].amperes
                if limit > before[index] {
                    risen.formUnion(station.rating.phases)
                    raised += 1
                }
                if limit < before[index] { lowered += 1 }
                expectOnGrid(limit, station.rating, "seed \(seed) tick \(tick)")
                stations[index].send(limit, tick: tick)
            }
            // What must hold.
            let span = Int(policy.attributionSeconds * 20) + 12
            for (place, phase) in Phase.allCases.enumerated() {
                let recent = baseHistory.suffix(span).map { $0[phase] }.min() ?? 0
                var planned = 0.0, counted = 0.0, isFloor = true
                for (index, station) in stations.enumerated() where station.rating.phases.contains(phase) {
                    let limit = allocator[index].amperes
                    planned += limit
                    counted += max(limit, station.accepted, station.inFlight ?? 0, station.drawn)
                    if limit > 0 { isFloor = false }
                }
                let line = "seed \(seed) tick \(tick) \(phase)"
                if isDecision {
                    demand(isFloor || recent + planned <= Self.usable + 1e-3, "\(line): P1 \(recent) + \(planned)")
                }
                if risen.contains(phase), !hasLiars {
                    demand(base[phase] + counted <= Self.usable + 1e-3, "\(line): P2 \(base[phase]) + \(counted)")
                }
                overloadedTicks[place] = measured[phase] > Self.usable ? overloadedTicks[place] + 1 : 0
                if !hasLiars, base[phase] <= Self.usable, tick - lastDisturbance > slowest {
                    demand(overloadedTicks[place] <= slowest + 2, "\(line): P4 \(overloadedTicks[place]) ticks")
                }
            }
        }
        // A loop in which nothing ever moves proves nothing.
        #expect(raised > 3 && lowered > 3, "seed \(seed): \(raised) raised, \(lowered) lowered")
    }

    /// `#expect` for the millions of times that it holds.
    private func demand(_ condition: Bool, _ problem: @autoclosure () -> String) {
        if !condition { Issue.record(Comment(rawValue: problem())) }
    }

    private func expectOnGrid(_ limit: Double, _ rating: StationRating, _ place: String) {
        guard limit != 0 else { return }
        let steps = limit / rating.stepAmperes
        demand(abs(steps - steps.rounded()) < 1e-6, "\(place): \(limit) is off the grid")
        demand(limit >= rating.minimumAmperes && limit <= rating.maximumAmperes + 1e-9, "\(place): \(limit)")
    }
}
