import Allocation
import Realtime
import SiteTwin
import Stations
import Testing

@testable import CloudStations

/// The real thread and real HTTP, against a simulated cloud on the loopback interface.
@Suite struct HTTPTests {
    private func withCloud(
        _ body: (CloudTwin, StationWriter) async throws -> Void
    ) async throws {
        var model = ZaptecCloudModel()
        model.chargers[0].carAmperes = [16, 16, 16]
        let credentials = try CredentialFile(model.username, model.password)
        let twin = try CloudTwin(model)
        var configuration = zaptecConfiguration(.file(credentials.path))
        configuration.baseAddress = twin.baseAddress
        let writer = try StationWriter(configuration)
        do {
            try await body(twin, writer)
        } catch {
            writer.stop()
            twin.stop()
            throw error
        }
        writer.stop()
        twin.stop()
    }

    private func available(_ twin: CloudTwin) -> [Double]? { twin.withModel(ZaptecCloudModel.self) { $0.available } }

    @Test func aLimitReachesTheCloudAndAStopLeavesTheFailSafeCurrent() async throws {
        try await withCloud { twin, writer in
            #expect(writer.name == "Tiefgarage")
            #expect(writer.modelName == "Zaptec")
            #expect(writer.rating.failSafeAfterSeconds == 180)
            writer.publish(StationLimit(amperes: 40.7))
            try await eventually("confirmed") { writer.report().acceptedAmperes == 40 }
            #expect(available(twin) == [40, 40, 40])
            try await eventually("the car is seen") { writer.report().status == .charging }
            writer.publish(StationLimit(amperes: 30))
            try await eventually("lowered") { available(twin) == [30, 30, 30] }
            #expect(writer.stop())
            #expect(available(twin) == [20, 20, 20])
            #expect(writer.diagnostics().isLeftAtFailSafe)
        }
    }

    @Test(
        "Damage on the wire is told and survived",
        arguments: [
            CloudTwinFault.cut, .cutInBody, .garbage, .wrongTypes, .deepBody, .hugeBody, .notHTTP, .redirect,
            .status(503),
            .status(429, retryAfterSeconds: 1),
        ])
    func damage(_ fault: CloudTwinFault) async throws {
        try await withCloud { twin, writer in
            twin.set(fault)
            writer.publish(StationLimit(amperes: 40))
            try await eventually("told") { writer.diagnostics().lastError != nil }
            let words = try #require(writer.diagnostics().lastError)
            for secret in ["horse", "battery", "owner@", "token-1"] { #expect(!words.contains(secret)) }
            #expect(!twin.requests().contains { $0.line.contains("/elsewhere") })
            twin.set(nil)
            try await eventually("recovered") { available(twin) == [40, 40, 40] && writer.report().isAnswering }
        }
    }

    @Test("A stop ends in time while a request hangs", arguments: ["/oauth", "/state", "/update", "/hierarchy"])
    func hangingStop(_ path: String) async throws {
        try await withCloud { twin, writer in
            twin.set(.hang, at: path)
            writer.publish(StationLimit(amperes: 40))
            try await eventually("asked") { twin.requests().contains { $0.line.contains(path) } }
            // False would mean that the thread was still held up after its 2 s.
            #expect(writer.stop())
        }
    }

    @Test func aLowerLimitOvertakesAHangingRead() async throws {
        try await withCloud { twin, writer in
            writer.publish(StationLimit(amperes: 40))
            try await eventually("confirmed") { writer.report().acceptedAmperes == 40 }
            twin.set(.hang, at: "/state")
            let before = twin.requests().count
            try await eventually("it hangs", within: 120) {
                twin.requests().dropFirst(before).contains { $0.line.contains("/state") }
            }
            let start = MonotonicClock.nanoseconds()
            writer.publish(StationLimit(amperes: 10))
            try await eventually("lowered") { available(twin) == [10, 10, 10] }
            let update = try #require(twin.requests().last { $0.line.contains("/update") })
            let waited = Double(update.time - start) / 1e9
            #expect(waited < CloudSession.answerSeconds, "not only when the read gave up")
        }
    }

    @Test func aCloudThatIsNotThereIsTold() async throws {
        let credentials = try CredentialFile("a", "b")
        var configuration = zaptecConfiguration(.file(credentials.path))
        configuration.baseAddress = "http://127.0.0.1:1"
        let writer = try StationWriter(configuration)
        try await eventually("told") { writer.diagnostics().lastError?.contains("no connection to the cloud") == true }
        #expect(!writer.report().isAnswering)
        #expect(writer.stop())
        #expect(!writer.diagnostics().isLeftAtFailSafe)
    }
}
