import Allocation
import Testing

/// Fairness over a day, where there is room for some only.
struct QueueTests {
    struct Scarcity: Sendable, CustomTestStringConvertible {
        let cars: Int
        let usable: Double
        var testDescription: String { "\(cars) cars on \(usable) A" }
    }

    /// Eight hours: cars that would charge all the time, on room for one or two of them.
    @Test(arguments: [Scarcity(cars: 2, usable: 8), Scarcity(cars: 3, usable: 8), Scarcity(cars: 5, usable: 14)])
    func overADayEveryCarGetsTheSameButForOneTurn(scarcity: Scarcity) {
        var policy = AllocationPolicy()
        policy.rotationSeconds = 600
        let ratings = (0..<scarcity.cars).map { _ in StationRating(maximumAmperes: 16) }
        let limits = SupplyLimits(mainAmperes: .init(scarcity.usable), marginAmperes: .zero)
        var allocator = Allocator(limits: limits, stations: ratings, policy: policy)
        var drawn = ratings.map { _ in 0.0 }
        var ampereSeconds = ratings.map { _ in 0.0 }
        var switchedOn = ratings.map { _ in 0 }
        let seconds = 8 * 3600
        for second in 0..<seconds {
            let time = MonotonicTime(nanoseconds: Int64(second + 1000) * 1_000_000_000)
            var sum = 0.0
            var reports: [StationReport] = []
            for index in ratings.indices {
                sum += drawn[index]
                ampereSeconds[index] += drawn[index]
                reports.append(
                    StationReport(
                        status: drawn[index] > 0 ? .charging : .occupied, isAnswering: true, lastContact: time,
                        acceptedAmperes: allocator[index].amperes, drawnAmperes: .init(drawn[index]), drawnTime: time))
            }
            let before = ratings.indices.map { allocator[$0].amperes }
            _ = allocator.allocate(SupplyReading(amperes: .init(sum), time: time), reports: reports.span, now: time)
            for index in ratings.indices {
                if before[index] == 0, allocator[index].amperes > 0 { switchedOn[index] += 1 }
                drawn[index] = min(before[index], allocator[index].amperes)
            }
            let planned = ratings.indices.reduce(0.0) { $0 + allocator[$1].amperes }
            #expect(planned <= scarcity.usable)
        }
        let most = ampereSeconds.max() ?? 0, least = ampereSeconds.min() ?? 0
        #expect(most - least <= scarcity.usable * policy.rotationSeconds, "\(ampereSeconds)")
        // The room is used but for the seconds between two turns.
        #expect(ampereSeconds.reduce(0, +) > 0.9 * scarcity.usable * Double(seconds), "\(ampereSeconds)")
        // No contactor is switched more often than the turns make it.
        let turns = Double(seconds) / policy.rotationSeconds
        #expect(Double(switchedOn.max() ?? 0) <= turns + 1, "\(switchedOn)")
    }
}
