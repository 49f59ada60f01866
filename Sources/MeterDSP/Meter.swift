/// A three-phase meter: raw frames in, readings each half cycle and each 10/12 cycles out.
///
/// ```swift
/// var meter = try Meter(configuration)
/// var cursor = 0                                     // frames of this block already taken
/// while let event = meter.advance(through: block, from: &cursor) {
///     switch event {
///     case .halfCycle: protect(meter.halfCycle)
///     case .window: record(meter.window)
///     }
/// }
/// ```
///
/// Exact integer sums of x, x² and of the products of phases are taken per half cycle; windows are merged from half
/// cycles; calibration is applied to sums. Edges lie between frames, at the zero crossings of the band-passed
/// voltage (or current), so that a window holds whole cycles. Coils, delays and droop go through a ``Conditioner``.
///
/// - Complexity: O(1) per frame. Allocates in `init` only; the compiler proves it for `advance`.
public struct Meter: ~Copyable {
    /// What `advance` stopped for.
    public enum Event: Sendable {
        /// ``Meter/halfCycle`` is new.
        case halfCycle
        /// ``Meter/window`` is new.
        case window
    }

    /// What the meter was made with.
    public var configuration: MeterConfiguration { settings.configuration }
    /// The latest half cycle; of zeros before the first.
    public internal(set) var halfCycle = HalfCycleReading()
    /// The latest window; of zeros before the first.
    public internal(set) var window = WindowReading()

    private let settings: Settings
    let constants: MeterConstants
    let transformers: TransformerTable
    var scales: ChannelScales
    var finder: CycleFinder
    var stage: FrameStage
    var conditioner: Conditioner
    var groups: GroupSums

    /// Frames are there; enough of them for the first boundary.
    var isPrepared = false
    var isStarted = false
    var pendingBoundary: Double?
    var pendingGap: Int64?
    var windowIsNew = false

    /// Where the running half cycle starts, the sums of the one before it, and those of the running window.
    var start = Boundary(position: 0)
    var previous = Stretch()
    var hasPrevious = false
    var previousFlags = ReadingFlags(rawValue: 0)
    var windowSums = Stretch()
    var windowStart = 0.0
    var windowHalfCycles = 0
    var windowFlags: ReadingFlags = []
    var windowSource: Int?
    var windowWasLocked = false
    var windowStartsAtCrossing = false
    var windowShallEnd = false
    var track = BoundaryTrack()
    var windowEdge: FundamentalEdge?
    var levels = ChannelLevels()
    var voltages = PhaseVoltages(start: 0)
    /// Q₁ of the last window, for the phase error of transformers in half cycles.
    var lastReactivePower = SIMD3<Double>.zero
    var gapBefore = false

    /// - Throws: what makes the configuration unmeasurable.
    public init(_ configuration: MeterConfiguration) throws(MeterConfiguration.Failure) {
        try configuration.check()
        settings = Settings(configuration)
        constants = MeterConstants(configuration)
        transformers = TransformerTable(configuration)
        scales = ChannelScales(configuration)
        var bits = 0
        for channel in MeterChannel.allCases {
            guard let format = configuration.layout[channel]?.format else { continue }
            bits = Swift.max(bits, format.significantBits + (format.isSigned ? 0 : 1))
        }
        finder = CycleFinder(configuration)
        // A half cycle at its longest, and what its edges and its late channels reach beyond it.
        let keep = finder.longestHalfCycle + 160
        conditioner = Conditioner(configuration, isNarrow: bits <= 16, keep: keep)
        // A window of 70 % of the nominal frequency, and what is added up before it is looked at.
        let window = 0.72 * Double(constants.halfCyclesInWindow) * configuration.sampleRateHz / configuration.nominalHz
        groups = GroupSums(
            length: finder.decimation, keeping: Int(window) + FilteredGroups.most * finder.decimation)
        stage = FrameStage(configuration.layout, isNarrow: bits <= 16, keep: keep)
    }

    /// Temperature of the sensors, for channels whose calibration has a temperature coefficient; 23 until set. Readings
    /// follow from the next half cycle on. What is no number is ignored.
    public var temperatureCelsius = 23.0 {
        didSet {
            guard temperatureCelsius.magnitude < 300 else {
                temperatureCelsius = oldValue
                return
            }
            scales.setTemperature(temperatureCelsius)
        }
    }

    /// A configuration is large: kept apart, it is not copied with what stands beside it.
    private final class Settings: Sendable {
        let configuration: MeterConfiguration

        init(_ configuration: MeterConfiguration) { self.configuration = configuration }
    }

    /// Frames per second.
    public var sampleRateHz: Double { constants.sampleRateHz }

    /// Index of the next frame that `advance` will take, lost frames included.
    public var nextFrame: Int64 { stage.end }

    /// Takes frames from `block` until a reading is new or the block is used up.
    ///
    /// - Parameters:
    ///   - block: whole frames as the layout describes them; an incomplete frame at the end is ignored.
    ///   - cursor: frames of `block` already taken; start at 0 for each block.
    /// - Returns: what is new, to be read before the next call; nil: the block is used up.
    @_noAllocation @_noLocks
    public mutating func advance(through block: RawSpan, from cursor: inout Int) -> Event? {
        while true {
            if windowIsNew {
                windowIsNew = false
                return .window
            }
            if !isStarted, isPrepared, finder.position + conditioner.lookahead < stage.end { startFirst() }
            if isStarted, pendingBoundary == nil { takeGroups() }
            if let boundary = pendingBoundary {
                if wholeFrames(boundary) + conditioner.lookahead < stage.end {
                    pendingBoundary = nil
                    closeHalfCycle(at: boundary, afterGap: false)
                    return .halfCycle
                }
            }
            if let lost = pendingGap {
                pendingGap = nil
                if endBeforeGap(lost) { return .halfCycle }
                continue
            }
            guard stage.decode(block, from: &cursor, keepingFrom: firstNeeded) else { return nil }
            if !isPrepared { prepareStart() }
            conditioner.take(stage, keepingFrom: firstNeeded, endsHere: false)
        }
    }

    /// How far before a half cycle the edges at its start reach.
    var reach: Int64 { @_noAllocation @_noLocks get { Int64(constants.reachBack) + 8 } }

    /// The first frame that a boundary to come may reach.
    private var firstNeeded: Int64 {
        @_noAllocation @_noLocks get { Swift.min(start.index, finder.position) - reach + conditioner.earliest }
    }

    /// Settles the cycle finder on a stretch of the signal, so that windows start with the first cycle: for recordings,
    /// whose first tenth of a second would else go into finding the cycles. Before the first `advance` only.
    ///
    /// - Parameter block: whole cycles as they would stand before the first frame, 75 ms or more; usually the
    ///   recording's own first cycles.
    public mutating func settle(on block: RawSpan) {
        guard !isStarted else { return }
        let decoder = FrameDecoder(configuration.layout)
        let count = block.byteCount / configuration.layout.frameBytes
        // Whole groups, the last of which ends with the block: the recording's first frame follows it.
        var frame = count % finder.decimation
        while frame < count {
            var sum = SIMD8<Double>.zero
            for _ in 0..<finder.decimation {
                sum += widened(decoder.decode(block, at: frame * configuration.layout.frameBytes))
                frame += 1
            }
            finder.append(sum)
            _ = finder.advance()
        }
        finder.beginSettled()
    }

    /// Ends the running window with its cycle, so that the next one starts there: for the ticks of the clock at which
    /// IEC 61000-4-30 has windows begin anew, every ten minutes. The window cut short carries ``ReadingFlags/partial`` and
    /// no frequency; no frame goes uncounted.
    @_noAllocation @_noLocks
    public mutating func endWindowWithCycle() { windowShallEnd = true }

    /// Tells the meter that `lostFrames` frames were lost before the next one. The readings on both sides carry
    /// ``ReadingFlags/gap``.
    ///
    /// - Parameter lostFrames: 0 (unknown, or none but the stream started anew) or more; negative counts as 0.
    public mutating func markGap(lostFrames: Int64) {
        pendingGap = (pendingGap ?? 0) + Swift.max(0, lostFrames)
    }
}
