import MeterDSP

/// What the voltages say of the connection of L1, L2, L3 and N. Each fault must last two seconds to stand and as long to
/// go.
struct VoltageCheck: Sendable {
    private(set) var isRotationReversed = Lasting()
    /// By line.
    private(set) var isMissing = InlineArray<3, Lasting>(repeating: Lasting())
    private(set) var isNeutralMissing = Lasting()
    /// N and this line are exchanged.
    private(set) var isNeutralOnLine = InlineArray<3, Lasting>(repeating: Lasting())
    /// L1 and L2, L2 and L3, L3 and L1 carry the same voltage.
    private(set) var isSame = InlineArray<3, Lasting>(repeating: Lasting())
    private(set) var isNominalWrong = Lasting()
    /// Mean of the three, volt.
    private(set) var meanVolts = 0.0

    mutating func add(_ reading: WiringReading, nominalVolts: Double) {
        let u = reading.voltageRMS / nominalVolts
        let lines = reading.lineVoltageRMS / (nominalVolts * 1.7320508075688772)
        let highest = Swift.max(u[0], Swift.max(u[1], u[2]))
        let lowest = Swift.min(u[0], Swift.min(u[1], u[2]))
        let components = SymmetricalComponents(reading.voltages)
        let positive = components.positive.magnitude / nominalVolts
        let negative = components.negative.magnitude / nominalVolts
        isRotationReversed.note(lowest > 0.5 && negative > 0.5 && negative > 1.4 * positive)
        for line in 0..<3 {
            isMissing[line].note(u[line] < 0.4 && highest > 0.6)
            isNeutralOnLine[line].note(
                Self.isNear(u[line], 1) && Self.isNear(u[(line + 1) % 3], 1.732)
                    && Self.isNear(u[(line + 2) % 3], 1.732))
            let pair = reading.voltages[line] - reading.voltages[(line + 1) % 3]
            isSame[line].note(
                pair.magnitude < 0.15 * nominalVolts && u[line] > 0.5 && u[(line + 1) % 3] > 0.5)
        }
        // A building's unequal load shifts the star point by some 4 % at the most; the lines then keep their distances.
        let areLinesGood = Self.isNear(lines[0], 1) && Self.isNear(lines[1], 1) && Self.isNear(lines[2], 1)
        isNeutralMissing.note(areLinesGood && components.zero.magnitude > 0.12 * nominalVolts)
        meanVolts = (reading.voltageRMS[0] + reading.voltageRMS[1] + reading.voltageRMS[2]) / 3
        let mean = meanVolts / nominalVolts
        // EN 50160: +10 % and −15 % always.
        isNominalWrong.note(lowest > 0.9 * mean && highest < 1.1 * mean && mean > 0.2 && !(0.82...1.15).contains(mean))
    }

    private static func isNear(_ value: Double, _ wanted: Double) -> Bool { (value / wanted - 1).magnitude < 0.12 }
}

/// A condition that stands once it has held for two seconds, until it has not for two.
struct Lasting: Sendable, BitwiseCopyable {
    private static var readings: Int { 2 * WiringReading.perSecond }
    private var against = 0
    private(set) var stands = false

    mutating func note(_ holds: Bool) {
        against = holds == stands ? 0 : against + 1
        guard against >= Self.readings else { return }
        stands = holds
        against = 0
    }
}
