import Allocation

/// What a run came to.
public struct SimulationSummary: Sendable {
    public var seconds: Int
    /// Cars that found a station, and that found none free.
    public var visitCount: Int
    public var turnedAwayCount: Int
    /// Cars that were full when they left, and that had no current at all though they wanted some.
    public var fullCount: Int
    public var emptyHandedCount: Int
    /// What the cars took, what they would have taken at a connection without a limit, and what they had room for.
    public var deliveredWattHours: Double
    public var unlimitedWattHours: Double
    public var wantedWattHours: Double
    /// What the building itself drew (and fed in: negative), and all together.
    public var baseWattHours: Double
    public var supplyWattHours: Double
    /// From plugging in to the first current, in seconds: mean, 95 of 100 cars, longest.
    public var waitSeconds: (mean: Double, most: Double, longest: Double)
    /// The mean of the pauses of a car between its first current and being full, in seconds.
    public var pausedSecondsMean: Double
    /// Of what an unlimited connection would have given each car: the mean, the lowest, and how equal they are: Jain's index
    /// (Σx)² / (n Σx²), 1: all alike.
    public var servedShareMean: Double
    public var servedShareLowest: Double
    public var servedShareHighest: Double
    public var jainIndex: Double
    /// Highest second of each line, in ampere.
    public var highestAmperes: SIMD3<Double>
    public var highestBaseAmperes: SIMD3<Double>
    /// Mean of the building's own load on each line, in ampere.
    public var meanBaseAmperes: SIMD3<Double>
    /// What the cars took on each line, in milliampere-seconds.
    public var stationMilliampereSeconds: SIMD3<Int64>
    public var overload: OverloadJudge
    /// The main fuse as it was watched; nil: no model for its rating.
    public var observedDevice: ProtectiveDevice?
    public var leastSecondsToTrip: Double
    public var mostFuseUsedShare: Double
    /// Seconds that stations with a car that wants current spent under each rule, most first.
    public var reasonSeconds: [(reason: LimitReason, seconds: Int)]
    public var interventions: [Intervention]
    /// How often each station was switched between one phase and three; nil: it does not switch.
    public var phaseSwitchCounts: [Int?]

    /// Call after `Simulation.finish`.
    public init(_ simulation: borrowing Simulation) {
        let results = simulation.results
        let ledger = simulation.ledger
        let volts = simulation.site.volts
        seconds = simulation.second
        visitCount = results.count
        turnedAwayCount = simulation.turnedAway.count
        fullCount = results.count { $0.isFull }
        emptyHandedCount = results.count { $0.waitSeconds == nil && $0.unlimitedWattHours > 0 }
        deliveredWattHours = results.reduce(0) { $0 + $1.deliveredWattHours }
        unlimitedWattHours = results.reduce(0) { $0 + $1.unlimitedWattHours }
        wantedWattHours = results.reduce(0) { $0 + $1.visit.neededWattHours }
        baseWattHours = Double(ledger.base.wrappedSum()) * volts / 3_600_000
        supplyWattHours = Double(ledger.supply.wrappedSum()) * volts / 3_600_000
        // Who never had current waited all the while.
        let waits = results.filter { $0.unlimitedWattHours > 0 }
            .map { Double($0.waitSeconds ?? $0.endSecond - $0.visit.arrivalSecond) }.sorted()
        waitSeconds = (
            waits.isEmpty ? 0 : waits.reduce(0, +) / Double(waits.count),
            waits.isEmpty ? 0 : waits[min(waits.count - 1, waits.count * 95 / 100)], waits.last ?? 0
        )
        pausedSecondsMean =
            results.isEmpty ? 0 : Double(results.reduce(0) { $0 + $1.pausedSeconds }) / Double(results.count)
        let shares = results.filter { $0.unlimitedWattHours > 0 }.map(\.servedShare)
        let sum = shares.reduce(0, +)
        let squares = shares.reduce(0) { $0 + $1 * $1 }
        servedShareMean = shares.isEmpty ? 1 : sum / Double(shares.count)
        servedShareLowest = shares.min() ?? 1
        servedShareHighest = shares.max() ?? 1
        jainIndex = squares > 0 ? sum * sum / (Double(shares.count) * squares) : 1
        highestAmperes = SIMD3<Double>(ledger.highestLoad) / 1000
        highestBaseAmperes = SIMD3<Double>(ledger.highestBase) / 1000
        meanBaseAmperes = SIMD3<Double>(ledger.base) / (1000 * Double(max(1, simulation.second)))
        stationMilliampereSeconds = ledger.stations
        overload = simulation.overload
        observedDevice = simulation.observedDevice
        leastSecondsToTrip = simulation.leastSecondsToTrip
        mostFuseUsedShare = simulation.mostFuseUsedShare
        let reasons = simulation.wantingSecondsByReason
        reasonSeconds = LimitReason.allCases.map { ($0, reasons[Int($0.rawValue)]) }.filter { $0.1 > 0 }
            .sorted { $0.1 > $1.1 }
        interventions = simulation.interventions
        phaseSwitchCounts = []
        for index in 0..<simulation.stationCount {
            let station = simulation.station(index)
            phaseSwitchCounts.append(station.phaseMode.map { _ in station.phaseSwitchCount })
        }
    }

    /// Of what an unlimited connection would have delivered, the share that the cars had.
    public var deliveredShare: Double { unlimitedWattHours > 0 ? deliveredWattHours / unlimitedWattHours : 1 }
}
