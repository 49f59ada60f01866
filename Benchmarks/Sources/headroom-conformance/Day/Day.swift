import Glibc
import MeterDSP

/// Hours of signal through one meter: speed, memory, cost per frame, energy and the long intervals.
struct Day {
    var rate: Double
    var hours: Double

    struct Result {
        var lines: [String] = []
        var passes = true

        mutating func require(_ condition: Bool, _ line: String) {
            lines.append((condition ? "ok    " : "FAIL  ") + line)
            if !condition { passes = false }
        }
    }

    /// Processor time and resident memory at one moment.
    private struct Mark {
        var seconds: Double
        var processorSeconds: Double
        var residentKilobytes: Int
    }

    func run(_ progress: (String) -> Void) throws -> Result {
        let signal = DaySignal(rate: rate)
        var meter = try Meter(signal.frontEnd.configuration(sampleRateHz: rate, nominalHz: 50, threshold: 23))
        var energy = EnergyRegister()
        var aggregator = Aggregator()
        var intervals = LongIntervals(signal: signal, rate: rate)
        var firstFrame: Double?
        var lastFrame = 0.0
        var windows = 0
        var marks: [Mark] = [mark(0)]
        let wanted =
            [1.0, 60] + (1...max(1, Int(hours))).map { 3600 * Double($0) }.filter { $0 < hours * 3600 } + [hours * 3600]
        var frame = 0
        var tableIndex = 0
        while marks.count <= wanted.count {
            let end = Int(wanted[marks.count - 1] * rate)
            while frame < end {
                let bytes = signal.tables[signal.table(tableIndex)].bytes
                let block = bytes.span.bytes
                var cursor = 0
                while let event = meter.advance(through: block, from: &cursor) {
                    guard case .window = event else { continue }
                    let window = meter.window
                    // What comes before the meter has settled is no whole window.
                    guard firstFrame != nil || window.flags.isEmpty else { continue }
                    if firstFrame == nil { firstFrame = window.firstFrame }
                    lastFrame = window.firstFrame + window.frames
                    windows += 1
                    energy.add(window)
                    let span = window.span(rate)
                    let ended = aggregator.add(
                        AggregationInput(window, isFlagged: false), startClockSeconds: span.lowerBound,
                        endClockSeconds: span.upperBound)
                    if let ended { intervals.take(ended) }
                }
                frame += signal.frames
                tableIndex += 1
            }
            marks.append(mark(Double(frame) / rate))
            if wanted[marks.count - 2] >= 3600 { progress("\(figure(Double(frame) / rate / 3600)) h of signal") }
        }
        guard let firstFrame else { throw ConformanceError("no window came in \(hours) h of signal") }
        return judge(signal, energy, intervals, marks, firstFrame..<lastFrame, windows)
    }

    private func judge(
        _ signal: DaySignal, _ energy: EnergyRegister, _ intervals: LongIntervals, _ marks: [Mark],
        _ frames: Range<Double>, _ windows: Int
    ) -> Result {
        var result = Result()
        let first = marks[0]
        guard let last = marks.last else { return result }
        let processor = last.processorSeconds - first.processorSeconds
        result.lines.append(
            "\(figure(last.seconds / 3600)) h of signal at \(kilohertz(rate)) kHz, six channels: \(windows) windows"
        )
        let speed = last.seconds / processor
        result.require(
            speed >= 1000,
            "speed: \(fixed(processor, places: 1)) s of processor time, \(fixed(speed, places: 0)) x real time (1000 wanted)"
        )

        var costs: [(seconds: Double, nanoseconds: Double)] = []
        for (before, after) in zip(marks, marks.dropFirst()) {
            let count = (after.seconds - before.seconds) * rate
            guard count > 0 else { continue }
            costs.append((after.seconds, (after.processorSeconds - before.processorSeconds) / count * 1e9))
        }
        let lasting = costs.filter { $0.seconds > 61 }.map(\.nanoseconds).sorted()
        if let median = lasting.isEmpty ? nil : lasting[lasting.count / 2], let final = costs.last {
            let words = costs.prefix(3).map { "\(fixed($0.nanoseconds, places: 1)) ns up to \(figure($0.seconds)) s" }
            result.require(
                final.nanoseconds <= 1.5 * median,
                "cost per frame: \(words.joined(separator: ", ")), median \(fixed(median, places: 1)) ns, last stretch "
                    + "\(fixed(final.nanoseconds, places: 1)) ns (1.5 x the median allowed)")
        }
        if marks.count > 2 {
            let minute = marks[2].residentKilobytes
            result.require(
                last.residentKilobytes - minute <= 1024,
                "memory: \(minute) KB resident after a minute, \(last.residentKilobytes) KB at the end (1024 KB more allowed)"
            )
        }
        let from = signal.truth(to: frames.lowerBound).joules
        let truth = signal.truth(to: frames.upperBound).joules - from
        let net = energy.imported - energy.exported
        for phase in 0..<3 {
            let ppm = (net[phase] - truth[phase]) / truth[phase] * 1e6
            result.require(
                ppm.magnitude <= 1,
                "energy L\(phase + 1): \(fixed(net[phase] / 3.6e6, places: 6)) kWh net, \(figure(ppm)) ppm off (1 allowed)"
            )
        }
        for line in intervals.lines { result.require(line.passes, line.words) }
        return result
    }

    private func mark(_ seconds: Double) -> Mark {
        Mark(seconds: seconds, processorSeconds: processorSeconds(), residentKilobytes: Self.residentKilobytes())
    }

    /// Pages that are resident, from the second field of /proc/self/statm.
    private static func residentKilobytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var text = [UInt8](repeating: 0, count: 256)
        let count = fread(&text, 1, text.count, file)
        let fields = String(decoding: text.prefix(count), as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) / 1024 : 0
    }
}

/// The 10-minute and 2-hour values of u1 against their truth.
struct LongIntervals {
    var signal: DaySignal
    var rate: Double
    private var worst = [0.0, 0.0]
    private var counts = [0, 0]

    init(signal: DaySignal, rate: Double) {
        self.signal = signal
        self.rate = rate
    }

    mutating func take(_ ended: Aggregator.Ended) {
        for (index, interval) in [ended.tenMinutes, ended.twoHours].enumerated() {
            guard let interval, !interval.isIncomplete else { continue }
            counts[index] += 1
            let start = interval.startClockSeconds * rate
            let end = interval.endClockSeconds * rate
            let squares = signal.truth(to: end).squares - signal.truth(to: start).squares
            let truth = (squares / (end - start)).squareRoot()
            worst[index] = max(worst[index], ((interval.voltageRMS[0] - truth) / truth).magnitude * 100)
        }
    }

    var lines: [(words: String, passes: Bool)] {
        ["10 minutes", "2 hours"].enumerated().compactMap { index, name in
            guard counts[index] > 0 else { return nil }
            return (
                "U1 over \(name): \(counts[index]) whole intervals, worst \(figure(worst[index])) % off (0.1 % allowed)",
                worst[index] <= 0.1
            )
        }
    }
}
