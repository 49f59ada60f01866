import Allocation
import Testing

@testable import Stations

/// Each built-in profile against its counterpart on pymodbus, whose registers were typed from the documents.
@Suite(.serialized, .timeLimit(.minutes(3)), .enabled(if: ModelStation.isInstalled, ModelStation.needs))
struct ModelTests {
    @Test("limit, pause, resume, signs of life, fail-safe, status and measurements arrive", arguments: ModelCase.all)
    func model(model: ModelCase) async throws {
        let station = try ModelStation(model.map, isRTU: isRTU(model.profile))
        defer { station.stop() }
        let writer = try StationWriter(configuration(model.profile, port: station.port))
        try await eventually("recognised") {
            writer.diagnostics().variant == model.variant && writer.report().isAnswering
        }
        try await expect(
            model.startUp + model.limit, after: 0, accepted: model.accepted, 13.37, writer, station)
        try await eventually("a round was read") { writer.diagnostics().statusSince != .never }
        if model.drawn != nil { try await eventually("currents") { writer.report().drawnTime != .never } }
        expectReadings(model, writer)
        try await expect(model.pause, accepted: model.paused, 0, writer, station)
        try await expect(model.resume, accepted: 10, 10, writer, station)
        if let alive = model.alive {
            let known = station.writes().count { $0 == alive }
            try await eventually("two more signs of life") { station.writes().count { $0 == alive } >= known + 2 }
        }
        #expect(model.failSafe.allSatisfy { station.writes().contains($0) }, "\(station.writes())")
        let before = station.writes().count
        writer.stop(timeoutSeconds: 10)
        #expect(writer.diagnostics().isLeftAtFailSafe)
        #expect(Array(station.writes().dropFirst(before)).suffix(model.leave.count) == model.leave[...])
        expectNothingElse(model, station, writer)
    }

    @Test("a limit for each phase goes to the station's own phases, however it is turned")
    func perPhase() async throws {
        let name = "mennekes-amtron-professional-plus"
        let station = try ModelStation(name, isRTU: false)
        defer { station.stop() }
        let writer = try StationWriter(configuration(name, port: station.port, phases: [.l2, .l3, .l1]))
        writer.publish(StationLimit(amperes: 6, lineAmperes: PerPhaseAmperes(16, 10, 8)))
        try await eventually("accepted") { writer.report().acceptedAmperes == 16 }
        #expect(
            station.writes().filter { !$0.contains(" 1000 ") }.prefix(3) == [
                "W 16 613 10", "W 16 614 8", "W 16 615 16",
            ])
        try await eventually("currents") { writer.report().drawnTime != .never }
        #expect(writer.report().drawnAmperes == PerPhaseAmperes(9.8, 10, 9.9))
        writer.stop(timeoutSeconds: 10)
    }

    @Test(
        "a station of another model at the address is never written to",
        arguments: [
            ("webasto-live", "webasto-live-bender"), ("webasto-live-bender", "webasto-live"),
            ("wallbe", "phoenix-ev-cc-ac1"),
            ("phoenix-ev-cc-ac1", "wallbe"), ("keba-p30", "keba-p40"), ("alfen-eve", "abb-terra-ac"),
        ])
    func wrongModel(profile: String, map: String) async throws {
        let station = try ModelStation(map, isRTU: false)
        defer { station.stop() }
        var settings = try configuration(profile, port: station.port)
        settings.unitIdentifier = try builtIn(map).defaultUnitIdentifier
        let writer = try StationWriter(settings)
        writer.publish(StationLimit(amperes: 16))
        try await eventually("refused") {
            writer.diagnostics().lastError?.contains("nothing is written to it") == true
        }
        #expect(!writer.report().isAnswering && writer.report().acceptedAmperes == nil)
        writer.stop(timeoutSeconds: 10)
        #expect(station.writes() == [])
    }

    // MARK: Steps

    private func configuration(
        _ name: String, port: Int, phases: [Phase] = [.l1, .l2, .l3]
    ) throws -> StationConfiguration {
        var profile = try builtIn(name)
        makePatient(&profile)
        for index in profile.variants.indices { makePatient(&profile.variants[index].profile) }
        var settings = StationConfiguration(
            name: "Parkplatz 2", profile: profile, host: "127.0.0.1", port: port,
            unitIdentifier: profile.defaultUnitIdentifier, supplyPhases: phases, maximumAmperes: 16,
            failSafeAmperes: 6, failSafeAfterSeconds: 60)
        if try isRTU(name) { settings.transport = .rtuOverTCP }
        return settings
    }

    /// It waits longer than a busy machine holds up the other process, and reads often.
    private func makePatient(_ profile: inout StationProfile) {
        profile.requestTimeoutSeconds = 10
        profile.pollIntervalSeconds = 0.2
    }

    private func isRTU(_ name: String) throws -> Bool { try !builtIn(name).link.transports.contains(.tcp) }

    /// Publishes a limit and waits until the station holds it; among its writes these must be, in this order.
    ///
    /// - Parameter known: writes that do not count; nil: all so far.
    private func expect(
        _ writes: [String], after known: Int? = nil, accepted: Double, _ amperes: Double, _ writer: StationWriter,
        _ station: ModelStation
    ) async throws {
        let before = known ?? station.writes().count
        writer.publish(StationLimit(amperes: amperes))
        try await eventually("\(amperes) A accepted") {
            let report = writer.report()
            return report.inFlightAmperes == nil && report.acceptedAmperes.map { abs($0 - accepted) < 1e-9 } == true
        }
        var rest = station.writes().dropFirst(before)
        for write in writes {
            let place = try #require(rest.firstIndex(of: write), "\(write) is not in \(rest)")
            rest = rest[(place + 1)...]
        }
    }

    private func expectReadings(_ model: ModelCase, _ writer: StationWriter) {
        let report = writer.report(), diagnostics = writer.diagnostics()
        #expect(report.status == .charging)
        if let drawn = model.drawn {
            for phase in Phase.allCases { #expect(abs(report.drawnAmperes[phase] - drawn[phase]) < 1e-5) }
        }
        #expect(diagnostics.volts == model.volts)
        #expect(diagnostics.powerWatts.map { abs($0 - model.watts) < 1e-3 } == true)
        #expect(diagnostics.energyWattHours.map { abs($0 - model.wattHours) < 0.05 } == true)
        #expect(diagnostics.faults.isEmpty)
    }

    private func expectNothingElse(_ model: ModelCase, _ station: ModelStation, _ writer: StationWriter) {
        #expect(Set(station.journal().filter { $0.hasPrefix("X") }) == model.refused)
        let told = Set(model.startUp + model.limit + model.pause + model.resume + model.failSafe + model.leave)
        #expect(Set(station.writes()).subtracting(told).subtracting([model.alive].compactMap(\.self)) == [])
        #expect(writer.diagnostics().identity == model.identity)
        #expect(writer.diagnostics().timeouts == 0)
        if !model.failSafe.isEmpty { #expect(writer.diagnostics().failSafeKept == true) }
    }
}
