import Acquisition
import Glibc
import MeterDSP

/// Several files in one input: each behind its length in four bytes, little-endian.
enum Bundle {
    static func join(_ files: [[UInt8]]) -> [UInt8] {
        files.flatMap { file in (0..<4).map { UInt8(truncatingIfNeeded: file.count >> (8 * $0)) } + file }
    }

    static func split(_ bytes: [UInt8], count: Int) -> [[UInt8]] {
        var rest = bytes[...]
        return (0..<count).map { index in
            let stated = rest.prefix(4).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
            rest = rest.dropFirst(4)
            let length = index == count - 1 ? rest.count : min(stated, rest.count)
            defer { rest = rest.dropFirst(length) }
            return Array(rest.prefix(length))
        }
    }
}

/// Writes the files of a recording, opens it, and measures with what it says.
private func readRecording(_ files: [(suffix: String, bytes: [UInt8])]) throws -> Bool {
    let folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    let stem = "\(folder)/headroom-fuzz-\(getpid())"
    defer { for file in files { unlink("\(stem).\(file.suffix)") } }
    for file in files {
        guard let output = fopen("\(stem).\(file.suffix)", "w") else { throw FuzzError("\(stem): cannot be written") }
        fwrite(file.bytes, 1, file.bytes.count, output)
        fclose(output)
    }
    let fault: FuzzError?
    do throws(AcquisitionError) {
        fault = try check(Recording.open("\(stem).\(files[0].suffix)"))
    } catch {
        try Oracle.requireMessage(error)
        return false
    }
    if let fault { throw fault }
    return true
}

private func check(_ recording: Recording) throws(AcquisitionError) -> FuzzError? {
    let meterChannels: [MeterChannel] = [.u1, .i1, .u2, .i2, .u3, .i3, .iN, .aux]
    let wanted = zip(meterChannels, recording.channels).map { (channel: $0, name: $1.name) }
    let layout = try recording.layout(wanted)
    var configuration = MeterConfiguration(
        sampleRateHz: recording.sampleRateHz, nominalHz: 50, layout: layout, synchronisationThreshold: 0.1)
    for (channel, described) in zip(meterChannels, recording.channels) {
        configuration[calibrationOf: channel] = ChannelCalibration(scale: described.scale, offset: described.offset)
    }
    let count = min(recording.frameCount, 20_000)
    return try recording.withFrames(0..<count) { block -> FuzzError? in
        guard recording.channels.allSatisfy({ $0.scale.isFinite && $0.offset.isFinite && $0.scale != 0 }) else {
            return FuzzError("a scale or offset is no number")
        }
        for frame in 0..<min(count, 50) {
            for (channel, _) in wanted where layout.code(of: channel, in: block, frame: frame) == nil {
                return FuzzError("frame \(frame) of \(count) has no code of \(channel)")
            }
        }
        do {
            var meter = try Meter(configuration)
            var checker = ReadingChecker(configuration)
            // Scales at the edge of the numbers may leave them when they are squared: that is the file's own.
            guard
                recording.channels.allSatisfy({
                    (1e-30...1e30).contains($0.scale.magnitude) && $0.offset.magnitude < 1e30
                })
            else { return nil }
            try checker.take(&meter, block)
        } catch let error as FuzzError {
            return error
        } catch {
            return nil
        }
        return nil
    }
}

private func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// `NAME.json` and `NAME.bin`.
struct NativeRecordingTarget: FuzzTarget {
    let name = "recording"

    var corpus: [[UInt8]] {
        ["int16", "float32"].map { type in
            let json = """
                {"name": "r", "dtype": "\(type)", "n_frames": 900, "n_channels": 2, "sample_rate_hz": 4000,
                 "nominal_hz": 50, "start_time": "2024-01-02T03:04:05", "segment_frames": 300, "channels": [
                 {"name": "u", "unit": "V", "scale": 0.5, "offset": -1.5, "phase": "A", "skew_us": 0.1},
                 {"name": "i", "unit": "A", "scale": 1e-3}]}
                """
            let data = (0..<1800).flatMap { index -> [UInt8] in
                let value = (index / 2 % 80 - 40) * 300
                return type == "int16" ? littleEndian(Int16(value)) : littleEndian(Float(value).bitPattern)
            }
            return Bundle.join([Array(json.utf8), data])
        }
    }

    func run(_ input: [UInt8]) throws -> Bool {
        let files = Bundle.split(input, count: 2)
        return try readRecording([("json", files[0]), ("bin", files[1])])
    }
}

/// `NAME.cfg` and `NAME.dat`.
struct ComtradeTarget: FuzzTarget {
    let isASCII: Bool
    var name: String { isASCII ? "comtrade-ascii" : "comtrade-binary" }

    var corpus: [[UInt8]] {
        let types = isASCII ? ["ASCII"] : ["BINARY", "BINARY32", "FLOAT32"]
        return types.flatMap { type in
            ["1991", "1999", "2013"].map { Bundle.join([Self.configuration(type, $0), Self.data(type)]) }
        }
    }

    private static let frames = 200

    private static func configuration(_ type: String, _ revision: String) -> [UInt8] {
        let isOld = revision == "1991"
        var lines = [isOld ? "Station,Device" : "Station,Device,\(revision)", "5,2A,3D"]
        lines.append("1,u,A,line,kV,0.5,-1,13,-32767,32767" + (isOld ? "" : ",110,0.1,P"))
        lines.append("2,i,L2,,A,2,0,,-32767,32767" + (isOld ? "" : ",100,1,s"))
        lines += (1...3).map { isOld ? "\($0),d\($0),0" : "\($0),d\($0),,,0" }
        lines += ["50", "1", "4800,\(frames)", "01/02/2024,10:20:30.123456", "01/02/2024,10:20:31.123456", type]
        if !isOld { lines.append("1") }
        if revision == "2013" { lines += ["+1h,+1h", "0,0"] }
        return Array(lines.map { $0 + "\r\n" }.joined().utf8)
    }

    private static func data(_ type: String) -> [UInt8] {
        (0..<frames).flatMap { frame -> [UInt8] in
            let values = [(frame % 96 - 48) * 600, (frame % 48 - 24) * 100]
            let stamp = UInt32(frame * 208)
            guard type != "ASCII" else {
                return Array("\(frame + 1),\(stamp),\(values[0]),\(values[1]),0,1,0\r\n".utf8)
            }
            var bytes = littleEndian(UInt32(frame + 1)) + littleEndian(stamp)
            for value in values {
                switch type {
                case "BINARY": bytes += littleEndian(Int16(value))
                case "BINARY32": bytes += littleEndian(Int32(value))
                default: bytes += littleEndian(Float(value).bitPattern)
                }
            }
            return bytes + littleEndian(UInt16(2))
        }
    }

    func run(_ input: [UInt8]) throws -> Bool {
        let files = Bundle.split(input, count: 2)
        return try readRecording([("cfg", files[0]), ("dat", files[1])])
    }
}

/// `NAME.wav`.
struct WaveTarget: FuzzTarget {
    let name = "wave"

    var corpus: [[UInt8]] {
        [(1, 16), (1, 24), (1, 32), (3, 32)].flatMap { tag, bits in
            [false, true].map { Self.file(tag: UInt16(tag), bits: UInt16(bits), isExtensible: $0) }
        }
    }

    private static func file(tag: UInt16, bits: UInt16, isExtensible: Bool) -> [UInt8] {
        let align = 2 * bits / 8
        var format = littleEndian(isExtensible ? UInt16(0xFFFE) : tag) + littleEndian(UInt16(2))
        format += littleEndian(UInt32(8000)) + littleEndian(8000 * UInt32(align)) + littleEndian(align)
        format += littleEndian(bits)
        if isExtensible {
            format += littleEndian(UInt16(22)) + littleEndian(bits) + littleEndian(UInt32(0)) + littleEndian(tag)
            format += [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        }
        let samples = (0..<1600).flatMap { index -> [UInt8] in
            let value = Int32(index / 2 % 160 - 80) << 24
            return tag == 3
                ? littleEndian((Float(value) / 2_147_483_648).bitPattern)
                : Array(littleEndian(value).suffix(Int(bits / 8)))
        }
        func chunk(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
            Array(name.utf8) + littleEndian(UInt32(bytes.count)) + bytes
        }
        let chunks = chunk("fmt ", format) + chunk("LIST", [1, 2, 3, 4]) + chunk("data", samples)
        return Array("RIFF".utf8) + littleEndian(UInt32(chunks.count + 4)) + Array("WAVE".utf8) + chunks
    }

    func run(_ input: [UInt8]) throws -> Bool { try readRecording([("wav", input)]) }
}
