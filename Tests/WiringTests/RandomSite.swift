import Foundation
import MeterDSP
import Wiring

/// SplitMix64 with a seed that failures name.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x2545_F491_4F6C_DD1D &+ 0x9E37_79B9 }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func uniform(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }
    mutating func chance(_ probability: Double) -> Bool { uniform(0...1) < probability }
    mutating func pick<T>(_ values: [T]) -> T { values[Int(next() % UInt64(values.count))] }
    /// Mean 0, deviation 1, nearly normal.
    mutating func normal() -> Double {
        (0..<6).reduce(0) { sum, _ in sum + uniform(-1...1) } / 2.0.squareRoot()
    }
}

extension Phasor {
    init(_ magnitude: Double, degrees: Double) {
        self.init(magnitude * cos(degrees * .pi / 180), magnitude * sin(degrees * .pi / 180))
    }
    var unit: Phasor { self * (1 / Swift.max(1e-9, magnitude)) }
}

/// One load: on these lines, or between two of them.
struct SiteLoad {
    var lines: [Int]
    var isBetweenLines = false
    var amperes: Double
    /// Behind the voltage; negative: ahead.
    var lagDegrees: Double
    /// Share of the fundamental.
    var distortion = 0.05
    var meanOnSeconds: Double
    /// 0: always on.
    var meanOffSeconds: Double
    var isOn = true
    var switchesAt = 0.0
    /// Times its current for the first second.
    var inrush = 1.0
    var onSince = -100.0
    /// Its current on each line.
    var currents = ThreeCurrents()
}

/// A current for each line.
struct ThreeCurrents {
    private var one = Phasor.zero, two = Phasor.zero, three = Phasor.zero
    subscript(line: Int) -> Phasor {
        get { line == 0 ? one : line == 1 ? two : three }
        set { if line == 0 { one = newValue } else if line == 1 { two = newValue } else { three = newValue } }
    }
    mutating func add(_ other: Self, times factor: Double) {
        one = one + other.one * factor
        two = two + other.two * factor
        three = three + other.three * factor
    }
    var sum: Phasor { one + two + three }
    var all: ThreePhasePhasors { ThreePhasePhasors(one, two, three) }
}

/// What kind of building it is.
enum SiteKind: CaseIterable {
    case household, workshop, empty, sunny, sunnyOnePhase, battery, heatPump, charging, chargingSunny, lamps, capacitors
}

/// A correctly wired building as chance makes it, reading by reading.
struct RandomSite {
    let kind: SiteKind
    let mayFeedIn: Bool
    private(set) var seconds = 0.0
    private var loads: [SiteLoad] = []
    private var random: SeededGenerator
    private var sunPeak: [Double] = [0, 0, 0]
    private var cloud = 0.5
    private let hasBattery: Bool
    private var cars: [SiteCar] = []
    private let reportsCars: Bool
    private var volts = ThreeCurrents()
    private var units = ThreeCurrents()
    private var sensorErrors = ThreeCurrents()
    private let measuresNeutral: Bool

    init(seed: UInt64, kind only: SiteKind? = nil, mayFeedIn forced: Bool? = nil) {
        var random = SeededGenerator(seed: seed)
        let kind = only ?? random.pick(SiteKind.allCases)
        self.kind = kind
        let star = Phasor(random.uniform(0...6), degrees: random.uniform(0...360))
        for line in 0..<3 {
            volts[line] =
                Phasor(230 * random.uniform(0.95...1.05), degrees: -120 * Double(line) + random.uniform(-1...1)) + star
            units[line] = volts[line].unit
            sensorErrors[line] = Phasor(random.uniform(0.98...1.02), degrees: random.uniform(-2...2))
        }
        measuresNeutral = random.chance(0.5)
        reportsCars = random.chance(0.8)
        hasBattery = kind == .battery
        let hasSun = [.sunny, .sunnyOnePhase, .battery, .chargingSunny].contains(kind)
        mayFeedIn = forced ?? (hasSun || random.chance(0.2))
        if hasSun {
            let peak = random.uniform(4...40)
            sunPeak = kind == .sunnyOnePhase ? [0, 0, 0] : [peak, peak, peak]
            if kind == .sunnyOnePhase { sunPeak[Int(random.next() % 3)] = peak }
        }
        self.random = random
        makeLoads()
        if [.charging, .chargingSunny].contains(kind) {
            for _ in 0..<Int(self.random.uniform(1...4)) { cars.append(SiteCar(&self.random)) }
        }
        for index in loads.indices {
            for (place, line) in loads[index].lines.enumerated() {
                let load = loads[index]
                let along =
                    load.isBetweenLines
                    ? (volts[load.lines[0]] - volts[load.lines[1]]).unit * (place == 0 ? 1 : -1) : units[line]
                loads[index].currents[line] = along * Phasor(load.amperes, degrees: -load.lagDegrees)
            }
            let share = loads[index].meanOnSeconds / (loads[index].meanOnSeconds + loads[index].meanOffSeconds)
            loads[index].isOn = self.random.chance(share)
            loads[index].switchesAt = self.duration(of: index) * self.random.uniform(0...1)
        }
    }

    private mutating func duration(of index: Int) -> Double {
        let mean = loads[index].isOn ? loads[index].meanOnSeconds : loads[index].meanOffSeconds
        return mean == 0 ? .infinity : mean * Swift.min(4, Swift.max(0.1, -log(random.uniform(1e-9...1))))
    }

    private mutating func makeLoads() {
        func add(_ load: SiteLoad) { loads.append(load) }
        for line in 0..<3 {
            add(
                SiteLoad(
                    lines: [line], amperes: random.uniform(0.02...1.2), lagDegrees: random.uniform(-85...20),
                    distortion: random.uniform(0.1...0.8), meanOnSeconds: 1e9, meanOffSeconds: 0))
        }
        if kind == .empty { return }
        let motors = kind == .workshop ? Int(random.uniform(2...12)) : random.chance(0.5) ? 1 : 0
        for _ in 0..<motors {
            let isThreePhase = random.chance(0.6)
            add(
                SiteLoad(
                    lines: isThreePhase ? [0, 1, 2] : [Int(random.next() % 3)], amperes: random.uniform(1...25),
                    lagDegrees: acos(random.uniform(0.25...0.9)) * 180 / .pi, meanOnSeconds: random.uniform(30...600),
                    meanOffSeconds: random.uniform(20...600), inrush: random.uniform(1...6)))
        }
        if kind == .workshop { return }
        if kind == .capacitors {
            for _ in 0..<3 {
                add(
                    SiteLoad(
                        lines: [0, 1, 2], amperes: random.uniform(2...30), lagDegrees: random.uniform(-90...(-87)),
                        meanOnSeconds: random.uniform(30...300), meanOffSeconds: random.uniform(30...300)))
            }
        }
        if kind == .lamps || random.chance(0.3) {
            for _ in 0..<4 {
                add(
                    SiteLoad(
                        lines: [Int(random.next() % 3)], amperes: random.uniform(0.5...4),
                        lagDegrees: random.uniform(-45...0), distortion: random.uniform(0.2...1),
                        meanOnSeconds: random.uniform(60...900), meanOffSeconds: random.uniform(60...900)))
            }
            if kind == .lamps { return }
        }
        if kind == .heatPump || random.chance(0.3) {
            add(
                SiteLoad(
                    lines: random.chance(0.7) ? [0, 1, 2] : [Int(random.next() % 3)], amperes: random.uniform(2...15),
                    lagDegrees: random.uniform(5...35), distortion: 0.2, meanOnSeconds: random.uniform(100...900),
                    meanOffSeconds: random.uniform(100...900)))
        }
        for _ in 0..<Int(random.uniform(3...15)) {
            add(
                SiteLoad(
                    lines: [Int(random.next() % 3)], amperes: random.uniform(0.3...16), lagDegrees: random.normal() * 5,
                    meanOnSeconds: random.uniform(10...300), meanOffSeconds: random.uniform(60...1500)))
        }
        if random.chance(0.3) {
            let first = Int(random.next() % 3)
            add(
                SiteLoad(
                    lines: [first, (first + 1) % 3], isBetweenLines: true, amperes: random.uniform(2...16),
                    lagDegrees: 0,
                    meanOnSeconds: random.uniform(20...200), meanOffSeconds: random.uniform(30...300)))
        }
    }

    /// The true currents and what the stations say, 200 ms on.
    mutating func advance() -> (currents: ThreeCurrents, distortion: SIMD3<Double>, drawn: SIMD3<Double>?) {
        seconds += 0.2
        var currents = ThreeCurrents()
        var distortion = SIMD3<Double>.zero
        for index in loads.indices {
            if seconds >= loads[index].switchesAt {
                loads[index].isOn.toggle()
                loads[index].switchesAt = seconds + duration(of: index)
                loads[index].onSince = seconds
            }
            guard loads[index].isOn else { continue }
            let factor = seconds - loads[index].onSince < 0.8 ? loads[index].inrush : 1
            currents.add(loads[index].currents, times: factor)
            for line in loads[index].lines { distortion[line] += loads[index].amperes * loads[index].distortion }
        }
        cloud = Swift.min(1, Swift.max(0.05, cloud + 0.02 * random.normal()))
        for line in 0..<3 where sunPeak[line] > 0 {
            currents[line] = currents[line] - units[line] * (sunPeak[line] * cloud)
        }
        if hasBattery {
            let surplus = (0..<3).reduce(0) { $0 + (units[$1].conjugate * currents[$1]).real } / 3
            for line in 0..<3 {
                currents[line] = currents[line] - units[line] * (surplus + random.normal() * 0.2)
            }
        }
        var drawn = SIMD3<Double>.zero
        for index in cars.indices {
            cars[index].advance(to: seconds, &random)
            for line in cars[index].lines {
                currents[line] = currents[line] + units[line] * Self.carAngle * cars[index].amperes
            }
            // As the settings have it: all three lines where nobody knows better.
            for place in 0..<cars[index].lines.count { drawn[place] += cars[index].reported }
        }
        return (currents, distortion, reportsCars ? drawn : nil)
    }

    private static let carAngle = Phasor(1, degrees: 3)

    /// The next reading through sensors that are connected as `mapping` says; `gains`: 0 for one that is open.
    mutating func reading(_ mapping: SensorMapping = .correct, gains: SIMD3<Double> = .one) -> WiringReading {
        let now = advance()
        var seen = ThreeCurrents()
        var rms = SIMD3<Double>.zero
        for sensor in 0..<3 {
            let line = mapping.line(ofSensor: sensor)
            let flowing = now.currents[line] * (mapping.isReversed(sensor) ? -1 : 1) * gains[sensor]
            let noise = Phasor(0.01 * random.normal(), 0.01 * random.normal())
            let current = flowing * sensorErrors[sensor] * (1 + 0.002 * random.normal()) + noise
            seen[sensor] = current
            let harmonic = now.distortion[line] * gains[sensor]
            rms[sensor] = (current.squaredMagnitude + harmonic * harmonic * 0.1).squareRoot()
        }
        let turn = Phasor(1, degrees: random.uniform(0...360))
        var wobble = ThreeCurrents()
        var turned = ThreeCurrents()
        for line in 0..<3 {
            wobble[line] = volts[line] * (1 + 0.001 * random.normal()) * turn
            turned[line] = seen[line] * turn
        }
        let sum = seen.sum.magnitude
        let neutral = now.currents.sum.magnitude
        return WiringReading(
            voltages: wobble.all, currents: turned.all,
            voltageRMS: SIMD3(wobble[0].magnitude, wobble[1].magnitude, wobble[2].magnitude),
            lineVoltageRMS: SIMD3(
                (wobble[0] - wobble[1]).magnitude, (wobble[1] - wobble[2]).magnitude,
                (wobble[2] - wobble[0]).magnitude),
            currentRMS: rms, vectorSumRMS: sum,
            neutralRMS: measuresNeutral ? neutral * random.uniform(0.99...1.01) : nil,
            drawnAmperes: now.drawn)
    }
}

/// A car whose limit changes now and then.
struct SiteCar {
    let lines: [Int]
    private(set) var amperes = 0.0
    private(set) var reported = 0.0
    private var wanted = 0.0
    private var changesAt: Double
    private var reportsAt = 0.0
    private let reportsWholeAmperes: Bool

    init(_ random: inout SeededGenerator) {
        let first = Int(random.next() % 3)
        lines = (0..<random.pick([1, 2, 3, 3])).map { (first + $0) % 3 }
        changesAt = random.uniform(0...100)
        reportsWholeAmperes = random.chance(0.3)
    }

    mutating func advance(to seconds: Double, _ random: inout SeededGenerator) {
        if seconds >= changesAt {
            wanted = random.chance(0.2) ? 0 : random.uniform(6...32).rounded()
            changesAt = seconds + random.uniform(5...200)
        }
        amperes += Swift.min(5, Swift.max(-5, wanted - amperes))
        if seconds >= reportsAt {
            reported = reportsWholeAmperes ? amperes.rounded() : amperes
            reportsAt = seconds + random.uniform(0.8...2)
        }
    }
}
