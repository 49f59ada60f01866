import MeterDSP
import Site
import StrictYAML
import Testing

/// What an installer enters of a sensor's certificate and of the converter.
@Suite struct SensorSettingsTests {
    /// The example's settings with `entry` in the place of I1's.
    private static func yaml(_ entry: String) -> String {
        SiteSettings.example().yaml.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("    I1:") ? "    I1: \(entry)" : String($0) }.joined(separator: "\n")
    }

    private static func input(_ settings: SiteSettings) throws -> SiteSettings.Input {
        try #require(settings.meter.inputs.first { $0.channel == .i1 })
    }

    @Test func delayDroopAndTransformerReachTheMeter() throws {
        let text = Self.yaml(
            "{adc: \"voltage9\", units-per-code: 1e-4, ratio: 100, delay-us: -12.5, sinc-order: 3, "
                + "transformer-errors: [[1, 0.6, 0.4], [10, 0.3, 0.2], [100, -0.1, 0.05]]}")
        let settings = try SiteSettings.parse(yaml: text, file: "site.yaml")
        let input = try Self.input(settings)
        let calibration = try #require(input.calibration(driverScale: nil, driverCodeOffset: nil))
        #expect(calibration.delaySeconds == -12.5e-6)
        #expect(calibration.sincOrder == 3)
        #expect(calibration.transformer.points.map(\.amperes) == [1, 10, 100])
        #expect(calibration.transformer.points.map(\.ratioErrorPercent) == [0.6, 0.3, -0.1])
        #expect(calibration.transformer.points.map(\.phaseDegrees) == [0.4, 0.2, 0.05])
        // What is written is what was read.
        #expect(try Self.input(SiteSettings.parse(yaml: settings.yaml, file: "again.yaml")) == input)
    }

    @Test func withoutThemNothingIsCorrected() throws {
        let calibration = try #require(
            try Self.input(.example()).calibration(driverScale: 1, driverCodeOffset: nil))
        #expect(calibration.delaySeconds == 0 && calibration.sincOrder == 0 && calibration.transformer.count == 0)
    }

    @Test(arguments: [
        ("delay-us: 2001", "delay-us"), ("delay-us: fast", "delay-us"), ("sinc-order: 6", "sinc-order"),
        ("transformer-errors: [[1, 0.1]]", "transformer-errors"),
        ("transformer-errors: [[10, 0.1, 0], [1, 0.1, 0]]", "transformer-errors"),
        ("transformer-errors: [[1, 60, 0]]", "transformer-errors"),
        ("rogowski-uv-per-a-hz: 0.45, transformer-errors: [[1, 0.1, 0]]", "transformer-errors"),
    ])
    func whatMakesNoSenseIsRefusedByName(_ entry: String, _ field: String) {
        do {
            _ = try SiteSettings.parse(yaml: Self.yaml("{adc: \"voltage9\", \(entry)}"), file: "site.yaml")
            Issue.record("taken: \(entry)")
        } catch {
            let words = "\(error)"
            #expect(words.contains("site.yaml") && words.contains("I1.\(field)"), "\(words)")
        }
    }
}
