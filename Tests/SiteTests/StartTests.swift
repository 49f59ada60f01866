import Acquisition
import Glibc
import MeterDSP
import Site
import SiteTwin
import Stations
import Testing

@Suite(.timeLimit(.minutes(5))) struct StartTests {
    /// Starts a device whose only station is a listening socket.
    ///
    /// - Returns: the error, and whether somebody connected to the station.
    private func failureToStart(
        _ change: (inout SiteSettings) -> Void
    ) throws -> (error: SiteError, isStationContacted: Bool) {
        let twin = try SiteTwin(quietBuilding(stations: 1))
        try twin.start()
        defer { twin.stop() }
        let station = try Listener()
        var settings = try settings(twin.description)
        settings.stations[0].port = station.port
        change(&settings)
        let device = SiteDevice(settings)
        let error = try #require(throws: SiteError.self) { try device.start() }
        #expect(device.stations().isEmpty)
        #expect(!device.snapshot().isMeasuring)
        #expect(device.stop() == [])
        let client = station.acceptOne()
        if let client { close(client) }
        return (error, client != nil)
    }

    @Test func `no ADC at the address`() throws {
        let closed = try Listener(backlog: nil)
        let (error, isContacted) = try failureToStart { $0.meter.uri = "ip:127.0.0.1:\(closed.port)" }
        guard case .acquisition(.noContext) = error else {
            Issue.record("\(error)")
            return
        }
        #expect("\(error)".contains("ip:127.0.0.1:\(closed.port)") && "\(error)".contains("start iiod there"))
        #expect(!isContacted)
    }

    @Test func `no device of that name`() throws {
        let (error, isContacted) = try failureToStart { $0.meter.device = "ads9999" }
        guard case .acquisition(.noDevice) = error else {
            Issue.record("\(error)")
            return
        }
        #expect("\(error)".contains("ads9999") && "\(error)".contains("headroom-twin"))
        #expect(!isContacted)
    }

    @Test func `no channel of that name`() throws {
        let (error, isContacted) = try failureToStart { $0.meter.inputs[3].name = "current9" }
        guard case .acquisition(.channelMissing) = error else {
            Issue.record("\(error)")
            return
        }
        #expect("\(error)".contains("current9") && "\(error)".contains("current0"))
        #expect(!isContacted)
    }

    @Test func `a driver without scale, and none in the settings`() throws {
        var proxy: MeterProxy?
        let (error, isContacted) = try failureToStart { settings in
            let meterPort = settings.meter.uri.split(separator: ":").last.flatMap { Int($0) } ?? 0
            proxy = try? MeterProxy(meterPort: meterPort, replacing: "scale", with: "gauge")
            settings.meter.uri = "ip:127.0.0.1:\(proxy?.port ?? 0)"
        }
        proxy?.stop()
        guard case .scaleMissing(input: "U1", adcChannel: "voltage0") = error else {
            Issue.record("\(error)")
            return
        }
        #expect("\(error)".contains("meter.channels.U1") && "\(error)".contains("units-per-code"))
        #expect(!isContacted)
    }

    @Test func `a scale that cannot be`() throws {
        let (error, isContacted) = try failureToStart { $0.meter.inputs[0].unitsPerCode = 0 }
        guard case .meter(.calibration(.u1)) = error else {
            Issue.record("\(error)")
            return
        }
        #expect("\(error)".contains("U1"))
        #expect(!isContacted)
    }

    @Test func `a station whose settings cannot be stops the start, and no station is left running`() throws {
        let (error, _) = try failureToStart {
            $0.stations.append($0.stations[0])
            $0.stations[1].name = "wrong"
            $0.stations[1].maximumAmperes = 1000
        }
        guard case .station(let problem) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(problem.station == "wrong" && problem.field == "maximumAmperes")
    }

    @Test func `a start beside cars that charge switches none of them off`() async throws {
        var options = quietBuilding(stations: 8)
        options.mainLimitAmperes = 100
        try await withSite(options) { twin, device in
            let charging = {
                twin.observation().stations.allSatisfy { $0.carAmperes > 5 && $0.commandedAmperes > 8 }
            }
            try await eventually("all charge", charging)
            let settings = try settings(twin.description)
            device.stop()
            let told = twin.observation().stations.map(\.receivedLimits.count)
            let next = SiteDevice(settings)
            try next.start()
            defer { next.stop() }
            try await eventually("all have more again", charging)
            for (station, count) in zip(twin.observation().stations, told) {
                let limits = station.receivedLimits.dropFirst(count).map(\.amperes)
                #expect(limits.allSatisfy { $0 >= 6 }, "\(station.name): \(limits)")
            }
        }
    }

    @Test func `after a start that failed, and after a stop, no thread is left`() async {
        // A process of its own: other tests have such threads too.
        await #expect(processExitsWith: .success) {
            let twin = try SiteTwin(quietBuilding(stations: 2))
            try twin.start()
            let right = try settings(twin.description)
            var wrong = right
            wrong.meter.device = "ads9999"
            var wrongStation = right
            wrongStation.stations[1].maximumAmperes = 1000
            for settings in [wrong, wrongStation] {
                #expect(throws: SiteError.self) { try SiteDevice(settings).start() }
                // A thread that has been joined may still be listed for a moment.
                try await eventually("none after a failed start") { deviceThreads() == [] }
            }
            let device = SiteDevice(right)
            try device.start()
            try await eventually("all threads") {
                deviceThreads().sorted() == ["measure", "station", "station", "watch"]
            }
            device.stop()
            try await eventually("none after a stop") { deviceThreads() == [] }
            twin.stop()
        }
    }
}
