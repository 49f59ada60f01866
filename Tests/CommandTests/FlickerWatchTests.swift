import Foundation
import MeterDSP
import Testing

@testable import headroom

/// Which of its intervals a `FlickerWatch` gives, and which it flags. 1000 frames per second.
struct FlickerWatchTests {
    private static let rate = 1000.0
    /// One second of 230 V at 50 Hz, in tenths of a volt.
    private static let second: [Int16] = (0..<1000).map {
        Int16((2300 * 2.0.squareRoot() * sin(2 * Double.pi * 50 * Double($0) / rate)).rounded())
    }

    private static func watch(rate: Double = rate, channels: [MeterChannel] = [.u1]) -> FlickerWatch? {
        var configuration = MeterConfiguration(
            sampleRateHz: rate, nominalHz: 50, layout: .interleavedInt16(channels, frameBytes: 2 * channels.count),
            synchronisationThreshold: 10)
        for channel in channels { configuration[calibrationOf: channel] = .init(scale: 0.1) }
        return FlickerWatch(configuration, declaredVoltage: 230)
    }

    private static func feed(_ watch: inout FlickerWatch, seconds: Int) {
        for _ in 0..<seconds { watch.add(second.span.bytes) }
    }

    /// All intervals, as `start-end` in seconds with `!` where flagged and `…` where incomplete.
    private static func all(_ watch: inout FlickerWatch) -> [String] {
        watch.finish().map {
            "\(Double($0.startFrame) / rate)-\(Double($0.endFrame) / rate)" + ($0.isFlagged ? "!" : "")
                + ($0.isIncomplete ? "…" : "")
        }
    }

    @Test("intervals end at ten minutes, also within a block; the first is flagged, as the meter settles in it")
    func intervals() throws {
        var watch = try #require(Self.watch())
        // Whole seconds shifted by half of one: the boundary lies within a block.
        watch.add(Self.second.span.bytes.extracting(0..<1000))
        Self.feed(&watch, seconds: 1201)
        #expect(Self.all(&watch) == ["0.0-600.0!", "600.0-1200.0", "1200.0-1201.5…"])
        #expect(watch.finish().isEmpty, "nothing is given twice")
    }

    @Test("a recording of ten minutes exactly has one interval, complete")
    func exactEnd() throws {
        var watch = try #require(Self.watch())
        Self.feed(&watch, seconds: 600)
        #expect(Self.all(&watch) == ["0.0-600.0!"])
    }

    @Test(
        "an event flags the interval it falls into, also one that has ended when it is found",
        arguments: [
            (1199.9, 1199.95, ["600.0-1200.0!", "1200.0-1201.0…"]),
            (1199.9, 1200.1, ["600.0-1200.0!", "1200.0-1201.0!…"]),
            (1200.1, 1200.3, ["600.0-1200.0", "1200.0-1201.0!…"]),
        ])
    func events(from: Double, to: Double, expected: [String]) throws {
        var watch = try #require(Self.watch())
        Self.feed(&watch, seconds: 1201)
        #expect(watch.next(knownTo: 600_100) != nil)
        #expect(watch.next(knownTo: 1_200_049) == nil, "an event may still be found")
        watch.touch(from: from * Self.rate, to: to * Self.rate)
        #expect(Self.all(&watch) == expected)
    }

    @Test("a gap flags the interval it ends in and the next; those of which nothing was seen are left out")
    func gaps() throws {
        var watch = try #require(Self.watch())
        Self.feed(&watch, seconds: 30)
        watch.markGap(1_900_000)
        Self.feed(&watch, seconds: 480)
        #expect(Self.all(&watch) == ["0.0-600.0!", "1800.0-2400.0!", "2400.0-2410.0…"])
        var exact = try #require(Self.watch())
        Self.feed(&exact, seconds: 30)
        exact.markGap(570_000)
        Self.feed(&exact, seconds: 30)
        #expect(Self.all(&exact) == ["0.0-600.0!", "600.0-630.0!…"])
    }

    @Test("two hours are twelve intervals; missing ones flag them, and end them where the next two hours have begun")
    func longTerm() throws {
        // Readings come of a meter only: one interval of a steady voltage, told again and again.
        var watch = try #require(Self.watch())
        Self.feed(&watch, seconds: 1200)
        let steady = try #require(watch.finish().last)
        func flicker(_ numbers: [Int64]) -> [String] {
            var interval = steady
            var long = LongTermFlickerWatch()
            var ended: [LongTermFlickerWatch.TwoHours] = []
            for number in numbers {
                interval.number = number
                interval.startFrame = number * 600_000
                interval.endFrame = (number + 1) * 600_000
                ended += long.add(interval)
            }
            if let last = long.finish() { ended.append(last) }
            return ended.map {
                "\($0.startFrame / 600_000)-\($0.endFrame / 600_000) of \($0.intervals)" + ($0.isFlagged ? "!" : "")
                    + ($0.isIncomplete ? "…" : "")
            }
        }
        #expect(flicker(Array(0..<26)) == ["0-12 of 12", "12-24 of 12", "24-26 of 2!…"])
        #expect(flicker([0, 1, 30, 35, 36]) == ["0-2 of 2!", "30-36 of 2!", "36-37 of 1!…"])
        #expect(flicker([]) == [])
    }

    @Test("there is none without a voltage, nor outside the rates that a flickermeter takes")
    func none() {
        #expect(Self.watch(channels: [.i1]) == nil)
        #expect(Self.watch(rate: 999.9) == nil)
        #expect(Self.watch(rate: 1_000_001) == nil)
        #expect(Self.watch(rate: 1000) != nil)
    }
}
