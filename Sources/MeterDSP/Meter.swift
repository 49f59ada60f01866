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
/// One pass over the frames gives exact integer sums of x, x² and u·i per half cycle; windows are merged from half
/// cycles; calibration is applied to sums. Edges lie between frames, at the zero crossings of the band-passed
/// voltage (or current), so that a window holds whole cycles.
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

    public let configuration: MeterConfiguration
    /// The latest half cycle; of zeros before the first.
    public internal(set) var halfCycle = HalfCycleReading()
    /// The latest window; of zeros before the first.
    public internal(set) var window = WindowReading()

    let scales: ChannelScales
    let isNarrow: Bool
    var finder: CycleFinder
    var integrator: RogowskiIntegrator
    var stage: FrameStage

    /// The frame after the last one summed.
    var summed: Int64 = 0
    var isStarted = false
    var pendingBoundary: Double?
    var pendingGap: Int64?
    var windowIsNew = false

    var start: Boundary
    var windowStart: Boundary
    var previousStart: Boundary?
    var current = IntervalSums()
    /// What of the running half cycle has not yet been merged into `current`, and the groups behind it.
    var narrow = NarrowSums()
    var groups = PendingGroups()
    var previous = IntervalSums()
    var windowSums = IntervalSums()
    var windowHalfCycles = 0
    var windowFlags: ReadingFlags = []
    var windowSource: Int?
    var windowWasLocked = false
    var windowStartsAtCrossing = false
    var track = BoundaryTrack()
    var fundamentals = FundamentalSums()
    /// Length of a cycle as last found, for the fundamentals of the next window.
    var cycleFrames: Double
    var hasWindowMean = false
    var lastWindowMean = SIMD8<Double>.zero
    var lastWindowLine = RogowskiLine()
    var gapBefore = false

    /// - Throws: what makes the configuration unmeasurable.
    public init(_ configuration: MeterConfiguration) throws(MeterConfiguration.Failure) {
        try configuration.check()
        self.configuration = configuration
        scales = ChannelScales(configuration)
        var bits = 0
        for channel in MeterChannel.allCases {
            guard let format = configuration.layout[channel]?.format else { continue }
            bits = Swift.max(bits, format.significantBits + (format.isSigned ? 0 : 1))
        }
        isNarrow = bits <= 16
        finder = CycleFinder(configuration)
        cycleFrames = configuration.sampleRateHz / configuration.nominalHz
        integrator = RogowskiIntegrator(sampleRateHz: configuration.sampleRateHz)
        stage = FrameStage(configuration.layout, isNarrow: isNarrow, keep: 12 * finder.decimation + 16)
        start = Boundary(position: 0, codes: .zero, nextCodes: .zero)
        windowStart = start
    }

    /// Frames per second.
    public var sampleRateHz: Double { configuration.sampleRateHz }

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
            if let boundary = pendingBoundary {
                pendingBoundary = nil
                closeHalfCycle(at: boundary, afterGap: nil)
                return .halfCycle
            }
            if finder.position + Int64(finder.decimation) <= stage.end {
                takeGroups()
                continue
            }
            if let lost = pendingGap {
                pendingGap = nil
                if endBeforeGap(lost) { return .halfCycle }
                continue
            }
            if !isNarrow, isStarted { sum(through: finder.position - finder.lag - 1) }
            guard stage.decode(block, from: &cursor, keepingFrom: summed - 2) else { return nil }
            if !isStarted { startFirst() }
        }
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
            var sums = FrameSums()
            for _ in 0..<finder.decimation {
                sums.add(decoder.decode(block, at: frame * configuration.layout.frameBytes))
                frame += 1
            }
            _ = finder.take(sums.sum)
        }
        finder.beginSettled()
    }

    /// Tells the meter that `lostFrames` frames were lost before the next one. The readings on both sides carry
    /// ``ReadingFlags/gap``.
    ///
    /// - Parameter lostFrames: 0 (unknown, or none but the stream started anew) or more; negative counts as 0.
    public mutating func markGap(lostFrames: Int64) {
        pendingGap = (pendingGap ?? 0) + Swift.max(0, lostFrames)
    }
}
