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

    mutating func note(_ site: StationSite, _ finder: StationPhaseFinder, stepsUntilKnown: [Int?], seed: UInt64) {
        for index in site.stations.indices {
            stations += 1
            guard let needed = stepsUntilKnown[index] else { continue }
            claimed += 1
            steps.append(needed)
            _ = finder
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
    private func run(_ giving: Giving, sites: Int, stations: Int, seconds: Double) -> Tally {
        var tally = Tally()
        for seed in 0..<UInt64(sites) {
            var site = StationSite(seed: seed, stationCount: stations)
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
            tally.note(site, finder, stepsUntilKnown: known, seed: seed)
        }
        return tally
    }

    @Test(arguments: [(Giving.alone, 1), (.alone, 4), (.together, 2), (.together, 4), (.equally, 3), (.equally, 8)])
    private func `what is claimed is right`(_ giving: Giving, stations: Int) {
        let tally = run(giving, sites: siteCount, stations: stations, seconds: 1800)
        print(tally.report("\(stations) stations told \(giving), 30 min"))
        #expect(Double(tally.wrong.count) <= 0.001 * Double(tally.claimed), "\(tally.wrong.joined(separator: "\n"))")
        #expect(tally.claimed > 0)
    }
}
