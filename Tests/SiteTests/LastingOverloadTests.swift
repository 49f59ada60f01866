import Acquisition
import Allocation
import MeterDSP
import Realtime
import Stations
import TestSupport
import Testing

@testable import Site

struct LastingOverloadTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    @Test func `an overload is shown once it has lasted, everything else at once`() {
        var overload = LastingOverload()
        let both: AllocationAlarm = [.overloadNotSolvable, .stationSilent]
        #expect(overload.shown(both, now: start) == .stationSilent)
        #expect(overload.shown(both, now: start.advanced(bySeconds: 1.99)) == .stationSilent)
        #expect(overload.shown(both, now: start.advanced(bySeconds: 2)) == both)
        #expect(overload.shown(both, now: start.advanced(bySeconds: 60)) == both)
    }

    @Test func `an overload that ends begins anew`() {
        var overload = LastingOverload()
        #expect(overload.shown(.overloadNotSolvable, now: start).isEmpty)
        #expect(overload.shown([], now: start.advanced(bySeconds: 1.9)).isEmpty)
        #expect(overload.shown(.overloadNotSolvable, now: start.advanced(bySeconds: 3)).isEmpty)
        #expect(overload.shown(.overloadNotSolvable, now: start.advanced(bySeconds: 4.9)).isEmpty)
        #expect(overload.shown(.overloadNotSolvable, now: start.advanced(bySeconds: 5)) == .overloadNotSolvable)
    }

    /// Two stations that never answer count at 32 A each, beside 16 A of the building: nobody can make that fit into 40 A.
    @Test func `a device shows it 2 s after the first plan`() throws {
        let adc = SimulatedADC(sampleRateHz: 4000, noiseCodes: 0)
        let closed = try Listener(backlog: nil)
        let stations = try (0..<2).map { index in
            StationConfiguration(
                name: "dead \(index)", profile: try #require(StationProfile.builtIn(named: "generic-modbus")),
                host: "127.0.0.1", port: closed.port, unitIdentifier: index, supplyPhases: Phase.allCases,
                maximumAmperes: 32, failSafeAmperes: 6, failSafeAfterSeconds: 60)
        }
        let settings = SiteSettings(
            name: "test",
            supply: .init(limits: SupplyLimits(mainAmperes: .init(40), marginAmperes: .init(4))),
            meter: .init(uri: "ip:127.0.0.1", inputs: []), realtime: .init(), policy: AllocationPolicy(),
            stations: stations)
        let writers = try stations.map { try StationWriter($0) }
        defer { writers.forEach { $0.stop() } }
        let outlets = LoopOutlets(stationCount: writers.count, groupCount: 0)
        let (published, snapshots) = (outlets.published, outlets.snapshots)
        var control = try ControlLoop(
            settings, configuration: adc.configuration(nominalHz: 50), writers: writers, outlets: outlets,
            wishes: OutsideWishes(stationCount: writers.count), lines: StationLines(stationCount: writers.count),
            now: start)

        var generator = SeededGenerator(seed: 1)
        let frames = adc.frames(ThreePhaseSignal(frequencyHz: 50), first: 0, count: 4000, generator: &generator)
        var firstPlan: Double?, firstShown: Double?
        for block in 0..<800 {
            let from = block % 100 * 640
            let time = start.advanced(bySeconds: Double(block + 1) / 100)
            control.take(
                frames.span.bytes.extracting(from..<from + 640),
                BlockInfo(firstFrame: 0, frameCount: 40, deliveredAt: time.nanoseconds))
            if firstPlan == nil, published[0].load().reason != .notDecided {
                firstPlan = time.seconds(since: start)
                #expect(snapshots.load().alarm == .stationSilent, "what is certain is shown at once")
            }
            if firstShown == nil, snapshots.load().alarm.contains(.overloadNotSolvable) {
                firstShown = time.seconds(since: start)
            }
        }
        // Nobody answers, so that the first plan waits its full 3 s.
        let plan = try #require(firstPlan), shown = try #require(firstShown)
        #expect(plan >= 3 && plan < 3.5)
        #expect(abs(shown - plan - LastingOverload.lastsSeconds) < 0.02, "first plan \(plan) s, shown \(shown) s")
        #expect(writers.allSatisfy { $0.report().inFlightAmperes == 0 }, "the limits did not wait")
        withExtendedLifetime(closed) {}
    }
}
