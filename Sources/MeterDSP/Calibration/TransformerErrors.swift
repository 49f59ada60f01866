/// Ratio and phase error of a current transformer by current, as its certificate or a calibration bench gives them.
///
/// Between two points both run along a straight line over the current; below the first and above the last they stay.
/// A transformer's phase error comes from its magnetising current, which hardly flows at the harmonics' higher
/// impedance: it is taken off the fundamental alone.
public struct TransformerErrors: Sendable, Equatable, BitwiseCopyable {
    /// Most points.
    public static let capacity = 8

    /// A point of the certificate.
    public struct Point: Sendable, Equatable, BitwiseCopyable {
        /// RMS of the primary current.
        public var amperes: Double
        /// By how much the transformer shows too much.
        public var ratioErrorPercent: Double
        /// By how much its output leads.
        public var phaseDegrees: Double
    }

    private var amperes = SIMD8<Double>.zero
    private var percents = SIMD8<Double>.zero
    private var degrees = SIMD8<Double>.zero
    /// Number of points.
    public private(set) var count = 0

    /// Without errors.
    public init() {}

    /// Adds a point.
    ///
    /// - Parameters:
    ///   - amperes: RMS of the primary current, above that of the point before.
    ///   - ratioErrorPercent: by how much the transformer shows too much, above −50 and below 50.
    ///   - phaseDegrees: by how much its output leads, within ±10.
    /// - Returns: false, and nothing is added, where a value is out of its range or there are `capacity` points.
    public mutating func add(amperes current: Double, ratioErrorPercent: Double, phaseDegrees: Double) -> Bool {
        guard count < Self.capacity, current.isFinite, current >= 0, count == 0 || current > amperes[count - 1],
            ratioErrorPercent.magnitude < 50, phaseDegrees.magnitude <= 10
        else { return false }
        amperes[count] = current
        percents[count] = ratioErrorPercent
        degrees[count] = phaseDegrees
        count += 1
        return true
    }

    /// The points in the order in which they were added.
    public var points: [Point] {
        (0..<count).map {
            Point(amperes: amperes[$0], ratioErrorPercent: percents[$0], phaseDegrees: degrees[$0])
        }
    }

    /// Whether there is nothing to correct.
    var isEmpty: Bool { @_noAllocation @_noLocks get { count == 0 } }

    /// The errors at `current` ampere: the ratio's as a share, the phase's in radians.
    @_noAllocation @_noLocks
    func at(_ current: Double) -> (ratio: Double, radians: Double) {
        guard count > 0 else { return (0, 0) }
        var upper = 0
        while upper < count, amperes[upper] < current { upper += 1 }
        let percent = 0.01
        let degree = Double.pi / 180
        guard upper > 0 else { return (percents[0] * percent, degrees[0] * degree) }
        guard upper < count else { return (percents[count - 1] * percent, degrees[count - 1] * degree) }
        let share = (current - amperes[upper - 1]) / (amperes[upper] - amperes[upper - 1])
        return (
            (percents[upper - 1] + share * (percents[upper] - percents[upper - 1])) * percent,
            (degrees[upper - 1] + share * (degrees[upper] - degrees[upper - 1])) * degree
        )
    }
}
