import Allocation
import Glibc
import Testing

@testable import SiteTwin
@testable import Stations

@Suite("Faults of stations, and what the writer makes of them", .timeLimit(.minutes(5)))
struct StationFaultsTests {
    private func bench(
        _ profile: String, seconds: Double = 1, _ change: (inout TwinStation) -> Void = { _ in }
    ) throws -> WriterBench {
        try WriterBench(Model(profile: #require(StationProfile.builtIn(named: profile))), seconds: seconds, change)
    }

    private func holding(_ amperes: Double, _ bench: WriterBench) async throws {
        bench.writer.publish(StationLimit(amperes: amperes))
        try await expectSoon("\(amperes) A accepted") { bench.accepts(amperes) }
    }

    @Test(
        "what goes wrong on the wire never makes a limit count that is not read back, and passes when it heals",
        arguments: [
            StationFaults.silent, .down, .blackHole, .cutsAnswers, .exceptions, .randomBytes, .allOnes,
        ])
    func wire(fault: StationFaults) async throws {
        let bench = try bench("bender-cc612")
        try await holding(10, bench)
        bench.twin.setStationFaults(fault, station: 0)
        bench.writer.publish(StationLimit(amperes: 8))
        try await expectSoon("an error is told") { bench.writer.diagnostics().lastError != nil }
        #expect(bench.writer.report().inFlightAmperes.map { $0 >= 8 } == true)
        #expect(bench.writer.report().acceptedAmperes != 8)
        bench.twin.setStationFaults([], station: 0)
        try await expectSoon("8 A accepted") { bench.accepts(8) }
        #expect(bench.seen.commandedAmperes == 8)
    }

    @Test("a connection that the station has forgotten is given up and made anew")
    func halfOpen() async throws {
        let bench = try bench("bender-cc612")
        try await holding(10, bench)
        bench.twin.setStationFaults(.halfOpen, station: 0)
        let connects = bench.writer.diagnostics().connects
        try await holding(8, bench)
        #expect(bench.writer.diagnostics().connects > connects)
    }

    @Test("a slow station is waited for")
    func slow() async throws {
        let bench = try bench("bender-cc612", seconds: 10)
        try await holding(10, bench)
        bench.twin.setStationFaults(.slow, station: 0, delaySeconds: 0.3)
        try await holding(8, bench)
        #expect(bench.writer.diagnostics().timeouts == 0)
    }

    @Test(
        "a station that drops limits, or goes on as before and admits it, is never taken for one that obeys",
        arguments: [StationFaults.forgetsLimits, .ignoresLimits])
    func disobeys(fault: StationFaults) async throws {
        let bench = try bench("generic-modbus")
        try await holding(10, bench)
        bench.twin.setStationFaults(fault, station: 0)
        bench.writer.publish(StationLimit(amperes: 8))
        // It is told again after the time in which it should act.
        let told = bench.seen.writeCount
        try await expectSoon("told again") { bench.seen.writeCount >= told + 2 }
        #expect(!bench.accepts(8))
        bench.twin.setStationFaults([], station: 0)
        try await expectSoon("8 A accepted") { bench.accepts(8) }
    }

    @Test("a station whose read-back lies is found out by what it draws")
    func lies() async throws {
        let bench = try bench("generic-modbus") { $0.arrivalSeconds = 0 }
        try await holding(16, bench)
        try await expectSoon("16 A drawn") { bench.seen.carAmperes == 16 }
        bench.twin.setStationFaults(.liesInReadBack, station: 0)
        try await holding(8, bench)
        try await expectSoon("16 A reported") { bench.writer.report().drawnAmperes.l1 == 16 }
        #expect(bench.seen.carAmperes == 16)
    }

    @Test("a station that draws though it says off is reported with what it draws")
    func drawsWhileOff() async throws {
        let bench = try bench("webasto-next") { $0.arrivalSeconds = 0 }
        bench.twin.setStationFaults(.drawsWhileOff, station: 0)
        try await holding(0, bench)
        try await expectSoon("16 A reported while occupied") {
            let report = bench.writer.report()
            return report.drawnAmperes.l1 == 16 && report.status == .occupied && report.acceptedAmperes == 0
        }
    }

    @Test(
        "another device at the address gets no write",
        arguments: [
            ("go-e", StationFaults.otherSerialNumber), ("keba-p40", .otherSerialNumber), ("alfen-eve", .otherModel),
        ])
    func otherDevice(profile: String, fault: StationFaults) async throws {
        let bench = try bench(profile)
        try await holding(10, bench)
        bench.twin.setStationFaults([fault, .down], station: 0)
        try await expectSoon("gone") { !bench.writer.report().isAnswering }
        let writes = bench.seen.writeCount
        bench.twin.setStationFaults(fault, station: 0)
        bench.writer.publish(StationLimit(amperes: 8))
        try await expectSoon("refused") { bench.writer.diagnostics().lastError?.contains("nothing is written") == true }
        #expect(bench.seen.writeCount == writes)
        bench.twin.setStationFaults([], station: 0)
        try await expectSoon("8 A accepted") { bench.accepts(8) }
    }

    @Test("after a restart, whose exceptions are waited for, the station is told its limit again")
    func reboot() async throws {
        let bench = try bench("webasto-next") { $0.hurry = 100 }
        try await holding(10, bench)
        bench.twin.rebootStation(0)
        #expect(bench.seen.commandedAmperes == 16)
        try await expectSoon("told again") { bench.seen.commandedAmperes == 10 }
        #expect(bench.seen.failSafeAmperes == 6)
    }

    @Test("a station for one client resets a second one while it has heard the first lately")
    func singleClient() async throws {
        let bench = try bench("webasto-unite")
        try await holding(10, bench)
        let second = RawClient(port: bench.station.port)
        #expect(second.endError() == ECONNRESET)
        try await holding(8, bench)
        #expect(bench.writer.diagnostics().connects == 1)
    }

    @Test("Unite: 0 A that reads 6 later is told again and again, and the car stays off")
    func uniteZero() async throws {
        let bench = try bench("webasto-unite")
        try await holding(0, bench)
        let zeros = { bench.seen.receivedWrites.count { $0.address == 5004 && $0.values == [0] } }
        try await expectSoon("told three times") { zeros() >= 3 }
        #expect(bench.seen.carAmperes == 0)
    }

    @Test(
        "pymodbus reads and writes a simulated station by RTU over TCP",
        .enabled(if: StationServerTests.hasPymodbus, "python3-pymodbus is not installed"))
    func rtu() throws {
        var options = quietOptions()
        options.stations = [TwinStation(try #require(StationProfile.builtIn(named: "heidelberg-energy-control")))]
        options.servesMeter = false
        let twin = try SiteTwin(options)
        try twin.start()
        defer { twin.stop() }
        let station = twin.description.stations[0]
        #expect(station.transport == .rtuOverTCP)
        let script = """
            from pymodbus.client import ModbusTcpClient
            from pymodbus.transaction import ModbusRtuFramer
            client = ModbusTcpClient("127.0.0.1", port=\(station.port), framer=ModbusRtuFramer, timeout=10)
            assert client.connect()
            print(client.write_registers(261, [100], slave=1).isError(), client.read_holding_registers(261, 1, slave=1).registers,
                  client.read_input_registers(5, 1, slave=1).registers, client.read_input_registers(3, 1, slave=1).exception_code)
            """
        let result = try run("/usr/bin/python3", ["-c", script])
        #expect(String(decoding: result.output, as: UTF8.self) == "False [100] [2] 2\n", "\(result.errors)")
    }
}
