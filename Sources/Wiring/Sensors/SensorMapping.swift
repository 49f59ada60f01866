/// On which line each current sensor sits and which way round: one of 48.
public struct SensorMapping: Sendable, Equatable, BitwiseCopyable {
    /// 8 · permutation + a bit for each sensor that is reversed.
    let index: Int

    /// Every sensor on its own line, arrow to the consumers.
    public static var correct: SensorMapping { SensorMapping(index: 0) }

    /// Ways to place three sensors on three lines, times ways to turn them.
    static var count: Int { 48 }

    init(index: Int) { self.index = index }

    /// - Parameters:
    ///   - lines: the line, 0 to 2, that the sensor of input 0, 1, 2 is on; each line once.
    ///   - reversed: 1 where the sensor's arrow points to the supply.
    /// - Returns: nil where a line is missing.
    public init?(lines: SIMD3<Int>, reversed: SIMD3<Int> = .zero) {
        for permutation in 0..<6 {
            let candidate = SensorMapping(index: permutation * 8)
            guard candidate.line(ofSensor: 0) == lines[0], candidate.line(ofSensor: 1) == lines[1],
                candidate.line(ofSensor: 2) == lines[2]
            else { continue }
            index = permutation * 8 + (reversed[0] & 1) + (reversed[1] & 1) * 2 + (reversed[2] & 1) * 4
            return
        }
        return nil
    }

    /// The line, 0 to 2, that the sensor of input `sensor` (0 to 2) is on.
    public func line(ofSensor sensor: Int) -> Int {
        // Two bits for each sensor: identity, the three exchanges, the two shifts.
        let packed =
            switch index >> 3 {
            case 0: 0b10_01_00
            case 1: 0b01_10_00
            case 2: 0b10_00_01
            case 3: 0b00_01_10
            case 4: 0b00_10_01
            default: 0b01_00_10
            }
        return packed >> (2 * sensor) & 3
    }

    /// Whether the sensor of input `sensor` (0 to 2) points to the supply.
    public func isReversed(_ sensor: Int) -> Bool { index >> sensor & 1 == 1 }

    /// Sensors that are not on their own line.
    public var misplacedCount: Int {
        var count = 0
        for sensor in 0..<3 where line(ofSensor: sensor) != sensor { count += 1 }
        return count
    }
}
