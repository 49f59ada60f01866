import Allocation
import Testing

@testable import SiteTwin
@testable import Stations

/// A simulated station and the device's writer that keeps it at its limit, over real sockets.
final class WriterBench {
    let twin: SiteTwin
    let writer: StationWriter
    let station: TwinStationDescription

    /// The habits ten times as fast, the car there after a second.
    init(
        _ model: Model, seconds timeout: Double = 10, arrival: Double = 1, switchesPhases: Bool = false,
        _ change: (inout TwinStation) -> Void = { _ in }
    )
        throws
    {
        var profile = model.profile
        var place = TwinStation(profile)
        place.edition = model.edition
        place.maximumAmperes = 16
        place.hurry = 10
        place.arrivalSeconds = arrival
        place.car = TwinCar(phaseCount: 3, maximumAmperes: 16, neededWattHours: 50_000)
        change(&place)
        var options = quietOptions()
        options.stations = [place]
        options.servesMeter = false
        options.sampleRateHz = 1000
        twin = try SiteTwin(options)
        try twin.start()
        station = twin.description.stations[0]
        for index in profile.variants.indices { Self.hasten(&profile.variants[index].profile, timeout) }
        Self.hasten(&profile, timeout)
        var configuration = StationConfiguration(
            name: "Parkplatz 2", profile: profile, host: station.host, port: station.port,
            unitIdentifier: station.unitIdentifier, supplyPhases: [.l1, .l2, .l3], maximumAmperes: 16,
            failSafeAmperes: 6, failSafeAfterSeconds: profile.fixedFailSafeAfterSeconds ?? 60,
            transport: station.transport)
        configuration.switchesPhases = switchesPhases
        writer = try StationWriter(configuration)
    }

    deinit {
        writer.stop(timeoutSeconds: 0.5)
        twin.stop()
    }

    private static func hasten(_ profile: inout StationProfile, _ timeout: Double) {
        profile.requestTimeoutSeconds = timeout
        profile.pollIntervalSeconds = 0.2
        profile.phases?.changeSeconds = 1
    }

    var seen: TwinStationObservation { twin.observation().stations[0] }

    func accepts(_ amperes: Double) -> Bool {
        let report = writer.report()
        return report.inFlightAmperes == nil && report.acceptedAmperes.map { abs($0 - amperes) < 0.05 } == true
    }
}

/// Waits until `condition` holds, and says what did not.
func expectSoon(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () -> Bool
) async throws {
    let held = try await waitUntil(condition)
    #expect(held, "\(what)", sourceLocation: sourceLocation)
}

@Suite("Each profile steers the station that is made from it", .timeLimit(.minutes(5)))
struct SimulatedWriterTests {
    @Test("free, car, charging, limit, pause, resume, contact lost, fail-safe", arguments: Model.all)
    func day(model: Model) async throws {
        let bench = try WriterBench(model, arrival: .infinity)
        try await expectSoon("free") { bench.writer.report().status == .free }
        bench.twin.bringCar(toStation: 0)
        #expect(bench.writer.diagnostics().variant == bench.station.variant)
        try await expectSoon("occupied or charging") { [.occupied, .charging].contains(bench.writer.report().status) }
        bench.writer.publish(StationLimit(amperes: 10))
        try await expectSoon("10 A accepted") { bench.accepts(10) }
        try await expectSoon("10 A drawn") { abs(bench.seen.carAmperes - 10) < 0.05 }
        try await expectSoon("charging") { bench.writer.report().status == .charging }
        if !model.profile.measurements.currents.isEmpty {
            try await expectSoon("10 A reported") { abs(bench.writer.report().drawnAmperes.l2 - 10) < 0.6 }
        }
        bench.writer.publish(StationLimit(amperes: 0))
        let lowest =
            bench.station.profileIdentifier == "weidmueller-ac-wallbox-business" && bench.station.variant == nil
            ? 6.0 : 0
        try await expectSoon("pause accepted") { bench.accepts(lowest) }
        try await expectSoon("paused") { bench.seen.carAmperes == lowest }
        bench.writer.publish(StationLimit(amperes: 8))
        try await expectSoon("8 A accepted") { bench.accepts(8) }
        try await expectSoon("8 A drawn") { abs(bench.seen.carAmperes - 8) < 0.05 }
        #expect(bench.seen.receivedWrites.filter { !$0.isAccepted } == [])
        // Asked anew after a time-out, a station that was held up sees both requests at once.
        #expect(bench.seen.hastyRequestCount <= Int(bench.writer.diagnostics().timeouts))
        #expect(!bench.seen.isContactLost)
        try await loseContact(bench, model)
    }

    private func loseContact(_ bench: WriterBench, _ model: Model) async throws {
        let point = bench.seen
        guard point.failSafeAfterSeconds > 0 else { return }
        let behaviour = StationBehaviour.of(model.profile)
        if model.profile.failSafe?.timeout != nil { #expect(point.failSafeAfterSeconds == 60) }
        if model.profile.failSafe?.current.isEmpty == false { #expect(point.failSafeAmperes == 6) }
        bench.twin.setStationFaults(.silent, station: 0)
        bench.twin.passWithoutContact(seconds: point.failSafeAfterSeconds, station: 0)
        try await expectSoon("contact lost") { bench.seen.isContactLost }
        let wanted =
            switch behaviour.onContactLost {
            case .fallsBack, .stops: bench.seen.failSafeAmperes ?? 0
            case .keepsLimit: 8.0
            case .fullPower: 16.0
            }
        try await expectSoon("\(wanted) A without contact") { abs(bench.seen.carAmperes - wanted) < 0.05 }
    }
}
