import Foundation
import MeterDSP
import Testing

@testable import Acquisition

/// A folder that goes away with the value.
final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "headroom-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
        try Data(bytes).write(to: url.appending(path: name))
        return path(name)
    }

    func path(_ name: String) -> String { url.appending(path: name).path }
}

/// Little-endian bytes.
func littleEndian(_ value: some FixedWidthInteger & BitwiseCopyable) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

func withBytes<R>(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes(body)
}

/// A COMTRADE recording of two analogue channels and three digital ones.
struct ComtradeWriter: Sendable {
    var type = "BINARY"
    var revision = "1999"
    var lineEnd = "\r\n"
    /// Raw values by frame: u, i. NaN: missing.
    var values: [[Double]] = [[1, 2], [-3, 4], [32767, -32767], [0, 7], [100, -200]]
    var rates: [String]?
    var times = ["01/02/2024,10:20:30.123456", "01/02/2024,10:20:31.123456"]
    var timeMultiplier = "1"
    /// By frame; nil: missing.
    var timestamps: [UInt32?]?
    var firstSampleNumber = 1

    var lines: [String] {
        let is1991 = revision == "1991"
        var lines = [
            is1991 ? "Station,Device" : "Station,Device,\(revision)",
            "5,2A,3D",
            "1,u,A,line,kV,0.5,-1,13,-32767,32767" + (is1991 ? "" : ",110,0.1,P"),
            "2,i,L2,,A,2,0,,-32767,32767" + (is1991 ? "" : ",100,1,s"),
        ]
        lines += (1...3).map { is1991 ? "\($0),d\($0),0" : "\($0),d\($0),,,0" }
        lines += ["50"] + (rates ?? ["1", "4800,\(values.count)"]) + times + [type]
        if !is1991 { lines.append(timeMultiplier) }
        if revision == "2013" { lines += ["+1h,+1h", "0,0"] }
        return lines
    }

    var configuration: [UInt8] { Array(lines.map { $0 + lineEnd }.joined().utf8) }

    var data: [UInt8] {
        var bytes: [UInt8] = []
        for (frame, values) in values.enumerated() {
            let stamp: UInt32? = timestamps.map { $0[frame] } ?? UInt32((Double(frame) * 1e6 / 4800).rounded())
            let number = firstSampleNumber + frame
            if type == "ASCII" {
                let texts = values.map { value in
                    value.isNaN
                        ? (revision == "2013" ? "" : "99999")
                        : Int(exactly: value).map(String.init) ?? "\(value)"
                }
                let fields = ["\(number)", stamp.map(String.init) ?? ""] + texts + ["0", "1", "0"]
                bytes += Array((fields.joined(separator: ",") + lineEnd).utf8)
                continue
            }
            bytes += littleEndian(UInt32(truncatingIfNeeded: number)) + littleEndian(stamp ?? .max)
            for value in values {
                switch type {
                case "BINARY": bytes += littleEndian(value.isNaN ? Int16.min : Int16(value))
                case "BINARY32": bytes += littleEndian(value.isNaN ? Int32.min : Int32(value))
                default: bytes += littleEndian(Float(value).bitPattern)
                }
            }
            bytes += littleEndian(UInt16(0b010))
        }
        return bytes
    }

    /// Writes both files and opens one of them.
    func open(_ folder: Folder, opening name: String = "r.cfg") throws -> Recording {
        try folder.write("r.cfg", configuration)
        try folder.write("r.dat", data)
        return try Recording.open(folder.path(name))
    }
}

/// A WAV file of any chunks.
struct WaveWriter {
    var tag: UInt16 = 1
    var bits: UInt16 = 16
    var channelCount: UInt16 = 2
    var sampleRateHz: UInt32 = 8000
    var blockAlign: UInt16?
    /// Stored samples, interleaved.
    var samples: [UInt8] = []
    /// WAVE_FORMAT_EXTENSIBLE around `tag`.
    var isExtensible = false
    var validBits: UInt16?

    var fmt: [UInt8] {
        let align = blockAlign ?? channelCount * ((bits + 7) / 8)
        var bytes =
            littleEndian(isExtensible ? UInt16(0xFFFE) : tag) + littleEndian(channelCount)
            + littleEndian(sampleRateHz) + littleEndian(sampleRateHz &* UInt32(align)) + littleEndian(align)
            + littleEndian(bits)
        if isExtensible {
            bytes += littleEndian(UInt16(22)) + littleEndian(validBits ?? bits) + littleEndian(UInt32(0))
            bytes += littleEndian(tag) + [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        }
        return bytes
    }

    static func chunk(_ name: String, _ bytes: [UInt8], size: UInt32? = nil) -> [UInt8] {
        Array(name.utf8) + littleEndian(size ?? UInt32(bytes.count)) + bytes + (bytes.count % 2 == 1 ? [0] : [])
    }

    static func riff(_ chunks: [UInt8], size: UInt32? = nil) -> [UInt8] {
        Array("RIFF".utf8) + littleEndian(size ?? UInt32(chunks.count + 4)) + Array("WAVE".utf8) + chunks
    }

    var file: [UInt8] { Self.riff(Self.chunk("fmt ", fmt) + Self.chunk("data", samples)) }
}

/// Codes of channel `name` as its layout reads them.
func codes(_ recording: Recording, _ name: String) throws -> [Int32] {
    let layout = try recording.layout([(.u1, name)])
    return try recording.withFrames(0..<recording.frameCount) { block in
        (0..<recording.frameCount).compactMap { layout.code(of: .u1, in: block, frame: $0) }
    }
}

/// Values of channel `name` in its unit.
func physicalValues(_ recording: Recording, _ name: String) throws -> [Double] {
    let channel = try recording.channel(name)
    return try codes(recording, name).map { Double($0) * channel.scale + channel.offset }
}
