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
    /// By how much the channel's signal is late against the others, second; negative: early. Sensor and filter add to
    /// it; a converter that takes the channel later than the others takes away from it by as much: its sample shows what
    /// the others show only then. 0.001° at 50 Hz is 55.6 ns. Made up for at all harmonics.
    public var delaySeconds = 0.0
    /// Order of the converter's sinc filter whose first zero lies at the sample rate: 3 for the ΔΣ converters of most
    /// meters, 0 for converters without droop.
    public var sincOrder = 0
    /// Relative change of the sensor's sensitivity per kelvin, for example 30e-6; see ``Meter/temperatureCelsius``.
    public var temperatureCoefficient = 0.0
    /// The errors of a current transformer as its certificate gives them; empty: none.
    public var transformer = TransformerErrors()

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
