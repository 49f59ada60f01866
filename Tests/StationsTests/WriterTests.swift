import Allocation
import Synchronization
import Testing

@testable import Stations

@Suite(.timeLimit(.minutes(2))) struct WriterTests {
    @Test("a limit goes in rounded down, comes back, and is accepted; status, currents and energy are known")
    func normalLife() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(genericProfile(), port: station.port, phases: [.l2, .l3, .l1]))
        #expect([nil, 32].contains(writer.report().acceptedAmperes), "nothing, or what it held before")
        writer.publish(StationLimit(amperes: 10.37))
        // In flight at once; on a busy machine the station may have confirmed it already.
        let published = writer.report()
        #expect((published.inFlightAmperes ?? published.acceptedAmperes).map { abs($0 - 10.3) < 1e-9 } == true)
        try await eventually("the limit is accepted and the currents are known") {
            let report = writer.report()
            return report.acceptedAmperes != nil && report.inFlightAmperes == nil && report.drawnTime != .never
        }
        let report = writer.report()
        #expect(station.registers[10] == 103)
        #expect(report.acceptedAmperes.map { abs($0 - 10.3) < 1e-9 } == true)
        #expect(report.status == .charging)
        #expect(report.isAnswering)
        // The station's own L1, L2, L3 are on supply lines L2, L3, L1.
        #expect(report.drawnAmperes == PerPhaseAmperes(5, 10, 0))
        let diagnostics = writer.diagnostics()
        #expect(diagnostics.failSafeKept == true)
        #expect(diagnostics.energyWattHours == 65_538)
        #expect(diagnostics.lastError == nil)
        #expect(station.registers[20] == 6 && station.registers[21] == 60)
        writer.stop()
    }

    @Test("at a connect: start-up writes, fail-safe with read-back, identity; the limit waits for none of them")
    func order() async throws {
        let profile = try genericProfile([
            ("\nkeep-alive:", "\nstart-up:\n  - {register: fail-safe-timeout, value: 45}\nkeep-alive:"),
            ("  energy: {", "  serial: {address: 30, type: hex, length: 2}\n  energy: {"),
            ("\nfail-safe:", "\nidentity: {serial number: serial}\nfail-safe:"),
        ])
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 8))
        try await eventually("limit accepted, identity read") {
            writer.report().acceptedAmperes == 8 && !writer.diagnostics().identity.isEmpty
        }
        writer.stop()
        let seen = station.requests.map { "\($0.function):\($0.address)" }
        var setUp: [String] = []
        // What the limit overtakes is asked again.
        for request in seen where !["6:10", "3:11"].contains(request) && !request.hasSuffix(":0") {
            if request != setUp.last { setUp.append(request) }
        }
        #expect(setUp.prefix(6) == ["6:21", "6:20", "6:21", "3:20", "3:21", "3:30"])
        #expect(writer.diagnostics().identity == "serial number 00010002")
    }

    @Test("a fail-safe register that never answers does not keep the limit from the station")
    func limitBeforeFailSafe() async throws {
        let station = try ScriptedStation(
            registers: genericRegisters, onWrite: followsLimit,
            script: { request, answer in request.address == 20 ? .silence : .reply(answer) })
        defer { station.stop() }
        let writer = try StationWriter(configuration(try genericProfile([]), port: station.port))
        writer.publish(StationLimit(amperes: 8))
        try await eventually("limit written") {
            station.requests.contains { $0.address == 10 && $0.values == [80] }
        }
        writer.stop()
    }

    @Test("a station that lost its limit and holds more than the installer allows is told again, and counts as unknown")
    func lostLimitIsSentAgain() async throws {
        let station = try ScriptedStation(
            registers: genericRegisters, onWrite: followsLimit,
            script: { request, answer in
                // Whatever it was told: it holds 160 A.
                guard request.function == 3, request.address == 11 else { return .reply(answer) }
                return .reply(answer.dropLast(2) + [0x06, 0x40])
            })
        defer { station.stop() }
        let writer = try StationWriter(configuration(try genericProfile([]), port: station.port))
        writer.publish(StationLimit(amperes: 8))
        try await eventually("told again") { station.requests.filter { $0.address == 10 }.count >= 2 }
        #expect(writer.report().acceptedAmperes == nil || writer.report().acceptedAmperes == 160)
        writer.stop()
    }

    @Test("a lower limit goes out before the next read, even in the midst of a round of reading")
    func reductionFirst() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(genericProfile(), port: station.port))
        writer.publish(StationLimit(amperes: 16))
        try await eventually("first limit accepted") { writer.report().acceptedAmperes == 16 }
        // The first block of a round is registers 0 to 3, the others follow: publish while it is being answered.
        let once = Atomic(false)
        let indexOfBlock = Atomic(0)
        let box = Mutex<StationWriter?>(writer)
        let station2 = station
        station.follow { request, right in
            if request.address == 0, !once.exchange(true, ordering: .relaxed) {
                indexOfBlock.store(station2.requests.count, ordering: .relaxed)
                box.withLock { $0?.publish(StationLimit(amperes: 6)) }
            }
            return .reply(right)
        }
        try await eventually("lower limit accepted") { writer.report().acceptedAmperes == 6 }
        let after = station.requests[indexOfBlock.load(ordering: .relaxed)]
        #expect(after.function == 6 && after.address == 10 && after.values == [60])
        writer.stop()
        station.follow(nil)
    }

    @Test("stopping leaves the station at its fail-safe limit")
    func leaving() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(genericProfile(), port: station.port))
        writer.publish(StationLimit(amperes: 16))
        try await eventually("limit accepted") { writer.report().acceptedAmperes == 16 }
        #expect(!writer.diagnostics().isLeftAtFailSafe)
        writer.requestStop()
        #expect(writer.stop())
        #expect(station.registers[10] == 60)
        #expect(writer.diagnostics().isLeftAtFailSafe)
        #expect(writer.stop(), "a second stop has nothing to do")
    }

    @Test("a station that is not managed is left at its maximum, never at its fail-safe")
    func notManaged() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(genericProfile(), port: station.port, isManaged: false))
        #expect(writer.rating.failSafeAmperes == 16)
        writer.publish(StationLimit(amperes: 16))
        try await eventually("limit accepted") { writer.report().acceptedAmperes == 16 }
        writer.stop()
        #expect(station.registers[10] == 160)
        #expect(station.registers[20] == 16)
    }

    @Test("an unchanged limit is not written again, a changed one once")
    func unchanged() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(genericProfile(), port: station.port))
        for _ in 0..<1000 { writer.publish(StationLimit(amperes: 9.04)) }
        try await eventually("limit accepted") { writer.report().acceptedAmperes == 9 }
        for _ in 0..<1000 { writer.publish(StationLimit(amperes: 9.05)) }
        let polls = writer.diagnostics().reads
        try await eventually("several rounds later") { writer.diagnostics().reads > polls + 12 }
        #expect(station.requests.count { $0.address == 10 && $0.function == 6 } == 1)
        writer.stop()
    }

    @Test("a write of a constant keeps the station alive on its own clock")
    func keepAlive() async throws {
        let profile = try genericProfile([
            ("  by: any-traffic\n  every-s: 2", "  by: write\n  every-s: 0.1\n  register: alive\n  value: 1"),
            ("  energy: {", "  alive: {address: 40, type: u16}\n  energy: {"),
        ])
        var registers = genericRegisters
        registers[40] = 0
        let station = try ScriptedStation(registers: registers, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        try await eventually("signs of life") { station.requests.count { $0.address == 40 && $0.values == [1] } >= 5 }
        writer.stop()
    }

    @Test("a single-phase station loads only its own line")
    func singlePhase() async throws {
        let station = try ScriptedStation(registers: genericRegisters, onWrite: followsLimit)
        defer { station.stop() }
        let writer = try StationWriter(configuration(genericProfile(), port: station.port, phases: [.l3]))
        #expect(writer.rating.phases == .l3)
        try await eventually("currents known") { writer.report().drawnTime != .never }
        #expect(writer.report().drawnAmperes == PerPhaseAmperes(0, 0, 10))
        writer.stop()
    }

    @Test("settings that cannot be are refused with the field and a remedy", arguments: badSettings.indices)
    func badSetting(index: Int) throws {
        let (field, change) = badSettings[index]
        var settings = configuration(try genericProfile(), port: 502)
        change(&settings)
        let error = #expect(throws: StationError.self) { _ = try StationWriter(settings) }
        #expect(error?.field == field)
        #expect(error?.description.contains("Parkplatz 2") == true && error?.remedy.isEmpty == false)
    }
}

private let badSettings: [(field: String, change: @Sendable (inout StationConfiguration) -> Void)] = [
    ("host", { $0.host = "" }),
    ("port", { $0.port = 0 }),
    ("port", { $0.port = 65_536 }),
    ("unitIdentifier", { $0.unitIdentifier = 248 }),
    ("unitIdentifier", { $0.unitIdentifier = -1 }),
    ("supplyPhases", { $0.supplyPhases = [] }),
    ("supplyPhases", { $0.supplyPhases = [.l1, .l1] }),
    ("maximumAmperes", { $0.maximumAmperes = 5 }),
    ("maximumAmperes", { $0.maximumAmperes = .nan }),
    ("maximumAmperes", { $0.maximumAmperes = 81 }),
    ("failSafeAmperes", { $0.failSafeAmperes = 17 }),
    ("failSafeAmperes", { $0.failSafeAmperes = 3 }),
    ("failSafeAmperes", { $0.failSafeAmperes = .nan }),
    ("failSafeAfterSeconds", { $0.failSafeAfterSeconds = 4 }),
    ("failSafeAfterSeconds", { $0.failSafeAfterSeconds = .infinity }),
]
