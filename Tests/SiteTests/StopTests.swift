import Allocation
import Site
import SiteTwin
import Stations
import Testing

@Suite(.timeLimit(.minutes(5))) struct StopTests {
    @Test func `a stop leaves every living station at its fail-safe limit and names the dead ones`() async throws {
        let hole = try BlackHole()
        let holePort = hole.port
        let clock = ContinuousClock()
        try await withSite(quietBuilding(stations: 4)) {
            var lost = $0.stations[0]
            for index in 0..<20 {
                lost.name = "nowhere \(index)"
                lost.port = holePort
                $0.stations.append(lost)
            }
        } _: { twin, device in
            try await eventually("limits reach the stations") {
                twin.observation().stations.allSatisfy { !$0.receivedLimits.isEmpty }
            }
            // So that each of the living has something other to be told than it has.
            twin.setStationFaults(.silent, station: 3)
            try await eventually("one more is silent") { !device.stations()[3].report.isAnswering }
            let begin = clock.now
            let untold = device.stop()
            let seconds = (clock.now - begin) / .seconds(1)
            // Two seconds for all at once; one after the other it would be 42.
            #expect(seconds < 15, "\(seconds) s")
            #expect(untold == (["Parking 4"] + (0..<20).map { "nowhere \($0)" }).sorted())
            #expect(twin.commandedAmperes.prefix(3) == [6, 6, 6])
            #expect(device.stop() == [], "a second stop has nothing to do")
            #expect(device.stations().isEmpty)
        }
        withExtendedLifetime(hole) {}
    }

    @Test func `a stop while the ADC hangs tells the stations all the same`() async throws {
        try await withSite(quietBuilding()) { twin, device in
            try await reachSteadyState(twin, device)
            twin.setMeterStalled(true)
            #expect(device.stop() == [])
            #expect(twin.commandedAmperes == [6, 6])
        }
    }

    @Test func `a device that is let go of stops by itself`() async throws {
        let twin = try SiteTwin(quietBuilding())
        try twin.start()
        defer { twin.stop() }
        var device: SiteDevice? = SiteDevice(try settings(twin.description))
        try device?.start()
        try await reachSteadyState(twin, try #require(device))
        device = nil
        #expect(twin.commandedAmperes == [6, 6])
    }
}
