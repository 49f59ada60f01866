import Allocation
import Testing

@testable import Stations

private let alive = ["alive: {address: 40, type: u16}"]
private let twoRegisters = "{timeout: timeout, timeout-read-back: timeout, current: fall-back}"

@Suite(.timeLimit(.minutes(2))) struct LifeSignTests {
    @Test("a sign of life that the station clears is written again as soon as it reads cleared")
    func cleared() async throws {
        let profile = try testProfile(
            registers: alive, ["keep-alive": "{by: write-when-cleared, every-s: 1000, register: alive, value: 1}"])
        let station = try ScriptedStation(registers: testRegisters([40: 0]), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        for expected in 1...3 {
            try await eventually("written") { station.writes.count { $0 == "6:40=1" } >= expected }
            let reads = writer.diagnostics().reads
            try await eventually("rounds later") { writer.diagnostics().reads > reads + 6 }
            #expect(station.writes.count { $0 == "6:40=1" } == expected, "not while it still reads 1")
            station.set(40, 0)
        }
        writer.stop()
    }

    @Test("it is written at the latest after its interval, though the station never clears it")
    func latest() async throws {
        let profile = try testProfile(
            registers: alive, ["keep-alive": "{by: write-when-cleared, every-s: 0.1, register: alive, value: 1}"])
        let station = try ScriptedStation(registers: testRegisters([40: 1]), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        try await eventually("written again") { station.writes.count { $0 == "6:40=1" } >= 4 }
        writer.stop()
    }

    @Test("a share of the time-out follows the settings, or the station's own")
    func share() throws {
        let keepAlive = "{by: write, timeout-share: 0.25, register: alive, value: 1}"
        let settable = try testProfile(
            registers: alive + ["timeout: {address: 20, type: u16}", "fall-back: {address: 21, type: u16}"],
            ["keep-alive": keepAlive, "fail-safe": twoRegisters])
        #expect(settable.keepAliveSeconds(timeoutSeconds: 60) == 15)
        let fixed = try testProfile(
            registers: alive, ["keep-alive": keepAlive, "fail-safe": "{fixed-timeout-s: 300, fixed-current-a: 0}"])
        #expect(fixed.keepAliveSeconds(timeoutSeconds: 60) == 75)
        #expect(fixed.pollSeconds(timeoutSeconds: 60) == 0.05, "reading is no sign of life to this one")
    }

    @Test("a share is written at its own pace")
    func sharePace() async throws {
        let profile = try testProfile(
            registers: alive,
            [
                "keep-alive": "{by: write, timeout-share: 0.05, register: alive, value: 1}",
                "fail-safe": "{fixed-timeout-s: 2, fixed-current-a: 6}",
            ])
        let station = try ScriptedStation(registers: testRegisters([40: 0]), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        try await eventually("signs of life") { station.writes.count { $0 == "6:40=1" } >= 5 }
        writer.stop()
    }

    @Test("a fail-safe that nobody can set is what the allocator counts with")
    func fixed() throws {
        let profile = try testProfile(["fail-safe": "{fixed-timeout-s: 300, fixed-current-a: 13}"])
        let rating = configuration(profile, port: 502).rating
        #expect(profile.hasFailSafe && rating.failSafeAmperes == 13 && rating.failSafeAfterSeconds == 300)
        let half = try testProfile(["fail-safe": "{fixed-current-a: 13}"])
        #expect(!half.hasFailSafe, "nobody knows when")
        #expect(configuration(half, port: 502).rating.failSafeAmperes == nil)
    }

    @Test("a station whose only fail-safe is its own counts as keeping it")
    func fixedIsKept() async throws {
        let profile = try testProfile(["fail-safe": "{fixed-timeout-s: 300, fixed-current-a: 6}"])
        let station = try ScriptedStation(registers: testRegisters(), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("accepted") { writer.report().acceptedAmperes == 10 }
        #expect(writer.report().keepsFailSafe)
        writer.stop()
    }
}

@Suite(.timeLimit(.minutes(2))) struct MeasurementTests {
    private static let measured = [
        "u1: {address: 60, type: u16}", "u2: {address: 61, type: u16}", "u3: {address: 62, type: u16}",
        "p1: {address: 63, type: u16}", "p2: {address: 64, type: u16, not-available: 0xFFFF}",
        "p3: {address: 65, type: u16}", "e1: {address: 66, type: u32, not-available: 0xFFFFFFFF}",
        "e2: {address: 68, type: u32, not-available: 0xFFFFFFFF}", "e3: {address: 70, type: u32}",
        "fault: {address: 72, type: u16}", "more-faults: {address: 73, type: u16}", "count: {address: 74, type: u16}",
    ]

    @Test("voltages, power, energy of each phase, phases, words of status and fault reach the diagnostics")
    func diagnostics() async throws {
        let profile = try testProfile(
            registers: Self.measured,
            [
                "status": "[{when: {state: 2}, is: charging, says: at full speed}, {when: {state: 1}, is: occupied}]",
                "measurements":
                    "{current-a: current, voltage-v: [u1, u2, u3], power-w: [p1, p2, p3], energy-wh: [e1, e2, e3], energy-of: session}",
                "faults": """

                  - {register: fault, codes: {7: {says: too hot, do: let it cool}, 9: wet}}
                  - {register: more-faults, bits: {0x1: first, 0x6: {says: both, do: call}}}
                """,
                "phases": "{count: {register: count, one: 0, three: 1}}",
            ])
        let station = try ScriptedStation(
            registers: testRegisters([
                60: 229, 61: 230, 62: 231, 63: 1000, 64: 0xFFFF, 65: 500, 66: 1, 67: 0, 68: 0xFFFF, 69: 0xFFFF, 70: 0,
                71: 4, 72: 7, 73: 7, 74: 1,
            ]), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        try await eventually("read") { writer.diagnostics().energyWattHours != nil }
        var seen = writer.diagnostics()
        #expect(seen.volts == [229, 230, 231] && seen.powerWatts == 1500 && seen.energyWattHours == 65_540)
        #expect(seen.energyIsOfSession && seen.phaseCount == 3)
        #expect(
            seen.faults == [
                StationFault(words: "too hot", remedy: "let it cool"), StationFault(words: "first"),
                StationFault(words: "both", remedy: "call"),
            ])
        #expect(seen.status == .charging && seen.statusWords == "at full speed")
        let since = seen.statusSince
        let reads = seen.reads
        try await eventually("rounds later") { writer.diagnostics().reads > reads + 6 }
        #expect(writer.diagnostics().statusSince == since, "unchanged")
        for (address, value) in [(0, 1), (72, 8), (73, 0)] as [(Int, UInt16)] { station.set(address, value) }
        try await eventually("changed") {
            writer.diagnostics().status == .occupied && writer.diagnostics().faults.count == 1
        }
        seen = writer.diagnostics()
        #expect(seen.statusWords == nil && seen.statusSince.nanoseconds > since.nanoseconds)
        #expect(seen.faults == [StationFault(words: "fault 8", remedy: "see the station's manual")])
        writer.stop()
    }

    @Test("a start-up write whose condition does not hold is left out; a stored one that is right already, too")
    func startUp() async throws {
        let profile = try testProfile(
            registers: [
                "mode: {address: 50, type: u16}", "kept: {address: 51, type: u16, stored: true}",
                "other: {address: 52, type: u16, stored: true}",
            ],
            [
                "start-up": """

                  - {register: mode, value: 3, when: {mode: {not: 3}}}
                  - {register: mode, value: 9, when: {state: 77}}
                  - {register: kept, value: 5}
                  - {register: other, value: 6}
                """
            ])
        let station = try ScriptedStation(registers: testRegisters([50: 1, 51: 5, 52: 5]), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("accepted") { writer.report().acceptedAmperes == 10 }
        writer.stop()
        #expect(station.writes.prefix(3) == ["6:50=3", "6:52=6", "6:10=100"])
    }

    @Test("an address offset shifts every register, of variants too")
    func offset() async throws {
        let profile = try testProfile([
            "variants": "[{name: always, when: {state: 2}, changes: {limit: {read-back: limit}}}]"
        ])
        let shifted = Dictionary(uniqueKeysWithValues: testRegisters().map { ($0.key + 1000, $0.value) })
        let station = try ScriptedStation(registers: shifted)
        defer { station.stop() }
        var settings = configuration(profile, port: station.port)
        settings.addressOffset = 1000
        let writer = try StationWriter(settings)
        writer.publish(StationLimit(amperes: 10))
        try await eventually("accepted") { writer.report().acceptedAmperes == 10 }
        #expect(station.registers[1010] == 100 && station.requests.allSatisfy { $0.address >= 1000 })
        #expect(writer.diagnostics().variant == "always")
        writer.stop()
        settings.addressOffset = 65_530
        let error = #expect(throws: StationError.self) { try settings.check() }
        #expect(error?.field == "addressOffset")
    }

    @Test("coils and discrete inputs are read and written by their own functions", arguments: [5, 15])
    func coils(function: Int) async throws {
        let profile = try testProfile(
            registers: [
                "on: {address: 7, type: bit, write-function: \(function)}",
                "plugged: {address: 8, type: bit, read-function: 2}",
            ],
            [
                "status": "[{when: {plugged: 1}, is: occupied}, {when: {plugged: 0}, is: free}]",
                "start-up": "[{register: on, value: 1}]",
            ])
        let coils = ScriptedStation.coils
        let station = try ScriptedStation(
            registers: testRegisters([coils + 7: 0, coils + 8: 1]), onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        try await eventually("read") { writer.report().status == .occupied }
        #expect(station.writes.first == "\(function):7=1")
        #expect(station.requests.contains { $0.function == 2 && $0.address == 8 })
        writer.stop()
    }
}
