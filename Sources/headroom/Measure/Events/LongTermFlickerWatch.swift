import MeterDSP

/// P_lt of every recorded voltage: 10-minute intervals in, in their order, one value per two hours out. Two hours are
/// counted as the intervals are, from the first frame on.
struct LongTermFlickerWatch {
    /// Two hours, or what there was of them at the end.
    struct TwoHours {
        var startFrame: Int64
        var endFrame: Int64
        /// Of the phases (0 to 2) that have a voltage.
        var phases: [(phase: Int, reading: LongTermFlicker.Reading)]
        /// 10-minute intervals in it, of twelve.
        var intervals: Int
        /// The signal ended before the two hours did.
        var isIncomplete: Bool
        /// An event fell into an interval of it.
        var hasEvent: Bool

        /// Not to be compared with others: an interval of it is flagged or missing.
        var isFlagged: Bool { hasEvent || phases.contains { $0.reading.isFlagged } }
    }

    private var meters: [(phase: Int, meter: LongTermFlicker)] = []
    private var running: TwoHours?
    private var number: Int64 = 0

    /// Takes the next interval.
    ///
    /// - Returns: the two hours that ended: at this interval's end, or, where intervals are missing, before it.
    mutating func add(_ interval: FlickerWatch.Interval) -> [TwoHours] {
        guard !interval.isIncomplete else { return [] }
        var ended: [TwoHours] = []
        let twoHours = interval.number / Int64(LongTermFlicker.intervals)
        if let last = running, twoHours != number { ended.append(close(last, isIncomplete: false)) }
        number = twoHours
        var current =
            running
            ?? TwoHours(
                startFrame: interval.startFrame, endFrame: interval.endFrame, phases: [], intervals: 0,
                isIncomplete: false, hasEvent: false)
        if meters.isEmpty { meters = interval.phases.map { ($0.phase, LongTermFlicker()) } }
        current.endFrame = interval.endFrame
        current.intervals += 1
        current.hasEvent = current.hasEvent || interval.isFlagged
        var twelfth: [(phase: Int, reading: LongTermFlicker.Reading)] = []
        for index in meters.indices {
            if let reading = meters[index].meter.add(interval.phases[index].reading) {
                twelfth.append((meters[index].phase, reading))
            }
        }
        running = current
        if !twelfth.isEmpty {
            current.phases = twelfth
            ended.append(current)
            running = nil
        } else if (interval.number + 1) % Int64(LongTermFlicker.intervals) == 0 {
            ended.append(close(current, isIncomplete: false))
        }
        return ended
    }

    /// What there is of the last two hours, where a whole interval fell into them.
    mutating func finish() -> TwoHours? { running.map { close($0, isIncomplete: true) } }

    private mutating func close(_ twoHours: TwoHours, isIncomplete: Bool) -> TwoHours {
        var ended = twoHours
        for index in meters.indices { ended.phases.append((meters[index].phase, meters[index].meter.close())) }
        ended.isIncomplete = isIncomplete
        running = nil
        return ended
    }
}
