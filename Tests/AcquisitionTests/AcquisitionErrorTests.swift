import Testing

@testable import Acquisition

@Suite struct AcquisitionErrorTests {
    static let nasty = "a\nb\u{0}\r\tc"

    @Test(arguments: [
        AcquisitionError.badSetting(field: nasty, value: nasty, remedy: "choose another"),
        .badURI(uri: nasty, problem: "no"), .noContext(uri: nasty, errno: 2), .noContext(uri: nasty, errno: 111),
        .noContext(uri: nasty, errno: 13), .noContext(uri: nasty, errno: 113), .noContext(uri: nasty, errno: 5),
        .noDevice(uri: nasty, wanted: nil, available: []), .noDevice(uri: nasty, wanted: nasty, available: [nasty]),
        .deviceAmbiguous(uri: nasty, wanted: nil, candidates: [nasty]),
        .deviceAmbiguous(uri: nasty, wanted: nasty, candidates: [nasty]),
        .channelMissing(uri: nasty, device: "d", wanted: nasty, available: [nasty]),
        .channelAmbiguous(uri: nasty, device: "d", wanted: nasty, candidates: [nasty]),
        .rateMissing(uri: nasty, device: "d"),
        .attributeUnreadable(uri: nasty, device: "d", attribute: "a", problem: nasty),
        .attributeRefused(uri: nasty, device: "d", attribute: "a", value: nasty, errno: 16),
        .formatRefused(uri: nasty, device: "d", channel: "c", format: "f"),
        .layoutRefused(uri: nasty, device: "d", problem: "p"), .bufferRefused(uri: nasty, device: "d", errno: 16),
        .bufferRefused(uri: nasty, device: "d", errno: 13), .bufferRefused(uri: nasty, device: "d", errno: 12),
        .contextLost(uri: nasty, device: "d", errno: 32), .timedOut(uri: nasty, device: "d", seconds: 1),
        .sourceChanged(uri: nasty, device: "d", what: "w", before: "b", after: "a"), .cancelled(uri: nasty),
        .recording(file: nasty, .badName), .recording(file: "f", .valueMissing(frame: 1, channel: nasty)),
        .recording(file: "f", .lineInvalid(line: 1, field: nasty, value: nasty, expected: "x")),
        .recording(file: "f", .fieldInvalid(field: "f", value: nasty, expected: "x")),
        .recording(file: nasty, .lineMissing(line: 1, expected: "x")), .recording(file: nasty, .lineCut(line: 1)),
        .recording(file: nasty, .fieldCountWrong(line: 1, fields: 2, expected: "3")),
        .recording(file: nasty, .framesLeft(line: 1, stated: 2)), .recording(file: nasty, .chunkMissing(chunk: "c")),
        .recording(file: nasty, .sampleNumberJump(frame: 1, number: 3, expected: 2)),
        .recording(file: nasty, .ratesDiffer(firstHz: 1, nextHz: 2, frame: 3)),
        .recording(file: nasty, .timestampMissing(frame: 1)), .recording(file: nasty, .rateOutside(hertz: 0.1)),
        .recording(file: nasty, .timestampsUneven(frame: 1, offSeconds: 1, stepSeconds: 1)),
        .recording(file: nasty, .timestampsCoarse(spanUnits: 1, stepUnits: 1, unitSeconds: 1)),
        .recording(file: nasty, .truncated(bytes: 1, expectedBytes: 2, field: "f")),
        .recording(file: nasty, .oversized(bytes: 2, expectedBytes: 1, field: "f", orFields: "g")),
    ])
    func `every description is one line with place and remedy`(error: AcquisitionError) {
        let text = error.description
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }, "\(text)")
        #expect(text.contains(";") || text.contains(": choose"), "\(text)")
        #expect(text.contains("a b"), "\(text)")
    }

    @Test func `only what may pass by itself is worth another attempt`() {
        #expect(AcquisitionError.contextLost(uri: "", device: "", errno: 32).isTransient)
        #expect(AcquisitionError.noContext(uri: "", errno: 111).isTransient)
        #expect(!AcquisitionError.cancelled(uri: "").isTransient)
        #expect(!AcquisitionError.sourceChanged(uri: "", device: "", what: "", before: "", after: "").isTransient)
    }

    @Test(
        arguments: [
            { $0.uri = "" }, { $0.uri = "ip:\u{0}" }, { $0.inputs = [] }, { $0.inputs.append(.init(.u1, "voltage1")) },
            { $0.inputs = [.init(.u1, "")] }, { $0.block = .frames(0) }, { $0.block = .frames(.max) },
            { $0.kernelBuffers = 0 },
            { $0.kernelBuffers = .max }, { $0.timeoutSeconds = 0 }, { $0.timeoutSeconds = .nan },
            { $0.timeoutSeconds = .infinity }, { $0.sampleRateHz = 0 }, { $0.sampleRateHz = .nan },
            { $0.sampleRateHz = -8000 }, { $0.sampleRateHz = 100 },
        ] as [@Sendable (inout IIOSettings) -> Void])
    func `a setting out of range is refused before anything is opened`(
        change: @Sendable (inout IIOSettings) -> Void
    ) throws {
        var settings = IIOSettings(uri: "local:", inputs: [.init(.u1, "voltage0")], block: .frames(80))
        try settings.validate()
        change(&settings)
        let error = try #require(throws: AcquisitionError.self) { _ = try IIOSource(settings) }
        switch error {
        case .badSetting, .badURI: break
        default: Issue.record("\(error)")
        }
    }
}
