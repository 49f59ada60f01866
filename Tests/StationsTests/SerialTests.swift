import Allocation
import CModbus
import Glibc
import Realtime
import Synchronization
import Testing

@testable import Stations

private func onLine(
    _ device: String, unit: Int, name: String = "Parkplatz 2", timeout: Double = 20, baud: Int = 19_200
) throws -> StationConfiguration {
    var profile = try genericProfile()
    profile.requestTimeoutSeconds = timeout
    profile.link.transports = [.serial]
    var settings = configuration(profile, port: 502)
    settings.name = name
    settings.host = ""
    settings.unitIdentifier = unit
    settings.transport = .serial
    settings.serial = SerialSettings(device: device, baud: baud, parity: .even, stopBits: 1)
    return settings
}

private func overNetwork(_ port: Int, timeout: Double = 20) throws -> StationConfiguration {
    var profile = try genericProfile()
    profile.requestTimeoutSeconds = timeout
    profile.link.transports = [.rtuOverTCP]
    var settings = configuration(profile, port: port)
    settings.transport = .rtuOverTCP
    return settings
}

@Suite(.timeLimit(.minutes(3))) struct SerialTests {
    @Test(
        "a station on a serial line, or behind a gateway that passes RTU on, lives as one on TCP",
        arguments: [true, false])
    func normalLife(overTCP: Bool) async throws {
        let station = try RTUStation(units: [1: genericRegisters], overTCP: overTCP)
        defer { station.stop() }
        let writer = try StationWriter(overTCP ? overNetwork(station.port) : onLine(station.device, unit: 1))
        writer.publish(StationLimit(amperes: 10.37))
        try await eventually("accepted and read") {
            writer.report().acceptedAmperes != nil && writer.report().drawnTime != .never
        }
        #expect(station.registers(1)[10] == 103)
        #expect(writer.report().drawnAmperes == PerPhaseAmperes(10, 0, 5) && writer.report().status == .charging)
        #expect(writer.diagnostics().failSafeKept == true && writer.diagnostics().lastError == nil)
        #expect(station.badFrames == 0)
        writer.stop(timeoutSeconds: 20)
        #expect(station.registers(1)[10] == 60)
    }

    @Test("all stations of a line get their limits, though one of them is dead")
    func sharedLine() async throws {
        let units = Dictionary(uniqueKeysWithValues: (1...6).map { (UInt8($0), genericRegisters) })
        let station = try RTUStation(units: units)
        defer { station.stop() }
        // Unit 7 is not there.
        let writers = try (1...7).map {
            try StationWriter(onLine(station.device, unit: $0, name: "S\($0)", timeout: $0 == 7 ? 0.5 : 20))
        }
        for round in 0..<4 {
            for (index, writer) in writers.enumerated() {
                writer.publish(StationLimit(amperes: Double(6 + (index + round) % 10)))
            }
            for (index, writer) in writers.dropLast().enumerated() {
                try await eventually("S\(index + 1) has its limit") {
                    writer.report().acceptedAmperes == Double(6 + (index + round) % 10)
                }
            }
        }
        #expect(writers[6].report().acceptedAmperes == nil && !writers[6].report().isAnswering)
        try await eventually("the dead one is named") {
            writers[6].diagnostics().lastError?.contains("check power and wiring") == true
        }
        #expect(writers[6].diagnostics().lastError?.contains("\(station.device) unit 7") == true)
        #expect(station.badFrames == 0)
        writers.forEach { $0.requestStop(timeoutSeconds: 20) }
        writers.forEach { #expect($0.stop(timeoutSeconds: 20)) }
    }

    @Test(
        "a limit goes out while a read on the line waits for its answer: its own, or another station's",
        arguments: [1, 2])
    func cutShort(deaf: UInt8) async throws {
        let isDeaf = Atomic(false)
        let station = try RTUStation(units: [1: genericRegisters, 2: genericRegisters]) { unit, pdu, right in
            isDeaf.load(ordering: .acquiring) && unit == deaf && pdu[0] == 3 ? [] : right
        }
        defer { station.stop() }
        // The time-out of a read never comes.
        let writers = try (1...2).map {
            try StationWriter(onLine(station.device, unit: $0, name: "S\($0)", timeout: 100))
        }
        for writer in writers { writer.publish(StationLimit(amperes: 16)) }
        for writer in writers { try await eventually("accepted") { writer.report().acceptedAmperes == 16 } }
        isDeaf.store(true, ordering: .releasing)
        let asked = station.requests.count
        try await eventually("a read of the deaf one waits") {
            station.requests.dropFirst(asked).contains { $0.unit == deaf && $0.pdu[0] == 3 }
        }
        writers[0].publish(StationLimit(amperes: 6))
        try await eventually("the limit is there") { station.registers(1)[10] == 60 }
        #expect(writers.allSatisfy { $0.diagnostics().timeouts == 0 && $0.diagnostics().connects == 1 })
        isDeaf.store(false, ordering: .releasing)
        writers.forEach { $0.requestStop(timeoutSeconds: 20) }
        writers.forEach { $0.stop(timeoutSeconds: 20) }
    }

    static let disturbances: [(name: String, script: RTUStation.Script)] = [
        ("a wrong check", { _, _, right in right.dropLast() + [right[right.count - 1] ^ 1] }),
        ("noise before the answer", { _, _, right in [0xFF, 0x00, 0xFE] + right }),
        ("half an answer", { _, _, right in Array(right.prefix(right.count / 2)) }),
        (
            "another unit",
            { _, _, right in
                let frame = [right[0] &+ 1] + right.dropFirst().dropLast(2)
                return frame + referenceCRC(frame)
            }
        ),
        (
            "another function",
            { _, _, right in
                let frame = [right[0], right[1] == 3 ? 4 : 3, 2, 0, 0]
                return frame + referenceCRC(frame)
            }
        ),
        ("nothing", { _, _, _ in [] }),
    ]

    @Test(
        "a disturbed line gives no value, and recovers", arguments: disturbances.indices, [true, false])
    func disturbed(index: Int, overTCP: Bool) async throws {
        let isBad = Atomic(true)
        let script = Self.disturbances[index].script
        let station = try RTUStation(units: [1: genericRegisters], overTCP: overTCP) { unit, pdu, right in
            isBad.load(ordering: .acquiring) ? script(unit, pdu, right) : right
        }
        defer { station.stop() }
        let writer = try StationWriter(
            overTCP ? overNetwork(station.port, timeout: 0.3) : onLine(station.device, unit: 1, timeout: 0.3))
        writer.publish(StationLimit(amperes: 10))
        try await eventually("several tries, \(Self.disturbances[index].name)") { writer.diagnostics().connects >= 3 }
        let report = writer.report()
        #expect(report.acceptedAmperes == nil && report.inFlightAmperes == 10)
        #expect(report.status == .unknown && report.drawnTime == .never)
        #expect(writer.diagnostics().lastError != nil)
        isBad.store(false, ordering: .releasing)
        try await eventually("recovers") { writer.report().acceptedAmperes == 10 }
        writer.stop(timeoutSeconds: 20)
    }

    @Test("two settings of one line are an error that names both stations")
    func conflict() throws {
        let terminal = try PseudoTerminal()
        defer {
            close(terminal.master)
            close(terminal.slave)
        }
        let first = try StationWriter(onLine(terminal.device, unit: 1, name: "links"))
        let error = #expect(throws: StationError.self) {
            _ = try StationWriter(onLine(terminal.device, unit: 2, name: "rechts", baud: 9600))
        }
        let text = error?.description ?? ""
        #expect(text.contains("'links'") && text.contains("'rechts'"), "\(text)")
        #expect(text.contains("9600 baud, parity even, 1 stop bit") && text.contains("19200 baud"), "\(text)")
        first.stop()
    }

    @Test("a device that is not there is an error with a remedy, tried again")
    func noDevice() async throws {
        let writer = try StationWriter(onLine("/dev/there-is-no-such-line", unit: 1))
        try await eventually("said") {
            writer.diagnostics().lastError?.contains("cannot open it (No such file or directory)") == true
        }
        #expect(writer.diagnostics().lastError?.contains("group dialout") == true)
        writer.stop()
    }

    static let badSettings: [@Sendable (inout StationConfiguration) -> Void] = [
        { $0.serial = nil }, { $0.serial?.device = "" }, { $0.serial?.baud = 0 }, { $0.serial?.stopBits = 3 },
        { $0.unitIdentifier = 0 }, { $0.unitIdentifier = 255 },
    ]

    @Test("settings of a line that cannot be are refused", arguments: badSettings.indices)
    func badSetting(index: Int) throws {
        var settings = try onLine("/dev/null", unit: 1)
        Self.badSettings[index](&settings)
        let error = #expect(throws: StationError.self) { _ = try StationWriter(settings) }
        #expect(error?.field == "serial" || error?.field == "unitIdentifier")
    }

    @Test("libmodbus' own RTU server at the other end of the line")
    func libmodbusServer() async {
        // In a process of its own: libmodbus' `select` ends one that has 1024 files open, and all tests together do.
        await #expect(processExitsWith: .success) { try Self.runLibmodbusServer() }
    }

    private static func runLibmodbusServer() throws {
        let cable = try PseudoCable()
        defer { cable.stop() }
        let device = cable.ends[1]
        let isStopped = Mutex(false)
        let thread = try #require(
            RealtimeThread(name: "modbus-server") { _ in
                guard let context = modbus_new_rtu(device, 19_200, CChar(0x45), 8, 1),
                    modbus_set_slave(context, 5) == 0,
                    modbus_connect(context) == 0, let map = modbus_mapping_new(20, 20, 20, 20)
                else { return }
                map.pointee.tab_input_bits[3] = 1
                modbus_set_indication_timeout(context, 0, 50_000)
                while !isStopped.withLock({ $0 }) {
                    var request = [UInt8](repeating: 0, count: Int(MODBUS_RTU_MAX_ADU_LENGTH))
                    let length = modbus_receive(context, &request)
                    if length > 0 { modbus_reply(context, request, length, map) }
                }
                modbus_mapping_free(map)
                modbus_close(context)
                modbus_free(context)
            })
        defer {
            isStopped.withLock { $0 = true }
            thread.join()
        }
        let line = SerialLine(SerialSettings(device: cable.ends[0], baud: 19_200, parity: .even, stopBits: 1))
        let connection = try ModbusConnection(line: line, unit: 5, settings: LinkSettings(), attention: Attention())
        // The server may still be opening its end.
        connection.setTimeout(seconds: 0.5)
        for _ in 0..<60 { if (try? connection.read(.holdingRegisters, address: 0, count: 1)) != nil { break } }
        connection.setTimeout(seconds: 20)
        try connection.write(.singleRegister, address: 3, words: [0xABCD])
        try connection.write(.multipleRegisters, address: 4, words: [1, 2, 3])
        #expect(try connection.read(.holdingRegisters, address: 2, count: 6) == [0, 0xABCD, 1, 2, 3, 0])
        try connection.write(.singleCoil, address: 1, words: [1])
        try connection.write(.multipleCoils, address: 8, words: [1, 0, 1, 1, 0, 0, 0, 0, 0, 1])
        #expect(
            try connection.read(.coils, address: 0, count: 20).map { $0 } == [
                0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0,
            ])
        #expect(try connection.read(.discreteInputs, address: 2, count: 3) == [0, 1, 0])
        let error = #expect(throws: ModbusError.self) {
            _ = try connection.read(.inputRegisters, address: 19, count: 2)
        }
        #expect(error?.cause == .exception(.illegalDataAddress))
        connection.close()
    }

    @Test(
        "pymodbus behind a gateway that passes RTU on",
        .enabled(if: PymodbusStation.isInstalled, "needs /usr/bin/python3 with pymodbus (apt install python3-pymodbus)")
    )
    func pymodbusOverTCP() async throws {
        let station = try PymodbusStation("generic", transport: "rtu-over-tcp")
        defer { station.stop() }
        try await runAgainstPymodbus(overNetwork(station.port))
    }

    @Test(
        "pymodbus on a serial line",
        .enabled(
            if: PymodbusStation.hasSerial,
            "needs /usr/bin/python3 with pymodbus and serial (apt install python3-pymodbus python3-serial-asyncio)"))
    func pymodbusSerial() async throws {
        let cable = try PseudoCable()
        defer { cable.stop() }
        let station = try PymodbusStation("generic", transport: "serial", device: cable.ends[1])
        defer { station.stop() }
        // The other process may still be starting: the first requests are lost.
        try await runAgainstPymodbus(onLine(cable.ends[0], unit: 1, timeout: 2))
    }

    private func runAgainstPymodbus(_ settings: StationConfiguration) async throws {
        let writer = try StationWriter(settings)
        writer.publish(StationLimit(amperes: 8.25))
        try await eventually("accepted and read") {
            writer.report().inFlightAmperes == nil && writer.report().drawnTime != .never
        }
        #expect(writer.report().acceptedAmperes.map { abs($0 - 8.2) < 1e-9 } == true)
        #expect(writer.report().drawnAmperes == PerPhaseAmperes(10, 9.9, 9.8))
        try await eventually("fail-safe kept") { writer.diagnostics().failSafeKept == true }
        writer.publish(StationLimit(amperes: 0))
        try await eventually("paused") { writer.report().acceptedAmperes == 0 }
        #expect(writer.diagnostics().exceptions == 0)
        writer.stop(timeoutSeconds: 20)
    }
}
