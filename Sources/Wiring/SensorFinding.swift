/// Something wrong with a voltage tap or a current sensor, with what to do.
public struct SensorFinding: Sendable, Equatable {
    /// What is wrong. Numbers are the inputs or lines 0, 1, 2 for L1, L2, L3.
    public enum Kind: Sendable, Equatable {
        /// The sensors are on these lines and this way round.
        case misplaced(SensorMapping)
        /// The sensor shows nothing though current flows.
        case open(Int)
        /// The sensor shows only this share (0 to 1) of the current.
        case readsTooLittle(Int, share: Double)
        /// The sensor gives a signal without the mains' frequency.
        case withoutMains(Int)
        /// The sum of the lines' currents is not the neutral's.
        case sumDiffersFromNeutral
        case rotationReversed
        case voltageMissing(Int)
        case neutralMissing
        /// N and a line are exchanged.
        case neutralOnLine(Int)
        /// Two taps are on the same line.
        case sameVoltage(Int, Int)
        /// The voltages are good, and not those of the settings.
        case nominalVoltageWrong(measured: Double, nominal: Double)
    }

    public var kind: Kind
    /// Probability that it is so, 0 to 1.
    public var confidence: Double

    /// A finding of this kind.
    public init(kind: Kind, confidence: Double) {
        self.kind = kind
        self.confidence = confidence
    }
}

extension SensorCheck {
    /// All that is wrong, worst first; empty: nothing was found. For people: this one makes an array.
    public func findings() -> [SensorFinding] {
        var findings: [SensorFinding] = []
        func add(_ kind: SensorFinding.Kind, _ confidence: Double) {
            findings.append(SensorFinding(kind: kind, confidence: confidence))
        }
        if voltages.isNeutralMissing.stands { add(.neutralMissing, 0.99) }
        var isNeutralElsewhere = false
        for line in 0..<3 where voltages.isNeutralOnLine[line].stands {
            isNeutralElsewhere = true
            add(.neutralOnLine(line), 0.99)
        }
        for line in 0..<3 where voltages.isMissing[line].stands { add(.voltageMissing(line), 0.999) }
        for line in 0..<3 where voltages.isSame[line].stands { add(.sameVoltage(line, (line + 1) % 3), 0.999) }
        if voltages.isNominalWrong.stands, !isNeutralElsewhere {
            add(.nominalVoltageWrong(measured: voltages.meanVolts, nominal: site.nominalVolts), 0.99)
        }
        if voltages.isRotationReversed.stands { add(.rotationReversed, 0.999) }
        let verdict = mapping
        let isMisplaced = verdict.isKnown && verdict.mapping != .correct
        if isMisplaced { add(.misplaced(verdict.mapping), verdict.confidence) }
        for sensor in 0..<3 {
            if let (kind, confidence) = signalFault(sensor) { add(kind, confidence) }
        }
        // Reversed and misplaced sensors spoil the sum too: first things first.
        if signals.isSumWrong, !isMisplaced, !findings.contains(where: { $0.isOfSignal }) {
            add(.sumDiffersFromNeutral, 0.9)
        }
        return findings
    }

    /// Changes of the cars until a missing share is told: by chance another load hides one, not four.
    private static var lowCountsFrom: Double { 4 }

    private func signalFault(_ sensor: Int) -> (SensorFinding.Kind, Double)? {
        if signals.isWithoutMains(sensor) { return (.withoutMains(sensor), 0.95) }
        if signals.isProvenOpen(sensor) { return (.open(sensor), 0.95) }
        guard cars.lowCounts[sensor] >= Self.lowCountsFrom else { return nil }
        let share = cars.shares[sensor]
        return share < 0.1 ? (.open(sensor), 0.99) : share < 0.75 ? (.readsTooLittle(sensor, share: share), 0.97) : nil
    }

    /// The sensor, 0 to 2, has shown nothing for a minute while another line carries current: an empty line, or an open
    /// sensor. No finding: a line may be empty.
    public func isSilent(_ sensor: Int) -> Bool { signals.isSilent(sensor) }
}

extension SensorFinding {
    fileprivate var isOfSignal: Bool {
        switch kind {
        case .open, .readsTooLittle, .withoutMains: true
        default: false
        }
    }
}
