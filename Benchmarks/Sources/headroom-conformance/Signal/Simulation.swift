import MeterDSP

/// Runs a supply through a front end and the meter.
struct Simulation {
    var supply: Supply
    var frontEnd: FrontEnd
    var sampleRateHz: Double
    var nominalHz = 50.0
    /// Below this RMS a voltage gives no cycles.
    var thresholdVolts = 11.5
    var seed: UInt64 = 1
    /// Whether the codes of u1 are kept, in volt.
    var keepsVoltage = false

    /// Signal before the first reading that counts: the meter finds the cycles and fills its first window.
    static let settlingSeconds = 0.8
    private static let noise = NoiseTable(seed: 2026)
    private static let blockFrames = 480

    /// Simulates `seconds` of signal after the meter has settled.
    ///
    /// - Parameters:
    ///   - onHalfCycle: each half cycle from the very start on.
    ///   - onWindow: each window from the very start on.
    /// - Returns: u1 at each frame, where it is kept.
    @discardableResult
    func run(
        seconds: Double, onHalfCycle: (HalfCycleReading) -> Void = { _ in }, onWindow: (WindowReading) -> Void
    ) throws -> [Double] {
        var meter = try Meter(
            frontEnd.configuration(sampleRateHz: sampleRateHz, nominalHz: nominalHz, threshold: thresholdVolts))
        var random = RandomSource(seed: seed)
        var kept: [Double] = []
        let channels = supply.voltages + supply.currents.map(frontEnd.atInput)
        let codesPerUnit = (0..<6).map { 1 / ($0 < 3 ? frontEnd.scales.voltage : frontEnd.scales.current) }
        var values = [Double](repeating: 0, count: Self.blockFrames)
        var shared = values
        var codes = CodeBlock(frames: Self.blockFrames, isNarrow: frontEnd.bits == 16)
        let frames = Int((seconds + Self.settlingSeconds) * sampleRateHz)
        var first = 0
        while first < frames {
            for (index, channel) in channels.enumerated() {
                channel.write(to: &values, first: first, sampleRateHz: sampleRateHz, shared: &shared)
                convert(values, codesPerUnit[index], lane: index, to: &codes, &random)
            }
            if keepsVoltage { kept += codes.values(lane: 0).map { Double($0) * frontEnd.scales.voltage } }
            codes.withBytes { bytes in
                var cursor = 0
                while let event = meter.advance(through: bytes, from: &cursor) {
                    switch event {
                    case .halfCycle: onHalfCycle(meter.halfCycle)
                    case .window: onWindow(meter.window)
                    }
                }
            }
            first += Self.blockFrames
        }
        return kept
    }

    /// Windows that are whole and synchronised, after settling.
    func windows(_ count: Int) throws -> [WindowReading] {
        var windows: [WindowReading] = []
        // Slow cycles and the one window under way at either end.
        let seconds = Double(count + 2) * 12 / 50
        try run(seconds: seconds) { window in
            guard window.firstFrame >= (Self.settlingSeconds - 0.2) * sampleRateHz, windows.count < count else {
                return
            }
            windows.append(window)
        }
        guard windows.count == count else {
            throw ConformanceError("\(windows.count) of \(count) windows came in \(seconds) s of signal")
        }
        return windows
    }

    private func convert(
        _ values: [Double], _ codesPerUnit: Double, lane: Int, to codes: inout CodeBlock, _ random: inout RandomSource
    ) {
        let half = frontEnd.codesFullScale
        var draw: UInt64 = 0
        for index in values.indices {
            var code = values[index] * codesPerUnit
            if frontEnd.noiseCodes > 0 {
                if index % 4 == 0 { draw = random.next() }
                code += Self.noise[UInt16(truncatingIfNeeded: draw)] * frontEnd.noiseCodes
                draw >>= 16
            }
            codes.set(Int32(max(-half, min(half - 1, code.rounded()))), frame: index, lane: lane)
        }
    }
}

/// Interleaved frames of eight words of 16 or 32 bits.
private struct CodeBlock {
    private var narrow: [Int16]
    private var wide: [Int32]

    init(frames: Int, isNarrow: Bool) {
        narrow = [Int16](repeating: 0, count: isNarrow ? 8 * frames : 0)
        wide = [Int32](repeating: 0, count: isNarrow ? 0 : 8 * frames)
    }

    mutating func set(_ code: Int32, frame: Int, lane: Int) {
        if wide.isEmpty {
            narrow[8 * frame + lane] = Int16(truncatingIfNeeded: code)
        } else {
            wide[8 * frame + lane] = code
        }
    }

    func values(lane: Int) -> [Int32] {
        wide.isEmpty
            ? stride(from: lane, to: narrow.count, by: 8).map { Int32(narrow[$0]) }
            : stride(from: lane, to: wide.count, by: 8).map { wide[$0] }
    }

    func withBytes(_ body: (RawSpan) -> Void) { wide.isEmpty ? body(narrow.span.bytes) : body(wide.span.bytes) }
}

/// What keeps the run from going on.
struct ConformanceError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension WindowReading {
    /// Where the window lies, in seconds since the start.
    func span(_ sampleRateHz: Double) -> Range<Double> {
        firstFrame / sampleRateHz..<(firstFrame + frames) / sampleRateHz
    }
}
