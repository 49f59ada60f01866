import Allocation
import MeterDSP

/// What the real-time thread shows of itself, as of its last block. Copied whole, so that all of it belongs together.
public struct SiteSnapshot: Sendable, BitwiseCopyable {
    /// The latest window; of zeros before the first.
    public internal(set) var window = WindowReading()
    /// The latest half cycle.
    public internal(set) var halfCycle = HalfCycleReading()
    /// When the last block was delivered; `never`: none yet.
    public internal(set) var lastBlock = MonotonicTime.never
    /// When the last usable window ended; `never`: none yet.
    public internal(set) var lastUsableWindow = MonotonicTime.never
    /// False while the ADC's connection is lost.
    public internal(set) var isMeasuring = false
    /// What the supply can still carry below fuse and margin; negative in an overload.
    public internal(set) var headroom = PerPhaseAmperes.zero
    public internal(set) var alarm = AllocationAlarm(rawValue: 0)
    /// Seconds until the main fuse may trip at the present current, by line, and how much of the warmth that it bears is
    /// used; nil: the settings do not say which fuse it is.
    public internal(set) var secondsToTrip: PerPhaseSeconds?
    public internal(set) var fuseUsedShare: PerPhaseShare?
    /// The utility's signal.
    public internal(set) var signalMode = SignalMode.normal
    /// The stretch of it that lasts; nil: none. And how many have ended since the start.
    public internal(set) var intervention: Intervention?
    public internal(set) var endedInterventions = 0
    /// Joule since the start, per line and direction.
    public internal(set) var energy = EnergyRegister()
    /// Since the start: blocks taken, frames taken, frames known to be lost, gaps, connections regained.
    public internal(set) var blocks: Int64 = 0
    public internal(set) var frames: Int64 = 0
    public internal(set) var framesLost: Int64 = 0
    public internal(set) var gaps: Int64 = 0
    public internal(set) var reconnects: Int64 = 0
    /// Highest RMS over one cycle since the start, ampere by line.
    public internal(set) var highestAmperes = SIMD3<Double>.zero
    /// Seconds in which the RMS over one cycle was above the main limit, by line.
    public internal(set) var secondsAboveMainLimit = SIMD3<Double>.zero
    /// Station-seconds that each `LimitReason` ruled, by its raw value; as many as there may ever be.
    var reasonSeconds = InlineArray<32, Double>(repeating: 0)

    /// Station-seconds during which limits were what they were for this reason.
    public func seconds(ruledBy reason: LimitReason) -> Double { reasonSeconds[Int(reason.rawValue)] }
}
