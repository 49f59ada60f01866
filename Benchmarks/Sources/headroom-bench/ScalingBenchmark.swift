import CBenchmark
import MeterDSP

/// Whether a frame costs the same after ten minutes as after one second, and with how many channels.
enum ScalingBenchmark {
    /// - Parameter rounds: timed seconds of signal of each row.
    static func run(rounds: Int, progress: inout Progress) throws -> [Row] {
        let signal = BuildingSignal(usesCoils: false)
        return try ages(signal, rounds, &progress) + channels(signal, rounds, &progress)
    }

    /// Three meters of different age in turns, so that the machine's moods meet all alike.
    private static func ages(_ signal: BuildingSignal, _ rounds: Int, _ progress: inout Progress) throws -> [Row] {
        var second = try MeterRun(signal.configuration(), blocks: rounds * BuildingSignal.blocks)
        var minute = try MeterRun(signal.configuration(), blocks: rounds * BuildingSignal.blocks)
        var tenMinutes = try MeterRun(signal.configuration(), blocks: rounds * BuildingSignal.blocks)
        second.grow(signal.samples, bySeconds: 1)
        minute.grow(signal.samples, bySeconds: 60)
        tenMinutes.grow(signal.samples, bySeconds: 600)
        for round in 0..<rounds {
            // A meter ages while it is timed: the youngest is made young again.
            if round % 10 == 9 { try second.restart(signal, seconds: 1) }
            second.measure(signal.samples, frameBytes: BuildingSignal.frameBytes)
            minute.measure(signal.samples, frameBytes: BuildingSignal.frameBytes)
            tenMinutes.measure(signal.samples, frameBytes: BuildingSignal.frameBytes)
            progress.report(done: round + 1, of: rounds, "meters of different age")
        }
        var young = second.row("meter: after 1 s of signal")
        var older = minute.row("meter: after 1 min")
        var oldest = tenMinutes.row("meter: after 10 min")
        // Their budget is judged once, beside the machine's own noise.
        young.budgetP9999 = nil
        older.budgetP9999 = nil
        oldest.budgetP9999 = nil
        older.compare(with: "1 s", young)
        oldest.compare(with: "1 s", young)
        return [young, older, oldest]
    }

    /// Frames of two to eight channels, and of 32 (four meters side by side), in turns.
    private static func channels(
        _ signal: BuildingSignal, _ rounds: Int, _ progress: inout Progress
    ) throws -> [Row] {
        var two = try ChannelRun(signal, [.u1, .i1], rounds)
        var four = try ChannelRun(signal, [.u1, .u2, .u3, .i1], rounds)
        var six = try ChannelRun(signal, [.u1, .u2, .u3, .i1, .i2, .i3], rounds)
        var eight = try ChannelRun(signal, MeterChannel.allCases, rounds)
        var all = try FourMeters(signal, rounds)
        for round in 0..<rounds {
            two.measure()
            four.measure()
            six.measure()
            eight.measure()
            all.measure(signal.samples)
            progress.report(done: round + 1, of: rounds, "numbers of channels")
        }
        let reference = eight.row()
        var rows = [two.row(), four.row(), six.row()]
        for place in rows.indices { rows[place].compare(with: "8 channels", reference) }
        var last = all.row()
        last.compare(with: "4 times 8 channels", reference, reference, reference, reference)
        return rows + [reference, last]
    }
}

/// A meter that is given some of the channels only.
private struct ChannelRun: ~Copyable {
    private let samples: [Int16]
    private let channels: Int
    private var run: MeterRun

    init(_ signal: BuildingSignal, _ channels: [MeterChannel], _ rounds: Int) throws {
        let frames = BuildingSignal.blockFrames * BuildingSignal.blocks
        var samples: [Int16] = []
        samples.reserveCapacity(frames * channels.count)
        for frame in 0..<frames {
            for channel in channels { samples.append(signal.samples[frame * 8 + channel.rawValue]) }
        }
        let whole = signal.configuration()
        var configuration = MeterConfiguration(
            sampleRateHz: BuildingSignal.sampleRateHz, nominalHz: 50,
            layout: .interleavedInt16(channels, frameBytes: 2 * channels.count), synchronisationThreshold: 23)
        for channel in channels { configuration[calibrationOf: channel] = whole[calibrationOf: channel] }
        run = try MeterRun(configuration, blocks: rounds * BuildingSignal.blocks)
        run.grow(samples, bySeconds: 2)
        self.samples = samples
        self.channels = channels.count
    }

    mutating func measure() { run.measure(samples, frameBytes: 2 * channels) }

    func row() -> Row {
        var row = run.row("meter: \(channels) channels")
        row.budgetP9999 = nil
        return row
    }
}

/// Four meters of eight channels each, block by block.
private struct FourMeters: ~Copyable {
    private var first: MeterRun
    private var second: MeterRun
    private var third: MeterRun
    private var fourth: MeterRun
    private var times: Durations

    init(_ signal: BuildingSignal, _ rounds: Int) throws {
        // One by one into locals: a struct that cannot be copied must not be half made where an error is thrown.
        let configuration = signal.configuration()
        let a = try MeterRun(configuration, blocks: 0)
        let b = try MeterRun(configuration, blocks: 0)
        let c = try MeterRun(configuration, blocks: 0)
        let d = try MeterRun(configuration, blocks: 0)
        first = a
        second = b
        third = c
        fourth = d
        times = Durations(capacity: rounds * BuildingSignal.blocks)
    }

    @inline(never)
    mutating func measure(_ samples: [Int16]) {
        let bytes = samples.span.bytes
        times.beginLoop()
        for block in 0..<BuildingSignal.blocks {
            let start = block * BuildingSignal.blockBytes
            let frames = bytes.extracting(start..<start + BuildingSignal.blockBytes)
            let begun = cbenchmark_nanoseconds()
            first.take(frames)
            second.take(frames)
            third.take(frames)
            fourth.take(frames)
            times.append(cbenchmark_nanoseconds() - begun)
        }
        times.endLoop()
    }

    func row() -> Row {
        var row = Row(block: "meter: 32 channels, four meters", .product, times)
        row.budgetP9999 = nil
        return row
    }
}
