/// One channel of a recording. Physical value = code × scale + offset, in ``unit``.
public struct RecordingChannel: Sendable, Equatable {
    /// Unique in the recording.
    public var name: String
    /// As the recording writes it: `V`, `kV`, `A`, ...
    public var unit: String
    /// Units per code as ``Recording/withFrames(_:_:)`` lends it. Finite, not 0.
    public var scale: Double
    /// In units. Finite.
    public var offset: Double
    /// `A`, `B`, `C` or `N`, where the recording says. COMTRADE: `L1`, `L2`, `L3` and small letters are brought to
    /// these; another text stays as it is.
    public var phase: String?
    /// How much later than the frame this channel was sampled, in seconds; 0 where the recording says nothing.
    public var skewSeconds: Double
    /// The recorder's own lowest and highest code, as lent, where the recording says (COMTRADE min and max). Values
    /// are not held against it: recorders write here what they like.
    public var codeRange: ClosedRange<Double>?
    /// The instrument transformer before the recorder, where the recording says. Never applied: ``scale`` and
    /// ``offset`` give the values on the side that ``TransformerRatio/valuesSide`` names.
    public var transformer: TransformerRatio?

    public init(
        name: String, unit: String, scale: Double, offset: Double, phase: String? = nil, skewSeconds: Double = 0,
        codeRange: ClosedRange<Double>? = nil, transformer: TransformerRatio? = nil
    ) {
        self.name = name
        self.unit = unit
        self.scale = scale
        self.offset = offset
        self.phase = phase
        self.skewSeconds = skewSeconds
        self.codeRange = codeRange
        self.transformer = transformer
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

/// A voltage or current transformer's ratio and the side that recorded values belong to (COMTRADE primary,
/// secondary and PS).
public struct TransformerRatio: Sendable, Equatable {
    /// A side of the transformer.
    public enum Side: String, Sendable { case primary, secondary }

    /// Rated value of the primary side, above 0; 1 to 1 where there is no transformer.
    public var primary: Double
    /// Rated value of the secondary side, above 0.
    public var secondary: Double
    /// The side on which the recorded values are.
    public var valuesSide: Side

    public init(primary: Double, secondary: Double, valuesSide: Side) {
        self.primary = primary
        self.secondary = secondary
        self.valuesSide = valuesSide
    }
}
