/// Finds the half cycles of the mains in up to three signals, the phase voltages where there are any, else the
/// phase currents.
///
/// Groups of `decimation` frames are added up, band-passed, and the zero crossings of one of the signals taken from
/// the cubic through four points. Crossings that a dip or a swell has shifted are not followed (``CyclePrediction``). With
/// no signal above the threshold it goes on with half cycles as long as the last ones, at first of nominal length.
struct CycleFinder: BitwiseCopyable {
    /// Frames added up before the filter, so that the filtered rate is at least 4 kHz, or the sample rate below that.
    let decimation: Int
    /// Frames by which a boundary may lie behind the last frame looked at.
    let lag: Int64
    /// Lanes 0 to 2 of the frame for voltages, 3 to 5 for currents.
    let firstLane: Int
    /// The peak in filtered codes that a signal must reach; infinite for absent signals.
    private let thresholdPeaks: SIMD4<Double>
    private let nominalHalfCycle: Double
    private let settleFrames: Int64

    private var filter: BandPass
    /// The last four filtered values, the one that came as number n at n mod 4.
    private var history = InlineArray<4, SIMD4<Double>>(repeating: .zero)
    private var historyCount = 0
    private var peaks = SIMD4<Double>.zero
    private var peaksSinceBoundary = SIMD4<Double>.zero
    private var armed = false
    private var settledAt: Int64
    private var lastBoundary: Double
    private var prediction: CyclePrediction

    /// The signal whose crossings are taken, 0 to 2; nil: none is strong enough, half cycles are virtual.
    private(set) var source: Int?
    private var lastSource: Int?
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
        filter = BandPass(
            centre: configuration.nominalHz / configuration.sampleRateHz * Double(decimation),
            gain: 1 / Double(decimation))
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
        filter.reset()
        historyCount = 0
        peaks = .zero
        peaksSinceBoundary = .zero
        armed = false
        source = nil
        lastSource = nil
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

    /// The lanes that ``take(_:)`` wants.
    @_noAllocation @_noLocks
    @inline(__always)
    func signals(_ sum: SIMD8<Double>) -> SIMD4<Double> {
        firstLane == 0 ? sum.lowHalf : SIMD4(sum[3], sum[4], sum[5], sum[6])
    }

    /// Takes the next group of `decimation` frames.
    ///
    /// - Parameter sums: of the frames' codes, four lanes from ``firstLane`` on, the last of which does not count.
    /// - Returns: a boundary at most `lag` frames before `position`; nil: there is none.
    @_noAllocation @_noLocks
    @inline(__always)
    mutating func take(_ sums: SIMD4<Double>) -> Double? {
        position += Int64(decimation)
        return takeFiltered(filter.filter(sums))
    }

    /// Takes one filtered value, that of the group which ends before `position`.
    @_noAllocation @_noLocks
    @inline(__always)
    private mutating func takeFiltered(_ value: SIMD4<Double>) -> Double? {
        historyCount &+= 1
        history[historyCount & 3] = value
        peaksSinceBoundary = Self.larger(peaksSinceBoundary, Self.larger(value, -value))
        guard historyCount >= 4 else { return nil }

        if let source {
            let first = history[(historyCount &- 2) & 3][source]
            if !armed, first.magnitude > 0.25 * peaks[source] { armed = true }
            if armed, (first < 0) != (history[(historyCount &- 1) & 3][source] < 0) {
                // The first frames after settling may still show a crossing from before them.
                if let boundary = takeCrossing(source) { return close(at: boundary) }
            }
        } else {
            chooseSource()
        }
        // A crossing is overdue; without a signal there is none to wait for.
        let expected = prediction.halfCycle
        if Double(position - lag) > lastBoundary + (source == nil ? 1.0 : 1.25) * expected {
            return close(at: prediction.boundary(afterLast: lastBoundary))
        }
        return nil
    }

    /// The boundary for the crossing between the second and the third of the last four values; nil where it lies before
    /// the last boundary.
    @_noAllocation @_noLocks
    @inline(never)
    private mutating func takeCrossing(_ source: Int) -> Double? {
        armed = false
        let share = Self.root(
            history[(historyCount &- 3) & 3][source], history[(historyCount &- 2) & 3][source],
            history[(historyCount &- 1) & 3][source], history[historyCount & 3][source])
        let groupMiddle = Double(position) - Double(decimation) + Double(decimation - 1) / 2
        let boundary = prediction.boundary(
            atCrossing: groupMiddle + (share - 2) * Double(decimation), lastBoundary: lastBoundary,
            isSettled: position >= settledAt)
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

    // Lane by lane, which becomes one instruction; a mask of lanes does not.
    @_noAllocation @_noLocks
    @inline(__always)
    private static func larger(_ a: SIMD4<Double>, _ b: SIMD4<Double>) -> SIMD4<Double> {
        SIMD4(
            a[0] > b[0] ? a[0] : b[0], a[1] > b[1] ? a[1] : b[1], a[2] > b[2] ? a[2] : b[2],
            a[3] > b[3] ? a[3] : b[3])
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
