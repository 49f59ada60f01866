/// Finds lost frames from times that are late but never early.
///
/// A frame's time is `t₀ + index·T + delay` with `delay ≥ 0`: the driver or the reader may be slow, but cannot
/// know a frame before it is there. Jitter is therefore one-sided: among some dozens of frames one is nearly on time.
/// The detector takes, group by group, the least lateness against a clock that runs at the stated rate.
/// A delay passes: the least lateness returns to zero. A loss stays. So:
///
/// - least lateness below 0: the clock was late itself and is set back at once;
/// - below the threshold: the clock follows, at most 500 ppm (crystals differ by up to 200 ppm);
/// - at or above the threshold in *every* group of a confirmation window: `round(least / T)` frames are lost;
/// - a loss beyond ``Tuning/largestLossSeconds``, a step back of more than ``Tuning/largestStepBackSeconds`` or
///   a time that overflows: a discontinuity of unknown length (somebody set the clock).
///
/// A pure value: no allocation, no clock of its own.
public struct GapDetector: Sendable {
    /// How patient the detector is.
    public struct Tuning: Sendable, Equatable {
        /// Times looked at together, 1 or more.
        public var groupTimes: Int
        /// Groups in a row that must all be late, 1...16.
        public var confirmationGroups: Int
        /// Lateness in frames from which on it is a loss, above 0.
        public var thresholdFrames: Double
        /// A longer loss counts as a change of the clock.
        public var largestLossSeconds: Double = 1
        /// A longer step back counts as a change of the clock.
        public var largestStepBackSeconds: Double = 0.1

        /// One timestamp per frame: groups of 64 frames or 2 ms, a window of about 20 ms.
        public static func timestamps(sampleRateHz: Double) -> Tuning {
            let rate = usableRate(sampleRateHz)
            let group = max(64, Int(rate * 0.002))
            let window = (rate * 0.02 / Double(group)).rounded(.up)
            return Tuning(groupTimes: group, confirmationGroups: min(16, max(2, Int(window))), thresholdFrames: 0.5)
        }

        /// One delivery time per block, where frames carry no timestamp. Coarse: a loss below half a block is not
        /// seen, and one above is certain only after 40 blocks, because a reader that was held up finds its blocks
        /// late and whole.
        public static func deliveries(blockFrames: Int) -> Tuning {
            Tuning(groupTimes: 4, confirmationGroups: 10, thresholdFrames: 0.5 * Double(max(1, blockFrames)))
        }
    }

    /// What was found since it was last asked for.
    public struct Finding: Sendable, Equatable {
        /// Frames lost, 0 or more.
        public var framesLost: Int64 = 0
        /// The times jumped: how many frames are missing cannot be told.
        public var isUnknownLength = false

        /// Neither.
        public static let none = Finding()
    }

    private let tuning: Tuning
    private let periodNanoseconds: Double
    /// The on-time clock: when the frame last added should have come. Whole nanoseconds, and the rest in [0, 1).
    private var expected: Int64 = 0
    private var expectedFraction = 0.0
    private var isRunning = false
    private var timesInGroup = 0
    private var framesInGroup = 0
    private var leastInGroup = Double.infinity
    private var lateness = InlineArray<16, Double>(repeating: 0)
    private var groupsSeen = 0
    private var finding = Finding()

    /// - Parameter sampleRateHz: 1 Hz to 1 GHz; anything else counts as the nearest of these, NaN as 1 Hz.
    public init(sampleRateHz: Double, tuning: Tuning) {
        periodNanoseconds = 1e9 / usableRate(sampleRateHz)
        var tuning = tuning
        tuning.groupTimes = max(1, tuning.groupTimes)
        tuning.confirmationGroups = min(16, max(1, tuning.confirmationGroups))
        if !(tuning.thresholdFrames > 0) { tuning.thresholdFrames = 0.5 }
        self.tuning = tuning
    }

    /// Adds the time of the frame that stands `frames` behind the one added before. Any value is safe.
    public mutating func add(time nanoseconds: Int64, framesSinceLast frames: Int) {
        let frames = min(max(0, frames), 1 << 32)
        guard isRunning else {
            start(at: nanoseconds)
            return
        }
        shiftClock(by: Double(frames) * periodNanoseconds)
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(expected)
        guard !overflow else {
            loseTrack()
            return
        }
        leastInGroup = min(leastInGroup, Double(difference) - expectedFraction)
        timesInGroup += 1
        framesInGroup &+= frames
        if timesInGroup >= tuning.groupTimes { closeGroup() }
    }

    /// What was found since the last call.
    public mutating func takeFinding() -> Finding {
        defer { finding = Finding() }
        return finding
    }

    private mutating func start(at nanoseconds: Int64) {
        expected = nanoseconds
        expectedFraction = 0
        isRunning = true
        timesInGroup = 0
        framesInGroup = 0
        leastInGroup = .infinity
        groupsSeen = 0
    }

    private mutating func loseTrack() {
        finding.isUnknownLength = true
        isRunning = false
    }

    private mutating func closeGroup() {
        let least = leastInGroup
        let slew = 500e-6 * Double(framesInGroup) * periodNanoseconds
        timesInGroup = 0
        framesInGroup = 0
        leastInGroup = .infinity

        guard least >= -tuning.largestStepBackSeconds * 1e9 else {
            loseTrack()
            return
        }
        if least < tuning.thresholdFrames * periodNanoseconds {
            groupsSeen = 0
            shiftClock(by: min(least, slew))
            return
        }
        lateness[groupsSeen % tuning.confirmationGroups] = least
        groupsSeen += 1
        if groupsSeen >= 2 * tuning.confirmationGroups { groupsSeen -= tuning.confirmationGroups }
        guard groupsSeen >= tuning.confirmationGroups else { return }
        confirm()
    }

    /// Every group of the window is late: the least of them is the loss.
    private mutating func confirm() {
        var step = Double.infinity
        for index in 0..<tuning.confirmationGroups { step = min(step, lateness[index]) }
        guard step >= tuning.thresholdFrames * periodNanoseconds else { return }
        guard step <= tuning.largestLossSeconds * 1e9 else {
            loseTrack()
            return
        }
        let lost = max(1, (step / periodNanoseconds).rounded())
        finding.framesLost += Int64(lost)
        for index in 0..<tuning.confirmationGroups { lateness[index] -= lost * periodNanoseconds }
        shiftClock(by: lost * periodNanoseconds)
        restartWindowWhereOnTime()
    }

    /// The window goes on sliding only while its groups are still late: further losses came meanwhile.
    private mutating func restartWindowWhereOnTime() {
        let newest = lateness[(groupsSeen - 1) % tuning.confirmationGroups]
        if newest < tuning.thresholdFrames * periodNanoseconds {
            groupsSeen = 0
            if newest < 0 { shiftClock(by: newest) }
        }
    }

    private mutating func shiftClock(by nanoseconds: Double) {
        let sum = expectedFraction + nanoseconds
        let whole = sum.rounded(.down)
        expectedFraction = sum - whole
        expected &+= Int64(whole)
    }
}

private func usableRate(_ sampleRateHz: Double) -> Double {
    sampleRateHz >= 1 ? min(1e9, sampleRateHz) : 1
}
