import Allocation
import Stations
import Testing

@testable import CloudStations

@Suite struct CloudConfigurationTests {
    @Test func theBuiltInProfilesAreReadAndSayWhatTheCloudCannotDo() {
        #expect(CloudProfile.builtIn.map(\.identifier) == ["easee", "zaptec"])
        for profile in CloudProfile.builtIn {
            #expect(profile.advice.contains("no fast loop"))
            #expect(!profile.sources.isEmpty)
            #expect(profile.confidence != .documented)
        }
    }

    typealias Change = @Sendable (inout CloudStationConfiguration) -> Void
    static let wrong: [(field: String, change: Change)] = [
        ("installation", { $0.installation = "../../x" }), ("installation", { $0.installation = "" }),
        ("installation", { $0.installation = "0a1b2c3d-0000-4000-8000-00000000000g" }),
        ("supplyPhases", { $0.supplyPhases = [.l1, .l2] }), ("supplyPhases", { $0.supplyPhases = [.l1, .l1, .l2] }),
        ("maximumAmperes", { $0.maximumAmperes = 5 }), ("maximumAmperes", { $0.maximumAmperes = .nan }),
        ("failSafeAmperes", { $0.failSafeAmperes = 64 }), ("failSafeAmperes", { $0.failSafeAmperes = -1 }),
        ("raiseIntervalSeconds", { $0.raiseIntervalSeconds = 0 }), ("chargerLines", { $0.chargerLines = ["x": []] }),
        ("chargerLines", { $0.chargerLines = ["x": [.l1, .l1, .l2]] }),
        ("baseAddress", { $0.baseAddress = "http://example.org" }),
        ("baseAddress", { $0.baseAddress = "https://api.zaptec.com.example.org" }),
    ]

    @Test("A setting that cannot be is refused by name", arguments: wrong.indices)
    func refused(_ index: Int) throws {
        let (field, change) = Self.wrong[index]
        var configuration = zaptecConfiguration(.file("/none"))
        try configuration.check()
        change(&configuration)
        let error = #expect(throws: StationError.self) { try configuration.check() }
        #expect(error?.field == field)
    }

    @Test func theRatingSaysThatTheCloudIsNoFastLoop() {
        var configuration = zaptecConfiguration(.file("/none"))
        configuration.supplyPhases = [.l2]
        let rating = configuration.rating
        #expect(rating.phases == .l2)
        #expect(rating.stepAmperes == 1)
        #expect(rating.failSafeAmperes == 20)
        #expect(rating.failSafeAfterSeconds == 180)
    }

    @Test(
        "Only numbers name an Easee circuit",
        arguments: [
            ("12345/67890", true), ("1/2", true), ("1", false), ("1/2/3", false), ("1/", false), ("/2", false),
            ("../2", false), ("1/2?x", false),
        ])
    func easee(_ text: String, _ isValid: Bool) { #expect(EaseeCircuit.isIdentifier(text) == isValid) }
}
