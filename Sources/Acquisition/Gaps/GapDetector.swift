/// Finds lost frames from times that are late but never early.
///
/// A frame's time is `t₀ + index·T + delay` with `delay ≥ 0`: the driver or the reader may be slow, but cannot
/// know a frame before it is there. Jitter is therefore one-sided: among some dozens of frames one is nearly on time.
/// The detector takes, group by group, the least lateness against a clock of its own that runs at the stated rate.
/// A delay passes: the least lateness returns to zero. A loss stays. So:
///
/// - least lateness below 0: the clock was late itself and is set back at once;
/// - below the threshold: the clock follows, at most 500 ppm, and learns the crystal's drift (up to 300 ppm) from it;
/// - at or above the threshold in *every* group of a confirmation window: `round(least / T)` frames are lost.
///   The window grows with the jitter seen: with times uniformly late by `2m` steps on average `m`, a time is on time
///   (within half a step) with probability `1/4m`, so that 100·m times leave a chance of e⁻²⁵ of a false loss;
/// - a loss beyond ``Tuning/largestLossSeconds``, a step back of more than ``Tuning/largestStepBackSeconds`` or
///   a time that overflows: a discontinuity of unknown length (somebody set the clock).
///
/// A pure value: no allocation, no clock of its own.
public struct GapDetector: Sendable {
    /// How patient the detector is.
    public struct Tuning: Sendable, Equatable {
        /// Times looked at together, 1 or more.
        public var groupTimes: Int
        /// Groups in a row that must all be late, at least, 1...16; jitter makes it up to 16.
        public var confirmationGroups: Int
        /// Lateness in frames from which on it is a loss, above 0.
        public var thresholdFrames: Double
        /// A longer loss counts as a change of the clock.
        public var largestLossSeconds: Double = 1
        /// A longer step back counts as a change of the clock.
        public var largestStepBackSeconds: Double = 0.1

        /// Times after which a loss is certain and reported, at most.
        public var reportDelayTimes: Int { groupTimes * (GapDetector.largestWindow + 1) }

        /// One timestamp per frame: groups of 64 frames or 2 ms, a window of about 20 ms.
        public static func timestamps(sampleRateHz: Double) -> Tuning {
            let rate = usableRate(sampleRateHz)
            let group = max(64, Int(rate * 0.002))
            let window = (rate * 0.02 / Double(group)).rounded(.up)
            return Tuning(
                groupTimes: group, confirmationGroups: min(GapDetector.largestWindow, max(2, Int(window))),
                thresholdFrames: 0.5)
        }

        /// One delivery time per block, where frames carry no timestamp. Coarse: a loss below half a block is not
        /// seen, and one above is certain only after 40 to 64 blocks, because a reader that was held up finds its blocks
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

    static let largestWindow = 16
    /// Groups over which the drift is averaged.
    private static let driftGroups = 256

    private let tuning: Tuning
    private let nominalPeriod: Double
    /// Nanoseconds per frame, drift included.
    private var period: Double
    /// The on-time clock: when the frame last added should have come. Whole nanoseconds, and the rest in [0, 1).
    private var expected: Int64 = 0
    private var expectedFraction = 0.0
    private var isRunning = false

    // The group under way.
    private var times = 0
    private var frames = 0
    private var least = Double.infinity
    private var latenessSum = 0.0

    /// Least lateness of the latest late groups, in nanoseconds; the newest stands at `lateGroups - 1` (mod 16).
    private var late = InlineArray<16, Double>(repeating: 0)
    private var lateGroups = 0
    /// Mean lateness in steps of twice the threshold.
    private var jitter = 0.0
    private var driftShift = 0.0
    private var driftFrames = 0.0
    private var driftGroupsSeen = 0
    private var finding = Finding()

    /// - Parameter sampleRateHz: 1 Hz to 1 GHz; anything else counts as the nearest of these, NaN as 1 Hz.
    public init(sampleRateHz: Double, tuning: Tuning) {
        nominalPeriod = 1e9 / usableRate(sampleRateHz)
        period = nominalPeriod
        var tuning = tuning
        tuning.groupTimes = max(1, tuning.groupTimes)
        tuning.confirmationGroups = min(Self.largestWindow, max(1, tuning.confirmationGroups))
        if !(tuning.thresholdFrames > 0) { tuning.thresholdFrames = 0.5 }
        self.tuning = tuning
    }

    /// Adds the time of the frame that stands `step` frames behind the one added before. Any value is safe.
    public mutating func add(time nanoseconds: Int64, framesSinceLast step: Int) {
        guard isRunning else {
            start(at: nanoseconds)
            return
        }
        let step = min(max(0, step), 1 << 32)
        shiftClock(by: Double(step) * period)
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(expected)
        guard !overflow else {
            loseTrack()
            return
        }
        let lateness = Double(difference) - expectedFraction
        least = min(least, lateness)
        latenessSum += lateness
        times += 1
        frames &+= step
        if times >= tuning.groupTimes { closeGroup() }
    }

    /// What was found since the last call.
    public mutating func takeFinding() -> Finding {
        defer { finding = Finding() }
        return finding
    }

    private var threshold: Double { tuning.thresholdFrames * nominalPeriod }

    private mutating func start(at nanoseconds: Int64) {
        expected = nanoseconds
        expectedFraction = 0
        isRunning = true
        period = nominalPeriod
        // Patient until the jitter is known: the first groups count as very late.
        jitter = Double(Self.largestWindow * tuning.groupTimes) / 100
        driftShift = 0
        driftFrames = 0
        driftGroupsSeen = 0
        lateGroups = 0
        startGroup()
    }

    private mutating func startGroup() {
        times = 0
        frames = 0
        least = .infinity
        latenessSum = 0
    }

    private mutating func loseTrack() {
        finding.isUnknownLength = true
        isRunning = false
    }

    private mutating func closeGroup() {
        defer { startGroup() }
        guard least >= -tuning.largestStepBackSeconds * 1e9 else {
            loseTrack()
            return
        }
        if least < threshold {
            lateGroups = 0
            follow()
        } else {
            late[lateGroups % Self.largestWindow] = least
            lateGroups += 1
            if lateGroups >= 2 * Self.largestWindow { lateGroups -= Self.largestWindow }
            confirm()
        }
    }

    /// The group is on time: sets the clock to it and learns jitter and drift.
    private mutating func follow() {
        let duration = Double(frames) * nominalPeriod
        let shift = min(least, 500e-6 * duration)
        shiftClock(by: shift)
        let mean = max(0, latenessSum / Double(times) - least) / (2 * threshold)
        jitter += (min(mean, 1e6) - jitter) / 16
        driftGroupsSeen += 1
        // The first groups set the clock to the first time that was not late: that is no drift.
        guard driftGroupsSeen > Self.largestWindow else { return }
        driftShift += shift
        driftFrames += Double(frames)
        guard driftGroupsSeen >= Self.largestWindow + Self.driftGroups, driftFrames > 0 else { return }
        let learned = period + driftShift / driftFrames
        period = min(max(learned, nominalPeriod * (1 - 300e-6)), nominalPeriod * (1 + 300e-6))
        driftShift = 0
        driftFrames = 0
        driftGroupsSeen = Self.largestWindow
    }

    /// Where every group of the window is late, the least of them is the loss.
    private mutating func confirm() {
        let forJitter = (100 * jitter / Double(tuning.groupTimes)).rounded(.up)
        let window = min(Self.largestWindow, max(tuning.confirmationGroups, Int(min(forJitter, 16))))
        guard lateGroups >= window else { return }
        var step = Double.infinity
        for back in 1...window { step = min(step, late[(lateGroups - back) % Self.largestWindow]) }
        guard step >= threshold else { return }
        guard step <= tuning.largestLossSeconds * 1e9 else {
            loseTrack()
            return
        }
        let lost = max(1, (step / nominalPeriod).rounded())
        finding.framesLost += Int64(lost)
        for index in late.indices { late[index] -= lost * nominalPeriod }
        shiftClock(by: lost * nominalPeriod)
        // The window goes on sliding only while groups are still late: further losses came meanwhile.
        if late[(lateGroups - 1) % Self.largestWindow] < threshold { lateGroups = 0 }
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
