/// Everything a ``Meter`` must know before the first frame.
public struct MeterConfiguration: Sendable {
    /// Frames per second, more than 6 per cycle of `nominalHz`.
    public var sampleRateHz: Double
    /// 50 or 60: windows then hold 10 or 12 cycles (IEC 61000-4-30).
    public var nominalHz: Double
    public var layout: FrameLayout
    /// The RMS, in the unit of the synchronising channels, below which a channel gives no cycles. With no channel
    /// above it the meter goes on with virtual cycles of the nominal length and flags its readings.
    public var synchronisationThreshold: Double
    private var calibrations: InlineArray<8, ChannelCalibration>

    /// - Parameter synchronisationThreshold: for a 230 V system 23 V, a tenth, is usual.
    public init(
        sampleRateHz: Double, nominalHz: Double, layout: FrameLayout, synchronisationThreshold: Double
    ) {
        self.sampleRateHz = sampleRateHz
        self.nominalHz = nominalHz
        self.layout = layout
        self.synchronisationThreshold = synchronisationThreshold
        calibrations = InlineArray(repeating: .unity)
    }

    /// The calibration of `channel`; `unity` until set.
    public subscript(calibrationOf channel: MeterChannel) -> ChannelCalibration {
        get { calibrations[channel.rawValue] }
        set { calibrations[channel.rawValue] = newValue }
    }

    /// Why a configuration cannot be measured with.
    public enum Failure: Error, Sendable, Equatable {
        /// `nominalHz` is not within 40 to 70 Hz.
        case nominalFrequency
        /// The sample rate is not finite or below 6 frames per nominal cycle, or above 1 MHz.
        case sampleRate
        /// The layout has neither a phase voltage nor a phase current.
        case noChannel
        /// A scale is zero, infinite or no number, or a coil's sensitivity is not positive.
        case calibration(MeterChannel)
        /// A delay is no number or longer than 64 frames.
        case delay(MeterChannel)
        /// A sinc filter's order is not within 0 to 5.
        case sincOrder(MeterChannel)
        /// A temperature coefficient is no number or above 1 % per kelvin.
        case temperatureCoefficient(MeterChannel)
        /// The threshold is negative, infinite or no number.
        case synchronisationThreshold
    }

    func check() throws(Failure) {
        guard nominalHz >= 40, nominalHz <= 70 else { throw .nominalFrequency }
        guard sampleRateHz.isFinite, sampleRateHz >= 6 * nominalHz, sampleRateHz <= 1e6 else { throw .sampleRate }
        guard synchronisationThreshold.isFinite, synchronisationThreshold >= 0 else { throw .synchronisationThreshold }
        var phaseChannels = 0
        for channel in MeterChannel.allCases where layout[channel] != nil {
            let calibration = self[calibrationOf: channel]
            guard calibration.scale.isFinite, calibration.scale != 0, calibration.offset.isFinite else {
                throw .calibration(channel)
            }
            if let sensitivity = calibration.sensitivity, !(sensitivity.isFinite && sensitivity > 0) {
                throw .calibration(channel)
            }
            guard (calibration.delaySeconds * sampleRateHz).magnitude <= 64 else { throw .delay(channel) }
            guard (0...5).contains(calibration.sincOrder) else { throw .sincOrder(channel) }
            guard calibration.temperatureCoefficient.magnitude <= 0.01 else { throw .temperatureCoefficient(channel) }
            if channel.rawValue < 6 { phaseChannels += 1 }
        }
        guard phaseChannels > 0 else { throw .noChannel }
    }
}

/// What of a configuration is looked at each half cycle: a configuration is large, and read through a meter copied whole.
struct MeterConstants: BitwiseCopyable {
    let sampleRateHz: Double
    let synchronisationThreshold: Double
    /// In frames: a half cycle shorter than this was cut short.
    let shortestHalfCycle: Double
    let halfCyclesInWindow: Int
    /// By how many frames a phase's own cut may lie before the half cycle of all in which it counts, at least.
    let reachBack: Double

    init(_ configuration: MeterConfiguration) {
        sampleRateHz = configuration.sampleRateHz
        synchronisationThreshold = configuration.synchronisationThreshold
        shortestHalfCycle = 0.75 * configuration.sampleRateHz / configuration.nominalHz / 2
        reachBack = 0.2 * configuration.sampleRateHz / configuration.nominalHz / 2
        halfCyclesInWindow = configuration.nominalHz < 55 ? 20 : 24
    }
}
