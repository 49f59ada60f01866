/// What turns a channel's codes into volt or ampere.
public struct ChannelCalibration: Sendable, Equatable, BitwiseCopyable {
    /// What the channel's codes are proportional to.
    public enum Sensor: Sendable, Equatable, BitwiseCopyable {
        /// The quantity itself: voltage divider, current transformer, shunt.
        case direct
        /// The rate of change of the current: a Rogowski coil with this sensitivity in volt per ampere and hertz,
        /// for example 0.45e-6. Mutual inductance M = sensitivity / 2π.
        case rogowski(voltsPerAmpereHertz: Double)
    }

    /// Unit per code: volt, ampere, or volt at the coil's terminals for a Rogowski coil. Negative: reversed sensor.
    public var scale: Double
    /// Added after scaling, in the same unit. A constant part never enters RMS or power; it shows in the DC values.
    public var offset: Double
    public var sensor: Sensor

    public init(scale: Double, offset: Double = 0, sensor: Sensor = .direct) {
        self.scale = scale
        self.offset = offset
        self.sensor = sensor
    }

    /// One unit per code.
    public static let unity = ChannelCalibration(scale: 1)

    /// Volt per ampere and hertz of a Rogowski coil; nil for a direct sensor.
    var sensitivity: Double? {
        if case .rogowski(let volts) = sensor { volts } else { nil }
    }
}
