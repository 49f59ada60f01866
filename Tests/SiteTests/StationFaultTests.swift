import Allocation
import Site
import SiteTwin
import Stations
import Testing

@Suite(.timeLimit(.minutes(5))) struct StationFaultTests {
    @Test(arguments: [StationFaults.silent, .down])
    func `a station that does not answer holds up no other`(_ fault: StationFaults) async throws {
        try await withSite(quietBuilding(stations: 3)) { twin, device in
            try await eventually("all answer") { device.stations().allSatisfy(\.report.isAnswering) }
            try await reachSteadyState(twin, device)
            twin.setStationFaults(fault, station: 0)
            try await eventually("noticed") { !device.stations()[0].report.isAnswering }
            try await eventually("named as the reason") { device.stations()[0].limit.reason == .stationSilent }
            #expect(device.stations()[0].diagnostics.lastError != nil)

            let contact = device.stations().map(\.report.lastContact)
            try await eventually("its own time-out") { device.snapshot().alarm.contains(.stationSilent) }
            // On a busy machine the time-out may be over when this test looks for the first time.
            var now = device.stations()
            try await eventually("the others go on answering and charging") {
                now = device.stations()
                // Where frames were lost to a busy machine, no station may charge for a moment.
                return (1...2).allSatisfy {
                    now[$0].report.isAnswering && now[$0].report.lastContact > contact[$0]
                        && now[$0].limit.amperes >= 6 && now[$0].limit.reason != .stationSilent
                }
            }
            #expect(now[0].report.lastContact == contact[0])
            #expect(device.snapshot().isMeasuring)

            twin.setStationFaults([], station: 0)
            try await eventually("back") { device.stations()[0].report.isAnswering }
            try await eventually("no alarm") { device.snapshot().alarm.isEmpty }
            try await eventually("its limit again") { twin.commandedAmperes[0] > 6 }
        }
    }

    @Test func `a station that ignores its limit is found out, and the others make room for it`() async throws {
        var options = quietBuilding(stations: 2)
        options.mainLimitAmperes = 40
        options.marginAmperes = 4
        // On a busy machine the car may charge only after the first; the last one stays.
        options.steps = [(16, 20), (50, 20), (90, 3600)].map { begin, seconds in
            ScheduledStep(atSeconds: begin, phase: 0, amperes: 20, seconds: seconds)
        }
        try await withSite(options) { twin, device in
            try await eventually("the car charges") { twin.observation().stations[0].carAmperes > 12 }
            twin.setStationFaults(.ignoresLimits, station: 0)
            try await eventually("alarm", within: 150) { device.snapshot().alarm.contains(.stationDisobeys) }
            try await eventually("the other makes room", within: 150) {
                twin.observation().stations[1].carAmperes == 0
            }
            #expect(limitsThatCannotBe(twin.observation()) == [])
        }
    }
}
