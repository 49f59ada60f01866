import Acquisition
import Allocation
import MallocCounter
import MeterDSP
import Realtime
import SiteTwin
import Stations
import Synchronization
import TestSupport
import Testing

@testable import Site

/// Heap calls of this thread while `body` runs.
private func heapCalls(_ body: () throws -> Void) rethrows -> UInt64 {
    let before = malloc_counter_allocations() + malloc_counter_frees()
    try body()
    return malloc_counter_allocations() + malloc_counter_frees() - before
}

/// A second of frames, which may be repeated for ever: 50 Hz, and a current on each line that is `factor` times the
/// usual one.
private func secondOfFrames(_ adc: SimulatedADC, factor: Double) -> [UInt8] {
    var signal = ThreePhaseSignal(frequencyHz: 50)
    for phase in 0..<3 { signal.currents[phase].fundamentalRMS *= factor }
    var generator = SeededGenerator(seed: 1)
    return adc.frames(signal, first: 0, count: Int(adc.sampleRateHz), generator: &generator)
}

@Suite(
    .enabled(if: malloc_counter_is_counting(), "a sanitizer has a heap of its own"), .timeLimit(.minutes(5)))
struct HeapTests {
    private static let adc = SimulatedADC(sampleRateHz: 4000, amperesFullScale: 400, noiseCodes: 0)
    private static let blockBytes = 40 * 16

    @Test func `the counter counts`() {
        var array: [Int] = []
        #expect(heapCalls { array.append(1) } > 0)
        #expect(heapCalls { array[0] += 1 } == 0)
        #expect(heapCalls { array = [] } > 0)
    }

    @Test func `the meter needs no heap`() throws {
        var meter = try Meter(Self.adc.configuration(nominalHz: 50))
        let frames = secondOfFrames(Self.adc, factor: 1)
        var windows = 0, halfCycles = 0
        func run(seconds: Int) {
            for _ in 0..<seconds {
                for start in stride(from: 0, to: frames.count, by: Self.blockBytes) {
                    var cursor = 0
                    let block = frames.span.bytes.extracting(start..<start + Self.blockBytes)
                    while let event = meter.advance(through: block, from: &cursor) {
                        switch event {
                        case .window: windows += 1
                        case .halfCycle: halfCycles += 1
                        }
                    }
                }
                meter.markGap(lostFrames: 100)
            }
        }
        // The first second holds what the runtime does once.
        run(seconds: 1)
        #expect(heapCalls { run(seconds: 5) } == 0)
        #expect(windows > 15 && halfCycles > 400)
    }

    @Test func `handing over a snapshot needs no heap`() {
        let lock = SequenceLock(SiteSnapshot())
        var snapshot = SiteSnapshot()
        var sum: Int64 = 0
        let calls = heapCalls {
            for index in 0..<1000 {
                snapshot.blocks = Int64(index)
                lock.store(snapshot)
                sum += lock.load().blocks
            }
        }
        #expect(calls == 0)
        #expect(sum == 499_500)
    }

    @Test func `publishing a limit and asking for a report need no heap`() throws {
        let closed = try Listener(backlog: nil)
        let writer = try StationWriter(
            StationConfiguration(
                name: "closed", profile: try #require(StationProfile.builtIn(named: "generic-modbus")),
                host: "127.0.0.1", port: closed.port, unitIdentifier: 1, supplyPhases: Phase.allCases,
                maximumAmperes: 16, failSafeAmperes: 6, failSafeAfterSeconds: 60))
        defer { writer.stop() }
        var highest = 0.0
        let calls = heapCalls {
            for index in 0..<1000 {
                writer.publish(StationLimit(amperes: index % 2 == 0 ? 16 : 7))
                highest = max(highest, writer.report().inFlightAmperes ?? 0)
            }
        }
        #expect(calls == 0)
        #expect(highest == 16)
        withExtendedLifetime(closed) {}
    }

    /// Blocks in quick succession, their times 10 ms apart; real writers, and stations that answer.
    @Test func `measuring, deciding and publishing need no heap`() async throws {
        var options = quietBuilding(stations: 2)
        options.firstArrivalSeconds = 80_000...86_000
        let twin = try SiteTwin(options)
        try twin.start()
        defer { twin.stop() }
        var settings = try settings(twin.description)
        settings.policy = AllocationPolicy(
            raiseAfterSeconds: 0, minimumOffSeconds: 0, releaseDelaySeconds: 0, releaseRampPerMinute: .infinity)
        // The blocks' time runs ahead of that in which the stations answer.
        for index in settings.stations.indices { settings.stations[index].failSafeAfterSeconds = 3600 }
        let writers = try settings.stations.map { try StationWriter($0) }
        defer { writers.forEach { $0.stop() } }
        try await eventually("the stations are known") { writers.allSatisfy { $0.report().status == .free } }

        // All that a decision can meet: a fuse, a group, limits from outside.
        settings.supply.limits.device = ProtectiveDevice(.fuseGG, ratedAmperes: 40)
        settings.supply.limits.largestStepAmperes = PerPhaseAmperes(10)
        settings.groups = [SiteGroup(name: "garage", node: LimitNode(limitAmperes: PerPhaseAmperes(30)))]
        let outlets = LoopOutlets(stationCount: writers.count, groupCount: 1)
        let wishes = OutsideWishes(stationCount: writers.count)
        let (published, snapshots) = (outlets.published, outlets.snapshots)
        var time = MonotonicTime(nanoseconds: MonotonicClock.nanoseconds())
        var control = try ControlLoop(
            settings, configuration: Self.adc.configuration(nominalHz: 50), writers: writers, outlets: outlets,
            wishes: wishes, lines: StationLines(stationCount: writers.count), now: time)
        let high = secondOfFrames(Self.adc, factor: 5), low = secondOfFrames(Self.adc, factor: 1)

        var calls: UInt64 = 0
        var limits: [Double] = []
        var flaggedBlocks = 0
        for second in 0..<60 {
            let frames = second % 6 < 3 ? low : high
            if second % 10 == 5 { wishes.set(OutsideLimit(.watts(8000)), source: .localControl) }
            if second % 10 == 7 { wishes.set(nil, source: .localControl) }
            if second % 10 == 8 {
                _ = wishes.set(
                    ownerLimit: OutsideWishes.StationWish(amperes: 8, expires: time.advanced(bySeconds: 1)), station: 0)
            }
            for start in stride(from: 0, to: frames.count, by: Self.blockBytes) {
                let block = frames.span.bytes.extracting(start..<start + Self.blockBytes)
                time = time.advanced(bySeconds: 0.01)
                var info = BlockInfo(firstFrame: 0, frameCount: 40, deliveredAt: time.nanoseconds)
                if second % 20 == 10, start == 0 {
                    info.framesLost = 40
                    info.isDiscontinuity = true
                }
                // The first seconds hold what is done once.
                let made = heapCalls { control.take(block, info) }
                if second >= 6 { calls += made }
                if snapshots.load().window.flags.contains(.gap) { flaggedBlocks += 1 }
            }
            limits.append(published[0].load().amperes)
            // For the writers, whose time is the real one.
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(calls == 0)
        #expect(snapshots.load().endedInterventions >= 4 && snapshots.load().secondsToTrip != nil)
        let changes = zip(limits, limits.dropFirst()).filter { $0 != $1 }
        #expect(changes.count >= 10, "there must have been something to publish: \(limits)")
        #expect(snapshots.load().blocks == 6000)
        #expect(snapshots.load().gaps == 3 && snapshots.load().framesLost == 120)

        // Two windows or three for each loss, of 20 blocks each at most.
        #expect(flaggedBlocks > 0 && flaggedBlocks <= 180, "\(flaggedBlocks)")

        control.lost()
        let withoutFrames = heapCalls {
            for _ in 0..<200 {
                time = time.advanced(bySeconds: 0.01)
                control.wait(time)
            }
        }
        #expect(withoutFrames == 0)
        #expect(control.holdsFailSafePlan && snapshots.load().alarm.contains(.noMeasurement))
        #expect(published[0].load().reason == .noMeasurement)
    }
}
