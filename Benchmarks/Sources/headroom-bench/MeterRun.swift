import CBenchmark
import MeterDSP

/// One meter with everything that hangs on it in the device: its readings and the energy of its windows.
struct MeterRun: ~Copyable {
    private(set) var meter: Meter
    private var energy = EnergyRegister()
    private var times: Durations

    /// - Parameter blocks: timed blocks at most.
    init(_ configuration: MeterConfiguration, blocks: Int) throws {
        meter = try Self.meter(configuration)
        times = Durations(capacity: blocks)
    }

    /// Takes every frame of `block` and every reading.
    @inline(__always)
    mutating func take(_ block: RawSpan) {
        var cursor = 0
        while let event = meter.advance(through: block, from: &cursor) {
            if event == .window { energy.add(meter.window) }
        }
    }

    /// Takes one second of signal, timing each block.
    @inline(never)
    mutating func measure(_ samples: [Int16], frameBytes: Int) {
        let bytes = samples.span.bytes
        let length = BuildingSignal.blockFrames * frameBytes
        times.beginLoop()
        for block in 0..<BuildingSignal.blocks {
            let frames = bytes.extracting(block * length..<(block + 1) * length)
            let begun = cbenchmark_nanoseconds()
            take(frames)
            times.append(cbenchmark_nanoseconds() - begun)
        }
        times.endLoop()
    }

    /// Takes and times one block.
    mutating func measureAlone(_ block: RawSpan) {
        times.beginLoop()
        let begun = cbenchmark_nanoseconds()
        take(block)
        times.append(cbenchmark_nanoseconds() - begun)
        times.endLoop()
    }

    /// Takes `seconds` of signal untimed.
    mutating func grow(_ samples: [Int16], bySeconds seconds: Int) {
        let bytes = samples.span.bytes
        for _ in 0..<seconds { take(bytes) }
    }

    /// A new meter, `seconds` of signal old; what was timed stays.
    mutating func restart(_ signal: BuildingSignal, seconds: Int) throws {
        meter = try Self.meter(signal.configuration())
        grow(signal.samples, bySeconds: seconds)
    }

    /// Forgets what was timed.
    mutating func clear() { times.clear() }

    var typical: Double { times.typical }
    var hasRoom: Bool { times.hasRoom }
    var count: Int { times.count }
    var capacity: Int { times.capacity }

    func row(_ name: String) -> Row { Row(block: name, .product, times) }

    /// What is wrong with the energy counted of a building's signal; nil: nothing.
    func energyFault() -> String? {
        let seconds = Double(meter.nextFrame) / meter.sampleRateHz
        let expected = BuildingSignal.wattsPerPhase * seconds
        for phase in 0..<3 where abs(energy.imported[phase] / expected - 1) > 0.05 {
            return "the meter counted \(energy.imported[phase]) J where phase \(phase + 1) took \(expected) J"
        }
        return nil
    }

    private static func meter(_ configuration: MeterConfiguration) throws -> Meter {
        do throws(MeterConfiguration.Failure) {
            return try Meter(configuration)
        } catch {
            throw BenchmarkError("the measuring core refuses the benchmark's signal (\(error)); report this as a bug")
        }
    }
}
