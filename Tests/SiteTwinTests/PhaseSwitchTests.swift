import Allocation
import Testing

@testable import SiteTwin
@testable import Stations

/// The writer changes a station between one phase and three, as the allocator proposes.
@Suite(.timeLimit(.minutes(5))) struct PhaseSwitchTests {
    private func bench(_ profile: String, edition: String? = nil) throws -> WriterBench {
        let profile = try #require(StationProfile.builtIn(named: profile))
        return try WriterBench(Model(profile: profile, edition: edition), seconds: 1, switchesPhases: true)
    }

    private func charging(_ bench: WriterBench, _ phaseCount: Int) async throws {
        try await expectSoon("charges at 10 A on \(phaseCount)") {
            bench.seen.carPhaseCount == phaseCount && abs(bench.seen.carAmperes - 10) < 0.1
        }
    }

    @Test(
        "the car is paused, the contactors switch without load, and the limit comes back",
        arguments: ["webasto-unite", "alfen-eve", "go-e"])
    func changes(profile: String) async throws {
        let bench = try bench(profile)
        bench.writer.publish(StationLimit(amperes: 10))
        try await charging(bench, 3)
        try await expectSoon("tells three") { bench.writer.report().phaseMode == .three }
        for (mode, count) in [(PhaseMode.single, 1), (.three, 3)] {
            bench.writer.publish(StationLimit(amperes: 10, proposedMode: mode))
            try await expectSoon("tells \(count)") { bench.writer.report().phaseMode == mode }
            // What was proposed has come about: the allocator says nothing more.
            bench.writer.publish(StationLimit(amperes: 10))
            try await charging(bench, count)
            try await expectSoon("10 A accepted") { bench.accepts(10) }
            #expect(bench.writer.diagnostics().limitNote == nil)
        }
        #expect(bench.seen.loadedSwitchCount == 0)
    }

    @Test("a lower limit that comes while the station changes is the one it goes on with")
    func lowered() async throws {
        let bench = try bench("webasto-unite")
        bench.writer.publish(StationLimit(amperes: 16))
        try await expectSoon("charges") { bench.seen.carAmperes > 15 && bench.seen.carPhaseCount == 3 }
        bench.writer.publish(StationLimit(amperes: 16, proposedMode: .single))
        try await expectSoon("pauses, and says why") {
            bench.seen.commandedAmperes == 0
                && bench.writer.diagnostics().limitNote == "it pauses to change to one phase"
        }
        let count = bench.seen.receivedLimits.count
        bench.writer.publish(StationLimit(amperes: 8, proposedMode: .single))
        try await expectSoon("8 A on one phase") {
            bench.seen.carPhaseCount == 1 && abs(bench.seen.carAmperes - 8) < 0.1
        }
        #expect(bench.seen.receivedLimits.dropFirst(count).allSatisfy { $0.amperes == 0 || $0.amperes == 8 })
        #expect(bench.seen.loadedSwitchCount == 0)
    }

    @Test("a firmware without the register is left alone: no pause for nothing")
    func older() async throws {
        let bench = try bench("webasto-unite", edition: "3.156")
        bench.writer.publish(StationLimit(amperes: 10))
        try await charging(bench, 3)
        bench.writer.publish(StationLimit(amperes: 10, proposedMode: .single))
        let reads = bench.writer.diagnostics().reads
        try await expectSoon("five rounds") { bench.writer.diagnostics().reads > reads + 60 }
        #expect(bench.writer.report().phaseMode == nil)
        #expect(bench.seen.carPhaseCount == 3 && bench.seen.receivedLimits.allSatisfy { $0.amperes > 0 })
    }

    @Test("without contact nothing is known of the phases")
    func silent() async throws {
        let bench = try bench("alfen-eve")
        bench.writer.publish(StationLimit(amperes: 10))
        try await expectSoon("tells three") { bench.writer.report().phaseMode == .three }
        bench.twin.setStationFaults(.down, station: 0)
        try await expectSoon("nothing") { bench.writer.report().phaseMode == nil }
        bench.twin.setStationFaults([], station: 0)
        try await expectSoon("tells three again") { bench.writer.report().phaseMode == .three }
    }
}
