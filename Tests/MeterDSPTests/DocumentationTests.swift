import Foundation
import MeterDSP
import Spectrum
import TestSupport
import Testing

/// The examples of the DocC catalogue: shown as compiled, and right.
@Suite struct DocumentationTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let catalogue = root.appending(path: "Sources/MeterDSP/MeterDSP.docc")

    @Test(
        "an article shows the example that is compiled here",
        arguments: [
            ("GettingStarted", "PlugMeter"), ("ThreePhasePanel", "PanelMeter"), ("OfflineAnalysis", "OfflineAnalysis"),
        ])
    func articleShowsTheCompiledExample(article: String, example: String) throws {
        let source = try String(
            contentsOf: Self.root.appending(path: "Tests/MeterDSPTests/Examples/\(example).swift"), encoding: .utf8)
        let begin = try #require(source.range(of: "// snippet-begin\n"))
        let end = try #require(source.range(of: "// snippet-end"))
        let text = try String(contentsOf: Self.catalogue.appending(path: "\(article).md"), encoding: .utf8)
        #expect(text.contains("```swift\n" + source[begin.upperBound..<end.lowerBound] + "```"))
    }

    @Test("every article is reached from the catalogue's first page, and every flag is explained")
    func catalogueIsWhole() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.catalogue.path)
            .filter { $0.hasSuffix(".md") }.map { String($0.dropLast(3)) }
        let first = try String(contentsOf: Self.catalogue.appending(path: "MeterDSP.md"), encoding: .utf8)
        #expect(names.count >= 8)
        for name in names where name != "MeterDSP" { #expect(first.contains("<doc:\(name)>"), "\(name)") }
        let flags = try String(contentsOf: Self.catalogue.appending(path: "Flags.md"), encoding: .utf8)
        for flag in ["gap", "unsynchronised", "partial", "phase1Lost", "voltageClipped", "currentClipped", "unusable"] {
            #expect(flags.contains("``ReadingFlags/\(flag)``"), "\(flag)")
        }
    }

    /// Little-endian 16-bit frames.
    private func bytes(frames: Int, rateHz: Double, _ values: [(signal: TestSignal, scale: Double)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for frame in 0..<frames {
            for entry in values {
                let code = Int16((entry.signal.value(Double(frame) / rateHz) / entry.scale).rounded())
                bytes += [UInt8(truncatingIfNeeded: code), UInt8(truncatingIfNeeded: code >> 8)]
            }
        }
        return bytes
    }

    @Test("the plug meter shows the exact power and counts the energy", arguments: [(30.0, 50.0), (-80, 49.6)])
    func plugMeter(lag: Double, hz: Double) throws {
        let voltage = TestSignal(frequencyHz: hz, rms: 230, phaseDegrees: 20, harmonics: [.init(5, 0.03)])
        let current = TestSignal(frequencyHz: hz, rms: 8, phaseDegrees: 20 - lag, harmonics: [.init(3, 0.3)])
        var plug = try PlugMeter()
        let frames = bytes(frames: 16_000, rateHz: 8000, [(voltage, 400.0 / 32768), (current, 25.0 / 32768)])
        // In blocks as a driver gives them, not of whole cycles.
        for start in stride(from: 0, to: frames.count, by: 4 * 777) {
            plug.take(frames[start..<min(frames.count, start + 4 * 777)].span.bytes)
        }
        let found = plug.quantities
        let (frequencyHz, energy) = (plug.frequencyHz, plug.energy)
        let quantities = try #require(found)
        let s = voltage.rms * current.rms
        let p = voltage.activePower(with: current)
        #expect(abs(quantities.voltageRMS / voltage.rms - 1) < 1e-4)
        #expect(abs(quantities.currentRMS / current.rms - 1) < 2e-4)
        #expect(abs(quantities.activePower - p) < 2e-4 * s)
        #expect(abs(quantities.fundamentalReactivePower - 230 * 8 * sin(lag * .pi / 180)) < 2e-4 * s)
        #expect(abs(try #require(frequencyHz) - hz) < 1e-3)
        // Whole windows of 2 s: at most one window of 0.2 s is still running.
        #expect(energy.imported[0] > p * 1.7 && energy.imported[0] < p * 2.001)
        #expect(energy.exported[0] == 0)
    }

    @Test("the panel meter finds the dip, the over-current, the rotation and the quantities")
    func panelMeter() throws {
        let adc = SimulatedADC(sampleRateHz: 8000, noiseCodes: 0)
        var panel = try PanelMeter(adc.configuration(nominalHz: 50), fuseAmperes: 25)
        var generator = SeededGenerator(seed: 1)
        let normal = ThreePhaseSignal(frequencyHz: 50)
        var dip = normal
        dip.voltages[1].fundamentalRMS *= 0.7
        var heavy = normal
        heavy.currents[2].fundamentalRMS = 30
        // Seconds 0 to 1 as it should be, then half a second with a dip of L2, of L3 too much, and again as it should be.
        for (signal, first, count) in [
            (normal, 0, 8000), (dip, 8000, 4000), (heavy, 12_000, 4000), (normal, 16_000, 8000),
        ] {
            // The clock's next ten minutes begin two seconds after the first frame.
            let bytes = adc.frames(signal, first: first, count: count, generator: &generator)
            panel.take(bytes.span.bytes, startClockSeconds: 1200 - 2)
        }
        let (overcurrents, rotation, tenMinutes) = (panel.overcurrents, panel.rotation, panel.tenMinutes)
        let last = panel.quantities
        let events = panel.voltageEvents.filter { !$0.isPolyphase }
        #expect(events.count == 1 && events.first?.kind == .dip && events.first?.phases == .l2)
        #expect(abs((events.first?.durationSeconds ?? 0) - 0.5) < 0.03)
        #expect(abs((events.first?.extremeRMS ?? 0) - dip.voltages[1].rms) < 2)
        // 50 half cycles drew too much; those before the cycles are found count, too, by their flag.
        #expect(overcurrents >= 48 && overcurrents < 75)
        #expect(rotation == .direct)
        let quantities = try #require(last)
        let power = (0..<3).reduce(0.0) { $0 + normal.voltages[$1].activePower(with: normal.currents[$1]) }
        #expect(abs(quantities.activePower / power - 1) < 2e-4)
        #expect(tenMinutes.count == 1 && tenMinutes.first?.isFlagged == true)
    }

    @Test("the offline analysis gives exact harmonics, their power and what lies between them")
    func offlineAnalysis() throws {
        let hz = 50.1
        let voltage = TestSignal(frequencyHz: hz, rms: 230, harmonics: [.init(3, 0.02), .init(49, 0.01)])
        let current = TestSignal(frequencyHz: hz, rms: 10, harmonics: [.init(3, 0.2, 180)])
        let scales = (u: 400.0 / 32768, i: 25.0 / 32768)
        var layout = FrameLayout(frameBytes: 4)
        layout[.u1] = .init(byteOffset: 0, format: .int16)
        layout[.i1] = .init(byteOffset: 2, format: .int16)
        var configuration = MeterConfiguration(
            sampleRateHz: 12_800, nominalHz: 50, layout: layout, synchronisationThreshold: 23)
        configuration[calibrationOf: .u1] = ChannelCalibration(scale: scales.u)
        configuration[calibrationOf: .i1] = ChannelCalibration(scale: scales.i)
        let frames = bytes(frames: 12_800, rateHz: 12_800, [(voltage, scales.u), (current, scales.i)])
        let windows = try analyse(frames.span.bytes, configuration)
        #expect(windows.count >= 3)
        for window in windows {
            let harmonics = window.voltage.harmonics
            #expect(abs(harmonics.phasors[3].magnitude - 4.6) < 0.01)
            #expect(abs(harmonics.phasors[49].magnitude - 2.3) < 0.01)
            #expect(abs(try #require(window.voltage.subgroupDistortion(through: 50)) - 0.05.squareRoot() / 10) < 1e-4)
            // The third harmonic of the current is opposite to that of the voltage: the appliance sends it.
            #expect(abs(window.powers[3].real + 4.6 * 2) < 0.02)
            #expect(abs(window.powers[1].real - 2300) < 0.5)
            #expect(try #require(window.current.interharmonicSubgroup(4)) < 0.01)
        }
    }
}
