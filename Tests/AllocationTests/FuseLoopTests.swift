import Allocation
import Testing

/// The main fuse in a closed loop: loads of known size switch on, cars follow in 5 s, stations in up to 10 s.
struct FuseLoopTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let device: ProtectiveDevice
        let stepAmperes: Double
        let seed: UInt64
        var testDescription: String { "\(device.kind) \(device.ratedAmperes) A, \(stepAmperes) A, seed \(seed)" }
    }

    static let cases: [Case] = [16.0, 25].flatMap { step in
        ProtectiveDevice.Kind.allCases.flatMap { kind in
            (1...3).map { Case(device: .init(kind, ratedAmperes: 63), stepAmperes: step, seed: $0) }
        }
    }

    /// A model of the test's own: it warms by small steps of the differential equation, τ dw/dt = i² − w.
    private struct Warmth {
        var warmth = 0.0
        let timeConstant: Double
        mutating func flow(_ multiple: Double, seconds: Double) {
            warmth += (multiple * multiple - warmth) / timeConstant * seconds
        }
    }

    @Test(arguments: cases)
    func noSwitchOnOfTheKnownSizeTripsTheFuse(_ test: Case) {
        var random = SeededGenerator(seed: test.seed)
        let rated = test.device.ratedAmperes
        let limits = SupplyLimits(
            mainAmperes: .init(rated), marginAmperes: .zero, device: test.device,
            largestStepAmperes: .init(test.stepAmperes))
        var stations: [SimulatedStation] = (0..<4).map { index in
            let rating = StationRating(maximumAmperes: 32, failSafeAmperes: 6)
            var station = SimulatedStation(rating, accepted: 0)
            station.wantsAmperes = 32
            station.writeTicks = index == 0 ? 95 : Int.random(in: 1...90, using: &random)
            station.reactionTicks = 48
            return station
        }
        var allocator = Allocator(limits: limits, stations: stations.map(\.rating))
        // From the standards, in multiples of the rating: the non-tripping current, and what is borne for how long.
        let isFuse = test.device.kind == .fuseGG
        let bearable = isFuse ? 1.25 * 1.25 : 1.13 * 1.13
        var warmth = Warmth(timeConstant: isFuse ? 36.0 : 4.57)
        var base = 5.0
        var isOn = false
        var highest = 0.0, loaded = 0.0
        for tick in 0..<6000 {
            let time = MonotonicTime(nanoseconds: 5_000_000_000_000 + Int64(tick) * 100_000_000)
            // On after a calm minute and a half, off after half of one.
            if tick % 1200 == 900 {
                base += test.stepAmperes
                isOn = true
            } else if tick % 1200 == 0, isOn {
                base -= test.stepAmperes
                isOn = false
            }
            for index in stations.indices { stations[index].step(tick: tick, time: time, ramp: 16) }
            let current = stations.reduce(base) { $0 + $1.drawn }
            for _ in 0..<20 { warmth.flow(current / rated, seconds: 0.005) }
            highest = max(highest, warmth.warmth / bearable)
            loaded = max(loaded, current)
            let reports = stations.map(\.report)
            let reading = SupplyReading(amperes: .init(current), time: time)
            _ = allocator.protect(reading, reports: reports.span, now: time)
            if tick % 10 == 0 { _ = allocator.allocate(reading, reports: reports.span, now: time) }
            for index in stations.indices { stations[index].send(allocator[index].amperes, tick: tick) }
        }
        #expect(highest < 1, "seed \(test.seed): \(highest) of what the device bears")
        // Without a load worth the name the test proves nothing.
        #expect(loaded > rated * 0.8, "at most \(loaded) A")
    }
}
