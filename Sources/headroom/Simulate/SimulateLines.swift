import Allocation
import Simulation
import Site

/// A run as JSON lines.
struct SimulateLines {
    private let plan: SimulationPlan
    private let every: Int
    private let stationHeads: [String]
    private var seconds = 0
    private var base = SIMD3<Int64>.zero
    private var load = SIMD3<Int64>.zero
    private var highest = SIMD3<Int32>(repeating: .min)
    private var drawn: [SIMD3<Int64>]
    /// Of each station, as of the last line.
    private var switchCounts: [Int]
    private var toldResults = 0

    init(_ plan: SimulationPlan, every: Int) {
        self.plan = plan
        self.every = every
        stationHeads = plan.site.stations.map { "{\"name\":\(json($0.name)),\"limit_a\":" }
        drawn = Array(repeating: .zero, count: plan.site.stations.count)
        switchCounts = Array(repeating: 0, count: drawn.count)
    }

    /// Call after each step.
    mutating func note(_ simulation: borrowing Simulation, _ line: (String) -> Void) {
        seconds += 1
        base &+= SIMD3<Int64>(truncatingIfNeeded: simulation.baseMilliamperes)
        load &+= SIMD3<Int64>(truncatingIfNeeded: simulation.loadMilliamperes)
        highest.replace(with: simulation.loadMilliamperes, where: simulation.loadMilliamperes .> highest)
        for index in drawn.indices {
            drawn[index] &+= SIMD3<Int64>(truncatingIfNeeded: simulation.station(index).drawn)
        }
        if simulation.second % every == 0 { interval(simulation, line) }
        sessions(simulation, line)
    }

    /// Call after `Simulation.finish`.
    mutating func finish(_ simulation: borrowing Simulation, _ line: (String) -> Void) {
        if seconds > 0 { interval(simulation, line) }
        sessions(simulation, line)
    }

    private mutating func interval(_ simulation: borrowing Simulation, _ line: (String) -> Void) {
        let count = Double(seconds)
        func list(_ sums: SIMD3<Int64>) -> String {
            "[" + (0..<3).map { json((Double(sums[$0]) / count).rounded() / 1000) }.joined(separator: ",") + "]"
        }
        var stations: [String] = []
        var waiting = 0
        for index in drawn.indices {
            let station = simulation.station(index)
            if station.waits { waiting += 1 }
            stations.append(
                stationHeads[index] + jsonAmperes(station.limit.amperes)
                    + ",\"drawn_a\":\(list(drawn[index])),"
                    + "\"reason\":\(json(station.limit.reason.identifier)),"
                    + "\"limiting_phase\":\(station.limit.limitingPhase.map { json($0.name) } ?? "null"),"
                    + "\"car\":\(station.hasCar),\"phase_mode\":\(station.phaseMode.map { json($0.identifier) } ?? "null"),"
                    + "\"phase_switches\":\(station.phaseSwitchCount - switchCounts[index])}")
            switchCounts[index] = station.phaseSwitchCount
        }
        let began = simulation.began.advanced(bySeconds: Int64(simulation.second - seconds))
        line(
            "{\"type\":\"interval\",\"t_s\":\(simulation.second - seconds),\"time\":\"\(began.text)\",\"seconds\":\(seconds),"
                + "\"base_a\":\(list(base)),\"load_a\":\(list(load)),"
                + "\"highest_a\":[\((0..<3).map { json(Double(highest[$0]) / 1000) }.joined(separator: ","))],"
                + "\"waiting\":\(waiting),\"signal\":\(json(simulation.signalMode.words)),\"alarms\":\(json(simulation.alarm.identifiers)),"
                + "\"time_to_trip_s\":\(json(simulation.secondsToTrip)),\"stations\":[\(stations.joined(separator: ","))]}"
        )
        seconds = 0
        base = .zero
        load = .zero
        highest = SIMD3(repeating: .min)
        for index in drawn.indices { drawn[index] = .zero }
    }

    private mutating func sessions(_ simulation: borrowing Simulation, _ line: (String) -> Void) {
        while toldResults < simulation.results.count {
            let result = simulation.results[toldResults]
            toldResults += 1
            let station = plan.site.stations[result.station]
            let lines = station.supplyPhases.prefix(result.phaseCount).map(\.name)
            line(
                "{\"type\":\"session\",\"station\":\(json(station.name)),\"lines\":\(json(lines)),"
                    + "\"car_a\":\(json(min(result.visit.car.maximumAmperes, station.rating.maximumAmperes))),"
                    + "\"arrival_s\":\(result.visit.arrivalSecond),\"departure_s\":\(result.endSecond),"
                    + "\"needed_wh\":\(json(result.visit.neededWattHours)),"
                    + "\"delivered_wh\":\(json(result.deliveredWattHours)),\"unlimited_wh\":\(json(result.unlimitedWattHours)),"
                    + "\"wait_s\":\(result.waitSeconds.map { "\($0)" } ?? "null"),\"paused_s\":\(result.pausedSeconds),"
                    + "\"full\":\(result.isFull)}")
        }
    }

    static func summary(_ summary: SimulationSummary, _ plan: SimulationPlan) -> String {
        func lines(_ values: SIMD3<Int>) -> String { "[\(values[0]),\(values[1]),\(values[2])]" }
        func lines(_ values: SIMD3<Double>) -> String { "[\(json(values[0])),\(json(values[1])),\(json(values[2]))]" }
        let limits = plan.site.limits
        let usable = SIMD3(limits.usable(.l1), limits.usable(.l2), limits.usable(.l3))
        let reasons = summary.reasonSeconds.map { "\(json($0.reason.identifier)):\($0.seconds)" }.joined(separator: ",")
        let switches = zip(plan.site.stations, summary.phaseSwitchCounts).compactMap { station, count in
            count.map { "\(json(station.name)):\($0)" }
        }
        let interventions = summary.interventions.map {
            "{\"mode\":\(json($0.mode.words)),\"start_s\":\(json(Double($0.start.nanoseconds) / 1e9)),"
                + "\"end_s\":\(json($0.end.map { Double($0.nanoseconds) / 1e9 })),\"withheld_wh\":\(json($0.withheldWattHours))}"
        }
        return "{\"type\":\"summary\",\"seconds\":\(summary.seconds),\"seed\":\(plan.seed),"
            + "\"usable_a\":\(lines(usable)),\"volts\":\(json(plan.site.volts)),"
            + "\"sessions\":\(summary.visitCount),\"turned_away\":\(summary.turnedAwayCount),\"full\":\(summary.fullCount),"
            + "\"without_current\":\(summary.emptyHandedCount),\"delivered_wh\":\(json(summary.deliveredWattHours)),"
            + "\"unlimited_wh\":\(json(summary.unlimitedWattHours)),\"wanted_wh\":\(json(summary.wantedWattHours)),"
            + "\"base_wh\":\(json(summary.baseWattHours)),\"supply_wh\":\(json(summary.supplyWattHours)),"
            + "\"wait_s\":{\"mean\":\(json(summary.waitSeconds.mean)),\"p95\":\(json(summary.waitSeconds.most)),"
            + "\"longest\":\(json(summary.waitSeconds.longest))},\"paused_s_mean\":\(json(summary.pausedSecondsMean)),"
            + "\"served_share\":{\"mean\":\(json(summary.servedShareMean)),\"lowest\":\(json(summary.servedShareLowest)),"
            + "\"highest\":\(json(summary.servedShareHighest)),\"jain\":\(json(summary.jainIndex))},"
            + "\"highest_a\":\(lines(summary.highestAmperes)),\"highest_base_a\":\(lines(summary.highestBaseAmperes)),"
            + "\"seconds_above_main_limit\":\(lines(summary.overload.secondsAboveMainLimit)),"
            + "\"seconds_beyond_reaction\":\(lines(summary.overload.secondsBeyondReaction)),"
            + "\"seconds_in_margin\":\(lines(summary.overload.secondsInMargin)),"
            + "\"seconds_in_margin_beyond_reaction\":\(lines(summary.overload.secondsInMarginBeyondReaction)),"
            + "\"longest_above_main_limit_s\":\(lines(summary.overload.longestAboveMainLimit)),"
            + "\"least_time_to_trip_s\":\(json(summary.leastSecondsToTrip)),\"fuse_used_share\":\(json(summary.mostFuseUsedShare)),"
            + "\"phase_switches\":{\(switches.joined(separator: ","))},"
            + "\"wanting_seconds_by_reason\":{\(reasons)},\"interventions\":[\(interventions.joined(separator: ","))]}"
    }
}
