import Allocation
import Realtime
import Synchronization
import Testing

@testable import Stations

private let phaseRegisters = [
    "l1: {address: 13, type: u16}", "l2: {address: 14, type: u16}", "l3: {address: 15, type: u16}",
    "a1: {address: 16, type: u16}", "a2: {address: 17, type: u16}", "a3: {address: 18, type: u16}",
]
private let perPhase = "{registers: [l1, l2, l3], read-back: [a1, a2, a3], step-a: 1, acts-within-s: 0.2}"
private let phaseWords = testRegisters([13: 32, 14: 32, 15: 32, 16: 32, 17: 32, 18: 32])
private let followsEach: ScriptedStation.WriteHook = { registers, _ in
    for place in 13...15 { registers[place + 3] = registers[place] }
}

@Suite(.timeLimit(.minutes(2))) struct PerPhaseTests {
    @Test("each phase gets its own line's limit, rounded down; the largest counts")
    func each() async throws {
        let profile = try testProfile(registers: phaseRegisters, ["limit": perPhase])
        let station = try ScriptedStation(registers: phaseWords, onWrite: followsEach)
        defer { station.stop() }
        // The station's own L1, L2, L3 are on supply lines L2, L3, L1.
        let writer = try StationWriter(configuration(profile, port: station.port, phases: [.l2, .l3, .l1]))
        writer.publish(StationLimit(amperes: 8, lineAmperes: PerPhaseAmperes(8.9, 12.2, 10.5)))
        #expect(writer.report().inFlightAmperes ?? writer.report().acceptedAmperes == 12)
        try await eventually("accepted") { writer.report().acceptedAmperes == 12 }
        #expect((13...15).map { station.registers[$0] } == [12, 10, 8])
        // Only one phase differs.
        writer.publish(StationLimit(amperes: 8, lineAmperes: PerPhaseAmperes(8.9, 12.2, 7.5)))
        try await eventually("second limit") { station.registers[14] == 7 }
        // Without limits by line all get the same.
        writer.publish(StationLimit(amperes: 9.9))
        try await eventually("accepted") { writer.report().acceptedAmperes == 9 }
        #expect((13...15).map { station.registers[$0] } == [9, 9, 9])
        writer.stop()
        #expect((13...15).map { station.registers[$0] } == [6, 6, 6], "left at its fail-safe")
    }

    @Test(
        "a station with one limit gets the smallest of its own lines'",
        arguments: [
            ([.l1, .l2, .l3], 80), ([.l2, .l3], 105), ([.l2], 122),
        ] as [([Phase], UInt16)])
    func smallest(phases: [Phase], value: UInt16) async throws {
        let station = try ScriptedStation(registers: testRegisters(), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try testProfile(), port: station.port, phases: phases))
        writer.publish(StationLimit(amperes: 14, lineAmperes: PerPhaseAmperes(8, 12.2, 10.5)))
        try await eventually("accepted") { writer.report().inFlightAmperes == nil && station.registers[10] != 320 }
        #expect(station.registers[10] == value)
        #expect(writer.report().acceptedAmperes.map { abs($0 - Double(value) / 10) < 1e-9 } == true)
        writer.stop()
    }

    @Test("a single-phase station has only its first register written and looked at")
    func singlePhase() async throws {
        let profile = try testProfile(registers: phaseRegisters, ["limit": perPhase])
        let station = try ScriptedStation(registers: phaseWords, onWrite: followsEach)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port, phases: [.l3]))
        writer.publish(StationLimit(amperes: 16, lineAmperes: PerPhaseAmperes(6, 7, 11)))
        try await eventually("accepted") { writer.report().acceptedAmperes == 11 }
        #expect((13...15).map { station.registers[$0] } == [11, 32, 32])
        writer.stop()
    }

    @Test("a phase that does not follow keeps the whole limit in flight, and the largest read-back counts")
    func onePhaseLies() async throws {
        let profile = try testProfile(registers: phaseRegisters, ["limit": perPhase])
        let station = try ScriptedStation(registers: phaseWords) { registers, _ in
            registers[16] = registers[13]
            registers[18] = registers[15]
        }
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("told again") { station.requests.count { $0.address == 14 && $0.values == [10] } >= 3 }
        #expect(writer.report().acceptedAmperes == 32 && writer.report().inFlightAmperes == 10)
        #expect(writer.diagnostics().lastError?.contains("reads back 32.0 A from 'a2'") == true)
        #expect(writer.diagnostics().limitInForceAmperes == 32)
        station.set(17, 10)
        try await eventually("accepted") { writer.report().acceptedAmperes == 10 }
        writer.stop()
    }

    @Test("a fail-safe current of each phase is written and read back")
    func failSafe() async throws {
        let profile = try testProfile(
            registers: [
                "f1: {address: 20, type: u16}", "f2: {address: 21, type: u16}", "f3: {address: 22, type: u16}",
                "timeout: {address: 23, type: u16}",
            ],
            [
                "fail-safe":
                    "{current: [f1, f2, f3], current-read-back: [f1, f2, f3], timeout: timeout, timeout-read-back: timeout}"
            ])
        let station = try ScriptedStation(
            registers: testRegisters([20: 0, 21: 0, 22: 0, 23: 0]), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        try await eventually("kept") { writer.diagnostics().failSafeKept == true }
        #expect((20...23).map { station.registers[$0] } == [6, 6, 6, 60] && writer.report().keepsFailSafe)
        writer.stop()
    }
}

private let coil = ["release: {address: 400, type: bit}", "command: {address: 12, type: u16, write-only: true}"]

@Suite(.timeLimit(.minutes(2))) struct PauseTests {
    @Test("a station is stopped by its coil, and let go on only after it has its new limit")
    func coilPause() async throws {
        let profile = try testProfile(
            registers: coil,
            [
                "limit": """

                  register: limit
                  step-a: 0.1
                  read-back: active
                  acts-within-s: 0.2
                  pause: {register: release, value: 0}
                  resume: {register: release, value: 1}
                """
            ])
        let station = try ScriptedStation(
            registers: testRegisters([ScriptedStation.coils + 400: 0]), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("accepted") { writer.report().acceptedAmperes == 10 }
        writer.publish(StationLimit(amperes: 0))
        try await eventually("paused") { writer.report().acceptedAmperes == 0 }
        #expect(writer.report().inFlightAmperes == nil)
        // The limit register still reads 10 A: that is no disobedience.
        let reads = writer.diagnostics().reads
        try await eventually("rounds later") { writer.diagnostics().reads > reads + 10 }
        #expect(writer.report().acceptedAmperes == 0 && writer.diagnostics().lastError == nil)
        writer.publish(StationLimit(amperes: 7))
        try await eventually("accepted") { writer.report().acceptedAmperes == 7 }
        writer.publish(StationLimit(amperes: 8))
        try await eventually("accepted") { writer.report().acceptedAmperes == 8 }
        writer.stop()
        #expect(station.writes == ["6:10=100", "5:400=1", "5:400=0", "6:10=70", "5:400=1", "6:10=80", "6:10=60"])
    }

    @Test("an edge is two writes in a row; without read-back the limit is told again after the resume")
    func edge() async throws {
        let profile = try testProfile(
            registers: coil,
            [
                "limit": """

                  register: limit
                  step-a: 0.1
                  pause: [{register: command, value: 2}, {register: command, value: 0}]
                  resume: [{register: command, value: 1}, {register: command, value: 0}]
                """
            ])
        let station = try ScriptedStation(registers: testRegisters([12: 0]))
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 0))
        try await eventually("paused") { writer.report().acceptedAmperes == 0 }
        writer.publish(StationLimit(amperes: 7))
        try await eventually("accepted") { writer.report().acceptedAmperes == 7 }
        writer.stop()
        #expect(station.writes == ["6:12=2", "6:12=0", "6:10=70", "6:12=1", "6:12=0", "6:10=70", "6:10=60"])
    }

    @Test("a pause that the station refuses is no pause: the limit before stays what counts")
    func refusedPause() async throws {
        let profile = try testProfile(
            registers: coil,
            [
                "limit":
                    "{register: limit, step-a: 1, read-back: active, pause: {register: release, value: 0}, resume: {register: release, value: 1}}"
            ])
        let station = try ScriptedStation(
            registers: testRegisters([ScriptedStation.coils + 400: 1]), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("accepted") { writer.report().acceptedAmperes == 10 }
        station.set(ScriptedStation.coils + 400, 1)
        station.follow { request, right in
            guard request.function == 5 else { return .reply(right) }
            return .reply(Array(right[0..<4]) + [0, 3, 1, 0x85, 4])
        }
        writer.publish(StationLimit(amperes: 0))
        try await eventually("tried again") { station.requests.count { $0.function == 5 && $0.values == [0] } >= 3 }
        #expect(writer.report().acceptedAmperes == 10 && writer.report().inFlightAmperes == 0)
        writer.stop()
    }

    @Test("a station that cannot be stopped gets its minimum, which is what counts, and people are told why")
    func cannotPause() async throws {
        let profile = try testProfile(["limit": "{register: limit, step-a: 0.1, read-back: active, can-pause: false}"])
        let station = try ScriptedStation(registers: testRegisters(), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("accepted") { writer.report().acceptedAmperes == 10 }
        #expect(writer.diagnostics().limitNote == nil)
        writer.publish(StationLimit(amperes: 0))
        let published = writer.report()
        #expect(published.inFlightAmperes == 6 || published.acceptedAmperes == 6)
        try await eventually("its minimum") { writer.report().acceptedAmperes == 6 }
        #expect(station.registers[10] == 60)
        #expect(writer.diagnostics().limitNote?.contains("cannot be stopped by Modbus") == true)
        writer.publish(StationLimit(amperes: 8))
        try await eventually("accepted") { writer.report().acceptedAmperes == 8 }
        #expect(writer.diagnostics().limitNote == nil)
        writer.stop()
        #expect(!station.writes.contains("6:10=0"))
    }

    @Test(
        "a limit in watt is of all phases together at 230 V, and reads back as ampere",
        arguments: [
            ([.l1, .l2, .l3], 6900), ([.l2], 2300),
        ] as [([Phase], UInt16)])
    func watt(phases: [Phase], value: UInt16) async throws {
        let profile = try testProfile(
            registers: ["watts: {address: 10, type: u16}", "watts-kept: {address: 11, type: u16}"],
            ["limit": "{register: watts, read-back: watts-kept, unit: watt, step-a: 0.1}"])
        let station = try ScriptedStation(registers: testRegisters(), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port, phases: phases))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("accepted") { writer.report().acceptedAmperes == 10 }
        #expect(station.registers[10] == value)
        writer.publish(StationLimit(amperes: 0))
        try await eventually("paused") { writer.report().acceptedAmperes == 0 && station.registers[10] == 0 }
        writer.stop()
    }
}

@Suite(.timeLimit(.minutes(2))) struct RaiseGapTests {
    private static func profile(gap: String) throws -> StationProfile {
        var profile = try genericProfile([("acts-within-s: 0.2", "acts-within-s: 0.2\n  raise-gap-s: \(gap)")])
        profile.requestTimeoutSeconds = 30
        return profile
    }

    @Test("a higher limit that waits out the profile's gap holds no lower one up")
    func lowerGoesAtOnce() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try Self.profile(gap: "3600"), port: station.port))
        defer { writer.stop(timeoutSeconds: 10) }
        for (amperes, accepted) in [(10.0, 10.0), (16, 10), (8, 8), (12, 8), (7, 7)] {
            writer.publish(StationLimit(amperes: amperes))
            let reads = writer.diagnostics().reads
            try await eventually("\(accepted) A, and rounds later too") {
                writer.report().acceptedAmperes == accepted && writer.diagnostics().reads > reads + 4
            }
        }
        #expect(station.registers[10] == 70)
    }

    @Test("a higher limit goes out when the profile's gap after the last one is over")
    func higherWaits() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try Self.profile(gap: "1"), port: station.port))
        defer { writer.stop(timeoutSeconds: 10) }
        let began = MonotonicClock.nanoseconds()
        writer.publish(StationLimit(amperes: 10))
        try await eventually("10 A accepted") { writer.report().acceptedAmperes == 10 }
        writer.publish(StationLimit(amperes: 12))
        try await eventually("12 A accepted") { writer.report().acceptedAmperes == 12 }
        #expect(MonotonicClock.nanoseconds() - began >= 1_000_000_000)
    }

    @Test("after a refused limit the station holds another than it was sent: no gap holds the next one up")
    func refusedIsNoRaise() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try Self.profile(gap: "3600"), port: station.port))
        defer { writer.stop(timeoutSeconds: 10) }
        writer.publish(StationLimit(amperes: 16))
        try await eventually("16 A accepted") { writer.report().acceptedAmperes == 16 }
        station.follow { request, right in
            guard request.values == [80] else { return .reply(right) }
            return .reply(Array(right[0..<4]) + [0, 3, 1, request.function | 0x80, 4])
        }
        writer.publish(StationLimit(amperes: 8))
        try await eventually("8 A refused") { station.requests.contains { $0.values == [80] } }
        station.set(10, 160)
        station.set(11, 160)
        // More than the 8 A sent, less than the 16 A that it holds.
        writer.publish(StationLimit(amperes: 10))
        try await eventually("10 A accepted") { writer.report().acceptedAmperes == 10 }
    }
}
