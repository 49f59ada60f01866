import Allocation
import Foundation
import Testing
import Wiring

/// What a run of random sites came to.
private struct Tally {
    var stations = 0
    var claimed = 0
    var wrong: [String] = []
    var steps: [Int] = []

    mutating func note(_ site: StationSite, stepsUntilKnown: [Int?], seed: UInt64) {
        for index in site.stations.indices {
            stations += 1
            guard let needed = stepsUntilKnown[index] else { continue }
            claimed += 1
            steps.append(needed)
            if wrongAt[index] { wrong.append("seed \(seed) station \(index) on \(site.stations[index].lines)") }
        }
    }
    var wrongAt: [Bool] = []

    func report(_ what: String) -> String {
        let sorted = steps.sorted()
        let median = sorted.isEmpty ? -1 : sorted[sorted.count / 2]
        return "wiring: \(what): \(claimed) of \(stations) stations known, \(wrong.count) wrong, "
            + "median \(median) steps, 95 % within \(sorted.isEmpty ? -1 : sorted[sorted.count * 95 / 100])"
    }
}

/// Limits as an allocator gives them.
private enum Giving: CaseIterable {
    /// One station at a time, a new limit every half minute or so.
    case alone
    /// All at the same time, each by its own amount.
    case together
    /// All at the same time by the same amount, now and then one alone: a controller that shares equally.
    case equally
}

struct StationPhaseFinderTests {
    private func run(_ giving: Giving, sites: Int, stations: Int, seconds: Double, isBusy: Bool) -> Tally {
        var tally = Tally()
        for seed in 0..<UInt64(sites) {
            var site = StationSite(seed: seed, stationCount: stations, isBusy: isBusy)
            var finder = StationPhaseFinder(stationCount: stations)
            var random = SeededGenerator(seed: seed &+ 1_000_000)
            // Most stations say what they draw.
            let reports = random.chance(0.8)
            var known: [Int?] = Array(repeating: nil, count: stations)
            tally.wrongAt = Array(repeating: false, count: stations)
            var told = Array(repeating: 0, count: stations)
            var next = 45.0
            while site.seconds < seconds {
                finder.add(activeAmperes: site.advance(), at: site.seconds)
                for index in 0..<stations where finder[index].isKnown {
                    if known[index] == nil { known[index] = told[index] }
                    // Wrong at any moment counts as wrong.
                    if finder[index].lines.rawValue != site.stations[index].set { tally.wrongAt[index] = true }
                }
                guard site.seconds >= next else { continue }
                next = site.seconds + random.uniform(12...60)
                let one = Int(random.next() % UInt64(stations))
                let common = random.pick([-4.0, -3, -2, -1, 1, 2, 3, 4])
                for index in 0..<stations {
                    let change: Double
                    switch giving {
                    case .alone:
                        guard index == one else { continue }
                        change = common
                    case .together: change = random.pick([-5.0, -3, -2, -1, 1, 2, 3, 5])
                    case .equally:
                        guard index == one || random.chance(0.8) else { continue }
                        change = common
                    }
                    let before = site.stations[index].limit
                    let after = Swift.min(32, Swift.max(6, before + change))
                    guard after != before else { continue }
                    site.tell(index, limit: after)
                    let expected = StationPhaseFinder.expectedChange(
                        from: before, to: after, drawnAmperes: reports ? site.stations[index].amperes : nil)
                    finder.noteStep(station: index, amperes: expected, at: site.seconds)
                    if expected != 0 { told[index] += 1 }
                }
            }
            tally.note(site, stepsUntilKnown: known, seed: seed)
        }
        return tally
    }

    @Test(arguments: [
        (Giving.alone, 1, false), (.alone, 4, false), (.alone, 1, true), (.alone, 4, true), (.together, 2, false),
        (.together, 4, true), (.equally, 3, true), (.equally, 8, true),
    ])
    private func `what is claimed is right`(_ giving: Giving, stations: Int, isBusy: Bool) {
        let tally = run(giving, sites: siteCount, stations: stations, seconds: 1800, isBusy: isBusy)
        print(tally.report("\(stations) stations told \(giving), \(isBusy ? "busy" : "quiet") site, 30 min"))
        #expect(Double(tally.wrong.count) <= 0.001 * Double(tally.claimed), "\(tally.wrong.joined(separator: "\n"))")
        // A fifth of the stations on busy sites, half on quiet ones, of one that is told alone.
        if giving == .alone, stations == 1 { #expect(tally.claimed * (isBusy ? 8 : 2) > tally.stations) }
    }

    /// A station whose limit nobody changes is found by its own steps: 2 A down and back, once an hour.
    @Test func `a station's own small steps find its lines within a day`() {
        var found: [Int] = []
        var tried = 0
        for seed in 0..<UInt64(max(4, siteCount / 20)) {
            var site = StationSite(seed: seed, stationCount: 2, isBusy: false)
            var finder = StationPhaseFinder(stationCount: 2)
            var back: (at: Double, station: Int, limit: Double)?
            var tests = [0, 0]
            var known: [Int?] = [nil, nil]
            var lastTest = [-1e9, -1e9]
            while site.seconds < 12 * 3600, known.contains(nil) {
                finder.add(activeAmperes: site.advance(), at: site.seconds)
                func tell(_ station: Int, _ limit: Double) {
                    let change = StationPhaseFinder.expectedChange(
                        from: site.stations[station].limit, to: limit, drawnAmperes: site.stations[station].amperes)
                    site.tell(station, limit: limit)
                    finder.noteStep(station: station, amperes: change, at: site.seconds)
                }
                if let due = back, site.seconds >= due.at {
                    tell(due.station, due.limit)
                    back = nil
                }
                for station in 0..<2 {
                    if finder[station].isKnown, known[station] == nil {
                        known[station] = tests[station]
                        #expect(finder[station].lines.rawValue == site.stations[station].set, "seed \(seed)")
                    }
                    let limit = site.stations[station].limit
                    guard back == nil, site.seconds > 60,
                        let step = finder.proposedTest(
                            station: station, limitAmperes: limit,
                            isCharging: site.stations[station].amperes >= limit - 0.5, at: site.seconds)
                    else { continue }
                    #expect(step.amperes.magnitude <= 2 && limit + step.amperes >= 6 && step.amperes < 0)
                    #expect(site.seconds - lastTest[station] >= 3600)
                    lastTest[station] = site.seconds
                    finder.noteTest(step, at: site.seconds)
                    tests[station] += 1
                    back = (site.seconds + TestStep.holdSeconds, station, limit)
                    tell(station, limit + step.amperes)
                }
            }
            // One whose car draws less than it may is never asked.
            for station in 0..<2 where tests[station] > 0 {
                tried += 1
                if let count = known[station] { found.append(count) }
            }
        }
        found.sort()
        print("wiring: \(found.count) of \(tried) stations found by tests alone within 12 h, tests: \(found)")
        #expect(found.count * 2 > tried)
    }

    @Test(arguments: [16.0, 8, 7.5, 6.9, 6])
    func `a test takes 1 or 2 A and leaves 6 A`(_ limit: Double) {
        var finder = StationPhaseFinder(stationCount: 1)
        finder.add(activeAmperes: .zero, at: 100)
        let step = finder.proposedTest(station: 0, limitAmperes: limit, isCharging: true, at: 100)
        #expect(step?.amperes == (limit >= 8 ? -2 : limit >= 7 ? -1 : nil))
        #expect(finder.proposedTest(station: 0, limitAmperes: limit, isCharging: false, at: 100) == nil)
    }

    @Test func `a car that draws less than it may is not expected to follow`() {
        #expect(StationPhaseFinder.expectedChange(from: 20, to: 25, drawnAmperes: 16) == 0)
        #expect(StationPhaseFinder.expectedChange(from: 20, to: 18, drawnAmperes: 16) == 0)
        #expect(StationPhaseFinder.expectedChange(from: 20, to: 12, drawnAmperes: 16) == -4)
        #expect(StationPhaseFinder.expectedChange(from: 16, to: 20, drawnAmperes: 15.6) == 4)
        #expect(StationPhaseFinder.expectedChange(from: 16, to: 12, drawnAmperes: nil) == -4)
    }

    @Test func `until it is known a station counts on all lines`() {
        let finder = StationPhaseFinder(stationCount: 1)
        #expect(finder[0].countedLines == .all && finder[0].phaseCount == nil)
    }

    /// The limit falls because the load rises: whoever forgets that takes the line with the load for one without the car.
    @Test(arguments: [0.0, 0.1, 0.3])
    func `a load that causes a lower limit is not taken for the car's answer`(reactionSeconds: Double) {
        for seed in 0..<20 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var finder = StationPhaseFinder(stationCount: 1)
            var car = 16.0
            var load = 0.0
            var seconds = 0.0
            func run(_ duration: Double) {
                for _ in 0..<Int(duration * 5) {
                    seconds += 0.2
                    var amperes = SIMD3(repeating: car + 3)
                    amperes[0] += load
                    for line in 0..<3 { amperes[line] += 0.05 * random.normal() }
                    finder.add(activeAmperes: amperes, at: seconds)
                }
            }
            run(60)
            for _ in 0..<30 {
                load = 6
                // The decision comes within the window that shows the load, or soon after.
                finder.noteStep(station: 0, amperes: -6, at: seconds + reactionSeconds)
                run(3)
                car = 10
                run(random.uniform(15...30))
                load = 0
                run(random.uniform(15...30))
                finder.noteStep(station: 0, amperes: 6, at: seconds)
                run(3)
                car = 16
                run(random.uniform(15...30))
            }
            #expect(finder[0].isKnown && finder[0].lines == .all, "seed \(seed): \(finder[0])")
        }
    }
}
