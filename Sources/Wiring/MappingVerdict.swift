/// What is known of where the sensors are.
public struct MappingVerdict: Sendable, Equatable, BitwiseCopyable {
    /// The likeliest.
    public var mapping: SensorMapping
    /// Its probability, 0 to 1.
    public var confidence: Double
    /// Whether that is enough to act on: 0.999 for a fault; 0.99 and a say of every sensor for that all is well.
    public var isKnown: Bool
    /// What is missing; nil where it is known.
    public var doubt: Doubt?

    /// Why it cannot be told.
    public enum Doubt: UInt8, Sendable, CaseIterable, BitwiseCopyable {
        /// Not every line has its voltage.
        case voltageMissing
        /// A line has carried less than 0.3 A so far.
        case loadTooSmall
        /// Too few loads have switched on a line.
        case noChanges
        /// The building may feed in, so that the direction shows only when a car charges.
        case directionHidden
        /// What was seen fits more than one way.
        case ambiguous
    }
}
