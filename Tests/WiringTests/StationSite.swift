import Foundation
import Wiring

/// A correctly measured building with stations on lines that only it knows; in active ampere, as the finder sees it.
struct StationSite {
    struct Station {
        /// Lines that the car draws on.
        var lines: [Int]
        var limit: Double
        /// The most that the car takes.
        var carMaximum: Double
        var delay: Double
        var rampPerSecond: Double
        var amperes = 0.0
        var pending: [(due: Double, limit: Double)] = []

        var set: UInt8 { lines.reduce(0) { $0 | 1 << UInt8($1) } }
    }
    struct Load {
        var line: Int
        var isThreePhase: Bool
        var amperes: Double
        var onSeconds: Double
        var offSeconds: Double
        var isOn = false
        var switchesAt = 0.0
    }

    private(set) var seconds = 0.0
    var stations: [Station]
    private var loads: [Load] = []
    private let noise: SIMD3<Double>
    private let sun: SIMD3<Double>
    private var cloud = 0.5
    private var random: SeededGenerator

    /// - Parameters:
    ///   - stationCount: each with a car that charges.
    ///   - isBusy: something switches every few seconds; else as in a house.
    init(seed: UInt64, stationCount: Int, isBusy: Bool = true) {
        var random = SeededGenerator(seed: seed)
        stations = (0..<stationCount).map { _ in
            let first = Int(random.next() % 3)
            let count = random.pick([1, 1, 2, 3, 3, 3])
            return Station(
                lines: (0..<count).map { (first + $0) % 3 }, limit: random.uniform(8...24).rounded(),
                carMaximum: random.pick([16, 16, 20, 32, 32]), delay: random.uniform(0.5...5),
                rampPerSecond: random.uniform(3...40))
        }
        for index in stations.indices {
            stations[index].amperes = min(stations[index].limit, stations[index].carMaximum)
        }
        noise = SIMD3(random.uniform(0.01...0.25), random.uniform(0.01...0.25), random.uniform(0.01...0.25))
        let peak = random.chance(0.3) ? random.uniform(3...25) : 0
        sun = random.chance(0.5) ? SIMD3(repeating: peak) : SIMD3(peak, 0, 0)
        let busy = isBusy ? random.uniform(0.2...3) : random.uniform(0.05...0.3)
        for _ in 0..<Int(random.uniform(3...25)) {
            loads.append(
                Load(
                    line: Int(random.next() % 3), isThreePhase: random.chance(0.2), amperes: random.uniform(0.3...14),
                    onSeconds: random.uniform(5...200) / busy, offSeconds: random.uniform(20...900) / busy))
        }
        self.random = random
        for index in loads.indices { loads[index].switchesAt = self.random.uniform(0...loads[index].offSeconds) }
    }

    mutating func tell(_ station: Int, limit: Double) {
        stations[station].pending.append((seconds + stations[station].delay, limit))
        stations[station].limit = limit
    }

    /// 200 ms on: the active currents of the lines, and those that switched.
    mutating func advance() -> SIMD3<Double> {
        seconds += 0.2
        var sum = SIMD3<Double>.zero
        for index in loads.indices {
            if seconds >= loads[index].switchesAt {
                loads[index].isOn.toggle()
                let mean = loads[index].isOn ? loads[index].onSeconds : loads[index].offSeconds
                loads[index].switchesAt = seconds + mean * Swift.max(0.1, -log(random.uniform(1e-6...1)))
            }
            guard loads[index].isOn else { continue }
            if loads[index].isThreePhase {
                sum += SIMD3(repeating: loads[index].amperes)
            } else {
                sum[loads[index].line] += loads[index].amperes
            }
        }
        cloud = Swift.min(1, Swift.max(0.05, cloud + 0.01 * random.normal()))
        sum -= sun * cloud
        for index in stations.indices {
            while let first = stations[index].pending.first, first.due <= seconds {
                stations[index].pending.removeFirst()
                target(index, first.limit)
            }
            let wanted = targets[index] ?? stations[index].amperes
            let ramp = stations[index].rampPerSecond * 0.2
            stations[index].amperes += Swift.min(ramp, Swift.max(-ramp, wanted - stations[index].amperes))
            for line in stations[index].lines { sum[line] += stations[index].amperes }
        }
        for line in 0..<3 { sum[line] += noise[line] * random.normal() }
        return sum
    }

    private var targets: [Int: Double] = [:]

    private mutating func target(_ station: Int, _ limit: Double) {
        targets[station] = Swift.min(limit, stations[station].carMaximum)
    }
}
