import MeterDSP

/// Finds out whether the voltage taps and current sensors are connected as they should be, from what the meter reads.
///
/// Add every window; the longer it listens the more it can tell. It never takes long thought: O(1) per reading, no heap
/// after `init`. It only claims what a correct installation cannot show; how often it errs is stated in the README.
public struct SensorCheck: Sendable {
    /// What must be known of the site.
    public struct Site: Sendable, BitwiseCopyable {
        /// Between line and neutral, volt, above 0.
        public var nominalVolts: Double
        /// Photovoltaics, battery or other plant may feed in. Power towards the supply is then no fault.
        public var mayFeedIn: Bool

        /// A site of these properties.
        public init(nominalVolts: Double, mayFeedIn: Bool) {
            self.nominalVolts = nominalVolts
            self.mayFeedIn = mayFeedIn
        }
    }

    let site: Site
    private(set) var voltages = VoltageCheck()
    private(set) var signals = SignalCheck()
    private(set) var changes = ChangeEvidence()
    private(set) var levels = LevelEvidence()
    private(set) var cars = CarEvidence()
    private(set) var judge = MappingJudge()
    private(set) var count = 0
    private(set) var highestAmperes = SIMD3<Double>.zero
    private(set) var hasVoltages = false
    private var detector = LoadChanges()

    /// A check that has seen nothing.
    ///
    /// - Precondition: `nominalVolts` is above 0.
    public init(_ site: Site) {
        precondition(site.nominalVolts > 0)
        self.site = site
    }

    /// Adds the next reading, in order of time.
    public mutating func add(_ reading: WiringReading) {
        count += 1
        voltages.add(reading, nominalVolts: site.nominalVolts)
        signals.add(reading)
        highestAmperes.replace(with: reading.currentRMS, where: reading.currentRMS .> highestAmperes)
        guard let turned = TurnedReading(reading, nominalVolts: site.nominalVolts) else {
            hasVoltages = false
            return restart()
        }
        hasVoltages = true
        let change = detector.add(turned.currents)
        for sensor in 0..<3 where change[sensor].squaredMagnitude > 0 {
            changes.add(change[sensor], sensor: sensor, voltages: turned.voltages)
        }
        if !site.mayFeedIn { levels.add(turned) }
        if let drawn = reading.drawnAmperes { cars.add(turned, drawn: drawn) } else { cars.restart() }
        // Once a second: evidence grows slowly.
        if count % WiringReading.perSecond == 0 { judge.weigh(changes, levels, cars) }
    }

    /// Says that a reading is missing: what comes next is not compared with what came before.
    public mutating func markGap() { restart() }

    private mutating func restart() {
        detector.restart()
        cars.restart()
    }

    /// Where the sensors are, as far as is known.
    public var mapping: MappingVerdict {
        let doubt = doubt
        return MappingVerdict(
            mapping: judge.best, confidence: judge.confidence, isKnown: doubt == nil, doubt: doubt)
    }

    /// Why it cannot be told where the sensors are; nil: it can.
    private var doubt: MappingVerdict.Doubt? {
        guard hasVoltages else { return .voltageMissing }
        // A fault is told as soon as it is certain; that all is well only once every sensor has shown it.
        if judge.isTold, judge.best != .correct { return nil }
        for sensor in 0..<3 where highestAmperes[sensor] < LevelEvidence.smallestAmperes { return .loadTooSmall }
        for sensor in 0..<3 where changes.count(sensor: sensor) < 2 && !cars.isComplete(sensor: sensor) {
            return .noChanges
        }
        if judge.isTold { return nil }
        return site.mayFeedIn ? .directionHidden : .ambiguous
    }
}
