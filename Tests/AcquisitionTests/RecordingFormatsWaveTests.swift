import Foundation
import MeterDSP
import Testing

@testable import Acquisition

@Suite struct RecordingFormatsWaveTests {
    struct Sort: Sendable, CustomTestStringConvertible {
        let tag: UInt16
        let bits: UInt16
        /// Bytes of a sample that is this share of full scale.
        let sample: @Sendable (Double) -> [UInt8]
        var testDescription: String { "tag \(tag), \(bits) bits" }
    }

    static let sorts = [
        Sort(tag: 1, bits: 16) { littleEndian(Int16(clamping: Int($0 * 0x8000))) },
        Sort(tag: 1, bits: 24) { Array(littleEndian(Int32(min(0x7F_FFFF, $0 * 0x80_0000))).prefix(3)) },
        Sort(tag: 1, bits: 32) { littleEndian(Int32(clamping: Int64($0 * 0x8000_0000))) },
        Sort(tag: 3, bits: 32) { littleEndian(Float($0).bitPattern) },
    ]

    private func writer(_ sort: Sort, _ shares: [Double]) -> WaveWriter {
        WaveWriter(tag: sort.tag, bits: sort.bits, samples: shares.flatMap(sort.sample))
    }

    private let shares = [0.5, -0.25, -1, 0.125, 0, -0.0625]

    @Test(arguments: sorts, [false, true])
    func `every sort gives shares of full scale`(sort: Sort, isExtensible: Bool) throws {
        let folder = try Folder()
        var writer = writer(sort, shares)
        writer.isExtensible = isExtensible
        let recording = try Recording.open(try folder.write("r.wav", writer.file))
        #expect(recording.name == "r" && recording.sampleRateHz == 8000 && recording.frameCount == 3)
        #expect(recording.nominalHz == nil && recording.startTime == nil && recording.segmentFrames == nil)
        #expect(recording.channels.map(\.name) == ["ch1", "ch2"] && recording.channels.map(\.unit) == ["FS", "FS"])
        #expect(try physicalValues(recording, "ch1") == [0.5, -1, 0])
        #expect(try physicalValues(recording, "ch2") == [-0.25, 0.125, -0.0625])
        #expect(recording.channels[0].calibration == nil)
    }

    @Test func `codes of 16 and 32 bits are lent where they stand, 24 bits keep their clipping code`() throws {
        let folder = try Folder()
        for sort in Self.sorts.dropLast() {
            let writer = writer(sort, [1, -1])
            let recording = try Recording.open(try folder.write("r.wav", writer.file))
            let slot = try #require(try recording.layout([(.u1, "ch1")])[.u1])
            #expect(try codes(recording, "ch1") == [slot.format.codeRange.upperBound])
            #expect(try codes(recording, "ch2") == [slot.format.codeRange.lowerBound])
            guard sort.bits != 24 else { continue }
            let lent = try recording.withFrames(0..<1) { block in
                (0..<block.byteCount).map { block.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
            }
            #expect(lent == writer.samples)
        }
    }

    @Test func `chunks come in any order, with any others between them`() throws {
        let folder = try Folder()
        let writer = writer(Self.sorts[0], shares)
        let odd = WaveWriter.chunk("LIST", [1, 2, 3])
        let chunks = odd + WaveWriter.chunk("data", writer.samples) + odd + WaveWriter.chunk("fmt ", writer.fmt) + odd
        let recording = try Recording.open(try folder.write("R.WAV", WaveWriter.riff(chunks)))
        #expect(try physicalValues(recording, "ch1") == [0.5, -1, 0])
        // The byte that fills up the last chunk may be absent.
        #expect(try WaveFile(bytes: WaveWriter.riff(chunks.dropLast())).frameCount == 3)
        #expect(try WaveFile(bytes: WaveWriter.riff(chunks.dropLast()) + [0]).frameCount == 3)
        #expect(try WaveFile(bytes: WaveWriter(samples: []).file).frameCount == 0)
    }

    @Test(arguments: ["RF64", "BW64"])
    func `64-bit sizes are read from ds64`(form: String) throws {
        let writer = writer(Self.sorts[0], shares)
        func file(riff: UInt64?, data: UInt64) -> [UInt8] {
            let rest =
                WaveWriter.chunk("fmt ", writer.fmt) + WaveWriter.chunk("data", writer.samples, size: .max)
            let sizes = littleEndian(riff ?? UInt64(4 + 36 + rest.count)) + littleEndian(data)
            let ds64 = WaveWriter.chunk("ds64", sizes + littleEndian(UInt64(3)) + littleEndian(UInt32(0)))
            return Array(form.utf8) + littleEndian(UInt32.max) + Array("WAVE".utf8) + ds64 + rest
        }
        #expect(try WaveFile(bytes: file(riff: nil, data: 12)).frameCount == 3)
        for lie in [13, 16, 1 << 40, UInt64.max - 50, .max] {
            #expect(throws: RecordingFault.self) { try WaveFile(bytes: file(riff: nil, data: lie)) }
            #expect(throws: RecordingFault.self) { try WaveFile(bytes: file(riff: lie, data: 12)) }
        }
    }

    static let sidecar = """
        {"name": "coil", "nominal_hz": 60, "start_time": "noon", "segment_frames": 3, "n_frames": 3, "n_channels": 2,
         "sample_rate_hz": 8000, "dtype": "int16", "channels": [
          {"name": "u", "unit": "kV", "scale": 0.5, "offset": -1, "phase": "A", "skew_us": 13},
          {"name": "i", "unit": "A", "scale": 2}]}
        """

    @Test func `a sidecar names channels and scales stored codes`() throws {
        let folder = try Folder()
        let path = try folder.write("r.wav", writer(Self.sorts[0], shares).file)
        try folder.write("r.json", Self.sidecar.utf8)
        let recording = try Recording.open(path)
        #expect(recording.name == "coil" && recording.nominalHz == 60 && recording.startTime == "noon")
        #expect(recording.segmentFrames == 3)
        #expect(
            recording.channels[0]
                == RecordingChannel(name: "u", unit: "kV", scale: 0.5, offset: -1, phase: "A", skewSeconds: 13e-6))
        #expect(try physicalValues(recording, "i") == [-0.25, 0.125, -0.0625].map { $0 * 0x8000 * 2 })
        // float32: scales are per stored value, as in the native format.
        let text = Self.sidecar.replacing("int16", with: "float32")
        try folder.write("r.json", text.utf8)
        try folder.write("r.wav", writer(Self.sorts[3], shares).file)
        #expect(try physicalValues(try Recording.open(path), "i") == [-0.5, 0.25, -0.125])
    }

    @Test(arguments: [
        ("\"n_frames\": 3", "\"n_frames\": 4", "n_frames"), ("\"n_channels\": 2", "\"n_channels\": 1", "n_channels"),
        ("8000", "8001", "sample_rate_hz"), ("int16", "int24", "dtype"), ("\"scale\": 2", "\"scale\": 0", "scale"),
        ("\"i\"", "\"u\"", "twice"), ("60", "-60", "nominal_hz"), ("\"channels\"", "\"channel\"", "channels"),
        (", \"phase\"", " \"phase\"", "line 3"),
        (",\n  {\"name\": \"i\", \"unit\": \"A\", \"scale\": 2}", "", "channels"),
    ])
    func `a sidecar that disagrees or is damaged is refused`(from: String, to: String, word: String) throws {
        let folder = try Folder()
        let path = try folder.write("r.wav", writer(Self.sorts[0], shares).file)
        let text = Self.sidecar.replacing(from, with: to)
        #expect(text != Self.sidecar)
        try folder.write("r.json", text.utf8)
        let error = try #require(throws: AcquisitionError.self) { _ = try Recording.open(path) }
        #expect(error.description.contains(folder.path("r.json")) && error.description.contains(word), "\(error)")
        #expect(error.description.contains(";") && !error.description.contains("\n"))
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let word: String
        let change: @Sendable (inout WaveWriter) -> Void
        var testDescription: String { word }

        init(_ word: String, _ change: @escaping @Sendable (inout WaveWriter) -> Void) {
            self.word = word
            self.change = change
        }
    }

    @Test(arguments: [
        Damage("wFormatTag") { $0.tag = 2 }, Damage("wFormatTag") { $0.bits = 8 },
        Damage("wFormatTag") { $0.bits = 64 },
        Damage("wFormatTag") { $0.tag = 3 }, Damage("nChannels") { $0.channelCount = 0 },
        Damage("nChannels") {
            $0.channelCount = 5000; $0.blockAlign = 10_000
        },
        Damage("nSamplesPerSec") { $0.sampleRateHz = 0 }, Damage("nSamplesPerSec") { $0.sampleRateHz = .max },
        Damage("nBlockAlign") { $0.blockAlign = 0 }, Damage("nBlockAlign") { $0.blockAlign = 6 },
        Damage("data size") { $0.samples.removeLast() }, Damage("data size") { $0.samples.removeLast(2) },
        Damage("wValidBits") {
            $0.isExtensible = true; $0.validBits = 17
        },
        Damage("wValidBits") {
            $0.isExtensible = true; $0.validBits = 0
        },
        Damage("wFormatTag") {
            $0.isExtensible = true; $0.tag = 0xFFFE
        },
        Damage("wFormatTag") {
            $0.isExtensible = true; $0.bits = 0; $0.validBits = 1
        },
    ])
    func `each field of fmt is checked`(damage: Damage) throws {
        var writer = writer(Self.sorts[0], shares)
        damage.change(&writer)
        let folder = try Folder()
        let path = try folder.write("r.wav", writer.file)
        let error = try #require(throws: AcquisitionError.self) { _ = try Recording.open(path) }
        #expect(error.description.contains(damage.word) && error.description.contains("r.wav"), "\(error)")
        #expect(error.description.contains(";") && !error.description.contains("\n"))
    }

    @Test func `chunks that lack, come twice or lie about their size are refused`() throws {
        let writer = writer(Self.sorts[0], shares)
        let fmt = WaveWriter.chunk("fmt ", writer.fmt)
        let data = WaveWriter.chunk("data", writer.samples)
        let files: [[UInt8]] = [
            [], WaveWriter.riff([]), WaveWriter.riff(fmt), WaveWriter.riff(data), WaveWriter.riff(fmt + data + data),
            WaveWriter.riff(fmt + fmt + data), WaveWriter.riff(fmt + data, size: 0),
            WaveWriter.riff(fmt + data, size: .max), WaveWriter.riff(fmt + data) + [1, 2, 3, 4],
            WaveWriter.riff(fmt + WaveWriter.chunk("data", writer.samples, size: .max)),
            WaveWriter.riff(fmt + WaveWriter.chunk("data", writer.samples, size: 0)),
            WaveWriter.riff(WaveWriter.chunk("fmt ", Array(writer.fmt.prefix(14))) + data),
            WaveWriter.riff(WaveWriter.chunk("fmt ", [0xFE, 0xFF] + writer.fmt.dropFirst(2)) + data),
            Array("RIFX".utf8) + writer.file.dropFirst(4), Array("RF64".utf8) + writer.file.dropFirst(4),
        ]
        for (index, file) in files.enumerated() {
            #expect(throws: RecordingFault.self, "file \(index)") { try WaveFile(bytes: file) }
        }
    }

    @Test(arguments: [Float.nan, -.infinity])
    func `a float that is no number is refused with its frame and channel`(value: Float) throws {
        let folder = try Folder()
        var writer = writer(Self.sorts[3], shares)
        writer.samples.replaceSubrange(12..<16, with: littleEndian(value.bitPattern))
        let path = try folder.write("r.wav", writer.file)
        #expect(throws: AcquisitionError.recording(file: path, .notFinite(frame: 1, channel: "ch2"))) {
            try Recording.open(path)
        }
    }

    @Test(arguments: [false, true])
    func `a file that was cut anywhere is refused`(isExtensible: Bool) throws {
        var writer = writer(Self.sorts[1], shares)
        writer.isExtensible = isExtensible
        let file = writer.file
        for count in file.indices {
            #expect(throws: RecordingFault.self, "\(count) bytes") { try WaveFile(bytes: Array(file.prefix(count))) }
        }
    }

    @Test(arguments: propertySeeds)
    func `no bytes whatever stop it`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var writer = writer(Self.sorts[0], shares)
        writer.isExtensible = true
        let good = writer.file
        var refused = 0
        for _ in 0..<1000 {
            let bytes = damaged(good, &random)
            do throws(RecordingFault) {
                let wave = try WaveFile(bytes: bytes)
                let isInside = wave.data.lowerBound >= 0 && wave.data.upperBound <= bytes.count
                #expect(isInside && wave.frameCount * wave.frameBytes == wave.data.count, "seed \(seed)")
            } catch {
                refused += 1
                #expect(!error.description.contains("\n"), "seed \(seed)")
            }
        }
        #expect(refused > 160 && refused < 1000, "seed \(seed): \(refused)")
    }
}

extension WaveFile {
    fileprivate init(bytes: [UInt8]) throws(RecordingFault) {
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(RecordingFault) -> WaveFile in try WaveFile(bytes) }
        }
        self = try result.get()
    }
}
