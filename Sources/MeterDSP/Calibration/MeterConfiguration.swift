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
            if channel.rawValue < 6 { phaseChannels += 1 }
        }
        guard phaseChannels > 0 else { throw .noChannel }
    }
}
