import Foundation
import MeterDSP
import Testing

@Suite struct ReadmeTests {
    /// The folder of the package, from this file's place in it.
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("the README shows the snippet that is compiled here")
    func snippetIsTheCompiledOne() throws {
        let source = try String(
            contentsOf: root.appending(path: "Tests/MeterDSPTests/ReadmeSnippet.swift"), encoding: .utf8)
        let begin = try #require(source.range(of: "// snippet-begin\n"))
        let end = try #require(source.range(of: "// snippet-end"))
        let snippet = source[begin.upperBound..<end.lowerBound]
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains(snippet))
    }

    @Test("the snippet measures")
    func snippetMeasures() throws {
        var meter = try makePlugMeter()
        var energy = EnergyRegister()
        var block: [UInt8] = []
        for frame in 0..<8000 {
            let angle = 2 * Double.pi * 50 * Double(frame) / 8000
            for value in [230 * 2.0.squareRoot() / 500 * sin(angle), 10 * 2.0.squareRoot() / 141 * sin(angle)] {
                let code = Int16((value * 32768).rounded())
                block += [UInt8(truncatingIfNeeded: code), UInt8(truncatingIfNeeded: code >> 8)]
            }
        }
        measure(block.span.bytes, with: &meter, energy: &energy)
        #expect(abs(meter.window.voltageRMS[0] - 230) < 0.01)
        #expect(abs(meter.window.activePower[0] - 2300) < 0.5)
        #expect(energy.imported[0] > 1800)
    }
}
