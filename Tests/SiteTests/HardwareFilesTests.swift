import Foundation
import Site
import Testing

/// The files that an installer copies from the `hardware` folder.
@Suite struct HardwareFilesTests {
    private static func text(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("hardware")
        return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    @Test func exampleSettingsAreWhatTheInitCommandWrites() throws {
        let text = try Self.text("site.example.yaml")
        #expect(text == SiteSettings.example().yaml, "write it anew: headroom init hardware/site.example.yaml")
    }

    /// Where the service would not find what the other files and the README install.
    @Test func serviceReadsTheSettingsAndHasTheGroupOfTheADC() throws {
        let lines = try Self.text("headroom.service").split(separator: "\n")
        #expect(lines.contains("ExecStart=/usr/local/bin/headroom run --config /etc/headroom/site.yaml"))
        #expect(lines.contains("SupplementaryGroups=iio"))
        #expect(try Self.text("60-headroom-iio.rules").contains("GROUP=\"iio\""))
    }

    /// The thread may ask for no more than the service grants.
    @Test func serviceGrantsTheExamplesPriority() throws {
        let limit = try #require(
            try Self.text("headroom.service").split(separator: "\n").first { $0.hasPrefix("LimitRTPRIO=") })
        let granted = try #require(Int32(limit.dropFirst("LimitRTPRIO=".count)))
        #expect(granted >= (SiteSettings.example().realtime.priority ?? 0))
    }
}
