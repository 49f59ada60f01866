import Simulation

/// What the report draws: the run in a few hundred stretches of equal length, and its busiest day in finer ones.
struct ReportRecorder {
    /// The whole run.
    private(set) var whole: Stretches
    /// The day on which the cars took most; nil: the run is no longer than two days.
    private(set) var busiest: (began: WallTime, stretches: Stretches)?
    private var today: Stretches
    private let emptyDay: Stretches
    private let seeksBusiest: Bool

    init(seconds: Int, stationCount: Int) {
        // Round lengths, and at most about 700 of them.
        let wanted = max(1, seconds / 700)
        let round = [10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 86_400].first { $0 >= wanted }
        whole = Stretches(seconds: round ?? wanted, stationCount: stationCount)
        emptyDay = Stretches(seconds: 120, stationCount: stationCount)
        today = emptyDay
        seeksBusiest = seconds > 2 * 86_400
    }

    /// Call after each step.
    mutating func note(_ simulation: borrowing Simulation) {
        whole.note(simulation)
        guard seeksBusiest else { return }
        today.note(simulation)
        guard simulation.second % 86_400 == 0 else { return }
        if today.carAmpereSeconds > busiest?.stretches.carAmpereSeconds ?? 0 {
            busiest = (simulation.began.advanced(bySeconds: Int64(simulation.second - 86_400)), today)
        }
        today = emptyDay
    }
}

/// A stretch of time: currents in ampere.
struct Stretch {
    var seconds = 0
    var meanBase = SIMD3<Double>.zero
    var meanLoad = SIMD3<Double>.zero
    var highestLoad = SIMD3<Double>(repeating: -.infinity)
    /// Of each station, the mean of its largest line's current.
    var drawn: [Double]
    /// Of each station, the share of the time with a car, and with one that waits for current.
    var occupied: [Double]
    var waits: [Double]
    /// Mean numbers of cars that charge and that wait.
    var charging: Double { zip(occupied, drawn).reduce(0) { $0 + ($1.1 > 0.5 ? $1.0 : 0) } }
    var waiting: Double { waits.reduce(0, +) }
}

/// Stretches of equal length, one after the other; a last one that is not full is left out.
struct Stretches {
    let seconds: Int
    private(set) var all: [Stretch] = []
    /// What the cars took over all lines.
    private(set) var carAmpereSeconds = 0.0
    private var running: Stretch
    private let empty: Stretch

    init(seconds: Int, stationCount: Int) {
        self.seconds = seconds
        let zeros = Array(repeating: 0.0, count: stationCount)
        empty = Stretch(drawn: zeros, occupied: zeros, waits: zeros)
        running = empty
    }

    mutating func note(_ simulation: borrowing Simulation) {
        let load = SIMD3<Double>(simulation.loadMilliamperes) / 1000
        let base = SIMD3<Double>(simulation.baseMilliamperes) / 1000
        running.seconds += 1
        running.meanBase += base
        running.meanLoad += load
        running.highestLoad.replace(with: load, where: load .> running.highestLoad)
        carAmpereSeconds += (load - base).sum()
        for index in 0..<simulation.stationCount {
            let station = simulation.station(index)
            running.drawn[index] += Double(station.drawn.max()) / 1000
            if station.hasCar { running.occupied[index] += 1 }
            if station.waits { running.waits[index] += 1 }
        }
        if running.seconds == seconds { close() }
    }

    private mutating func close() {
        let count = Double(running.seconds)
        running.meanBase /= count
        running.meanLoad /= count
        for index in running.drawn.indices {
            running.drawn[index] /= count
            running.occupied[index] /= count
            running.waits[index] /= count
        }
        all.append(running)
        running = empty
    }
}
