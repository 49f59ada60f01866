import Allocation

/// What is known of the lines on which a station's car draws.
public struct StationPhases: Sendable, Equatable, BitwiseCopyable {
    /// The likeliest.
    public var lines: PhaseSet
    /// How sure that is, 0 to 1: 0.99 is wrong less often than once in a thousand (measured, see the README).
    public var confidence: Double
    /// Steps that told something.
    public var stepCount: Int
    /// The line of the station's own L1, where a single-phase car has shown it.
    public var firstLine: Phase?

    /// Confidence from which on it is known.
    public static var knownFrom: Double { 0.99 }

    /// Three steps at least, and a confidence of 0.99: one step alone may be a coincidence.
    public var isKnown: Bool { confidence >= Self.knownFrom && stepCount >= 3 }

    /// Phases that the car uses, 1 to 3; nil: not known.
    public var phaseCount: Int? { isKnown ? lines.rawValue.nonzeroBitCount : nil }

    /// The lines on which the station has to be counted: all until it is known.
    public var countedLines: PhaseSet { isKnown ? lines : PhaseSet(rawValue: 0b111) }
}
