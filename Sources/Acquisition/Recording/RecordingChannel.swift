/// One channel of a recording. Physical value = code × scale + offset, in ``unit``.
public struct RecordingChannel: Sendable, Equatable {
    /// Unique in the recording.
    public var name: String
    /// As the sidecar writes it: `V`, `kV`, `A`, ...
    public var unit: String
    /// Units per code as ``Recording/withFrames(_:_:)`` lends it. Finite, not 0.
    public var scale: Double
    /// In units. Finite.
    public var offset: Double
    /// `A`, `B`, `C` or `N`, where the sidecar says.
    public var phase: String?
    /// How much later than the frame this channel was sampled, in seconds; 0 where the sidecar says nothing.
    public var skewSeconds: Double

    public init(
        name: String, unit: String, scale: Double, offset: Double, phase: String? = nil, skewSeconds: Double = 0
    ) {
        self.name = name
        self.unit = unit
        self.scale = scale
        self.offset = offset
        self.phase = phase
        self.skewSeconds = skewSeconds
    }

    /// Volts or amperes in one ``unit``; nil for a unit that is neither.
    public var baseUnitsPerUnit: Double? {
        switch unit {
        case "V", "A": 1
        case "kV", "kA": 1000
        case "mV", "mA": 0.001
        default: nil
        }
    }

    /// Scale per code and offset in volts or amperes; nil for a unit that is neither.
    public var calibration: (scale: Double, offset: Double)? {
        baseUnitsPerUnit.map { (scale * $0, offset * $0) }
    }
}
