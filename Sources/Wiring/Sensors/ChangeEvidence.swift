import MeterDSP

/// What the angles of load changes say about the line that each sensor is on.
///
/// Most loads that switch are near PF 1. On a wrong line they appear 60° away (on and off are one): leading on one side,
/// which no common load does, lagging on the other, which looks like a motor. So a lead of 60° is proof, a lag of 60°
/// only a hint, and all hints of a sensor together count for little, however often motors start.
///
/// Changes of one size are taken to be the same appliance: they count once, as their mean.
struct ChangeEvidence: Sendable {
    private struct SizeClass: Sendable, BitwiseCopyable {
        var count = 0
        // For the two other lines, in nats against the sensor's own line.
        var proof = SIMD2<Double>.zero
        var hint = SIMD2<Double>.zero
    }

    private static var classes: Int { 16 }
    /// Each class reaches 30 % further than the one before.
    private static var ratio: Double { 1.3 }
    /// The latest so many changes of a class count: sensors that were put right are seen to be.
    private static var memory: Int { 4 }
    private static var highestHint: Double { 1.5 }

    private var table = InlineArray<48, SizeClass>(repeating: SizeClass())

    /// Adds a change that `sensor` saw.
    mutating func add(_ change: Phasor, sensor: Int, voltages: ThreePhasePhasors) {
        let place = sensor * Self.classes + Self.sizeClass(change.magnitude)
        var entry = table[place]
        entry.count = Swift.min(entry.count + 1, Self.memory)
        let own = Self.plausibility(folded(lagDegrees(change, behind: voltages[sensor])))
        for other in 0..<2 {
            let line = (sensor + 1 + other) % 3
            let gain = Self.plausibility(folded(lagDegrees(change, behind: voltages[line]))) - own
            let isHint = gain > 0 && own > Self.implausible
            let share = 1 / Double(entry.count)
            entry.proof[other] += ((isHint ? 0 : gain) - entry.proof[other]) * share
            entry.hint[other] += ((isHint ? gain : 0) - entry.hint[other]) * share
        }
        table[place] = entry
    }

    /// How much better `line` explains the sensor's changes than its own line does, in nats.
    func nats(sensor: Int, line: Int) -> Double {
        guard line != sensor else { return 0 }
        let other = (line - sensor + 2) % 3
        var proof = 0.0
        var hint = 0.0
        for place in sensor * Self.classes..<(sensor + 1) * Self.classes {
            proof += table[place].proof[other]
            hint += table[place].hint[other]
        }
        return proof + Swift.min(hint, Self.highestHint)
    }

    /// Sizes of change seen so far.
    func count(sensor: Int) -> Int {
        var count = 0
        for place in sensor * Self.classes..<(sensor + 1) * Self.classes where table[place].count > 0 { count += 1 }
        return count
    }

    private static func sizeClass(_ amperes: Double) -> Int {
        var place = 0
        var end = LoadChanges.smallestAmperes * ratio
        while amperes > end, place < classes - 1 {
            end *= ratio
            place += 1
        }
        return place
    }

    private static var implausible: Double { -8.2 }

    /// Logarithm of the probability per degree that a change appears at `lag`: 60 % of loads within some 9° of PF 1; a
    /// quarter motors and chokes, evenly to 88°; lamps and loads between two lines lead by up to 45°, capacitors by 90°;
    /// 5 % anything, because two loads may switch at a time.
    private static func plausibility(_ lag: Double) -> Double {
        let level = lag >= 0 && lag <= 88 ? -5.8 : (lag < 0 && lag >= -45) || lag < -78 || lag > 88 ? -6.1 : implausible
        return Swift.max(-3.4 - 0.5 * (lag / 9) * (lag / 9), level)
    }
}
