import Allocation
import CModbus
import Glibc
import Realtime
import Testing

@testable import Stations

/// A built-in profile that waits for an answer longer than a busy machine holds up the other process.
private func patient(_ name: String) throws -> StationProfile {
    var profile = try builtIn(name)
    profile.requestTimeoutSeconds = 10
    return profile
}

@Suite(.timeLimit(.minutes(3)), .serialized) struct CounterpartTests {
    @Test(
        "pymodbus with ABB's documented registers: limit, fail-safe, status, currents, identity",
        .enabled(if: PymodbusStation.isInstalled, "needs /usr/bin/python3 with pymodbus (apt install python3-pymodbus)")
    )
    func abbOnPymodbus() async throws {
        let station = try PymodbusStation("abb")
        defer { station.stop() }
        let writer = try StationWriter(configuration(try patient("abb-terra-ac"), port: station.port))
        writer.publish(StationLimit(amperes: 13.37))
        try await eventually("accepted and read", within: 60) {
            writer.report().inFlightAmperes == nil && writer.report().drawnTime != .never
        }
        let report = writer.report(), diagnostics = writer.diagnostics()
        #expect(report.acceptedAmperes.map { abs($0 - 13.3) < 1e-9 } == true)
        #expect(report.status == .charging && report.isAnswering)
        #expect(report.drawnAmperes == PerPhaseAmperes(10, 9.9, 9.8))
        #expect(diagnostics.failSafeKept == true)
        #expect(diagnostics.energyWattHours == 1234 && diagnostics.energyIsOfSession)
        #expect(
            diagnostics.identity
                == "serial number 1122334455667788, firmware 1.8.21.0, maximum set in the app (A) 32")
        #expect(diagnostics.exceptions == 0 && diagnostics.timeouts == 0)
        // Another client looks at what the writer wrote.
        let look = try ModbusConnection(host: "127.0.0.1", port: station.port, unit: 1, timeoutSeconds: 10)
        #expect(try look.read(.holdingRegisters, address: 0x4100, count: 2) == [0, 13_300])
        #expect(try look.read(.holdingRegisters, address: 0x4106, count: 1) == [60])
        #expect(try look.read(.holdingRegisters, address: 0x4109, count: 1) == [6])
        writer.publish(StationLimit(amperes: 5.9))
        try await eventually("paused", within: 60) { writer.report().acceptedAmperes == 0 }
        #expect(try look.read(.holdingRegisters, address: 0x4100, count: 2) == [0, 0])
        writer.stop(timeoutSeconds: 10)
        #expect(try look.read(.holdingRegisters, address: 0x4100, count: 2) == [0, 6000])
    }

    @Test(
        "pymodbus with the generic registers",
        .enabled(if: PymodbusStation.isInstalled, "needs /usr/bin/python3 with pymodbus (apt install python3-pymodbus)")
    )
    func genericOnPymodbus() async throws {
        let station = try PymodbusStation("generic")
        defer { station.stop() }
        let writer = try StationWriter(configuration(try patient("generic-modbus"), port: station.port))
        writer.publish(StationLimit(amperes: 8.25))
        try await eventually("accepted and read", within: 60) {
            writer.report().inFlightAmperes == nil && writer.report().drawnTime != .never
        }
        #expect(writer.report().acceptedAmperes.map { abs($0 - 8.2) < 1e-9 } == true)
        #expect(writer.report().drawnAmperes == PerPhaseAmperes(10, 9.9, 9.8))
        #expect(writer.diagnostics().failSafeKept == true && writer.diagnostics().exceptions == 0)
        let look = try ModbusConnection(host: "127.0.0.1", port: station.port, unit: 1, timeoutSeconds: 10)
        let error = #expect(throws: ModbusError.self) { _ = try look.read(.holdingRegisters, address: 12, count: 1) }
        #expect(error?.cause == .exception(.illegalDataAddress))
        writer.stop(timeoutSeconds: 10)
        #expect(try look.read(.holdingRegisters, address: 10, count: 1) == [60])
    }

    @Test("libmodbus' own server: both functions each way, and both exceptions")
    func libmodbusServer() async {
        // In a process of its own: libmodbus' `select` ends one that has 1024 files open, and all tests together do.
        await #expect(processExitsWith: .success) { try Self.runLibmodbusServer() }
    }

    private static func runLibmodbusServer() throws {
        let (listener, port) = try listenOnLoopback(port: 0)
        let thread = try #require(
            RealtimeThread(name: "modbus-server") { _ in
                guard let context = modbus_new_tcp("127.0.0.1", 0), let map = modbus_mapping_new(0, 0, 20, 20) else {
                    return
                }
                for index in 0..<20 { map.pointee.tab_input_registers[index] = UInt16(1000 + index) }
                var socket = listener
                while modbus_tcp_accept(context, &socket) >= 0 {
                    var request = [UInt8](repeating: 0, count: Int(MODBUS_TCP_MAX_ADU_LENGTH))
                    while case let length = modbus_receive(context, &request), length >= 0 {
                        modbus_reply(context, request, length, map)
                    }
                    modbus_close(context)
                }
                // A failed accept has closed the listening socket.
                modbus_mapping_free(map)
                modbus_free(context)
            })
        let connection = try ModbusConnection(host: "127.0.0.1", port: port, unit: 1, timeoutSeconds: 10)
        try connection.write(.singleRegister, address: 3, words: [0xABCD])
        try connection.write(.multipleRegisters, address: 4, words: [1, 2, 3])
        #expect(try connection.read(.holdingRegisters, address: 2, count: 6) == [0, 0xABCD, 1, 2, 3, 0])
        #expect(try connection.read(.inputRegisters, address: 18, count: 2) == [1018, 1019])
        let address = #expect(throws: ModbusError.self) {
            _ = try connection.read(.holdingRegisters, address: 19, count: 2)
        }
        #expect(address?.cause == .exception(.illegalDataAddress))
        #expect(address?.description.contains("read holding register 19 (0x13) and 1 more") == true)
        #expect(throws: ModbusError.self) { try connection.write(.singleRegister, address: 20, words: [1]) }
        // What cannot be asked for is refused before it is sent.
        #expect(throws: ModbusError.self) { _ = try connection.read(.holdingRegisters, address: 0, count: 126) }
        #expect(throws: ModbusError.self) { try connection.write(.singleRegister, address: 0, words: [1, 2]) }
        connection.close()
        shutdown(listener, CInt(SHUT_RDWR))
        thread.join()
    }
}
