#if !ONE_MODULE
    import MeterDSP
#endif

/// A configuration of the meter and an input that brings out one thing it must do; the same on every processor.
public enum GoldenVector: Int, Sendable {
    case int16At50Hz
    case int16At60Hz
    /// 24 bits at the top of a 32-bit word, most significant byte first, as delta-sigma converters send them.
    case int24BigEndianAt50Hz
    case rogowskiAt50Hz
    case rogowskiInt24At60Hz
    /// 137 frames are lost in the middle.
    case gap
    /// From the middle on the current of L1 is ten times as large and leaves the converter's range.
    case clipping
    /// From the middle on the voltage of L2 is gone.
    case lostPhase
    /// Codes anywhere in 24 bits: nothing to synchronise to.
    case noise

    public var name: StaticString {
        switch self {
        case .int16At50Hz: "int16-50Hz"
        case .int16At60Hz: "int16-60Hz"
        case .int24BigEndianAt50Hz: "int24be-50Hz"
        case .rogowskiAt50Hz: "rogowski-50Hz"
        case .rogowskiInt24At60Hz: "rogowski-int24be-60Hz"
        case .gap: "gap"
        case .clipping: "clipping"
        case .lostPhase: "lost-phase"
        case .noise: "noise"
        }
    }

    /// Hertz.
    public var nominalHz: UInt32 { self == .int16At60Hz || self == .rogowskiInt24At60Hz ? 60 : 50 }
    /// The supply's true frequency, a little off the nominal one.
    public var millihertz: UInt32 { nominalHz == 50 ? 50_020 : 59_970 }
    /// 8000, 12 800 at 60 Hz.
    public var framesPerSecond: UInt32 { nominalHz == 50 ? 8000 : 12_800 }
    /// What it takes for the filters to settle and some whole windows to follow.
    public var seconds: UInt32 { 1 }
    /// 10 ms.
    public var framesPerBlock: UInt32 { framesPerSecond / 100 }
    /// How many blocks there are.
    public var blocks: UInt32 { framesPerSecond * seconds / framesPerBlock }

    var isInt24: Bool {
        self == .int24BigEndianAt50Hz || self == .rogowskiInt24At60Hz || self == .noise
    }
    var isRogowski: Bool { self == .rogowskiAt50Hz || self == .rogowskiInt24At60Hz }
    var lostFrames: UInt32 { self == .gap ? 137 : 0 }

    /// Bytes of a frame: seven channels, and two bytes of padding where samples have 16 bits.
    var frameBytes: Int { isInt24 ? 28 : 16 }

    /// The meter that measures this input.
    public var configuration: MeterConfiguration {
        let fullScale: Double = isInt24 ? 8_388_608 : 32_768
        var layout = FrameLayout(frameBytes: frameBytes)
        let format =
            isInt24
            ? SampleFormat(storageBits: 32, significantBits: 24, shift: 8, isBigEndian: true) ?? .int32 : .int16
        var lane = 0
        while lane < 7, let channel = MeterChannel(rawValue: lane) {
            layout[channel] = .init(byteOffset: lane * format.storageBytes, format: format)
            lane += 1
        }
        var configuration = MeterConfiguration(
            sampleRateHz: Double(framesPerSecond), nominalHz: Double(nominalHz), layout: layout,
            synchronisationThreshold: 23)
        lane = 0
        while lane < 7, let channel = MeterChannel(rawValue: lane) {
            var calibration = ChannelCalibration(scale: (lane < 3 ? 500 : 200) / fullScale)
            if isRogowski, lane >= 3, lane < 6 {
                // 200 A at 50 Hz and 0.45 µV per ampere and hertz make 4.5 mV.
                calibration = ChannelCalibration(
                    scale: 4.5e-3 / fullScale, sensor: .rogowski(voltsPerAmpereHertz: 0.45e-6))
            }
            configuration[calibrationOf: channel] = calibration
            lane += 1
        }
        return configuration
    }
}
