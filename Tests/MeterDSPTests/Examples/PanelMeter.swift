import MeterDSP

// The article ThreePhasePanel shows what stands between the two marks; DocumentationTests compares them.
// snippet-begin
/// Watches a three-phase panel: over-current within a half cycle, dips and swells, IEEE 1459 quantities each window,
/// values of 10 minutes.
struct PanelMeter: ~Copyable {
    private var meter: Meter
    private var detector: VoltageEventDetector
    private var aggregator = Aggregator()
    private let fuseAmperes: Double

    /// Half cycles in which a phase drew more than the fuse carries.
    private(set) var overcurrents = 0
    private(set) var voltageEvents: [VoltageEvent] = []
    private(set) var tenMinutes: [AggregatedReading] = []
    private(set) var quantities: ThreePhaseQuantities?
    private(set) var rotation = PhaseRotation.undetermined
    private var eventInWindow = false

    /// - Parameter configuration: with three voltages and three currents.
    init(_ configuration: MeterConfiguration, fuseAmperes: Double) throws {
        let thresholds = VoltageEventThresholds(declaredVoltage: 230)
        let detector = try VoltageEventDetector(
            thresholds, phases: .all, sampleRateHz: configuration.sampleRateHz, nominalHz: configuration.nominalHz)
        let meter = try Meter(configuration)
        self.meter = meter
        self.detector = detector
        self.fuseAmperes = fuseAmperes
    }

    /// - Parameter startClockSeconds: what the clock (UTC) showed at frame 0.
    mutating func take(_ block: RawSpan, startClockSeconds: Double) {
        var cursor = 0
        while let event = meter.advance(through: block, from: &cursor) {
            switch event {
            case .halfCycle: takeHalfCycle(meter.halfCycle)
            case .window: takeWindow(meter.window, startClockSeconds)
            }
        }
    }

    private mutating func takeHalfCycle(_ reading: HalfCycleReading) {
        // A reading that says nothing reliable is not a low current.
        let isUsable = reading.flags.isDisjoint(with: .unusable)
        if !isUsable || reading.halfCycleCurrentRMS.max() > fuseAmperes { overcurrents += 1 }
        detector.add(reading)
        while let event = detector.nextEnded() { voltageEvents.append(event) }
        if detector.isRunning { eventInWindow = true }
    }

    private mutating func takeWindow(_ window: WindowReading, _ startClockSeconds: Double) {
        quantities = window.threePhase(.fourWire)
        let components = quantities?.voltageComponents
        if let components { rotation = PhaseRotation(components, minimumRMS: 23) }
        let input = AggregationInput(
            window, negativeUnbalance: components?.negativeUnbalance, zeroUnbalance: components?.zeroUnbalance,
            isFlagged: eventInWindow)
        eventInWindow = detector.isRunning
        let start = startClockSeconds + window.firstFrame / meter.sampleRateHz
        let ended = aggregator.add(
            input, startClockSeconds: start, endClockSeconds: start + window.frames / meter.sampleRateHz)
        if let reading = ended?.tenMinutes { tenMinutes.append(reading) }
    }
}
// snippet-end
