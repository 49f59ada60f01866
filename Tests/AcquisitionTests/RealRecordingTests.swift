import Foundation
import MeterDSP
import Testing

@testable import Acquisition

/// Recordings of real mains by third parties, where they are at hand.
enum RecordedMains {
    static let folder: URL? = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let root =
            ProcessInfo.processInfo.environment["HEADROOM_DATA"].map { URL(filePath: $0) }
            ?? package.deletingLastPathComponent().appending(path: "shared/data")
        let folder = root.appending(path: "waveforms")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()
    static let word: Comment = "needs the recordings: set HEADROOM_DATA to their folder"

    static func open(_ name: String) throws -> Recording {
        try Recording.open(try #require(folder).appending(path: "\(name).json").path)
    }
}

/// Values of channel `name` in its own unit.
private func values(_ recording: Recording, _ name: String, _ range: Range<Int>) throws -> [Double] {
    let channel = try recording.channel(name)
    let slot = try #require(try recording.layout([(.u1, name)])[.u1])
    return try recording.withFrames(range) { frames in
        (0..<range.count).map { frame in
            let offset = frame * recording.frameBytes + slot.byteOffset
            let code =
                slot.format == .int16
                ? Int32(frames.unsafeLoadUnaligned(fromByteOffset: offset, as: Int16.self))
                : frames.unsafeLoadUnaligned(fromByteOffset: offset, as: Int32.self)
            return Double(code) * channel.scale + channel.offset
        }
    }
}

private func rms(_ values: [Double]) -> Double {
    (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
}

@Suite(.enabled(if: RecordedMains.folder != nil, RecordedMains.word))
struct RealRecordingTests {
    @Test(arguments: [
        ("gen3ph_60hz_5760sps", 13248, 14, 5760.0), ("substation3ph_50hz_1200sps", 19680, 20, 1200),
        ("plaid_a_60hz_30000sps", 60000, 2, 30000), ("motor3ph_healthy_60hz_1000sps", 1000, 3, 1000),
        ("motor3ph_phaseB_turnfault40_60hz_1000sps", 1000, 3, 1000),
    ])
    func `every recording opens with what its description says`(
        name: String, frames: Int, channels: Int, rate: Double
    ) throws {
        let recording = try RecordedMains.open(name)
        #expect(recording.frameCount == frames && recording.channels.count == channels)
        #expect(recording.sampleRateHz == rate && recording.name == name)
        #expect(recording.channels.allSatisfy { $0.calibration != nil })
    }

    // The first window of the reference table: RMS in the channel's unit, to the digits given.
    @Test(arguments: [
        ("gen3ph_60hz_5760sps", "VA_GC1", 1151, 7.56262, 5e-6), ("gen3ph_60hz_5760sps", "IA_GC1", 1151, 530.397, 5e-4),
        ("gen3ph_60hz_5760sps", "VC_GC2", 1151, 7.51985, 5e-6),
        ("substation3ph_50hz_1200sps", "Ia_feeder1_on_bus2", 241, 129.818, 5e-4),
        ("plaid_a_60hz_30000sps", "u", 500, 122.07, 5e-3), ("plaid_a_60hz_30000sps", "i", 500, 0.13524, 5e-6),
    ])
    func `the first window has the reference's RMS`(
        name: String, channel: String, frames: Int, reference: Double, digits: Double
    ) throws {
        let recording = try RecordedMains.open(name)
        #expect(abs(rms(try values(recording, channel, 0..<frames)) - reference) <= digits)
    }

    @Test func `float recordings keep every value within 1e-9 of full scale`() throws {
        let recording = try RecordedMains.open("plaid_a_60hz_30000sps")
        #expect(recording.segmentFrames == 500)
        let raw = try Data(contentsOf: try #require(RecordedMains.folder).appending(path: "plaid_a_60hz_30000sps.bin"))
        for (index, name) in ["u", "i"].enumerated() {
            let codes = try values(recording, name, 0..<recording.frameCount)
            let floats = raw.withUnsafeBytes { bytes in
                (0..<recording.frameCount).map {
                    Double(bytes.loadUnaligned(fromByteOffset: 8 * $0 + 4 * index, as: Float.self))
                }
            }
            let full = try #require(floats.map(abs).max())
            let worst = try #require(zip(codes, floats).map { abs($0 - $1) }.max())
            #expect(worst <= 1e-9 * full)
        }
    }
}
