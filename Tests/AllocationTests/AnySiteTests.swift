import Allocation
import Foundation
import Testing

/// Random sites, loads, cars, limits from outside and faults: what must hold at every decision, against the truth.
///
/// `HEADROOM_RANDOM_SITES=1000000 swift test -c release -Xswiftc -enable-testing --filter AnySiteTests` plays a million
/// sites, `HEADROOM_SITE=7` the one that a failure names, with each change printed.
struct AnySiteTests {
    private static let siteCount = Int(ProcessInfo.processInfo.environment["HEADROOM_RANDOM_SITES"] ?? "") ?? 64
    /// Two threads are what the smallest builder has.
    static let lots = 8

    @Test(arguments: 0..<AnySiteTests.lots)
    func theSafetyRulesHoldAtEveryStep(lot: Int) {
        var steps = 0, rises = 0, falls = 0
        let one = Int(ProcessInfo.processInfo.environment["HEADROOM_SITE"] ?? "")
        if one != nil, lot > 0 { return }
        for site in one.map({ [$0] }) ?? Array(stride(from: lot, to: Self.siteCount, by: Self.lots)) {
            let run = AnySite(seed: UInt64(site) &* 0x9E37_79B9 &+ 17)
            for tick in 0..<500 {
                run.step(tick)
                if one != nil { print(run.changes(tick), terminator: "") }
            }
            steps += run.decisions
            rises += run.rises
            falls += run.falls
            for problem in run.problems.prefix(3) { Issue.record("seed of site \(site): \(problem)") }
        }
        // A loop in which nothing ever moves proves nothing.
        #expect(rises > steps / 1000 && falls > steps / 1000, "\(rises) rises, \(falls) falls in \(steps) decisions")
    }
}

/// One random site in a closed loop. Time runs in ticks of 0.1 s.
private final class AnySite {
    private var random: SeededGenerator
    private let limits: SupplyLimits
    private let policy: AllocationPolicy
    private let nodes: [LimitNode]
    private var stations: [SimulatedStation]
    private var allocator: Allocator
    private var base = PerPhaseAmperes(10)
    private var highestOfSecond = PerPhaseAmperes.zero
    private var signal: LimitValue?
    private var isMeterSilent = false
    private var silentSince = 0
    private var hasLiar = false
    private var before: [Double]
    private var isDecided: [Bool] = []
    private var wasCar: [Bool] = []
    private var stoppedTick: [Int?]
    private(set) var decisions = 0
    private(set) var rises = 0
    private(set) var falls = 0
    private(set) var problems: [String] = []

    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // Of one type each: the compiler takes minutes over a literal that could be of several.
        func pick(_ values: Double...) -> Double { values[Int.random(in: 0..<values.count, using: &random)] }
        func chance(_ share: Double) -> Bool { Double.random(in: 0...1, using: &random) < share }
        let main: Double = pick(25, 40, 63, 100)
        let kinds = ProtectiveDevice.Kind.allCases
        let kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
        var limits = SupplyLimits(mainAmperes: .init(main), marginAmperes: .init(pick(0, 2, main / 10)))
        if chance(0.2) { limits.limitWatts = main * 480 }
        if chance(0.5) { limits.device = ProtectiveDevice(kind, ratedAmperes: main) }
        if chance(0.5) { limits.largestStepAmperes = PerPhaseAmperes(10) }
        if chance(0.2) { limits.imbalance = ImbalanceLimit(amperes: 16) }
        self.limits = limits
        var policy = AllocationPolicy()
        policy.raiseAfterSeconds = pick(0, 5, 10)
        policy.unusedAfterSeconds = pick(5, 20)
        policy.phasesShownAfterSeconds = pick(3, 10)
        policy.minimumOnSeconds = pick(0, 10)
        policy.minimumOffSeconds = pick(0, 10, 20)
        policy.rotationSeconds = pick(0, 15)
        policy.startGapSeconds = pick(0, 0, 2)
        policy.parksAtMinimum = chance(0.5)
        policy.releaseDelaySeconds = pick(0, 5)
        policy.releaseRampPerMinute = pick(1, .infinity)
        self.policy = policy
        var nodes: [LimitNode] = []
        for index in 0..<Int.random(in: 0...4, using: &random) {
            var node = LimitNode(limitAmperes: .init(pick(16, 25, 40)))
            if index > 0, chance(0.5) { node.parent = Int.random(in: 0..<index, using: &random) }
            if chance(0.2) { node.limitWatts = 11_000 }
            nodes.append(node)
        }
        self.nodes = nodes
        let wirings: [PhaseSet] = [.all, .all, .all, .l1, .l2, .l3]
        var stations: [SimulatedStation] = []
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let phases = wirings[Int.random(in: 0..<wirings.count, using: &random)]
            var rating = StationRating(phases: phases, maximumAmperes: pick(16, 16, 32, 20.5))
            rating.stepAmperes = pick(1, 1, 0.1, 2)
            rating.failSafeAmperes = pick(6, 6, 8)
            rating.failSafeAfterSeconds = 10
            rating.weight = pick(1, 1, 2, 0.5)
            rating.guaranteesMinimum = chance(0.1)
            rating.canBeStopped = !chance(0.1)
            if !nodes.isEmpty, chance(0.7) { rating.node = Int.random(in: 0..<nodes.count, using: &random) }
            var station = SimulatedStation(rating, accepted: rating.canBeStopped ? 0 : 6)
            let isSingle = phases == .all && chance(0.3)
            station.carPhases = isSingle ? wirings[Int.random(in: 3..<6, using: &random)] : phases
            station.writeTicks = Int.random(in: 1...5, using: &random)
            station.reactionTicks = Int.random(in: 10...40, using: &random)
            station.lagTicks = Int.random(in: 0...9, using: &random)
            station.reportTicks = Int.random(in: 5...20, using: &random)
            station.wantsAmperes = pick(0, 8, 16, 32)
            stations.append(station)
        }
        self.stations = stations
        allocator = Allocator(limits: limits, stations: stations.map(\.rating), policy: policy, nodes: nodes)
        before = stations.map { _ in 0 }
        stoppedTick = stations.map { _ in nil }
        self.random = random
    }

    private func on(_ station: SimulatedStation, node: Int) -> Bool {
        var next = station.rating.node
        while let index = next {
            if index == node { return true }
            next = nodes[index].parent
        }
        return false
    }

    func step(_ tick: Int) {
        let time = MonotonicTime(nanoseconds: 5_000_000_000_000 + Int64(tick) * 100_000_000)
        moveTheWorld(tick, time)
        var measured = base
        for station in stations {
            for phase in Phase.allCases where station.carPhases.contains(phase) { measured[phase] += station.drawn }
        }
        let reports = stations.map(\.report)
        before = stations.indices.map { allocator[$0].amperes }
        wasCar = stations.indices.map { allocator.record(station: $0).role == .car }
        let total: Double = measured.l1 + measured.l2 + measured.l3
        let reading = SupplyReading(
            amperes: measured, time: time, volts: PerPhaseVolts(230, 230, 230),
            activePowerWatts: total * 230)
        guard !isMeterSilent else {
            _ = allocator.expire(now: time, reports: reports.span)
            if tick - silentSince > 11 { checkFailSafe(tick) }
            finish(tick)
            return
        }
        // The first decision takes over what a station has, which is no rise.
        isDecided = stations.indices.map { allocator[$0].reason != .notDecided }
        _ = allocator.protect(reading, reports: reports.span, now: time)
        for index in stations.indices where isDecided[index] && allocator[index].amperes > before[index] {
            problems.append("tick \(tick): protection raised \(index)")
        }
        // As in the device, a decision in both directions sees the highest current of its second.
        for phase in Phase.allCases { highestOfSecond[phase] = max(measured[phase], highestOfSecond[phase]) }
        if tick % 10 == 0 {
            var highest = reading
            for phase in Phase.allCases { highest.amperes[phase] = max(measured[phase], highestOfSecond[phase]) }
            _ = allocator.allocate(highest, reports: reports.span, now: time)
            highestOfSecond = .zero
            decisions += 1
            if tick > 0 { checkRises(tick) }
            checkShares(tick)
        }
        finish(tick)
    }

    private func moveTheWorld(_ tick: Int, _ time: MonotonicTime) {
        func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }
        if oneIn(50) {
            let phase = Phase.allCases[Int.random(in: 0..<3, using: &random)]
            let most: Double = limits.mainAmperes.l1 * (oneIn(6) ? 1.3 : 0.6)
            base[phase] = Double.random(in: 0...most, using: &random)
        }
        if oneIn(120) {
            let values: [LimitValue?] = [
                nil, nil, .amperes(.init(14)), .watts(9000), .wattsPerLine(3000), .shareOfMain(0.4), .locked,
                .minimumEach,
            ]
            signal = values[Int.random(in: 0..<values.count, using: &random)]
            allocator[signal: .digitalInput] = signal.map { OutsideLimit($0) }
        }
        if oneIn(150) {
            isMeterSilent.toggle()
            silentSince = tick
        }
        for index in stations.indices {
            if oneIn(120) {
                stations[index].wantsAmperes = Double(Int.random(in: 0...4, using: &random)) * 8
                stations[index].hasCar = !oneIn(4)
            }
            if oneIn(500) { stations[index].isReachable.toggle() }
            if index == 0, oneIn(600) {
                hasLiar = true
                stations[0].liesWith = stations[0].liesWith == nil ? stations[0].rating.maximumAmperes : nil
            }
            stations[index].step(tick: tick, time: time, ramp: Double.random(in: 0.2...16, using: &random))
        }
    }

    /// Rules 1, 2, 7: a limit rises only where all that stations may draw, by whatever they were told, fits beside the
    /// true base load.
    private func checkRises(_ tick: Int) {
        for index in stations.indices where isDecided[index] && allocator[index].amperes > before[index] {
            rises += 1
            // A silent station whose car changes cannot be told from a building that changes against it.
            let isTold = stations.allSatisfy { $0.isReachable || $0.report.drawnAmperes.maximum == $0.drawn }
            guard !hasLiar else { continue }
            let lines = stations[index].carPhases
            for phase in Phase.allCases where lines.contains(phase) {
                let all = counted(phase) { _ in true }
                if isTold, !isHidden(on: phase), base[phase] + all > limits.usable(phase) + 1e-3 {
                    problems.append("tick \(tick): \(index) rose to \(base[phase]) + \(all) A on \(phase); \(state)")
                }
                for node in nodes.indices where on(stations[index], node: node) {
                    let behind = counted(phase) { on($0, node: node) }
                    if behind > nodes[node].limitAmperes[phase] + 1e-3 {
                        problems.append(
                            "tick \(tick): \(index) rose to \(behind) A of node \(node) on \(phase); \(state)")
                    }
                }
            }
        }
        for index in stations.indices where allocator[index].amperes < before[index] { falls += 1 }
    }

    /// Whether no allocator can know the base load: a car draws less than its last report says, and the meter sees only
    /// the sum of that and of whatever rose meanwhile, until the next report.
    private func isHidden(on phase: Phase) -> Bool {
        stations.contains { $0.report.drawnAmperes[phase] > ($0.carPhases.contains(phase) ? $0.drawn : 0) + 0.01 }
    }

    /// For the reader of a failure.
    private var state: String {
        var lines = ["\(limits) raise after \(policy.raiseAfterSeconds) s, \(nodes) \(allocator.record)"]
        for (index, station) in stations.enumerated() {
            lines.append(
                "\(index): had \(before[index]), node \(station.rating.node ?? -1), \(station.rating.phases.rawValue) car \(station.carPhases.rawValue)"
                    + " accepted \(station.accepted) in flight \(station.inFlight ?? -1) draws \(station.drawn)"
                    + " wants \(station.hasCar ? station.wantsAmperes : -1) reachable \(station.isReachable)"
                    + " \(allocator.record(station: index))")
        }
        return lines.joined(separator: "\n")
    }

    /// What the decisions of a tick changed, a line for each station.
    func changes(_ tick: Int) -> String {
        var lines = ""
        for index in stations.indices where allocator[index].amperes != before[index] {
            let record = allocator.record(station: index)
            lines +=
                "tick \(tick): \(index), \(record.role): \(before[index]) to \(allocator[index].amperes) A,"
                + " \(allocator[index].reason); signal \(signal.map { "\($0)" } ?? "none"),"
                + " meter \(isMeterSilent ? "silent" : "fine")\n"
        }
        return lines
    }

    private func counted(_ phase: Phase, where isMeant: (SimulatedStation) -> Bool) -> Double {
        var sum = 0.0
        for (index, station) in stations.enumerated() where station.carPhases.contains(phase) && isMeant(station) {
            // Without contact the fall-back is what it has, when its time-out is over.
            let limit = station.isReachable ? allocator[index].amperes : 0
            sum += max(limit, station.accepted, station.inFlight ?? 0, station.drawn)
        }
        return sum
    }

    /// Rules 1, 6, 9, 10: the plan of those that can be told fits every node, or they are at their floors.
    private func checkShares(_ tick: Int) {
        for phase in Phase.allCases {
            for node in nodes.indices {
                let planned = planned(on: phase) { on($0, node: node) }
                let usable = nodes[node].limitAmperes[phase]
                if planned > usable + 1e-6 {
                    problems.append("tick \(tick): \(planned) A planned of \(usable) A of node \(node) on \(phase)")
                }
            }
            let usable: Double? =
                switch signal {
                case .amperes(let amperes): amperes[phase]
                case .wattsPerLine(let watts): watts / 230
                case .shareOfMain(let share): share * limits.mainAmperes[phase]
                case .locked: 0
                case .watts, .minimumEach, nil: nil
                }
            let all = planned(on: phase) { _ in true }
            if let usable, all > usable + 1e-6 {
                problems.append("tick \(tick): \(all) A planned of \(usable) A of the signal on \(phase)")
            }
        }
        for (index, station) in stations.enumerated() {
            let limit = allocator[index]
            if limit.reason == .notDecided { problems.append("tick \(tick): \(index) has no reason") }
            let needsPlace: [LimitReason] = [.mainFuse, .branch, .belowMinimum, .queued, .powerLimit, .imbalance]
            if needsPlace.contains(limit.reason), limit.limitingPlace == nil {
                problems.append("tick \(tick): \(index): \(limit.reason) of no place")
            }
            guard limit.amperes != 0 else {
                let role = allocator.record(station: index).role
                if !station.rating.canBeStopped, role == .car || role == .held, before[index] > 0 {
                    problems.append("tick \(tick): \(index) was stopped and cannot be")
                }
                continue
            }
            let steps = limit.amperes / station.rating.stepAmperes
            let isOnGrid =
                abs(steps - steps.rounded()) < 1e-6 && limit.amperes >= station.rating.minimumAmperes
                && limit.amperes <= station.rating.maximumAmperes + 1e-9
            if !isOnGrid { problems.append("tick \(tick): \(index): \(limit.amperes) A is no limit of it") }
            if signal == .minimumEach, allocator.record(station: index).role == .car, limit.amperes > 6 {
                problems.append("tick \(tick): \(index): \(limit.amperes) A, and every car has its minimum")
            }
        }
    }

    /// What those that can be told have by the plan; 0 where all of them are at their floors.
    private func planned(on phase: Phase, where isMeant: (SimulatedStation) -> Bool) -> Double {
        var planned = 0.0, isFloor = true
        for (index, station) in stations.enumerated() where isMeant(station) {
            let record = allocator.record(station: index)
            guard record.role == .car || record.role == .parked, record.phases.contains(phase) else { continue }
            planned += allocator[index].amperes
            if allocator[index].amperes > 0, station.rating.canBeStopped { isFloor = false }
        }
        return isFloor ? 0 : planned
    }

    /// Rule 4.
    private func checkFailSafe(_ tick: Int) {
        for (index, station) in stations.enumerated() {
            let most = max(station.rating.failSafeAmperes ?? 0, station.rating.minimumAmperes)
            let amperes = allocator[index].amperes
            if amperes > most || amperes > before[index] {
                problems.append("tick \(tick): \(index): \(amperes) A without a measurement")
            }
        }
    }

    /// Rule 8, and the orders go out.
    private func finish(_ tick: Int) {
        for index in stations.indices {
            let limit = allocator[index]
            if before[index] > 0, limit.amperes == 0 {
                let reasons: [LimitReason] = [.belowMinimum, .queued, .powerLimit, .imbalance]
                // One that was silent takes up the 0 that it says it has: it was not stopped.
                stoppedTick[index] = wasCar[index] && reasons.contains(limit.reason) ? tick : nil
            }
            if before[index] == 0, limit.amperes > 0, let stopped = stoppedTick[index] {
                // A car that left and came is another car; a station that was silent or lied, another story.
                let isShort = Double(tick - stopped) / 10 < policy.minimumOffSeconds - 0.2
                if isShort, !hasLiar, stations[index].hasCar, stations[index].report.status != .free,
                    allocator.record(station: index).role == .car
                {
                    problems.append("tick \(tick): \(index) on again after \(tick - stopped) ticks; \(state)")
                }
                stoppedTick[index] = nil
            }
            if !stations[index].hasCar || !stations[index].isReachable { stoppedTick[index] = nil }
            // Nothing goes out before the first decision.
            if limit.reason != .notDecided { stations[index].send(limit.amperes, tick: tick) }
        }
    }
}
