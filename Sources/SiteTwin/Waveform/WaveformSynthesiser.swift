/// Turns the amplitudes of one model step into frames: U1 U2 U3 I1 I2 I3 IN aux as `int16`, then the timestamp.
struct WaveformSynthesiser: Sendable {
    static let frameBytes = 24
    static let timestampOffset = 16

    /// One step of the building: amplitudes go in a straight line from `before` to `after`.
    struct Step {
        /// Cycles of U1 at the first frame, 0 up to 1.
        var phase: Double
        /// Cycles from one frame to the next.
        var phaseIncrement: Double
        /// RMS voltages of the phases.
        var volts: [Double]
        /// RMS amperes by kind and phase at [kind · 3 + phase].
        var before: [Double]
        var after: [Double]
        var frameCount: Int
        var firstFrame: Int64
    }

    private let tables: WaveTables
    private let scales: ChannelScales
    private let rate: Double
    private let noiseSeed: UInt64
    /// Of U1 to U3, I1 to I3: the channel that it really is, and its factor.
    private let sources: [Int]
    private let factors: [Float]
    // Scratch, one value for each frame of a step; and values[channel · capacity + frame].
    private let capacity: Int
    private var voltagePoints: [Int32]
    private var voltageFractions: [Float]
    private var currentPoints: [Int32]
    private var currentFractions: [Float]
    private var values: [Float]
    private var previousCurrents: [Float]?

    init(
        tables: WaveTables, scales: ChannelScales, rate: Int, capacity: Int, noiseSeed: UInt64,
        voltages: [TwinInput] = TwinInput.correct, sensors: [TwinInput] = TwinInput.correct
    ) {
        sources = voltages.map(\.line) + sensors.map { 3 + $0.line }
        factors = (voltages + sensors).map { Float($0.gain) }
        self.tables = tables
        self.scales = scales
        self.rate = Double(rate)
        self.noiseSeed = noiseSeed
        self.capacity = capacity
        voltagePoints = Array(repeating: 0, count: capacity)
        voltageFractions = Array(repeating: 0, count: capacity)
        currentPoints = Array(repeating: 0, count: capacity)
        currentFractions = Array(repeating: 0, count: capacity)
        values = Array(repeating: 0, count: capacity * 8)
    }

    /// Writes `step.frameCount` frames (at most `capacity`) into `bytes`. No allocation after the first step.
    mutating func synthesise(_ step: Step, clock: FrameClock, into bytes: inout [UInt8]) {
        let isCoil = scales.mutualInductanceHenries != nil
        // A coil's voltage is the difference of the currents half a frame before and after the frame.
        Self.locate(step, shift: 0, &voltagePoints, &voltageFractions)
        Self.locate(step, shift: isCoil ? 0.5 : 0, &currentPoints, &currentFractions)
        for index in values.indices { values[index] = 0 }
        for phase in 0..<3 {
            add(WaveTables.supplyIndex, phase, step.volts[phase], step.volts[phase], step.frameCount, 0)
            for kind in 0..<LoadKind.allCases.count {
                let before = step.before[kind * 3 + phase]
                let after = step.after[kind * 3 + phase]
                if before != 0 || after != 0 { add(kind, phase, before, after, step.frameCount, 3) }
            }
        }
        if let henries = scales.mutualInductanceHenries { differentiate(henries: henries, count: step.frameCount) }
        write(step, clock: clock, into: &bytes)
    }

    /// Forgets the current before the next frame: for a step that does not follow the last one synthesised.
    mutating func restart() { previousCurrents = nil }

    private static func locate(_ step: Step, shift: Double, _ points: inout [Int32], _ fractions: inout [Float]) {
        var phase = step.phase + shift * step.phaseIncrement
        points.withUnsafeMutableBufferPointer { points in
            fractions.withUnsafeMutableBufferPointer { fractions in
                for frame in 0..<step.frameCount {
                    if phase >= 1 { phase -= 1 }
                    let position = phase * Double(WaveTables.points)
                    let point = Int32(position)
                    points[frame] = point
                    fractions[frame] = Float(position - Double(point))
                    phase += step.phaseIncrement
                }
            }
        }
    }

    private mutating func add(
        _ table: Int, _ phase: Int, _ before: Double, _ after: Double, _ count: Int, _ firstChannel: Int
    ) {
        // L2 lags L1 by a third of a cycle: it shows what L1 will show two thirds of a cycle later.
        let start = table * WaveTables.stride + (3 - phase) % 3 * (WaveTables.points / 3)
        let target = (firstChannel + phase) * capacity
        let slope = Float((after - before) / Double(count))
        let first = Float(before)
        let isVoltage = firstChannel == 0
        tables.samples.withUnsafeBufferPointer { samples in
            values.withUnsafeMutableBufferPointer { values in
                (isVoltage ? voltagePoints : currentPoints).withUnsafeBufferPointer { points in
                    (isVoltage ? voltageFractions : currentFractions).withUnsafeBufferPointer { fractions in
                        for frame in 0..<count {
                            let point = start + Int(points[frame])
                            let low = samples[point]
                            let sample = low + fractions[frame] * (samples[point + 1] - low)
                            values[target + frame] += (first + slope * Float(frame)) * sample
                        }
                    }
                }
            }
        }
    }

    private mutating func differentiate(henries: Double, count: Int) {
        let factor = Float(rate * henries)
        // Where nothing came before, the first frame repeats its own current: the coil starts at rest.
        var previous = previousCurrents ?? (3..<6).map { values[$0 * capacity] }
        for channel in 3..<6 {
            for frame in 0..<count {
                let current = values[channel * capacity + frame]
                values[channel * capacity + frame] = (current - previous[channel - 3]) * factor
                previous[channel - 3] = current
            }
        }
        previousCurrents = previous
    }

    private func write(_ step: Step, clock: FrameClock, into bytes: inout [UInt8]) {
        let perVolt = Float(1 / scales.voltsPerCode)
        let perCurrentUnit = Float(1 / scales.currentUnitsPerCode)
        // Uniform noise of one byte with an RMS of one code.
        let noiseStep = Float(1.7320508 / 127.5)
        bytes.withUnsafeMutableBytes { bytes in
            values.withUnsafeBufferPointer { values in
                for frame in 0..<step.frameCount {
                    var noise = RandomSource.mix(noiseSeed &+ UInt64(bitPattern: step.firstFrame &+ Int64(frame)))
                    let base = frame * Self.frameBytes
                    let i1 = values[3 * capacity + frame]
                    let i2 = values[4 * capacity + frame]
                    let i3 = values[5 * capacity + frame]
                    for channel in 0..<8 {
                        let exact =
                            switch channel {
                            case 0, 1, 2: values[sources[channel] * capacity + frame] * (factors[channel] * perVolt)
                            case 3, 4, 5:
                                values[sources[channel] * capacity + frame] * (factors[channel] * perCurrentUnit)
                            case 6: -(i1 + i2 + i3) * perCurrentUnit
                            default: Float(0)
                            }
                        let noisy = exact + (Float(noise & 0xFF) - 127.5) * noiseStep
                        noise >>= 8
                        // Shifted to above zero, cutting off rounds to nearest, without a call to libm.
                        let code = Int32(min(65_535, max(0, noisy + 32_768.5))) - 32_768
                        bytes.storeBytes(of: Int16(code).littleEndian, toByteOffset: base + 2 * channel, as: Int16.self)
                    }
                    let time = clock.nanoseconds(ofFrame: step.firstFrame + Int64(frame))
                    bytes.storeBytes(of: time.littleEndian, toByteOffset: base + Self.timestampOffset, as: Int64.self)
                }
            }
        }
    }
}
