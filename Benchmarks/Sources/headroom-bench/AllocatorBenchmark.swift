import Allocation
import CBenchmark

/// `allocate` once a second and `protect` in an overload, on stations that follow.
///
/// Time is virtual, so that nothing waits. It goes in rounds: for 14 s the building leaves room and limits rise; then
/// its load grows over six half cycles, each an overload that lowers limits again.
enum AllocatorBenchmark {
    /// Calls of `allocate` in one round: seconds.
    static let callsPerRound = 14
    private static let overloads = 6
    /// Of the run that is made three times: enough for a 99.99th percentile.
    private static let repeatedRounds = 3_400
    /// Of the 99.99th percentile by number of stations, in nanoseconds; nil: none, to see how the cost grows.
    static let budgets: [(stations: Int, p9999: Double?)] = [(2, 5_000), (16, 15_000), (100, 50_000), (1000, nil)]

    /// Rounds of `allocate` alone and without a clock: what runs below callgrind.
    static func decide(stations: Int, rounds: Int) {
        var site = FollowingStations(count: stations)
        var allocator = site.allocator()
        for _ in 0..<rounds { allocate(&site, &allocator) { _, _ in } }
    }

    /// - Parameter calls: timed calls of `allocate` and of `protect` each.
    static func run(stations: Int, calls: Int, budget: Double?, progress: inout Progress) throws -> [Row] {
        var site = FollowingStations(count: stations)
        var allocator = site.allocator()
        var allocateTimes = Durations(capacity: calls)
        var protectTimes = Durations(capacity: calls)
        var allocateChanges = 0
        var protectChanges = 0
        var noise: MachineNoise?
        var spent: Int64 = 0
        while allocateTimes.hasRoom || protectTimes.hasRoom {
            allocateTimes.beginLoop()
            allocate(&site, &allocator) { changed, took in
                if changed, allocateTimes.hasRoom { allocateChanges += 1 }
                allocateTimes.append(took)
                spent += took
            }
            allocateTimes.endLoop()
            protectTimes.beginLoop()
            protect(&site, &allocator) { changed, took in
                if changed, protectTimes.hasRoom { protectChanges += 1 }
                protectTimes.append(took)
                spent += took
            }
            protectTimes.endLoop()
            // As much time for the machine's noise as for the calls.
            if spent > 2_000_000 {
                spent = 0
                if noise == nil {
                    noise = MachineNoise(lengths: [allocateTimes.typical, protectTimes.typical])
                }
                noise?.watch()
            }
            progress.report(
                done: min(allocateTimes.count, protectTimes.count), of: calls, "allocator with \(stations) stations")
        }
        guard protectChanges > protectTimes.count / 10, allocateChanges > allocateTimes.count / 100 else {
            throw BenchmarkError(
                "\(stations) stations: \(protectChanges) of \(protectTimes.count) overloads and \(allocateChanges) of "
                    + "\(allocateTimes.count) allocations changed a limit, too few to measure; report this as a bug")
        }
        var allocate = Row("allocate: \(stations) stations", .product, allocateTimes)
        allocate.changedShare = Double(allocateChanges) / Double(allocateTimes.count)
        allocate.budgetP9999 = budget
        var protect = Row("protect: \(stations) stations, overload", .product, protectTimes)
        protect.changedShare = Double(protectChanges) / Double(protectTimes.count)
        protect.budgetP9999 = budget
        allocate.machineAlone = noise?.stretch(0)
        protect.machineAlone = noise?.stretch(1)
        guard let budget else { return [allocate, protect] }
        let (leastAllocate, leastProtect) = leastOfThree(
            stations: stations, rounds: min(repeatedRounds, calls / overloads))
        return [
            allocate, leastRow(of: allocate, leastAllocate, budget), protect,
            leastRow(of: protect, leastProtect, budget),
        ]
    }

    /// The times of the same decisions made in three runs, of each the shortest: what the machine does meets another
    /// decision in each run, so that these are the decisions' own.
    private static func leastOfThree(stations: Int, rounds: Int) -> (allocate: [Int64], protect: [Int64]) {
        var allocateTimes = [Int64](repeating: .max, count: rounds * callsPerRound)
        var protectTimes = [Int64](repeating: .max, count: rounds * overloads)
        for _ in 0..<3 {
            var site = FollowingStations(count: stations)
            var allocator = site.allocator()
            var allocated = 0
            var protected = 0
            for _ in 0..<rounds {
                allocate(&site, &allocator) { _, took in
                    allocateTimes[allocated] = min(allocateTimes[allocated], took)
                    allocated += 1
                }
                protect(&site, &allocator) { _, took in
                    protectTimes[protected] = min(protectTimes[protected], took)
                    protected += 1
                }
            }
        }
        return (allocateTimes, protectTimes)
    }

    /// A new round's seconds with room, each with its nanoseconds.
    @inline(__always)
    private static func allocate(
        _ site: inout FollowingStations, _ allocator: inout Allocator, _ each: (_ changed: Bool, _ took: Int64) -> Void
    ) {
        site.startRound()
        for _ in 0..<callsPerRound {
            site.goOn(bySeconds: 1)
            site.follow(allocator)
            let reading = site.quietReading()
            let begun = cbenchmark_nanoseconds()
            let changed = allocator.allocate(reading, reports: site.reports.span, now: site.now)
            each(changed, cbenchmark_nanoseconds() - begun)
        }
    }

    /// The round's overloads.
    @inline(__always)
    private static func protect(
        _ site: inout FollowingStations, _ allocator: inout Allocator, _ each: (_ changed: Bool, _ took: Int64) -> Void
    ) {
        for step in 1...overloads {
            site.goOn(bySeconds: 0.01)
            let reading = site.overload(step: step)
            let begun = cbenchmark_nanoseconds()
            let changed = allocator.protect(reading, reports: site.reports.span, now: site.now)
            each(changed, cbenchmark_nanoseconds() - begun)
        }
    }

    private static func leastRow(of row: Row, _ times: [Int64], _ budget: Double) -> Row {
        var durations = Durations(capacity: times.count)
        times.forEach { durations.append($0) }
        var least = Row("\(row.name), least of three", .product, durations.distribution())
        least.budgetP9999 = budget
        return least
    }
}

/// Stations that take every limit at once, their cars, and the building around them. Allocates in `init` only.
private struct FollowingStations {
    let ratings: [StationRating]
    let limits: SupplyLimits
    private(set) var reports: [StationReport]
    private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000_000)
    private var wishes: [Double]
    private let usableAmperes: Double
    private var baseAmperes = 0.0
    private var generator = SeededGenerator(seed: 3)

    init(count: Int) {
        // Every fourth is single-phase, as in the site twin.
        let single: [PhaseSet] = [.l1, .l2, .l3]
        let ratings = (0..<count).map { station in
            StationRating(
                phases: station % 4 == 3 ? single[station / 4 % 3] : .all, maximumAmperes: 16, failSafeAmperes: 6)
        }
        self.ratings = ratings
        // Room for about half of what the stations want: every limit has to be shared.
        usableAmperes = 20 + 8 * Double(count)
        limits = SupplyLimits(mainAmperes: .init(usableAmperes + 4), marginAmperes: .init(4))
        reports = ratings.map { _ in StationReport(status: .charging, isAnswering: true, acceptedAmperes: 0) }
        wishes = ratings.map { _ in 16 }
    }

    /// Stations that an overload stopped share again in the next round.
    func allocator() -> Allocator {
        Allocator(limits: limits, stations: ratings, policy: AllocationPolicy(minimumOffSeconds: 0))
    }

    /// Other loads in the building.
    mutating func startRound() { baseAmperes = Double.random(in: 2...10, using: &generator) }

    /// Time passes, and one car in ten wants another current than before.
    mutating func goOn(bySeconds seconds: Double) {
        now = now.advanced(bySeconds: seconds)
        guard seconds >= 1 else { return }
        for station in wishes.indices where Double.random(in: 0...1, using: &generator) < 0.1 {
            wishes[station] = Double.random(in: 6...16, using: &generator)
        }
    }

    /// Every station has taken its limit and its car follows.
    mutating func follow(_ plan: borrowing Allocator) {
        for station in reports.indices {
            let limit = plan[station].amperes
            let drawn = limit >= 6 ? min(limit, wishes[station]) : 0
            reports[station].lastContact = now
            reports[station].acceptedAmperes = limit
            reports[station].drawnAmperes = PerPhaseAmperes(drawn, on: ratings[station].phases)
            reports[station].drawnTime = now
            reports[station].status = drawn > 0 ? .charging : .occupied
        }
    }

    /// What the meter sees beside the round's other loads.
    func quietReading() -> SupplyReading { reading(baseAmperes: baseAmperes) }

    /// What it sees when the building takes more and more; at the last step next to nothing is left for the stations.
    func overload(step: Int) -> SupplyReading { reading(baseAmperes: usableAmperes * (0.5 + 0.09 * Double(step))) }

    private func reading(baseAmperes: Double) -> SupplyReading {
        var sum = PerPhaseAmperes(baseAmperes, baseAmperes, baseAmperes)
        for report in reports {
            sum.l1 += report.drawnAmperes.l1
            sum.l2 += report.drawnAmperes.l2
            sum.l3 += report.drawnAmperes.l3
        }
        return SupplyReading(amperes: sum, time: now)
    }
}
