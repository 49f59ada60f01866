import Foundation
import Testing

@testable import SiteTwin

@Suite("Stations on the wire", .serialized)
struct StationServerTests {
    static let hasPymodbus =
        isInstalled("python3") && (try? run("/usr/bin/python3", ["-c", "import pymodbus"]).status) == 0

    /// One Modbus TCP exchange: unit, function code and data in, function code and data out.
    private func exchange(_ client: RawClient, _ pdu: [UInt8]) -> [UInt8] {
        client.send([0, 7, 0, 0, 0, UInt8(pdu.count + 1), 1] + pdu)
        let header = client.read(7)
        guard header.count == 7 else { return [] }
        return client.read(Int(header[5]) - 1)
    }

    @Test(
        "pymodbus reads and writes both kinds of stations",
        .enabled(if: hasPymodbus, "python3-pymodbus is not installed"))
    func pymodbus() throws {
        let twin = try SiteTwin(quietOptions(stations: 2))
        try twin.start()
        defer { twin.stop() }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "stations_client.py")
        let ports = twin.description.stations.map { "\($0.port)" }
        let result = try run("/usr/bin/python3", [script.path] + ports)
        #expect(String(decoding: result.output, as: UTF8.self) == "done\n", "\(result.errors)")
        let stations = twin.observation().stations
        #expect(stations[0].receivedLimits.map(\.amperes) == [10.5])
        #expect(stations[1].receivedLimits.map(\.amperes) == [12.3, 12.5])
    }

    @Test("The default site has four stations in turns, the last with one phase")
    func description() throws {
        let twin = try SiteTwin()
        let stations = twin.description.stations
        #expect(
            stations.map(\.profileIdentifier) == ["abb-terra-ac", "generic-modbus", "abb-terra-ac", "generic-modbus"])
        #expect(stations.map(\.supplyPhases) == [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0]])
        #expect(Set(stations.map(\.port)).count == 4)
        #expect(stations.allSatisfy { $0.port > 0 && $0.unitIdentifier == 1 && $0.host == "127.0.0.1" })
        #expect(twin.description.mainLimitAmperes == 63)
        #expect(twin.description.marginAmperes == 3)
        #expect(twin.description.layout.frameBytes == 24)
        #expect(twin.description.channels.count == 8)
    }

    @Test("A hundred stations start, answer and stop")
    func hundred() throws {
        let twin = try SiteTwin(quietOptions(stations: 100))
        try twin.start()
        defer { twin.stop() }
        for station in twin.description.stations {
            let client = RawClient(port: station.port)
            let address: [UInt8] = station.profileIdentifier == "generic-modbus" ? [0, 10] : [0x40, 0x22]
            #expect(exchange(client, [3] + address + [0, 1]).prefix(2) == [3, 2])
        }
    }

    @Test("Faults: a silent station takes requests and never answers, a down one refuses, both heal")
    func faults() async throws {
        let twin = try SiteTwin(quietOptions(stations: 2))
        try twin.start()
        defer { twin.stop() }
        let port = twin.description.stations[1].port
        let client = RawClient(port: port)
        let read: [UInt8] = [3, 0, 10, 0, 1]
        #expect(exchange(client, read) == [3, 2, 1, 64])
        twin.setStationFaults(.silent, station: 1)
        client.send([0, 8, 0, 0, 0, 6, 1] + read)
        // The station serves its clients in turn: once it has closed this one, it has taken the request above.
        let other = RawClient(port: port)
        other.send([0xFF, 0xFF, 0xFF])
        #expect(other.read(1) == [])
        twin.setStationFaults([], station: 1)
        // The answer to the second request comes first: the one sent in silence has none.
        #expect(exchange(client, read) == [3, 2, 1, 64])
        twin.setStationFaults(.down, station: 1)
        #expect(client.endError() == ECONNRESET)
        #expect(try await waitUntil { !RawClient(port: port).isConnected })
        #expect(exchange(RawClient(port: twin.description.stations[0].port), [3, 0x40, 0x22, 0, 2]).count == 6)
        twin.setStationFaults([], station: 1)
        #expect(try await waitUntil { RawClient(port: port).isConnected })
    }

    @Test("A limit written by Modbus lowers the current in the waveform: the loop is closed")
    func closedLoop() async throws {
        // This seed's car is a quick one: it charges after 6 s.
        var options = quietOptions(seed: 20, stations: 1)
        options.firstArrivalSeconds = 0...0
        let twin = try SiteTwin(options)
        try twin.start()
        defer { twin.stop() }
        #expect(try await waitUntil { twin.observation().amperes[0] > 31.9 })
        let client = RawClient(port: twin.description.stations[0].port)
        #expect(exchange(client, [16, 0x41, 0, 0, 2, 4, 0, 0, 0x27, 0x10]) == [16, 0x41, 0, 0, 2])
        #expect(try await waitUntil { abs(twin.observation().amperes[0] - 10) < 0.01 })
        let meter = RawClient(port: Int(twin.iioURI.split(separator: ":")[2]) ?? 0)
        #expect(meter.ask("OPEN iio:device0 6400 000001ff") == "0")
        #expect(meter.ask("READBUF iio:device0 153600") == "153600")
        _ = meter.readLine()
        let frames = meter.read(153_600)
        let squares = (0..<6400).reduce(0.0) {
            let amperes = Double(code(frames, frame: $1, channel: .i1)) * 200 / 32_768
            return $0 + amperes * amperes
        }
        #expect(abs((squares / 6400).squareRoot() - 10) < 0.03)
    }

    @Test("Frames of garbage close only their own connection")
    func garbage() throws {
        var random = RandomSource(seed: 11)
        let twin = try SiteTwin(quietOptions(stations: 1))
        try twin.start()
        defer { twin.stop() }
        let port = twin.description.stations[0].port
        let meterPort = Int(twin.iioURI.split(separator: ":")[2]) ?? 0
        for _ in 0..<30 {
            let bytes = (0..<Int(random.next() % 40)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            RawClient(port: port).send(bytes)
            RawClient(port: port).send([0, 1, 0, 0, 0, UInt8(random.next() % 8), 1] + bytes)
            RawClient(port: meterPort).send(bytes + [10])
        }
        #expect(exchange(RawClient(port: port), [3, 0x40, 0x22, 0, 2]).count == 6, "seed 11")
        #expect(RawClient(port: meterPort).ask("VERSION").hasPrefix("0.24."), "seed 11")
    }

    @Test("Options out of range are refused by name, with what is allowed")
    func badOptions() {
        func refusal(_ change: (inout TwinOptions) -> Void) -> String {
            var options = TwinOptions()
            change(&options)
            do {
                _ = try SiteTwin(options)
                return "accepted"
            } catch {
                return "\(error)"
            }
        }
        #expect(
            refusal { $0.stationCount = 101 } == "twin option stationCount: 101.0 is out of range; give 1.0 to 100.0")
        #expect(refusal { $0.speed = .nan }.contains("speed"))
        #expect(refusal { $0.marginAmperes = 64 }.contains("marginAmperes"))
        #expect(refusal { $0.steps[0].phase = 3 }.contains("steps[0].phase"))
        #expect(refusal { $0.appliances[1].phases = [-1] }.contains("appliances[1].phases"))
        #expect(refusal { _ in } == "accepted")
    }
}
