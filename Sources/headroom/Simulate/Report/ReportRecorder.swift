import Simulation

/// What the report draws: the run in a few hundred stretches of equal length.
struct ReportRecorder {
    /// One stretch. Currents in ampere.
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
    let stretchSeconds: Int
    private(set) var stretches: [Stretch] = []
    private var running: Stretch
    private let empty: Stretch

    init(seconds: Int, stationCount: Int) {
        // Round lengths, and at most about 700 of them.
        let wanted = max(1, seconds / 700)
        stretchSeconds = [10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 86_400].first { $0 >= wanted } ?? wanted
        let zeros = Array(repeating: 0.0, count: stationCount)
        empty = Stretch(drawn: zeros, occupied: zeros, waits: zeros)
        running = empty
    }

    /// Call after each step.
    mutating func note(_ simulation: borrowing Simulation) {
        let load = SIMD3<Double>(simulation.loadMilliamperes) / 1000
        running.seconds += 1
        running.meanBase += SIMD3<Double>(simulation.baseMilliamperes) / 1000
        running.meanLoad += load
        running.highestLoad.replace(with: load, where: load .> running.highestLoad)
        for index in 0..<simulation.stationCount {
            let station = simulation.station(index)
            running.drawn[index] += Double(station.drawn.max()) / 1000
            if station.hasCar { running.occupied[index] += 1 }
            if station.waits { running.waits[index] += 1 }
        }
        if running.seconds == stretchSeconds { close() }
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
        stretches.append(running)
        running = empty
    }
}
