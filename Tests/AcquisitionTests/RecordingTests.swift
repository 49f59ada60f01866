import Foundation
import MeterDSP
import Testing

@testable import Acquisition

/// A recording in a folder of its own.
private final class Files {
    let folder = FileManager.default.temporaryDirectory.appending(path: "headroom-\(UUID().uuidString)")
    var sidecar: URL { folder.appending(path: "r.json") }
    var data: URL { folder.appending(path: "r.bin") }

    init(_ sidecar: String?, _ bytes: Data?) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if let sidecar { try Data(sidecar.utf8).write(to: self.sidecar) }
        if let bytes { try bytes.write(to: data) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}

private func bytes(_ values: some Sequence<some BitwiseCopyable>) -> Data {
    values.reduce(into: Data()) { data, value in withUnsafeBytes(of: value) { data.append(contentsOf: $0) } }
}

private func sidecar(
    dtype: String = "\"int16\"", frames: String = "3", count: String = "2", rate: String = "8000",
    channels: String = """
    {"name": "u", "unit": "kV", "scale": 0.5, "offset": -1, "phase": "A", "skew_us": 13},
      {"name": "i", "unit": "A", "scale": 2}
    """, more: String = ""
) -> String {
    """
    {"name": "made up", "dtype": \(dtype), "n_frames": \(frames), "n_channels": \(count),
     "sample_rate_hz": \(rate), "nominal_hz": 50, "start_time": null,
     "channels": [\(channels)]\(more)}
    """
}

@Suite struct RecordingTests {
    private let sixInt16 = bytes([1, 2, -3, 4, 32767, -32768] as [Int16])

    @Test(arguments: [".json", ".bin"])
    func `16-bit frames are lent as they stand, with layout and calibration`(suffix: String) throws {
        let files = try Files(sidecar(), sixInt16)
        let recording = try Recording.open(files.folder.appending(path: "r\(suffix)").path)
        #expect(recording.name == "made up" && recording.sampleRateHz == 8000 && recording.nominalHz == 50)
        #expect(recording.frameCount == 3 && recording.frameBytes == 4)
        #expect(recording.segmentFrames == nil && recording.startTime == nil)
        let u = try recording.channel("u")
        #expect(u == RecordingChannel(name: "u", unit: "kV", scale: 0.5, offset: -1, phase: "A", skewSeconds: 13e-6))
        #expect(u.calibration?.scale == 500 && u.calibration?.offset == -1000)
        let layout = try recording.layout([(.i1, "i"), (.u1, "u")])
        #expect(layout[.i1] == .init(byteOffset: 2, format: .int16))
        #expect(layout[.u1] == .init(byteOffset: 0, format: .int16))
        #expect(layout[.u2] == nil && layout.frameBytes == 4 && layout.timestampOffset == nil)
        let codes = try recording.withFrames(1..<3) { frames in
            (0..<4).map { frames.unsafeLoadUnaligned(fromByteOffset: 2 * $0, as: Int16.self) }
        }
        #expect(codes == [-3, 4, 32767, -32768])
        #expect(try recording.withFrames(3..<3) { $0.byteCount } == 0)
    }

    @Test(arguments: propertySeeds)
    func `float32 values become codes within 1e-9 of full scale`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for exponent in [-140.0, -30, 0, 5, 120] {
            let full = Float(exp2(exponent) * Double.random(in: 1..<2, using: &random))
            var values = (0..<400).map { _ in Float.random(in: -1...1, using: &random) * full }
            values[10] = full
            // The second channel is silent.
            for index in stride(from: 1, to: values.count, by: 2) { values[index] = 0 }
            let files = try Files(
                sidecar(
                    dtype: "\"float32\"", frames: "200",
                    channels: #"{"name":"u","unit":"V","scale":3,"offset":7},{"name":"i","unit":"A","scale":1}"#),
                bytes(values))
            let recording = try Recording.open(files.sidecar.path)
            let layout = try recording.layout([(.u1, "u"), (.i1, "i")])
            #expect(layout[.i1] == .init(byteOffset: 4, format: .int32))
            let channel = recording.channels[0]
            #expect(channel.offset == 7)
            try recording.withFrames(0..<200) { frames in
                for frame in 0..<200 {
                    let code = frames.unsafeLoadUnaligned(fromByteOffset: 8 * frame, as: Int32.self)
                    let wanted = Double(values[2 * frame]) * 3
                    let error = abs(Double(code) * channel.scale - wanted)
                    #expect(error <= 1e-9 * Double(full) * 3 && abs(code) <= 1 << 30, "seed \(seed)")
                    #expect(frames.unsafeLoadUnaligned(fromByteOffset: 8 * frame + 4, as: Int32.self) == 0)
                }
            }
        }
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func `a float that is no number is refused with its frame and channel`(value: Float) throws {
        let files = try Files(sidecar(dtype: "\"float32\""), bytes([1, 2, 3, value, 5, 6] as [Float]))
        #expect(throws: AcquisitionError.recording(file: files.data.path, .notFinite(frame: 1, channel: "i"))) {
            try Recording.open(files.data.path)
        }
    }

    @Test func `what the recording does not have is refused`() throws {
        let files = try Files(sidecar(), sixInt16)
        let recording = try Recording.open(files.data.path)
        let file = files.data.path
        #expect(throws: AcquisitionError.recording(file: file, .channelUnknown(name: "x", available: ["u", "i"]))) {
            try recording.layout([(.u1, "x")])
        }
        #expect(throws: AcquisitionError.self) { try recording.layout([(.u1, "u"), (.u1, "i")]) }
        for range in [-1..<2, 0..<4, 4..<4, .min ..< .max] {
            #expect(
                throws: AcquisitionError.recording(
                    file: file, .rangeOutside(lower: range.lowerBound, upper: range.upperBound, frameCount: 3))
            ) { try recording.withFrames(range) { $0.byteCount } }
        }
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let name: String
        var sidecar: String?
        var bytes: Int? = 12
        let words: [String]
        var inData = false
        var testDescription: String { name }
    }

    @Test(arguments: [
        Damage(name: "no data", sidecar: sidecar(), bytes: nil, words: ["(2)", "side by side"], inData: true),
        Damage(name: "no sidecar", sidecar: nil, words: ["(2)", "side by side"]),
        Damage(
            name: "half a frame", sidecar: sidecar(), bytes: 11, words: ["11 bytes", "n_frames", "12"], inData: true),
        Damage(name: "a frame short", sidecar: sidecar(), bytes: 8, words: ["8 bytes", "12"], inData: true),
        Damage(name: "empty", sidecar: sidecar(), bytes: 0, words: ["0 bytes", "12"], inData: true),
        Damage(name: "a frame too many", sidecar: sidecar(), bytes: 16, words: ["16 bytes", "12"], inData: true),
        Damage(name: "half a frame too many", sidecar: sidecar(), bytes: 14, words: ["14 bytes", "12"], inData: true),
        Damage(name: "not JSON", sidecar: "{\"name\":\n\"x\"\n \"dtype\": 1}", words: ["line 3, column 2", "comma"]),
        Damage(name: "NaN", sidecar: sidecar(rate: "NaN"), words: ["line 2", "NaN"]),
        Damage(name: "empty sidecar", sidecar: "", words: ["line 1, column 1", "ends too early"]),
        Damage(name: "a list", sidecar: "[]", words: ["dtype", "missing"]),
        Damage(
            name: "a name twice", sidecar: sidecar(more: ", \"dtype\": \"int16\""),
            words: ["line", "\"dtype\" comes twice"]),
        Damage(name: "dtype", sidecar: sidecar(dtype: "\"int24\""), words: ["dtype", "\"int24\"", "float32"]),
        Damage(name: "dtype kind", sidecar: sidecar(dtype: "16"), words: ["dtype", "16.0"]),
        Damage(name: "no rate", sidecar: sidecar(rate: "null"), words: ["sample_rate_hz", "missing"]),
        Damage(name: "rate 0", sidecar: sidecar(rate: "0"), words: ["sample_rate_hz", "0"]),
        Damage(name: "rate below 0", sidecar: sidecar(rate: "-5"), words: ["sample_rate_hz", "-5"]),
        Damage(name: "part of a frame", sidecar: sidecar(frames: "2.5"), words: ["n_frames", "2.5"]),
        Damage(name: "frames below 0", sidecar: sidecar(frames: "-1"), words: ["n_frames", "-1"]),
        Damage(name: "frames without end", sidecar: sidecar(frames: "4e18"), words: ["n_frames"]),
        Damage(name: "channel count", sidecar: sidecar(count: "3"), words: ["n_channels", "3", "2"]),
        Damage(name: "no channels", sidecar: sidecar(count: "0", channels: ""), words: ["channels"]),
        Damage(
            name: "scale 0",
            sidecar: sidecar(channels: #"{"name":"u","unit":"V","scale":0},{"name":"i","unit":"A","scale":1}"#),
            words: ["channels[0].scale", "0.0"]),
        Damage(
            name: "no scale", sidecar: sidecar(channels: #"{"name":"u","unit":"V","scale":1},{"name":"i","unit":"A"}"#),
            words: ["channels[1].scale", "missing"]),
        Damage(
            name: "scale as text",
            sidecar: sidecar(channels: #"{"name":"u","unit":"V","scale":"NaN"},{"name":"i","unit":"A","scale":1}"#),
            words: ["channels[0].scale", "\"NaN\""]),
        Damage(
            name: "twins",
            sidecar: sidecar(channels: #"{"name":"u","unit":"V","scale":1},{"name":"u","unit":"A","scale":1}"#),
            words: ["\"u\" twice"]),
        Damage(name: "channel is no object", sidecar: sidecar(channels: "1, 2"), words: ["channels[0]", "1.0"]),
        Damage(
            name: "data elsewhere", sidecar: sidecar(more: ", \"data_file\": \"../x.bin\""),
            words: ["data_file", "without a folder"]),
    ])
    func `a damaged recording is refused in one line with file, field and remedy`(damage: Damage) throws {
        let files = try Files(damage.sidecar, damage.bytes.map { Data(count: $0) })
        let error = try #require(throws: AcquisitionError.self) { _ = try Recording.open(files.sidecar.path) }
        let text = error.description
        #expect(text.contains(damage.inData ? files.data.path : files.sidecar.path), "\(text)")
        for word in damage.words { #expect(text.contains(word), "\(text)") }
        #expect(!text.contains("\n") && text.contains(";"))
    }

    @Test(arguments: propertySeeds)
    func `no sidecar whatever stops it`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let good = Array(sidecar().utf8)
        let files = try Files(nil, sixInt16)
        var refused = 0
        for _ in 0..<300 {
            var text = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: text[place] = .random(in: 0...255, using: &random)
                case 1: text.remove(at: place)
                case 2: text.insert(contentsOf: text[place...].prefix(20), at: place)
                default: text.removeSubrange(place...)
                }
                if text.isEmpty { text = [0] }
            }
            try Data(text).write(to: files.sidecar)
            do { _ = try Recording.open(files.sidecar.path) } catch {
                refused += 1
                #expect(!error.description.contains("\n"), "seed \(seed)")
            }
        }
        #expect(refused > 100, "seed \(seed)")
    }

    @Test func `deep nesting is refused, not followed`() throws {
        let files = try Files(String(repeating: "[", count: 100_000), sixInt16)
        let error = try #require(throws: AcquisitionError.self) { _ = try Recording.open(files.sidecar.path) }
        #expect(error.description.contains("nested too deeply"))
    }
}
