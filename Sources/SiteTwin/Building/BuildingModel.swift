import Glibc

/// The building: household, photovoltaic plant, extra loads, stations and their cars. Pure and deterministic:
/// its time is a count of frames, its only input the limits that the stations are given.
struct BuildingModel: Sendable {
    /// Frames of one step: a millisecond or less. Within a step amplitudes go in a straight line.
    let stepFrames: Int
    let rate: Double
    /// The first frame of the next step.
    private(set) var frame: Int64 = 0
    private(set) var mains: Mains
    var chargePoints: [ChargePoint]
    /// RMS amperes at [kind · 3 + phase] at the end of the last step.
    private(set) var amplitudes: [Double]
    private var slowAmplitudes: [Double]
    private var appliances: [RunningAppliance]
    /// The extra loads that are on or lie ahead.
    private var steps: [ScheduledStep]
    private var random: RandomSource
    private let options: TwinOptions
    private let tables: WaveTables
    private var stepsUntilSlow = 0
    private var clouds = 0.3

    /// Steps between two looks at appliances, stations and cars: 20 ms.
    private static let slowSteps = 20

    /// - Parameter chargePoints: the stations; nil: the kinds in turns.
    init(options: TwinOptions, tables: WaveTables, chargePoints: [ChargePoint]? = nil) {
        self.options = options
        self.tables = tables
        rate = Double(options.sampleRateHz)
        stepFrames = max(1, options.sampleRateHz / 1000)
        var random = RandomSource(seed: options.seed, stream: 0)
        mains = Mains(nominalHz: options.nominalHz, nominalVolts: options.nominalVolts, random: &random)
        appliances = []
        for appliance in options.appliances { appliances.append(RunningAppliance(appliance, random: &random)) }
        self.random = random
        steps = options.steps
        self.chargePoints = chargePoints ?? Self.makeChargePoints(options)
        amplitudes = Array(repeating: 0, count: LoadKind.allCases.count * 3)
        slowAmplitudes = amplitudes
    }

    /// Seconds after the start at the beginning of the next step.
    var seconds: Double { Double(frame) / rate }

    /// What one step did.
    struct StepResult {
        var wave: WaveformSynthesiser.Step
        /// U1 began a new cycle within this step.
        var endsCycle: Bool
    }

    /// Goes on by one step.
    mutating func advance() -> StepResult {
        let now = seconds
        if stepsUntilSlow == 0 {
            stepsUntilSlow = Self.slowSteps
            advanceSlowly(to: now)
        }
        stepsUntilSlow -= 1
        let before = amplitudes
        amplitudes = slowAmplitudes
        for step in steps where isActive(step, at: now) {
            amplitudes[LoadKind.resistive.rawValue * 3 + step.phase] += step.amperes
        }
        let wave = WaveformSynthesiser.Step(
            phase: mains.phase, phaseIncrement: mains.hertz / rate, volts: mains.volts, before: before,
            after: amplitudes, frameCount: stepFrames, firstFrame: frame)
        frame += Int64(stepFrames)
        return StepResult(wave: wave, endsCycle: mains.advance(frames: stepFrames, rate: rate))
    }

    /// Another extra load.
    mutating func add(_ step: ScheduledStep) {
        let now = seconds
        steps.removeAll { $0.atSeconds + $0.seconds < now }
        steps.append(step)
    }

    func isActive(_ step: ScheduledStep, at seconds: Double) -> Bool {
        seconds >= step.atSeconds && seconds < step.atSeconds + step.seconds
    }

    private mutating func advanceSlowly(to now: Double) {
        let elapsed = Double(Self.slowSteps * stepFrames) / rate
        mains.wander(to: now)
        let powerFactor = tables.powerFactors[LoadKind.carCharger.rawValue]
        let watts = mains.volts.map { $0 * powerFactor }
        for index in slowAmplitudes.indices { slowAmplitudes[index] = 0 }
        for index in appliances.indices {
            appliances[index].advance(to: now * options.speed, random: &random)
            guard appliances[index].isOn else { continue }
            let appliance = appliances[index].appliance
            for phase in appliance.phases { slowAmplitudes[appliance.kind.rawValue * 3 + phase] += appliance.amperes }
        }
        for index in chargePoints.indices {
            chargePoints[index].advance(to: now, elapsed: elapsed, wattsPerAmpere: watts, speed: options.speed)
            let amperes = chargePoints[index].carAmperes
            guard amperes > 0 else { continue }
            for phase in chargePoints[index].supplyPhases.prefix(chargePoints[index].carPhaseCount) {
                slowAmplitudes[LoadKind.carCharger.rawValue * 3 + phase] += amperes
            }
        }
        addSunshine(at: now * options.speed, elapsed: elapsed * options.speed)
    }

    private mutating func addSunshine(at time: Double, elapsed: Double) {
        guard options.photovoltaicPeakAmperes > 0 else { return }
        let day = (options.startHour / 24 + time / 86_400) * 2 * .pi
        let height = max(0, -cos(day))
        // A random walk that comes back to a third of cloud within some ten minutes.
        clouds += (0.3 - clouds) * min(1, elapsed / 600)
        clouds += random.uniform(-1...1) * 0.4 * (min(1, elapsed / 600)).squareRoot()
        clouds = min(0.9, max(0, clouds))
        for phase in 0..<3 {
            slowAmplitudes[LoadKind.photovoltaic.rawValue * 3 + phase] +=
                options.photovoltaicPeakAmperes * height * (1 - clouds)
        }
    }

    /// The stations that the options name one by one; nil: they name none.
    static func chargePoints(_ options: TwinOptions) throws(TwinError) -> [ChargePoint]? {
        guard !options.stations.isEmpty else { return nil }
        let arrivals = options.firstArrivalSeconds
        let spread = (arrivals.upperBound - arrivals.lowerBound) / Double(options.stations.count)
        var points: [ChargePoint] = []
        for (index, station) in options.stations.enumerated() {
            points.append(
                try station.chargePoint(
                    index: index, arrival: arrivals.lowerBound + spread * Double(index), seed: options.seed))
        }
        return points
    }

    private static func makeChargePoints(_ options: TwinOptions) -> [ChargePoint] {
        let arrivals = options.firstArrivalSeconds
        let spread = (arrivals.upperBound - arrivals.lowerBound) / Double(options.stationCount)
        return (0..<options.stationCount).map { index in
            // Rotated phases, so that single-phase cars spread over the supply; every fourth has one phase only.
            let phases = index % 4 == 3 ? [(index / 4) % 3] : (0..<3).map { ($0 + index) % 3 }
            return ChargePoint(
                kind: index % 2 == 0 ? .abbTerraAC : .generic, name: "Parking \(index + 1)", index: index,
                supplyPhases: phases, maximumAmperes: 32,
                firstArrival: arrivals.lowerBound + spread * Double(index), seed: options.seed)
        }
    }
}
