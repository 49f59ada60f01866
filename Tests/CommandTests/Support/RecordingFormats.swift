import Foundation

/// A synthetic recording of 16-bit codes in the other formats that the command reads.
enum RecordingFormats {
    /// - Returns: the paths: COMTRADE ASCII, COMTRADE binary, WAV with a sidecar.
    static func write(_ recording: SyntheticRecording, to folder: TemporaryFolder) throws -> [String] {
        let codes = (0..<recording.frameCount).map { frame in
            recording.channels.map { Int16(($0.value(Double(frame) / recording.sampleRateHz) / $0.scale).rounded()) }
        }
        var paths: [String] = []
        for type in ["ASCII", "BINARY"] {
            try folder.write(configuration(recording, type), to: "\(type).cfg")
            paths.append(folder.path("\(type).cfg"))
            if type == "ASCII" {
                let lines = codes.enumerated().map { frame, codes in
                    "\(frame + 1)," + "\(Int(Double(frame) * 1e6 / recording.sampleRateHz)),"
                        + codes.map { "\($0)" }.joined(separator: ",")
                }
                try folder.write(lines.joined(separator: "\r\n") + "\r\n", to: "ASCII.dat")
            } else {
                var data = Data()
                for (frame, codes) in codes.enumerated() {
                    append(UInt32(frame + 1), to: &data)
                    append(UInt32(Double(frame) * 1e6 / recording.sampleRateHz), to: &data)
                    for code in codes { append(code, to: &data) }
                }
                try folder.write(data, to: "BINARY.dat")
            }
        }
        try folder.write(wave(recording, codes), to: "wave.wav")
        let channels = recording.channels.map { ["name": $0.name, "unit": $0.unit, "scale": $0.scale] }
        let sidecar: [String: Any] = ["nominal_hz": 50, "channels": channels]
        try folder.write(try JSONSerialization.data(withJSONObject: sidecar), to: "wave.json")
        return paths + [folder.path("wave.wav")]
    }

    private static func configuration(_ recording: SyntheticRecording, _ type: String) -> String {
        let count = recording.channels.count
        var lines = ["house,recorder,1999", "\(count),\(count)A,0D"]
        for (index, channel) in recording.channels.enumerated() {
            lines.append(
                "\(index + 1),\(channel.name),,,\(channel.unit),\(channel.scale),0,0,-32767,32767,1,1,P")
        }
        lines += [
            "50", "1", "\(recording.sampleRateHz),\(recording.frameCount)", "01/01/2024,00:00:00.000000",
            "01/01/2024,00:00:00.000000", type, "1",
        ]
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    private static func wave(_ recording: SyntheticRecording, _ codes: [[Int16]]) -> Data {
        let width = recording.channels.count
        let size = recording.frameCount * width * 2
        var data = Data("RIFF".utf8)
        append(UInt32(36 + size), to: &data)
        data.append(Data("WAVEfmt ".utf8))
        append(UInt32(16), to: &data)
        append(UInt16(1), to: &data)
        append(UInt16(width), to: &data)
        append(UInt32(recording.sampleRateHz), to: &data)
        append(UInt32(recording.sampleRateHz) * UInt32(width) * 2, to: &data)
        append(UInt16(width * 2), to: &data)
        append(UInt16(16), to: &data)
        data.append(Data("data".utf8))
        append(UInt32(size), to: &data)
        for codes in codes { for code in codes { append(code, to: &data) } }
        return data
    }

    private static func append<Value: FixedWidthInteger>(_ value: Value, to data: inout Data) {
        withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
    }
}
