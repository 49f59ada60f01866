import Allocation
import Realtime
import SiteTwin
import Stations
import Testing

@testable import Site

/// When the thread that publishes limits hangs, its last limit must not hold for ever.
@Suite(.timeLimit(.minutes(5))) struct HeartbeatTests {
    @Test func aStationOfASilentThreadIsToldItsFailSafeCurrentAndItsLimitAgainAfterwards() async throws {
        let twin = try SiteTwin(quietBuilding(stations: 1))
        try twin.start()
        defer { twin.stop() }
        let heart = Heartbeat(silentAfterSeconds: 1)
        let configuration = try #require(try settings(twin.description).stations.first)
        let writer = try StationWriter(configuration, heartbeat: heart)
        defer { writer.stop() }
        func commanded() -> Double { twin.observation().stations[0].commandedAmperes }

        writer.publish(StationLimit(amperes: 16))
        try await eventually("its limit, while the thread lives") {
            heart.beat(at: MonotonicClock.nanoseconds())
            return commanded() == 16
        }
        try await eventually("6 A without a sign of life, and nothing was published") { commanded() == 6 }
        // Until then the station has confirmed 16 A.
        try await eventually("16 A in flight: until they are written again nobody may reckon with less") {
            writer.report().inFlightAmperes == 16
        }
        try await eventually("16 A again") {
            heart.beat(at: MonotonicClock.nanoseconds())
            return commanded() == 16 && writer.report().inFlightAmperes == nil
        }
    }

    /// A station may still hold what an earlier program told it.
    @Test func aThreadThatFallsSilentBeforeItsFirstLimitLeavesTheStationAtItsFailSafeCurrent() async throws {
        let twin = try SiteTwin(quietBuilding(stations: 1))
        try twin.start()
        defer { twin.stop() }
        let configuration = try #require(try settings(twin.description).stations.first)
        func commanded() -> Double { twin.observation().stations[0].commandedAmperes }
        let before = commanded()
        try #require(before > 6)
        let heart = Heartbeat(silentAfterSeconds: 1)
        // Alive for an hour, however crowded this machine is.
        heart.beat(at: MonotonicClock.nanoseconds() + 3_600_000_000_000)
        let writer = try StationWriter(configuration, heartbeat: heart)
        defer { writer.stop() }
        try await eventually("contact, while the thread lives") { writer.report().isAnswering }
        #expect(commanded() == before, "nobody has decided anything yet")
        heart.beat(at: MonotonicClock.nanoseconds())
        try await eventually("6 A without a sign of life") { commanded() == 6 }
        writer.publish(StationLimit(amperes: 10))
        try await eventually("its first limit") {
            heart.beat(at: MonotonicClock.nanoseconds())
            return commanded() == 10 && writer.report().inFlightAmperes == nil
        }
    }

    @Test func aLimitBelowTheFailSafeCurrentStays() async throws {
        let twin = try SiteTwin(quietBuilding(stations: 1))
        try twin.start()
        defer { twin.stop() }
        let heart = Heartbeat(silentAfterSeconds: 0.5)
        let configuration = try #require(try settings(twin.description).stations.first)
        let writer = try StationWriter(configuration, heartbeat: heart)
        defer { writer.stop() }
        writer.publish(StationLimit(amperes: 0))
        try await eventually("the pause") { twin.observation().stations[0].receivedLimits.last?.amperes == 0 }
        try await Task.sleep(for: .seconds(3))
        #expect(heart.isSilent())
        #expect(twin.observation().stations[0].receivedLimits.allSatisfy { $0.amperes == 0 })
    }

    /// The whole device: what it took for its blocks can be read while it runs.
    @Test func aRunningDeviceTellsHowLongItsBlocksTake() async throws {
        try await withSite(quietBuilding()) { twin, device in
            try await reachSteadyState(twin, device)
            let latencies = device.latencies()
            let blocks = Int(device.snapshot().blocks)
            #expect(latencies.work.count > 0 && latencies.work.count <= blocks)
            #expect(latencies.arrival.count == latencies.measuring.count || blocks > latencies.arrival.count)
            let median = try #require(latencies.work.nanoseconds(atShare: 0.5))
            #expect(median > 0 && median < 10_000_000)
            #expect(latencies.handover.count <= twin.observation().stations.reduce(0) { $0 + $1.receivedLimits.count })
            let late = device.lateBlocks(after: 0)
            #expect(late.count <= min(16, device.latencies().lateBlocks))
            #expect(late.allSatisfy { $0.arrival + $0.measuring + $0.deciding + $0.publishing > $0.length })
        }
    }
}
