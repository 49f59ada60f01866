import Realtime
import SiteTwin

/// Overload after overload in the waveform, at random moments of the mains' cycle, until the lower limit that each calls
/// for was received by a station: judged by the building's own observer.
///
/// On each line by itself, when its fuse has been used up for a while: a staircase of loads, each of them 30 to 45 ms after
/// the one before and too much, all of them before the first car can follow (1 s): a car that draws less just then hides a
/// load from any meter. Then all are off, and limits rise again.
struct OverloadSeries {
    private let bed: BenchBed
    private var lines: [Line]
    private var random = SystemRandomNumberGenerator()
    /// From the first frame of an overload to the lower limit at the first station on its line.
    let answers = LatencyHistogram()
    /// Overloads that no station on their line was told a lower limit for within 0.25 s.
    private(set) var unanswered = 0

    private static let longestAnswer: Int64 = 250_000_000
    private static let pollInterval: Int64 = 4_000_000
    /// A line has been used up for so long before it is overloaded: until its stations have reported what their cars
    /// draw now. Before, the device holds a part of it for base load, and lowers once for several loads.
    private static let settledAfter: Int64 = 2_000_000_000

    private struct Line {
        var phase: Int
        /// The loads of the staircase that are on, as places among the observer's steps.
        var places: [Int] = []
        /// Those of them that the line does not bear beside the limits that its stations have.
        var needy: [Int] = []
        /// When each load of the staircase comes, and when all go, in monotonic nanoseconds; empty: it waits for cars.
        var times: [Int64] = []
        var end: Int64 = 0
        /// nil: it is not.
        var usedUpSince: Int64?
    }

    init(_ bed: BenchBed) {
        self.bed = bed
        lines = bed.lines.map { Line(phase: $0) }
    }

    /// Waits until every line is used up: cars have come and limits have risen.
    ///
    /// - Returns: false where that does not come about in time.
    func settle(withinSeconds seconds: Double) -> Bool {
        let end = MonotonicClock.nanoseconds() + Int64(seconds * 1e9)
        while MonotonicClock.nanoseconds() < end {
            let seen = bed.twin.observation()
            if lines.allSatisfy({ isUsedUp($0.phase, seen) }) { return true }
            MonotonicClock.sleep(until: MonotonicClock.nanoseconds() + 50_000_000)
        }
        return false
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
                    let seen = bed.twin.observation()
                    for index in lines.indices where lines[index].times.isEmpty {
                        let isUsedUp = isUsedUp(lines[index].phase, seen)
                        lines[index].usedUpSince = isUsedUp ? lines[index].usedUpSince ?? now : nil
                        if let since = lines[index].usedUpSince, now - since >= Self.settledAfter { begin(index, now) }
                    }
                    looksAt = now + 50_000_000
                }
            } else if lines.allSatisfy(\.times.isEmpty) {
                return report(1)
            }
            MonotonicClock.sleep(until: now + Self.pollInterval)
        }
    }

    /// The line carries what its fuse bears, less what a load adds, and its stations may draw no less.
    private func isUsedUp(_ phase: Int, _ seen: TwinObservation) -> Bool {
        let almost = bed.usableAmperes - 0.7 * BenchBed.stepAmperes
        return seen.amperes[phase] > almost && BenchBed.baseAmperes + commandedAmperes(phase) > almost
    }

    private mutating func begin(_ index: Int, _ now: Int64) {
        var line = Line(phase: lines[index].phase)
        var time = now
        line.times = (0..<bed.stairs).map { _ in
            time += Int64.random(in: 30_000_000...45_000_000, using: &random)
            return time
        }
        line.end = time + 60_000_000
        lines[index] = line
    }

    private mutating func advance(_ index: Int, _ now: Int64) {
        let line = lines[index]
        if line.places.count < line.times.count {
            guard now >= line.times[line.places.count] else { return }
            let others = BenchBed.baseAmperes + Double(line.places.count + 1) * BenchBed.stepAmperes
            let needsAnswer = others + commandedAmperes(line.phase) > bed.usableAmperes + 0.5
            let place = bed.twin.switchOn(
                amperes: BenchBed.stepAmperes, phase: line.phase,
                seconds: Double(line.end - MonotonicClock.nanoseconds()) / 1e9)
            lines[index].places.append(place)
            if needsAnswer { lines[index].needy.append(place) }
        } else if now >= line.end + Self.longestAnswer {
            line.needy.compactMap { bed.twin.step($0) }.forEach { judge($0) }
            lines[index].times = []
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

    private func commandedAmperes(_ phase: Int) -> Double {
        bed.twin.commandedAmperes().prefix(bed.scenario.stations).enumerated()
            .filter { $0.offset % 3 == phase }.reduce(0) { $0 + $1.element }
    }
}
