import Allocation
import Testing

/// What the plan does under a load that does not change: cars that follow within three seconds, reports every second.
struct SettledLoopTests {
    /// A building with constant load and cars that take all they may.
    private struct QuietSite {
        var limits: SupplyLimits
        var ratings: [StationRating]
        var base: PerPhaseAmperes

        init(seed: UInt64, stationCount: Int? = nil, rating: StationRating? = nil) {
            var random = SeededGenerator(seed: seed)
            limits = SupplyLimits(mainAmperes: PerPhaseAmperes(63), marginAmperes: PerPhaseAmperes(3))
            base = PerPhaseAmperes(
                .random(in: 0...50, using: &random), .random(in: 0...50, using: &random),
                .random(in: 0...50, using: &random))
            let wirings: [PhaseSet] = [.all, .l1, .l2, .l3, [.l1, .l2]]
            ratings = (0..<(stationCount ?? Int.random(in: 1...12, using: &random))).map { _ in
                rating
                    ?? StationRating(
                        phases: wirings.randomElement(using: &random) ?? .all,
                        maximumAmperes: [16, 20, 32].randomElement(using: &random) ?? 16,
                        stepAmperes: [0.1, 1, 2].randomElement(using: &random) ?? 1)
            }
        }

        /// The limits after every second.
        func plans(seconds: Int) -> [[StationLimit]] {
            var allocator = Allocator(limits: limits, stations: ratings)
            var plans: [[StationLimit]] = []
            var drawn = ratings.map { _ in 0.0 }
            for second in 0..<seconds {
                let time = MonotonicTime(nanoseconds: Int64(second + 1_000) * 1_000_000_000)
                for index in drawn.indices where second >= 3 { drawn[index] = plans[second - 3][index].amperes }
                var reading = SupplyReading(amperes: base, time: time)
                let reports = ratings.indices.map { index in
                    for phase in Phase.allCases where ratings[index].phases.contains(phase) {
                        reading.amperes[phase] += drawn[index]
                    }
                    return StationReport(
                        status: .charging, isAnswering: true, lastContact: time,
                        acceptedAmperes: plans.last?[index].amperes ?? 0,
                        drawnAmperes: PerPhaseAmperes(drawn[index], on: ratings[index].phases), drawnTime: time)
                }
                _ = allocator.allocate(reading, reports: reports.span, now: time)
                plans.append(ratings.indices.map { allocator[$0] })
            }
            return plans
        }
    }

    @Test(arguments: UInt64(1)...40)
    func limitsSettleAndStay(seed: UInt64) {
        let plans = QuietSite(seed: seed).plans(seconds: 150)
        for second in 100..<150 { #expect(plans[second] == plans[99], "seed \(seed) second \(second)") }
    }

    @Test(arguments: UInt64(1)...40)
    func aSettledPlanLeavesNoStepUnused(seed: UInt64) {
        let site = QuietSite(seed: seed)
        let plan = site.plans(seconds: 100)[99]
        for index in site.ratings.indices where plan[index].amperes > 0 {
            guard plan[index].reason == .mainFuse, let line = plan[index].limitingPhase else {
                #expect(plan[index].reason == .stationMaximum, "seed \(seed): \(plan[index])")
                continue
            }
            // Each station on the line may lose less than one step to rounding, and nothing else is lost.
            var used = site.base[line], rounding = 0.0
            for other in site.ratings.indices where site.ratings[other].phases.contains(line) {
                used += plan[other].amperes
                rounding += site.ratings[other].stepAmperes
            }
            #expect(used > site.limits.usable(line) - rounding, "seed \(seed): \(used) A on \(line)")
        }
    }

    @Test(arguments: UInt64(1)...10)
    func theSameInputsGiveTheSamePlans(seed: UInt64) {
        let site = QuietSite(seed: seed)
        #expect(site.plans(seconds: 60) == site.plans(seconds: 60), "seed \(seed)")
    }

    @Test(arguments: UInt64(1)...40)
    func equalStationsThatChargeDifferByLessThanAStep(seed: UInt64) {
        let rating = StationRating(maximumAmperes: 32)
        let plan = QuietSite(seed: seed, stationCount: 5, rating: rating).plans(seconds: 100)[99]
        let charging = plan.map(\.amperes).filter { $0 > 0 }
        #expect((charging.max() ?? 0) - (charging.min() ?? 0) <= rating.stepAmperes, "seed \(seed): \(charging)")
    }

    @Test(arguments: UInt64(1)...40)
    func theOrderOfTheStationsDoesNotDecideHowMuchTheyGet(seed: UInt64) {
        let site = QuietSite(seed: seed)
        var turned = site
        turned.ratings.reverse()
        let plan = site.plans(seconds: 100)[99], turnedPlan = turned.plans(seconds: 100)[99]
        // Where not all can have the minimum the order decides who; that is the queue's business.
        guard plan.allSatisfy({ $0.amperes > 0 }), turnedPlan.allSatisfy({ $0.amperes > 0 }) else { return }
        for index in plan.indices {
            let difference = abs(plan[index].amperes - turnedPlan[plan.count - 1 - index].amperes)
            // What coarse steps leave goes out in turns, in which finer ones may take more of theirs.
            let step = site.ratings.map(\.stepAmperes).max() ?? 0
            #expect(difference <= step + 1e-9, "seed \(seed) station \(index)")
        }
    }
}
