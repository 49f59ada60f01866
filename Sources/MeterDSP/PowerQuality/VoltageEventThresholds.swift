/// When a cycle's RMS makes an event.
public struct VoltageEventThresholds: Sendable, Equatable, BitwiseCopyable {
    /// U_din: the voltage that all thresholds are percent of, in the unit of the readings: volt, or kilovolt where those
    /// are in kilovolt. 0.001 to 1e6.
    public var declaredVoltage: Double
    /// A dip starts below it.
    public var dipPercent: Double
    /// A swell starts above it.
    public var swellPercent: Double
    /// An interruption starts below it.
    public var interruptionPercent: Double
    /// An event ends this far back from its threshold.
    public var hysteresisPercent: Double

    /// Thresholds as EN 50160 and IEC 61000-4-30 know them unless others are agreed.
    public init(
        declaredVoltage: Double, dipPercent: Double = 90, swellPercent: Double = 110,
        interruptionPercent: Double = 5, hysteresisPercent: Double = 2
    ) {
        self.declaredVoltage = declaredVoltage
        self.dipPercent = dipPercent
        self.swellPercent = swellPercent
        self.interruptionPercent = interruptionPercent
        self.hysteresisPercent = hysteresisPercent
    }

    /// Why thresholds make no sense.
    public enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// `declaredVoltage` is not within 0.001 to 1e6: set the voltage between phase and neutral, such as 230.
        case declaredVoltage
        /// Not 0 < interruption < dip < 100 < swell ≤ 1000 percent, or no number.
        case order
        /// Negative, or a dip's end would lie above 100 % or above a swell's end, or an interruption's above a dip's.
        case hysteresis
        /// The sample rate is not above 0, or the nominal frequency not within 40 to 70 Hz.
        case timing
        /// No phase to watch.
        case phases

        /// What is wrong and what to set instead, in one line.
        public var description: String {
            switch self {
            case .declaredVoltage: "declaredVoltage: set 0.001 to 1e6, phase to neutral, for example 230"
            case .order: "percent: set 0 < interruption < dip < 100 < swell <= 1000, for example 5, 90, 110"
            case .hysteresis:
                "hysteresisPercent: set 0 or more, and events that end short of 100 % and of each other; 2 is usual"
            case .timing: "sampleRateHz must be above 0, nominalHz within 40 to 70: set those of the meter"
            case .phases: "phases: name one phase or more that has a voltage input"
            }
        }
    }

    func check() throws(Failure) {
        guard declaredVoltage >= 1e-3, declaredVoltage <= 1e6 else { throw .declaredVoltage }
        guard interruptionPercent > 0, interruptionPercent < dipPercent, dipPercent < 100, swellPercent > 100,
            swellPercent <= 1000
        else { throw .order }
        guard hysteresisPercent >= 0, dipPercent + hysteresisPercent <= swellPercent - hysteresisPercent,
            dipPercent + hysteresisPercent <= 100, interruptionPercent + hysteresisPercent <= dipPercent
        else { throw .hysteresis }
    }

    @_noAllocation @_noLocks
    func isBeyond(_ kind: VoltageEvent.Kind, _ rms: Double) -> Bool {
        switch kind {
        case .dip: rms < declaredVoltage * dipPercent / 100
        case .swell: rms > declaredVoltage * swellPercent / 100
        case .interruption: rms < declaredVoltage * interruptionPercent / 100
        }
    }

    @_noAllocation @_noLocks
    func isBack(_ kind: VoltageEvent.Kind, _ rms: Double) -> Bool {
        switch kind {
        case .dip: rms >= declaredVoltage * (dipPercent + hysteresisPercent) / 100
        case .swell: rms <= declaredVoltage * (swellPercent - hysteresisPercent) / 100
        case .interruption: rms >= declaredVoltage * (interruptionPercent + hysteresisPercent) / 100
        }
    }
}
