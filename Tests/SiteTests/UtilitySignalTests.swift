import Allocation
import Foundation
import Realtime
import Site
import SiteTwin
import Synchronization
import Testing

/// Inputs that a test sets.
private final class SimulatedInputs: DigitalInputs {
    private let state = Mutex<UInt8?>(0)
    func set(_ pattern: UInt8?) { state.withLock { $0 = pattern } }
    func read() throws(DigitalInputError) -> UInt8 {
        guard let pattern = state.withLock({ $0 }) else { throw DigitalInputError("the cable is cut") }
        return pattern
    }
}

/// The utility's signal, from the input to the stations.
@Suite(.timeLimit(.minutes(10))) struct UtilitySignalTests {
    private func withInputs(
        _ body: (SiteTwin, SiteDevice, SimulatedInputs) async throws -> Void
    ) async throws {
        let twin = try SiteTwin(quietBuilding())
        var settings = try settings(twin.description)
        settings.policy.releaseDelaySeconds = 0
        settings.policy.releaseRampPerMinute = .infinity
        settings.policy.minimumOffSeconds = 2
        settings.utilitySignal = UtilitySignalSettings(
            inputs: [.file("/reduce"), .file("/lock")], wiring: .reduceAndLock, debounceSeconds: 0.1,
            reducedLimit: .amperes(PerPhaseAmperes(12)))
        try twin.start()
        defer { twin.stop() }
        let inputs = SimulatedInputs()
        let device = SiteDevice(settings, inputs: inputs)
        try device.start()
        defer { device.stop() }
        try await body(twin, device, inputs)
    }

    @Test func theInputsReduceLockAndReleaseAndEachInterventionIsKept() async throws {
        try await withInputs { twin, device, inputs in
            try await reachSteadyState(twin, device)
            inputs.set(1)
            try await eventually("both stations share 12 A") {
                twin.commandedAmperes.reduce(0, +) <= 12 && device.snapshot().signalMode == .reduced
            }
            #expect(device.stations().allSatisfy { $0.limit.reason == .utilitySignal || $0.limit.amperes == 6 })
            inputs.set(2)
            try await eventually("nobody charges") {
                twin.commandedAmperes.allSatisfy { $0 == 0 } && device.snapshot().signalMode == .locked
            }
            inputs.set(0)
            try await eventually("all charge again") { twin.commandedAmperes.allSatisfy { $0 > 6 } }
            try await eventually("both have ended") { device.interventions(after: 0).count >= 2 }
            let news = device.interventions(after: 0)
            // Before the inputs had stood for the first time, the safe mode may have held.
            let modes = news.ended.suffix(2).map(\.mode)
            #expect(modes == [.reduced, .locked])
            for intervention in news.ended.suffix(2) {
                let end = try #require(intervention.end)
                #expect(intervention.start < end && intervention.withheldWattHours > 0)
                #expect(intervention.source == .digitalInput)
            }
            #expect(device.interventions(after: news.count).ended.isEmpty)
            #expect(limitsThatCannotBe(twin.observation()).isEmpty)
        }
    }

    @Test func inputsThatCannotBeReadAreTheSafeModeAndAnAlarm() async throws {
        try await withInputs { twin, device, inputs in
            try await reachSteadyState(twin, device)
            #expect(!device.isReceiverFaulty)
            inputs.set(nil)
            try await eventually("reduced") { device.snapshot().signalMode == .reduced && device.isReceiverFaulty }
            #expect(device.messages().contains { $0.contains("the cable is cut") })
            inputs.set(0)
            try await eventually("normal") { device.snapshot().signalMode == .normal && !device.isReceiverFaulty }
        }
    }

    @Test func aLimitFromElsewhereEndsByItself() async throws {
        try await withSite(quietBuilding()) { settings in
            settings.policy.releaseDelaySeconds = 0
            settings.policy.releaseRampPerMinute = .infinity
        } _: { twin, device in
            try await reachSteadyState(twin, device)
            // Longer than a busy machine may keep this test from looking.
            device.set(.locked, by: .localControl, forSeconds: 15)
            try await eventually("locked") { twin.commandedAmperes.allSatisfy { $0 == 0 } }
            try await eventually("released by itself") { twin.commandedAmperes.allSatisfy { $0 > 0 } }
            let ended = device.interventions(after: 0).ended
            #expect(ended.map(\.mode) == [.locked] && ended.map(\.source) == [.localControl])
        }
    }

    @Test func theOwnersLimitOfOneStationLowersItAloneAndFallsBackToThatOfTheSettings() async throws {
        try await withSite(quietBuilding()) { settings in
            settings.stations[0].sharing.ownerLimitAmperes = 9
        } _: { twin, device in
            try await eventually("the owner's 9 A") { twin.commandedAmperes[0] == 9 && twin.commandedAmperes[1] > 9 }
            #expect(device.stations()[0].limit.reason == .ownerLimit)
            #expect(device.setOwnerLimit(7, station: 0, forSeconds: 15))
            try await eventually("7 A") { twin.commandedAmperes[0] == 7 && twin.commandedAmperes[1] > 9 }
            try await eventually("9 A again") { twin.commandedAmperes[0] == 9 && twin.commandedAmperes[1] > 9 }
            #expect(!device.setOwnerLimit(7, station: 2))
        }
    }

    @Test func aGroupBoundsItsStationsAndShowsWhatIsTaken() async throws {
        try await withSite(quietBuilding()) { settings in
            settings.groups = [SiteGroup(name: "garage", node: LimitNode(limitAmperes: PerPhaseAmperes(20)))]
            for index in settings.stations.indices { settings.stations[index].sharing.node = 0 }
            settings.stations[1].sharing.weight = 1.5
        } _: { twin, device in
            try await eventually("20 A by weight") { twin.commandedAmperes == [8, 12] }
            let group = try #require(device.groups().first)
            #expect(group.usableAmperes == PerPhaseAmperes(20, 20, 20))
            #expect(group.keptAmperes.maximum <= 20 && group.keptAmperes.maximum >= 12)
            #expect(device.stations()[0].limit.reasonWords(device.settings.groups).hasPrefix("garage"))
        }
    }

    /// Files as a driver keeps them.
    @Test func filesAreReadAsInputs() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "headroom-input-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: path) }
        try Data("0\n".utf8).write(to: path)
        try await withSite(quietBuilding(stations: 1)) { settings in
            settings.utilitySignal = UtilitySignalSettings(
                inputs: [.file(path.path)], wiring: .makeContact(.locked), debounceSeconds: 0.1,
                reducedLimit: .watts(4200))
        } _: { twin, device in
            try await eventually("normal") { device.snapshot().signalMode == .normal && !device.isReceiverFaulty }
            try Data("1\n".utf8).write(to: path)
            try await eventually("locked") { device.snapshot().signalMode == .locked }
            // Nobody but the receiver lifts its lock.
            for other in [nil, LimitValue.amperes(PerPhaseAmperes(10))] {
                device.set(other, by: .digitalInput)
                try await Task.sleep(for: .seconds(1))
                try await eventually("locked still") { device.snapshot().signalMode == .locked }
            }
            try Data("?\n".utf8).write(to: path)
            try await eventually("neither 0 nor 1") {
                device.isReceiverFaulty && device.messages().contains { $0.contains("neither 0 nor 1") }
            }
            try FileManager.default.removeItem(at: path)
            try await eventually("gone") { device.messages().contains { $0.contains("correct the path") } }
        }
    }

    @Test func aChipThatIsNotThereIsTheSafeMode() async throws {
        try await withSite(quietBuilding(stations: 1)) { settings in
            settings.utilitySignal = UtilitySignalSettings(
                inputs: [.gpio(chip: "/dev/gpiochip99", line: 3)], wiring: .breakContact(.reduced),
                reducedLimit: .amperes(PerPhaseAmperes(10)), safeMeaning: .locked)
        } _: { twin, device in
            try await eventually("locked") { device.snapshot().signalMode == .locked && device.isReceiverFaulty }
            #expect(device.messages().contains { $0.contains("line 3 of /dev/gpiochip99") && $0.contains("gpioinfo") })
        }
    }
}
