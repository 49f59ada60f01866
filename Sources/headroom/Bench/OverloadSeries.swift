import Realtime
import SiteTwin

/// Overload after overload in the waveform, at random moments of the mains' cycle, until the lower limit that each calls
/// for was received by a station: judged by the building's own observer.
///
/// On each line by itself, when its cars have drawn what they may for a while: one load that uses up what is left and more
/// than a meter may be wrong by, then a staircase of small ones, each of them too much, all of them before the first car
/// can follow: a car that draws less just then hides a load from any meter. Then all are off, and limits rise again.
struct OverloadSeries {
    private let bed: BenchBed
    private var lines: [Line]
    private var random = SystemRandomNumberGenerator()
    /// From the first frame of an overload to the lower limit at the first station on its line.
    let answers = LatencyHistogram()
    /// Overloads that no station on their line was told a lower limit for within 0.25 s.
    private(set) var unanswered = 0

    /// From one overload to the next on its line.
    static let gapSeconds = 0.03...0.045
    private static let longestAnswer: Int64 = 250_000_000
    private static let pollInterval: Int64 = 4_000_000
    /// A line's cars have drawn the same for so long before it is overloaded: until its stations have reported it. Before,
    /// the device holds a part of it for base load, and lowers once for several loads.
    private static let settledAfter: Int64 = 2_500_000_000

    private struct Line {
        var phase: Int
        /// The loads of the staircase that are on, as places among the observer's steps.
        var places: [Int] = []
        /// Those of them that the line does not bear beside the limits that its stations have.
        var needy: [Int] = []
        /// When each load of the staircase comes, and when all go, in monotonic nanoseconds; empty: it waits for cars.
        var times: [Int64] = []
        var end: Int64 = 0
        /// What its stations are allowed together, since when, and since when its cars have drawn it.
        var allowedAmperes = 0.0
        var allowedSince: Int64 = 0
        var filledSince: Int64 = 0
        /// What the first load adds: what is left, and what may be a meter's noise above it.
        var fillAmperes = 0.0
    }

    init(_ bed: BenchBed) {
        self.bed = bed
        let now = MonotonicClock.nanoseconds()
        lines = bed.lines.map { Line(phase: $0, filledSince: now) }
    }

    /// Waits until every line can be overloaded: all cars have come, limits have risen, and cars have followed.
    ///
    /// - Returns: false where that does not come about in time.
    mutating func settle(withinSeconds seconds: Double) -> Bool {
        let end = MonotonicClock.nanoseconds() + Int64(seconds * 1e9)
        while true {
            let now = MonotonicClock.nanoseconds()
            guard now < end else { return false }
            for index in lines.indices { look(index, now) }
            if lines.allSatisfy({ isSettled($0, now) }) { return true }
            MonotonicClock.sleep(until: now + 50_000_000)
        }
    }

    /// Goes on for `seconds`, and until the staircases at hand have come to their end.
    mutating func run(seconds: Double, report: (Double) -> Void) {
        let begun = MonotonicClock.nanoseconds()
        let end = begun + Int64(seconds * 1e9)
        var looksAt: Int64 = 0
        while true {
            let now = MonotonicClock.nanoseconds()
            report(min(1, Double(now - begun) / (seconds * 1e9)))
            for index in lines.indices where !lines[index].times.isEmpty { advance(index, now) }
            if now < end {
                // Looking costs the building time: seldom, and never while it answers.
                if now >= looksAt, lines.contains(where: \.times.isEmpty) {
                    for index in lines.indices where lines[index].times.isEmpty {
                        look(index, now)
                        if isSettled(lines[index], now) { begin(index, now) }
                    }
                    looksAt = now + 50_000_000
                }
            } else if lines.allSatisfy(\.times.isEmpty) {
                return report(1)
            }
            MonotonicClock.sleep(until: now + Self.pollInterval)
        }
    }

    /// Its cars draw what they may, and that can be lowered by a whole staircase.
    private func isFilled(_ stations: [(commanded: Double, drawn: Double)]) -> Bool {
        let lowerable = stations.reduce(0) { $0 + max(0, $1.commanded - 6) }
        return lowerable >= Double(bed.stairs) * BenchBed.stepAmperes + 1
            && abs(stations.reduce(0) { $0 + $1.drawn - $1.commanded }) < 1
    }

    private mutating func look(_ index: Int, _ now: Int64) {
        let stations = stations(of: lines[index].phase)
        let allowed = stations.reduce(0) { $0 + $1.commanded }
        if abs(allowed - lines[index].allowedAmperes) > 1 {
            lines[index].allowedAmperes = allowed
            lines[index].allowedSince = now
        }
        if !isFilled(stations) { lines[index].filledSince = now }
    }

    /// No car has an earlier limit yet to follow.
    private func isSettled(_ line: Line, _ now: Int64) -> Bool {
        now - line.filledSince >= Self.settledAfter
            && now - line.allowedSince > Int64((BenchBed.carDelaySeconds + 0.1) * 1e9)
    }

    /// Those at which cars charge on a line: each with what it is allowed and what its car draws.
    private func stations(of phase: Int) -> [(commanded: Double, drawn: Double)] {
        bed.twin.stationAmperes().prefix(bed.scenario.stations).enumerated().filter { $0.offset % 3 == phase }
            .map(\.element)
    }

    private mutating func begin(_ index: Int, _ now: Int64) {
        var line = Line(phase: lines[index].phase)
        line.fillAmperes = max(0, bed.usableAmperes * 1.015 - BenchBed.baseAmperes - usedAmperes(line.phase))
        var time = now
        line.times = (0...bed.stairs).map { _ in
            time += Int64(Double.random(in: Self.gapSeconds, using: &random) * 1e9)
            return time
        }
        line.end = time + 60_000_000
        lines[index] = line
    }

    private mutating func advance(_ index: Int, _ now: Int64) {
        let line = lines[index]
        if line.places.count < line.times.count {
            guard now >= line.times[line.places.count] else { return }
            let amperes = line.places.isEmpty ? line.fillAmperes : BenchBed.stepAmperes
            let others = BenchBed.baseAmperes + line.fillAmperes + Double(line.places.count) * BenchBed.stepAmperes
            // Not where the currents' different shapes, or a car that has yet to use what it was just given, leave room.
            let needsAnswer = others + usedAmperes(line.phase) > bed.usableAmperes + BenchBed.stepAmperes - 0.4
            let place = bed.twin.switchOn(
                amperes: amperes, phase: line.phase, seconds: Double(line.end - MonotonicClock.nanoseconds()) / 1e9)
            lines[index].places.append(place)
            if needsAnswer, !line.places.isEmpty { lines[index].needy.append(place) }
        } else if now >= line.end + Self.longestAnswer {
            line.needy.compactMap { bed.twin.step($0) }.forEach { judge($0) }
            lines[index] = Line(phase: line.phase, filledSince: now)
        }
    }

    private mutating func judge(_ step: TwinStepObservation) {
        guard let began = step.beganNanoseconds, step.exceededMargin else { return }
        if let told = step.firstLoweredLimitNanoseconds, told - began <= Self.longestAnswer {
            answers.record(nanoseconds: told - began)
        } else {
            unanswered += 1
        }
    }

    /// What its stations are allowed, as far as their cars draw it.
    private func usedAmperes(_ phase: Int) -> Double {
        stations(of: phase).reduce(0) { $0 + min($1.commanded, $1.drawn) }
    }
}
