import SiteTwin
import Testing
import Wiring

@testable import Site

/// The device on a twin whose sensors are connected otherwise than they should be: through samples, meter and snapshots.
struct WiringWatchTests {
    @Test(.timeLimit(.minutes(5)))
    func `exchanged and reversed sensors are found by the running device`() async throws {
        var options = quietBuilding(stations: 1)
        options.firstArrivalSeconds = 80_000...86_000
        options.sensorWiring = [TwinInput(line: 1), TwinInput(line: 0), TwinInput(line: 2, gain: -1)]
        // Loads of three sizes on both of the exchanged lines: steady currents alone could be reversed ones as well.
        options.steps = (0..<12).map { index in
            ScheduledStep(
                atSeconds: 15 + 10 * Double(index), phase: index % 2, amperes: [4, 7, 12][index / 2 % 3], seconds: 5)
        }
        let wanted = try #require(SensorMapping(lines: SIMD3(1, 0, 2), reversed: SIMD3(0, 0, 1)))
        try await withSite(options) { _, device in
            try await eventually("the finding", within: 240) {
                device.wiring().findings.contains { $0.kind == .misplaced(wanted) }
            }
            let line = try #require(device.wiring().lines.first)
            #expect(line.contains("swap the sensors of L1 and L2"))
            #expect(line.contains("turn the sensor on L3 round"))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a charging car whose lines are not known is given 2 A less for some seconds, and no more within the hour`()
        async throws
    {
        try await withSite(quietBuilding(stations: 1)) { settings in
            settings.policy.testsPhases = true
        } _: { twin, device in
            try await reachSteadyState(twin, device)
            try await eventually("all that it may have") { twin.commandedAmperes[0] >= 16 }
            let most = twin.commandedAmperes[0]
            try await eventually("the step") { device.stations()[0].limit.reason == .phaseTest }
            #expect(device.stations()[0].limit.amperes == most - 2)
            try await eventually("the step at the station") { twin.commandedAmperes[0] == most - 2 }
            try await eventually("the end of it") { twin.commandedAmperes[0] == most }
            let steps = twin.observation().stations[0].receivedLimits.filter { $0.amperes == most - 2 }
            #expect(!steps.isEmpty)
            // Longer than the quiet that a step waits for.
            try await Task.sleep(for: .seconds(25))
            #expect(twin.commandedAmperes[0] == most)
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [false, true])
    func `reversed rotation is found, and a silent sensor is a fault only where its line carries current`(
        _ carriesCurrent: Bool
    ) async throws {
        var options = quietBuilding(stations: 1)
        options.appliances[0].phases = carriesCurrent ? [0, 1, 2] : [0, 2]
        options.firstArrivalSeconds = 80_000...86_000
        options.voltageWiring = [TwinInput(line: 0), TwinInput(line: 2), TwinInput(line: 1)]
        options.sensorWiring = [TwinInput(line: 0), TwinInput(line: 2), TwinInput(line: 1, gain: 0)]
        try await withSite(options) { _, device in
            try await eventually("two minutes and the silence", within: 280) {
                device.wiring().silentSensors == [2]
            }
            #expect(
                device.wiring().findings.map(\.kind)
                    == (carriesCurrent ? [.rotationReversed, .open(2)] : [.rotationReversed]))
            #expect(device.wiring().mapping?.isKnown == false)
        }
    }
}
