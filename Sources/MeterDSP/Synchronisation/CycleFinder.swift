/// Finds the half cycles of the mains in up to three signals, the phase voltages where there are any, else the
/// phase currents.
///
/// Groups of `decimation` frames are added up, band-passed, and the zero crossings of one of the signals taken from
/// the cubic through four points. Crossings that a dip or a swell has shifted are not followed (``CyclePrediction``). With
/// no signal above the threshold it goes on with half cycles as long as the last ones, at first of nominal length.
struct CycleFinder: ~Copyable {
    /// Frames added up before the filter, so that the filtered rate is at least 4 kHz, or the sample rate below that.
    let decimation: Int
    /// Frames by which a boundary may lie behind the last frame looked at.
    let lag: Int64
    /// Lanes 0 to 2 of the frame for voltages, 3 to 5 for currents.
    let firstLane: Int
    /// The peak in filtered codes that a signal must reach; infinite for absent signals.
    let thresholdPeaks: SIMD4<Double>
    private let nominalHalfCycle: Double
    private let settleFrames: Int64

    private(set) var signals: FilteredGroups
    private(set) var peaks = SIMD4<Double>.zero
    private var peaksSinceBoundary = SIMD4<Double>.zero
    private var armed = false
    private(set) var settledAt: Int64
    private var lastBoundary: Double
    private(set) var prediction: CyclePrediction

    /// The signal whose crossings are taken, 0 to 2; nil: none is strong enough, half cycles are virtual.
    private(set) var source: Int?
    private var lastSource: Int?
    /// The signal whose crossings boundaries stand at, or stood at last.
    private(set) var boundarySource: Int?
    /// The frame after the last group taken.
    private(set) var position: Int64

    init(_ configuration: MeterConfiguration) {
        decimation = Swift.max(1, Int(configuration.sampleRateHz / 4000))
        lag = Int64(3 * decimation + 2)
        let hasVoltage =
            configuration.layout[.u1] != nil || configuration.layout[.u2] != nil
            || configuration.layout[.u3] != nil
        firstLane = hasVoltage ? 0 : 3
        var thresholds = SIMD4<Double>(repeating: .infinity)
        for signal in 0..<3 {
            guard let channel = MeterChannel(rawValue: firstLane + signal), configuration.layout[channel] != nil
            else { continue }
            let calibration = configuration[calibrationOf: channel]
            var perUnit = 1 / calibration.scale.magnitude
            if let sensitivity = calibration.sensitivity { perUnit *= sensitivity * configuration.nominalHz }
            // Below three codes there is only the converter's own noise.
            thresholds[signal] = Swift.max(3, configuration.synchronisationThreshold * perUnit * squareRoot(2))
        }
        thresholdPeaks = thresholds
        nominalHalfCycle = configuration.sampleRateHz / configuration.nominalHz / 2
        settleFrames = Int64(0.1 * configuration.sampleRateHz)
        signals = FilteredGroups(
            BandPass(
                centre: configuration.nominalHz / configuration.sampleRateHz * Double(decimation),
                gain: 1 / Double(decimation)))
        settledAt = settleFrames
        position = 0
        lastBoundary = 0
        prediction = CyclePrediction(nominalCycle: 2 * nominalHalfCycle)
    }

    /// Frames from one boundary to the one that follows it at the latest, and those that may have been taken since.
    var longestHalfCycle: Int { Int(1.5 * nominalHalfCycle) + 2 * Int(lag) + 2 * decimation + 8 }

    /// True when boundaries are zero crossings and the filter has settled.
    var isLocked: Bool { @_noAllocation @_noLocks get { source != nil && position >= settledAt } }

    /// Whether `frames` are a cycle as last known, within 1 %; not while the filter settles.
    @_noAllocation @_noLocks
    func isCycle(_ frames: Double) -> Bool {
        (source == nil || position >= settledAt) && (frames - prediction.cycle).magnitude < 0.01 * prediction.cycle
    }

    /// Forgets all signals and goes on at frame `index`, which becomes a boundary.
    @_noAllocation @_noLocks
    mutating func restart(at index: Int64) {
        signals.reset()
        peaks = .zero
        peaksSinceBoundary = .zero
        armed = false
        source = nil
        lastSource = nil
        boundarySource = nil
        prediction = CyclePrediction(nominalCycle: 2 * nominalHalfCycle)
        settledAt = index + settleFrames
        position = index
        lastBoundary = Double(index)
    }

    /// Starts over at frame 0 with the filter settled on what it has been given: that stood just before frame 0.
    mutating func beginSettled() {
        position = 0
        lastBoundary = 0
        settledAt = 0
        prediction.forgetPhase()
    }

    /// Takes on groups of `decimation` frames that follow one another, no more than ``FilteredGroups/most``.
    ///
    /// - Parameter sums: of the frames' codes, `count` of them.
    @_noAllocation @_noLocks
    mutating func append(_ sums: UnsafePointer<SIMD8<Float>>, count: Int) {
        unsafe signals.append(sums, count: count, from: firstLane)
    }

    /// Takes on one group.
    @_noAllocation @_noLocks
    mutating func append(_ sum: SIMD8<Double>) {
        signals.append(firstLane == 0 ? sum.lowHalf : SIMD4(sum[3], sum[4], sum[5], sum[6]))
    }

    /// Looks at the groups taken on until one brings a boundary or a crossing, or none is left.
    ///
    /// - Returns: a boundary at most `lag` frames before `position`; nil: there is none.
    @_noAllocation @_noLocks
    mutating func advance() -> Double? {
        while signals.left > 0 {
            if armed, source != nil, signals.count >= 4 {
                skipQuiet()
                if signals.left == 0 { break }
            }
            let boundary = takeNext()
            if boundary != nil || mayHaveCrossed() { return boundary }
        }
        return nil
    }

    /// Goes past groups that can bring nothing: no signal changes its sign, and no boundary is overdue.
    @_noAllocation @_noLocks
    private mutating func skipQuiet() {
        let frames = lag + wholeFrames(latestBoundary) - position
        guard frames >= Int64(decimation) else { return }
        let quiet = signals.skipQuiet(most: Int(frames) / decimation)
        peaksSinceBoundary = larger(peaksSinceBoundary, quiet.peaks)
        position += Int64(quiet.count * decimation)
    }

    /// Behind it a crossing is overdue; without a signal there is none to wait for.
    private var latestBoundary: Double {
        @_noAllocation @_noLocks get { lastBoundary + (source == nil ? 1.0 : 1.25) * halfCycle }
    }

    /// Looks at the next group taken on.
    @_noAllocation @_noLocks
    private mutating func takeNext() -> Double? {
        signals.advance()
        position += Int64(decimation)
        let value = signals[back: 0]
        peaksSinceBoundary = larger(peaksSinceBoundary, magnitude(value))
        guard signals.count >= 4 else { return nil }

        if let source {
            let first = signals[back: 2][source]
            if !armed, first.magnitude > 0.25 * peaks[source] { armed = true }
            if armed, (first < 0) != (signals[back: 1][source] < 0) {
                // The first frames after settling may still show a crossing from before them.
                if let boundary = takeCrossing(source) {
                    boundarySource = source
                    return close(at: boundary)
                }
            }
        } else {
            chooseSource()
        }
        if Double(position - lag) > latestBoundary { return close(at: prediction.boundary(afterLast: lastBoundary)) }
        return nil
    }

    /// The boundary for the crossing between the second and the third of the last four values; nil where it lies before
    /// the last boundary.
    @_noAllocation @_noLocks
    @inline(never)
    private mutating func takeCrossing(_ source: Int) -> Double? {
        armed = false
        let boundary = prediction.boundary(
            atCrossing: crossing(of: source), lastBoundary: lastBoundary, isSettled: position >= settledAt)
        return boundary > lastBoundary ? boundary : nil
    }

    @_noAllocation @_noLocks
    @inline(never)
    private mutating func close(at boundary: Double) -> Double {
        lastBoundary = boundary
        peaks = peaksSinceBoundary
        peaksSinceBoundary = .zero
        if let source, peaks[source] < thresholdPeaks[source] { self.source = nil }
        if source == nil { chooseSource() }
        return boundary
    }

    /// Takes the strongest signal that is a fifth above its threshold: less could come and go. The one that gave the
    /// crossings last is taken first: its phase is known.
    @_noAllocation @_noLocks
    private mutating func chooseSource() {
        var best = 1.2
        for signal in 0..<3 {
            let strength = Swift.max(peaks[signal], peaksSinceBoundary[signal]) / thresholdPeaks[signal]
            guard strength >= (signal == lastSource ? 1.2 : best) else { continue }
            source = signal
            if signal == lastSource { break }
            best = strength
        }
        guard let source else { return }
        armed = false
        if source != lastSource { prediction.forgetPhase() }
        lastSource = source
    }

    /// Where the cubic through (−1, a), (0, b), (1, c), (2, d) is zero between 0 and 1, b and c of opposite signs.
    @_noAllocation @_noLocks
    static func root(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double {
        let c1 = c - b / 2 - a / 3 - d / 6
        let c2 = (a + c) / 2 - b
        let c3 = (d - a) / 6 + (b - c) / 2
        var t = b / (b - c)
        for _ in 0..<3 {
            let slope = c1 + t * (2 * c2 + t * 3 * c3)
            guard slope != 0 else { break }
            t -= (b + t * (c1 + t * (c2 + t * c3))) / slope
        }
        // A cubic that bends too much to be a sine near its crossing: the straight line then.
        if !(t >= 0 && t <= 1) { t = b / (b - c) }
        // Short of 1, so that the frame after the boundary's next one is always at hand.
        return Swift.min(t, 0.9999)
    }
}
