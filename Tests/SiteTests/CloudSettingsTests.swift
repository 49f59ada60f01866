import Allocation
import CloudStations
import Site
import StrictYAML
import Testing

/// Stations behind a cloud in the settings of a site.
@Suite struct CloudSettingsTests {
    private static let id = "0a1b2c3d-0000-4000-8000-00000000000a"

    /// The example's settings with these lines as stations.
    private static func text(_ stations: String) -> String {
        var settings = SiteSettings.example()
        settings.stations = []
        let text = settings.yaml
        return text.replacing("stations: []", with: "stations:\n" + stations)
    }

    private static let full = """
          - name: Garage
            type: zaptec
            installation: \(id)
            credentials: /etc/headroom/zaptec
            phases: [L2, L3, L1]
            limit-a: 63
            fail-safe-a: 18
            raise-interval-min: 20
            set-offline-current: true
            charger-phases: {ZPR000001: [L1, L2, L3], ZPR000002: L2}
        """

    @Test func everyKeyIsRead() throws {
        let settings = try SiteSettings.parse(yaml: Self.text(Self.full), file: "site.yaml")
        #expect(settings.stations.isEmpty)
        let station = try #require(settings.cloudStations.first)
        #expect(station.name == "Garage")
        #expect(station.profile.identifier == "zaptec")
        #expect(station.installation == Self.id)
        #expect(station.credentials == .file("/etc/headroom/zaptec"))
        #expect(station.supplyPhases == [.l2, .l3, .l1])
        #expect(station.maximumAmperes == 63)
        #expect(station.failSafeAmperes == 18)
        #expect(station.raiseIntervalSeconds == 1200)
        #expect(station.setsOfflineCurrent)
        #expect(station.chargerLines == ["ZPR000001": [.l1, .l2, .l3], "ZPR000002": [.l2]])
        #expect(station.isManaged)
    }

    @Test func whatIsWrittenReadsBackToTheSame() throws {
        let first = try SiteSettings.parse(yaml: Self.text(Self.full), file: "site.yaml")
        let second = try SiteSettings.parse(yaml: first.yaml, file: "again.yaml")
        #expect(second.yaml == first.yaml)
        #expect(second.cloudStations.first?.chargerLines == first.cloudStations.first?.chargerLines)
    }

    @Test func bothKindsStandBesideEachOther() throws {
        var settings = SiteSettings.example()
        settings.cloudStations = try SiteSettings.parse(yaml: Self.text(Self.full), file: "site.yaml").cloudStations
        let back = try SiteSettings.parse(yaml: settings.yaml, file: "site.yaml")
        #expect(back.stations.count == settings.stations.count)
        #expect(back.cloudStations.count == 1)
    }

    @Test func withoutWordsTheMakersWishesHold() throws {
        let text = Self.text(
            "  - {name: G, type: zaptec, installation: \(Self.id), credentials: env:ZAPTEC, limit-a: 32, fail-safe-a: 0}"
        )
        let station = try #require(try SiteSettings.parse(yaml: text, file: "site.yaml").cloudStations.first)
        #expect(station.raiseIntervalSeconds == 900)
        #expect(!station.setsOfflineCurrent)
        #expect(station.credentials == .environment(prefix: "ZAPTEC"))
    }

    @Test(
        "What is wrong is told with its key",
        arguments: [
            ("installation: \(id)", "installation: 12", "installation"), ("limit-a: 63", "limit-a: 5", "limit-a"),
            ("fail-safe-a: 18", "fail-safe-a: 64", "fail-safe-a"),
            ("phases: [L2, L3, L1]", "phases: [L1, L2]", "phases"),
            ("credentials: /etc/headroom/zaptec", "credentials: hunter2", "credentials"),
            ("    credentials: /etc/headroom/zaptec\n", "", "credentials"),
            ("set-offline-current: true", "password: x", "password"),
            ("raise-interval-min: 20", "raise-interval-min: 0", "raise-interval-min"),
            ("    fail-safe-a: 18\n", "", "fail-safe-a"),
            ("{ZPR000001: [L1, L2, L3]", "{ZPR000001: [L1, L1, L3]", "charger-phases"),
        ])
    func wrong(_ old: String, _ new: String, _ key: String) throws {
        let text = Self.text(Self.full)
        let damaged = text.replacing(old, with: new)
        try #require(damaged != text)
        let error = #expect(throws: YAMLError.self) { try SiteSettings.parse(yaml: damaged, file: "site.yaml") }
        let words = try #require(error).description
        #expect(words.contains(key))
        #expect(!words.contains("hunter2"), "it may be a password that stands in the wrong place")
    }

    @Test func theSameInstallationTwiceIsRefused() throws {
        let twice = Self.full + "\n" + Self.full.replacing("name: Garage", with: "name: Other")
        let error = #expect(throws: YAMLError.self) {
            try SiteSettings.parse(yaml: Self.text(twice), file: "site.yaml")
        }
        #expect(error?.problem.contains("same installation") == true)
    }

    @Test func oneNameForTwoStationsIsRefused() throws {
        var settings = SiteSettings.example()
        settings.cloudStations = try SiteSettings.parse(yaml: Self.text(Self.full), file: "site.yaml").cloudStations
        settings.cloudStations[0].name = settings.stations[0].name
        let text = settings.yaml
        let error = #expect(throws: YAMLError.self) { try SiteSettings.parse(yaml: text, file: "site.yaml") }
        #expect(error?.problem.contains("two stations are called") == true)
    }
}
