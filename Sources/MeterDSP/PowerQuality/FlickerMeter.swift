/// A flickermeter of IEC 61000-4-15 for one phase: samples of the voltage in, P_inst, P_st out.
///
/// ```swift
/// for sample in block { flicker.add(volts: sample) }
/// if tenMinutesAreOver { record(flicker.closeInterval()) }
/// ```
///
/// It squares at the rate of the samples, takes means down to 1 to 2 kHz, and filters there. A value of fixed size
/// (7 KB) that allocates nothing: fit for the real-time thread.
public struct FlickerMeter: Sendable, BitwiseCopyable {
    /// Why there is no flickermeter.
    public enum Failure: Error, Equatable, CustomStringConvertible {
        /// Not within 1 to 1000 kHz.
        case sampleRate(hertz: Double)
        /// Not above 0 V.
        case declaredVoltage(volts: Double)

        public var description: String {
            switch self {
            case .sampleRate(let hertz):
                "flickermeter: a sample rate of \(hertz) Hz; give the voltage at 1000 to 1000000 samples per second"
            case .declaredVoltage(let volts):
                "flickermeter: a declared voltage of \(volts) V; give that of the supply, such as 230"
            }
        }
    }

    /// From a start, or from ``restart()``, until values are classified, seconds.
    public static var settlingSeconds: Double { @_noAllocation @_noLocks get { 20 } }

    /// The time constant by which the level is followed: 10 to 90 % of a step in one minute.
    private static var adaptionSeconds: Double { 27.3 }
    /// The mean square of so much signal is the first level.
    private static var learningSeconds: Double { 1 }

    /// P_inst, the sensation of this moment; 1: just seen. 0 while the meter settles.
    public private(set) var sensation = 0.0
    /// True for ``settlingSeconds`` from a start on: what is seen in that time is not classified.
    public var isSettling: Bool { @_noAllocation @_noLocks get { steps < settledAt } }

    private let groupSamples: Int
    private let stepHz: Double
    private let adaptionSteps: Int
    private let learningSteps: Int
    private let settledAt: Int
    /// Volt², below which there is no supply to flicker.
    private let least: Double

    private var groupSum = 0.0
    private var groupCount = 0
    /// The mean square to which the signal is related, volt².
    private var level = 0.0
    /// Since the start; no more than `adaptionSteps`.
    private var steps = 0
    private var filters: FlickerFilters
    private var classes = FlickerClasses()
    private var isFlagged = true

    /// - Parameters:
    ///   - sampleRateHz: of the samples of ``add(volts:)``: 1 kHz or more, without what lies above half of it; any
    ///     rate gives the same result.
    ///   - declaredVolts: U_din of the phase; it only tells a supply from none.
    public init(sampleRateHz: Double, declaredVolts: Double, lamp: FlickerLamp) throws(Failure) {
        guard sampleRateHz >= 1000, sampleRateHz <= 1_000_000 else { throw .sampleRate(hertz: sampleRateHz) }
        guard declaredVolts > 0, declaredVolts <= 1e6 else { throw .declaredVoltage(volts: declaredVolts) }
        groupSamples = Int(sampleRateHz / 1000)
        stepHz = sampleRateHz / Double(groupSamples)
        adaptionSteps = Int(Self.adaptionSeconds * stepHz)
        learningSteps = Int(Self.learningSeconds * stepHz)
        settledAt = Int(Self.settlingSeconds * stepHz)
        least = declaredVolts * declaredVolts / 100
        filters = FlickerFilters(lamp, rateHz: stepHz)
    }

    /// Takes the next sample, volt. One that is no number, or beyond ±10 MV, is left out and flags the interval.
    @_noAllocation @_noLocks
    public mutating func add(volts: Double) {
        guard volts.magnitude <= 1e7 else {
            isFlagged = true
            return
        }
        groupSum += volts * volts
        groupCount += 1
        guard groupCount == groupSamples else { return }
        step(groupSum / Double(groupSamples))
        groupSum = 0
        groupCount = 0
    }

    /// Ends the interval, at the clock's ten minutes, and begins the next.
    @_noAllocation @_noLocks
    public mutating func closeInterval() -> FlickerReading {
        let reading = FlickerReading(
            shortTermSeverity: classes.severity(), maximumSensation: classes.maximum,
            seconds: Double(classes.count) / stepHz, isFlagged: isFlagged)
        classes.clear()
        isFlagged = isSettling
        return reading
    }

    /// Flags the running interval: a dip, swell or interruption touches it (IEC 61000-4-30).
    @_noAllocation @_noLocks
    public mutating func flag() { isFlagged = true }

    /// After lost samples: flags the running interval and settles anew. What was classified stays.
    @_noAllocation @_noLocks
    public mutating func restart() {
        isFlagged = true
        groupSum = 0
        groupCount = 0
        level = 0
        steps = 0
        sensation = 0
        filters.restart()
    }

    /// Takes the mean square of the next millisecond or so.
    @_noAllocation @_noLocks
    private mutating func step(_ square: Double) {
        // The mean of all so far, until that is as slow as the level's own following: a start in the middle of a
        // fluctuation leaves nothing behind.
        if steps < adaptionSteps { steps += 1 }
        level += (square - level) / Double(steps)
        guard steps > learningSteps else { return }
        if level < least { isFlagged = true }
        let seen = filters.filter(square / (level < least ? least : level))
        guard steps >= settledAt else { return }
        sensation = seen
        classes.add(seen)
    }
}
