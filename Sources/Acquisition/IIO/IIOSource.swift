import Glibc
import MeterDSP
import Realtime

/// Frames of an ADC, block by block, from libiio: on this machine or from an IIO network server.
///
/// One thread opens, reads and drops it; only the ``canceller`` may be used elsewhere. Reading blocks:
/// ```swift
/// var source = try IIOSource(settings)
/// while true {
///     do {
///         try source.nextBlock { frames, info in meter.add(frames, info) }
///     } catch where error.isTransient {
///         try source.reconnect()
///     }
/// }
/// ```
public struct IIOSource: ~Copyable {
    public let settings: IIOSettings
    /// Ends or interrupts reading from any thread.
    public let canceller: IIOCanceller
    /// Where each channel stands in a frame. Never changes, not by a reconnect either.
    public var layout: FrameLayout { signature.layout }
    /// Frames per second.
    public var sampleRateHz: Double { signature.sampleRateHz }
    /// The clock of the frames' timestamps.
    public let timestampClock: TimestampClock
    /// Name, label or id of the device, in this order.
    public let deviceName: String

    var buffer: IIOBuffer?
    let signature: IIOStreamSignature
    private var gaps: GapDetector
    private var arrivals: ArrivalClock
    private var nextFrame: Int64 = 0
    private var lastDelivery: Int64?
    private var isResuming = false
    private var lostBecause: AcquisitionError?

    /// Connects to the device and opens its buffer: frames queue from now on.
    ///
    /// Blocks while it connects (over the network up to 5 s). Allocates. Ignores SIGPIPE for the whole process where
    /// nothing else was chosen, because libiio would be ended by it.
    ///
    /// - Parameter canceller: made before by a thread that wants to be able to stop this one.
    public init(_ settings: IIOSettings, canceller: IIOCanceller = IIOCanceller()) throws(AcquisitionError) {
        try settings.validate()
        let opened = try IIOBuffer.open(settings, canceller: canceller)
        let plan = opened.plan
        self.settings = settings
        self.canceller = canceller
        timestampClock = plan.timestampClock
        deviceName = plan.deviceName
        signature = plan.signature
        gaps = Self.gapDetector(plan.signature, settings)
        arrivals = ArrivalClock(isSameClock: plan.timestampClock == .monotonic && settings.isOnThisMachine)
        buffer = consume opened
    }

    /// Volts or amperes at the ADC's input per code, from the driver's `scale`; nil where it publishes none or the
    /// channel has no input. value = (code + offset) × scale.
    public func scale(of channel: MeterChannel) -> Double? { signature.scalings[channel.rawValue]?.unitsPerCode }

    /// What the driver wants added to a code before it is scaled, in codes; 0 where it publishes none, nil where
    /// the channel has no input.
    public func codeOffset(of channel: MeterChannel) -> Double? { signature.scalings[channel.rawValue]?.codeOffset }

    /// A loss is reported at most this many frames behind its place in the stream (about 20 ms with timestamps,
    /// 44 blocks without): windows that end within so many frames before a discontinuity may span it.
    public var lossReportDelayFrames: Int {
        let blockFrames = settings.block.frames(sampleRateHz: sampleRateHz)
        let tuning = Self.tuning(signature, settings)
        return tuning.reportDelayTimes * (layout.timestampOffset == nil ? blockFrames : 1)
            + blockFrames
    }

    /// Waits for the next block and lends its frames to `body`, laid out as ``layout`` says.
    ///
    /// After an error the source gives no more blocks until ``reconnect(policy:report:)`` has succeeded.
    /// Steady state: no allocation, lock or file of ours; system calls are libiio's. (libiio's network backend makes
    /// one small allocation per block.)
    ///
    /// - Parameter body: must not keep the span. Its frames are contiguous, `layout.frameBytes` apart.
    /// - Throws: `contextLost`, `timedOut`, `layoutRefused`, `cancelled`.
    @inlinable
    public mutating func nextBlock<R>(_ body: (RawSpan, BlockInfo) -> R) throws(AcquisitionError) -> R {
        let (frames, info) = try advance()
        return body(frames.bytes, info)
    }

    @usableFromInline
    mutating func advance() throws(AcquisitionError) -> (UnsafeRawBufferPointer, BlockInfo) {
        if canceller.isCancelled { throw .cancelled(uri: settings.uri) }
        canceller.beginWait(at: MonotonicClock.nanoseconds())
        let bytes = buffer?.refill() ?? -Int(ENOTCONN)
        canceller.endWait()
        let deliveredAt = MonotonicClock.nanoseconds()
        guard bytes > 0 else { throw loss(code: bytes == 0 ? EIO : errorNumber(bytes)) }
        guard let frames = buffer?.frames(), frames.count >= layout.frameBytes else {
            throw .layoutRefused(
                uri: settings.uri, device: deviceName, problem: "a block came without all of the inputs asked for")
        }
        return (frames, account(for: frames, deliveredAt: deliveredAt))
    }

    /// The error for a failed wait. Until a reconnect the first one stands.
    private mutating func loss(code: CInt) -> AcquisitionError {
        if canceller.isCancelled { return .cancelled(uri: settings.uri) }
        if let lostBecause { return lostBecause }
        let error: AcquisitionError =
            code == ETIMEDOUT
            ? .timedOut(uri: settings.uri, device: deviceName, seconds: settings.timeoutSeconds)
            : .contextLost(uri: settings.uri, device: deviceName, errno: code)
        lostBecause = error
        buffer = nil
        return error
    }

    private mutating func account(for frames: UnsafeRawBufferPointer, deliveredAt: Int64) -> BlockInfo {
        let count = frames.count / layout.frameBytes
        var info = BlockInfo(firstFrame: 0, frameCount: count, deliveredAt: deliveredAt)
        if isResuming {
            info.framesLost = framesMissed(until: deliveredAt, delivered: count)
            info.isDiscontinuity = true
            isResuming = false
        }
        if let offset = layout.timestampOffset {
            var time: Int64 = 0
            for frame in 0..<count {
                time = Int64(
                    littleEndian: frames.loadUnaligned(
                        fromByteOffset: frame * layout.frameBytes + offset, as: Int64.self))
                gaps.add(time: time, framesSinceLast: 1)
            }
            info.lastFrameTime = time
        } else {
            gaps.add(time: deliveredAt, framesSinceLast: count)
        }
        let finding = gaps.takeFinding()
        info.framesLost += finding.framesLost
        if finding.framesLost > 0 || finding.isUnknownLength { info.isDiscontinuity = true }
        info.firstFrame = nextFrame &+ info.framesLost
        nextFrame = info.firstFrame &+ Int64(count)
        info.lateNanoseconds = arrivals.lateness(
            deliveredAt: deliveredAt,
            lastFrameTime: info.lastFrameTime ?? Int64(min(9e18, Double(nextFrame) / sampleRateHz * 1e9)))
        lastDelivery = deliveredAt
        return info
    }

    /// By this machine's clock: how many frames the ADC made since the last delivery, less those now delivered.
    private func framesMissed(until now: Int64, delivered: Int) -> Int64 {
        guard let lastDelivery else { return 0 }
        return max(0, Int64((Double(now - lastDelivery) * 1e-9 * sampleRateHz).rounded()) - Int64(delivered))
    }

    /// Takes over a buffer that was opened again.
    mutating func resume(with opened: consuming IIOBuffer) {
        gaps = Self.gapDetector(signature, settings)
        buffer = consume opened
        isResuming = true
        lostBecause = nil
    }

    private static func gapDetector(_ stream: IIOStreamSignature, _ settings: IIOSettings) -> GapDetector {
        GapDetector(sampleRateHz: stream.sampleRateHz, tuning: tuning(stream, settings))
    }

    private static func tuning(_ stream: IIOStreamSignature, _ settings: IIOSettings) -> GapDetector.Tuning {
        stream.layout.timestampOffset == nil
            ? .deliveries(blockFrames: settings.block.frames(sampleRateHz: stream.sampleRateHz))
            : .timestamps(sampleRateHz: stream.sampleRateHz)
    }
}
