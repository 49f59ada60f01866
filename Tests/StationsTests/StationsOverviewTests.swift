import Allocation
import Foundation
import Testing

@testable import Stations

@Suite(.timeLimit(.minutes(2))) struct StationsOverviewTests {
    private static let file = URL(filePath: #filePath).appending(path: "../../../Sources/Stations/STATIONS.md")
        .standardized

    @Test("the table of STATIONS.md is made from the profiles (UPDATE_STATIONS_MD=1 writes it anew)")
    func upToDate() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        let begin = try #require(text.range(of: "<!-- table: begin.*-->\n", options: .regularExpression))
        let end = try #require(text.range(of: "<!-- table: end -->"))
        let wanted = StationsOverview.table(StationProfile.builtIn) + "\n"
        if ProcessInfo.processInfo.environment["UPDATE_STATIONS_MD"] != nil {
            let new = text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: wanted)
            try new.write(to: Self.file, atomically: true, encoding: .utf8)
        } else {
            #expect(
                text[begin.upperBound..<end.lowerBound] == wanted,
                "run UPDATE_STATIONS_MD=1 swift test --filter StationsOverview and commit STATIONS.md")
        }
    }

    @Test("the worked example of STATIONS.md drives the station whose manual it quotes")
    func example() async throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        let parts = text.components(separatedBy: "```")
        let block = try #require(parts.first { $0.hasPrefix("yaml\n") })
        var profile = try StationProfile.parse(yaml: String(block.dropFirst("yaml\n".count)), file: "lumen-11.yaml")
        profile.pollIntervalSeconds = 0.05
        // The manual counts from 1, the wire from 0.
        let station = try ScriptedStation(registers: [
            0: 1100, 10: 3, 11: 2, 20: 100, 21: 99, 22: 98, 30: 0xD687, 31: 0x12, 100: 6, 101: 0, 102: 0, 103: 0,
        ])
        defer { station.stop() }
        let writer = try StationWriter(configuration(profile, port: station.port))
        writer.publish(StationLimit(amperes: 13.9))
        try await eventually("accepted") {
            writer.report().acceptedAmperes == 13 && writer.report().inFlightAmperes == nil
        }
        try await eventually("read") { writer.diagnostics().energyWattHours != nil }
        #expect(writer.report().status == .charging && writer.report().drawnAmperes == PerPhaseAmperes(10, 9.9, 9.8))
        #expect(writer.diagnostics().energyWattHours == 1_234_567)
        #expect(writer.diagnostics().faults.map(\.words) == ["residual current"])
        try await eventually("fail-safe kept") { writer.diagnostics().failSafeKept == true }
        writer.publish(StationLimit(amperes: 0))
        try await eventually("paused") { writer.report().acceptedAmperes == 0 }
        writer.stop()
        let writes = station.requests.filter { $0.count == 0 }
        #expect(writes.allSatisfy { $0.function == 6 })
        #expect(writes.filter { $0.address == 100 }.map(\.values) == [[13], [6]])
        #expect(writes.filter { $0.address == 101 }.map(\.values) == [[1], [0], [1]])
        #expect(writes.filter { [102, 103].contains($0.address) }.map(\.values) == [[6], [60]])
    }
}
