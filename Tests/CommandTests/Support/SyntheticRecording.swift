import Foundation
import TestSupport

/// A recording that a test writes: `NAME.json` and `NAME.bin`.
struct SyntheticRecording: Sendable {
    var name = "house"
    var sampleRateHz = 4000.0
    var frameCount = 4000
    /// Sidecar entries that replace the right ones; `Removed` takes the entry away.
    var overrides: [String: any Sendable] = [:]
    /// The same for the first channel.
    var channelOverrides: [String: any Sendable] = [:]
    var channels: [(name: String, unit: String, scale: Double, value: @Sendable (Double) -> Double)]
    /// Written instead of 16-bit codes.
    var isFloat = false
    /// Set on frame 100, channel 0 of a float recording.
    var poison: Float?
    /// Bytes taken away at the end; negative: added.
    var missingBytes = 0

    struct Removed: Sendable {}

    /// 230 V with 10 A that lag by 0.5 rad.
    static let house = SyntheticRecording(channels: [
        ("u", "V", 0.01, { 230 * 2.0.squareRoot() * sin(2 * Double.pi * 50 * $0) }),
        ("i", "A", 0.001, { 10 * 2.0.squareRoot() * sin(2 * .pi * 50 * $0 - 0.5) }),
    ])

    /// - Returns: the path of the sidecar.
    @discardableResult
    func write(to folder: TemporaryFolder) throws -> String {
        var listed: [[String: Any]] = channels.map { ["name": $0.name, "unit": $0.unit, "scale": $0.scale] }
        Self.replace(&listed[0], channelOverrides)
        var sidecar: [String: Any] = [
            "dtype": isFloat ? "float32" : "int16", "n_frames": frameCount, "n_channels": channels.count,
            "sample_rate_hz": sampleRateHz, "nominal_hz": 50, "channels": listed,
        ]
        Self.replace(&sidecar, overrides)
        var bytes = Data(capacity: frameCount * channels.count * 4)
        for frame in 0..<frameCount {
            for (index, channel) in channels.enumerated() {
                let code = channel.value(Double(frame) / sampleRateHz) / channel.scale
                if isFloat {
                    let value = frame == 100 && index == 0 ? poison ?? Float(code) : Float(code)
                    withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
                } else {
                    withUnsafeBytes(of: Int16(code.rounded()).littleEndian) { bytes.append(contentsOf: $0) }
                }
            }
        }
        if missingBytes > 0 { bytes.removeLast(missingBytes) }
        if missingBytes < 0 { bytes.append(Data(count: -missingBytes)) }
        try folder.write(bytes, to: "\(name).bin")
        return try folder.write(try JSONSerialization.data(withJSONObject: sidecar), to: "\(name).json")
    }

    private static func replace(_ object: inout [String: Any], _ overrides: [String: any Sendable]) {
        for (key, value) in overrides { object[key] = value is Removed ? nil : value as Any }
    }
}

/// A line of JSON as an object.
func jsonObject(_ line: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
}
