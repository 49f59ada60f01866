import Allocation
import Testing

@testable import Stations

/// The documented registers of an ABB Terra AC, charging at state 4.
private func abbRegisters(faults: UInt16 = 0, socket: UInt16 = 0x0111, state: UInt16 = 4) -> [Int: UInt16] {
    var registers: [Int: UInt16] = [:]
    for address in 0x4000...0x4024 { registers[address] = 0 }
    for address in [0x4100, 0x4101, 0x4103, 0x4105, 0x4106, 0x4109] { registers[address] = 0 }
    registers[0x4009] = faults
    registers[0x400B] = socket
    registers[0x400D] = state << 8
    registers[0x400F] = 32_000
    registers[0x4023] = 32_000
    registers[0x4020] = 60
    registers[0x4024] = 0xFF
    return registers
}

private let abbFollows: ScriptedStation.WriteHook = { registers, _ in
    registers[0x4022] = registers[0x4022].flatMap { _ in registers[0x4100] }
    registers[0x4023] = registers[0x4023].flatMap { _ in registers[0x4101] }
    registers[0x400E] = registers[0x4100]
    registers[0x400F] = registers[0x4101]
    registers[0x4020] = registers[0x4106]
    registers[0x4024] = registers[0x4024].flatMap { _ in registers[0x4109] }
}

@Suite(.timeLimit(.minutes(2))) struct ABBTests {
    static let states: [(faults: UInt16, socket: UInt16, state: UInt16, status: StationStatus)] = [
        (0, 0x0000, 0, .free), (0, 0x0111, 1, .occupied), (0, 0x0111, 2, .occupied), (0, 0x0111, 3, .occupied),
        (0, 0x0111, 4, .charging), (0, 0x0111, 0x84, .charging), (0, 0x0101, 5, .occupied), (0, 0x0111, 5, .occupied),
        (0, 0x0011, 5, .free), (0, 0x0000, 5, .free), (0x80, 0x0111, 4, .outOfService), (0, 0x0111, 9, .unknown),
    ]

    @Test("the charging state, with the socket where the document says so", arguments: states.indices)
    func status(index: Int) async throws {
        let (faults, socket, state, status) = Self.states[index]
        let station = try ScriptedStation(
            registers: abbRegisters(faults: faults, socket: socket, state: state), onWrite: abbFollows)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try builtIn("abb-terra-ac"), port: station.port))
        try await eventually("a round was read") { writer.report().drawnTime != .never }
        #expect(writer.report().status == status)
        #expect(writer.diagnostics().faults.map(\.words) == (faults == 0 ? [] : ["over-temperature"]))
        #expect((writer.diagnostics().lastError?.contains("no status rule fits") == true) == (status == .unknown))
        writer.stop()
    }

    @Test("the limit goes in one request of two words, the fall-back in ampere, and the session is never touched")
    func writes() async throws {
        let station = try ScriptedStation(registers: abbRegisters(), onWrite: abbFollows)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try builtIn("abb-terra-ac"), port: station.port))
        writer.publish(StationLimit(amperes: 16))
        try await eventually("accepted") { writer.report().acceptedAmperes == 16 }
        writer.publish(StationLimit(amperes: 0))
        try await eventually("paused") { writer.report().acceptedAmperes == 0 }
        writer.stop()
        let writes = station.requests.filter { $0.count == 0 }
        #expect(writes.filter { $0.address == 0x4100 }.map(\.values) == [[0, 16_000], [0, 0], [0, 6000]])
        #expect(writes.filter { $0.address == 0x4100 }.allSatisfy { $0.function == 16 })
        #expect(writes.filter { $0.address == 0x4109 }.map(\.values) == [[6]])
        #expect(writes.filter { $0.address == 0x4106 }.map(\.values) == [[60]])
        #expect(!writes.contains { $0.address == 0x4105 || $0.address == 0x4103 })
        #expect(writer.diagnostics().failSafeKept == true)
    }

    @Test("older firmware without the later registers: the active limit confirms, the fall-back stays in doubt")
    func oldFirmware() async throws {
        var registers = abbRegisters()
        for address in 0x4021...0x4024 { registers[address] = nil }
        let station = try ScriptedStation(registers: registers, onWrite: abbFollows)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try builtIn("abb-terra-ac"), port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("accepted") {
            writer.report().acceptedAmperes == 10 && writer.report().status == .charging
        }
        #expect(writer.diagnostics().failSafeKept == nil)
        #expect(writer.report().keepsFailSafe, "accepted, and nobody can read it back")
        #expect(writer.diagnostics().exceptions == 0, "what older firmware lacks is no error")
        #expect(writer.diagnostics().lastError == nil)
        writer.stop()
    }

    @Test("older firmware that refuses the fall-back current raises the alarm")
    func noFallBack() async throws {
        var registers = abbRegisters()
        registers[0x4024] = nil
        registers[0x4109] = nil
        let station = try ScriptedStation(registers: registers, onWrite: abbFollows)
        defer { station.stop() }
        let writer = try StationWriter(configuration(try builtIn("abb-terra-ac"), port: station.port))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("accepted") { writer.report().acceptedAmperes == 10 }
        #expect(writer.diagnostics().failSafeKept == false)
        #expect(!writer.report().keepsFailSafe)
        #expect(writer.diagnostics().lastError?.contains("ends the session when the link is lost") == true)
        writer.stop()
    }

    @Test("a fall-back current that was refused and cannot be read back stays refused when it is checked again")
    func refusedStaysRefused() throws {
        var registers = abbRegisters()
        registers[0x4024] = nil
        registers[0x4109] = nil
        let station = try ScriptedStation(registers: registers, onWrite: abbFollows)
        defer { station.stop() }
        let shared = try #require(StationShared())
        var loop = StationLoop(configuration(try builtIn("abb-terra-ac"), port: station.port), shared: shared)
        #expect(!loop.knowledge.report.keepsFailSafe, "nobody has given it one yet")
        let connection = try ModbusConnection(host: "127.0.0.1", port: station.port, unit: 1, timeoutSeconds: 5)
        try loop.setUp(connection)
        try loop.tendFailSafe(connection)
        #expect(shared.diagnostics.withLock { $0.failSafeKept } == false)
        #expect(!shared.knowledge.load().report.keepsFailSafe)
        connection.close()
    }
}
