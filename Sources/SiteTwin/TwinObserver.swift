/// Watches the building's true currents, cycle by cycle.
struct TwinObserver: Sendable {
    private(set) var amperes = [0.0, 0.0, 0.0]
    private(set) var highestAmperes = [0.0, 0.0, 0.0]
    private(set) var secondsAboveMainLimit = [0.0, 0.0, 0.0]
    private(set) var secondsAboveMargin = [0.0, 0.0, 0.0]
    private(set) var steps: [TwinStepObservation]
    private let mainLimitAmperes: Double
    private let marginLimitAmperes: Double
    private let tables: WaveTables
    private var squareSeconds = [0.0, 0.0, 0.0]
    private var cycleSeconds = 0.0
    private var middle: [Double]
    // The mean squares of the last step: amplitudes change every 20 ms at most, steps take a millisecond.
    private var amplitudes: [Double] = []
    private var meanSquares = [0.0, 0.0, 0.0]

    init(options: TwinOptions, tables: WaveTables) {
        steps = options.steps.map { TwinStepObservation(step: $0) }
        mainLimitAmperes = options.mainLimitAmperes
        marginLimitAmperes = options.mainLimitAmperes - options.marginAmperes
        self.tables = tables
        middle = Array(repeating: 0, count: LoadKind.allCases.count)
    }

    /// Another extra load.
    mutating func add(_ step: ScheduledStep) { steps.append(TwinStepObservation(step: step)) }

    /// The steps before this one are over, and nothing more will be seen of them.
    private var firstOpen = 0
    /// So long after its end a step is watched.
    private static let watchedSeconds = 60.0

    private mutating func closeSteps(before seconds: Double) {
        while firstOpen < steps.count {
            let step = steps[firstOpen].step
            guard step.atSeconds + step.seconds + Self.watchedSeconds < seconds else { return }
            firstOpen += 1
        }
    }

    /// Takes in one step of the building.
    mutating func observe(_ result: BuildingModel.StepResult, rate: Double, clock: FrameClock) {
        let wave = result.wave
        let seconds = Double(wave.frameCount) / rate
        let began = Double(wave.firstFrame) / rate
        closeSteps(before: began)
        for index in firstOpen..<steps.count
        where steps[index].beganNanoseconds == nil && began >= steps[index].step.atSeconds {
            steps[index].beganNanoseconds = clock.nanoseconds(ofFrame: wave.firstFrame)
        }
        updateMeanSquares(wave)
        for phase in 0..<3 { squareSeconds[phase] += meanSquares[phase] * seconds }
        cycleSeconds += seconds
        if result.endsCycle {
            finishCycle(at: clock.nanoseconds(ofFrame: wave.firstFrame + Int64(wave.frameCount)))
        }
    }

    /// A station on the lines `phases` was given `amperes` instead of `previous`.
    mutating func noteLimit(_ amperes: Double, previous: Double, phases: [Int], nanoseconds: Int64) {
        guard amperes < previous else { return }
        for index in firstOpen..<steps.count where phases.contains(steps[index].step.phase) {
            guard let began = steps[index].beganNanoseconds, began <= nanoseconds,
                steps[index].firstLoweredLimitNanoseconds == nil
            else { continue }
            steps[index].firstLoweredLimitNanoseconds = nanoseconds
        }
    }

    private mutating func updateMeanSquares(_ wave: WaveformSynthesiser.Step) {
        guard wave.before != amplitudes || wave.after != amplitudes else { return }
        for phase in 0..<3 {
            for kind in middle.indices {
                middle[kind] = (wave.before[kind * 3 + phase] + wave.after[kind * 3 + phase]) / 2
            }
            meanSquares[phase] = tables.meanSquare(of: middle)
        }
        // Only of a step without a change do the squares hold for the next.
        amplitudes = wave.before == wave.after ? wave.after : []
    }

    private mutating func finishCycle(at nanoseconds: Int64) {
        for phase in 0..<3 {
            let rms = (squareSeconds[phase] / cycleSeconds).squareRoot()
            amperes[phase] = rms
            highestAmperes[phase] = max(highestAmperes[phase], rms)
            if rms > mainLimitAmperes { secondsAboveMainLimit[phase] += cycleSeconds }
            if rms > marginLimitAmperes { secondsAboveMargin[phase] += cycleSeconds }
            squareSeconds[phase] = 0
        }
        cycleSeconds = 0
        for index in firstOpen..<steps.count {
            let rms = amperes[steps[index].step.phase]
            steps[index].follow(
                rms: rms, mainLimitAmperes: mainLimitAmperes, marginLimitAmperes: marginLimitAmperes, at: nanoseconds)
        }
    }
}

extension TwinStepObservation {
    /// A cycle of `rms` ampere has ended on its phase. Not the observer's: a method of it that took one of its own steps
    /// would copy all of them each time.
    fileprivate mutating func follow(
        rms: Double, mainLimitAmperes: Double, marginLimitAmperes: Double, at nanoseconds: Int64
    ) {
        guard let began = beganNanoseconds else { return }
        let lasts = Double(nanoseconds - began) / 1e9 <= step.seconds
        if rms > mainLimitAmperes {
            if lasts { exceededMainLimit = true }
        } else if exceededMainLimit, backUnderMainLimitNanoseconds == nil {
            backUnderMainLimitNanoseconds = nanoseconds
        }
        if rms > marginLimitAmperes {
            if lasts { exceededMargin = true }
        } else if exceededMargin, backUnderMarginNanoseconds == nil {
            backUnderMarginNanoseconds = nanoseconds
        }
    }
}
