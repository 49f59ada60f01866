import Allocation
import Site
import SiteTwin
import Stations
import Testing

/// Where one line is full, a station that may switch goes on charging on another one.
@Suite(.timeLimit(.minutes(5))) struct PhaseSwitchTests {
    @Test func `a car that has no room on three lines charges on one, and its contactors never switch under load`()
        async throws
    {
        var options = quietBuilding()
        var station = TwinStation(try #require(StationProfile.builtIn(named: "webasto-unite")))
        station.maximumAmperes = 16
        station.arrivalSeconds = 0
        station.car = TwinCar(phaseCount: 3, maximumAmperes: 16, neededWattHours: 50_000)
        station.hurry = 10
        // On one phase it loads L3.
        station.supplyPhases = [2, 0, 1]
        options.stations = [station]
        options.mainLimitAmperes = 32
        options.marginAmperes = 4
        try await withSite(options) { settings in
            settings.policy.phaseSwitchAfterSeconds = 1
            settings.policy.phaseSwitchGapSeconds = 1
            settings.stations[0].switchesPhases = true
            settings.stations[0].failSafeAfterSeconds = 20
            settings.stations[0].profile.phases?.changeSeconds = 1
        } _: { twin, device in
            let seen = { twin.observation().stations[0] }
            try await eventually("charges on three lines") { seen().carPhaseCount == 3 && seen().carAmperes > 12 }
            // Beside 5 A these leave 11 A on L1 and 1 A on L2.
            _ = twin.switchOn(amperes: 12, phase: 0, seconds: 3600)
            _ = twin.switchOn(amperes: 22, phase: 1, seconds: 3600)
            // That it is proposed may be over between two looks at a busy machine.
            let isOnOne = try await eventually("charges on one") {
                seen().carPhaseCount == 1 && seen().carAmperes > 15
            }
            if !isOnOne { Issue.record("\(device.stations()[0]); \(device.snapshot().window); \(seen())") }
            try await eventually("told so") {
                device.stations()[0].report.phaseMode == .single && device.stations()[0].limit.proposedMode == nil
            }
            #expect(seen().loadedSwitchCount == 0)
            #expect(limitsThatCannotBe(twin.observation()) == [])
        }
    }
}
