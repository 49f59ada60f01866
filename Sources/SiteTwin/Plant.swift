import Realtime
import Synchronization

/// The running building: model, waveform, observer and the meter's buffers under one lock, moved on to the
/// present by whoever looks at it.
final class Plant: Sendable {
    private let state: Mutex<PlantState>

    init(options: TwinOptions) throws(TwinError) {
        let points = try BuildingModel.chargePoints(options)
        state = Mutex(PlantState(options: options, chargePoints: points))
    }

    /// Sets frame 0 at `nanoseconds` and lets time pass.
    func start(at nanoseconds: Int64) { state.withLock { $0.start(at: nanoseconds) } }

    /// Lets no more time pass.
    func halt() { state.withLock { $0.isStarted = false } }

    /// Moves the building on to `now`, then runs `body` on it. The lock is held for a fraction of a millisecond.
    func withState<Result: Sendable>(
        at now: Int64 = MonotonicClock.nanoseconds(), _ body: (inout PlantState) -> Result
    ) -> Result {
        state.withLock { state in
            state.publish(until: now)
            return body(&state)
        }
    }
}

/// What `Plant` guards; also the whole twin without threads and sockets, as tests use it.
struct PlantState: Sendable {
    private(set) var clock: FrameClock
    var model: BuildingModel
    private(set) var observer: TwinObserver
    /// Time passes.
    fileprivate(set) var isStarted = false
    /// Frames that exist.
    private(set) var publishedFrames: Int64 = 0
    /// Frames yet to be taken away from the readers.
    var framesToRemove: Int64 = 0
    private(set) var removedFrames: Int64 = 0
    /// By how much the frames' timestamps are ahead of when they came to be, in nanoseconds.
    var timestampShift: Int64 = 0
    /// When the meter first told a reader what it has; nil: nobody asked yet.
    private(set) var firstAnswerNanoseconds: Int64?
    /// When a reader was given its first block; nil: none was yet.
    private(set) var firstReadNanoseconds: Int64?
    private var closedOverrunFrames: Int64 = 0
    private var synthesiser: WaveformSynthesiser
    private var stepBytes: [UInt8]
    private var isStepSynthesised = false
    private var lastStep: WaveformSynthesiser.Step?
    private var fifos: [FrameFIFO?] = []

    /// - Parameter chargePoints: the stations; nil: the kinds in turns.
    init(options: TwinOptions, chargePoints: [ChargePoint]? = nil) {
        let tables = WaveTables()
        clock = FrameClock(start: 0, rate: options.sampleRateHz)
        model = BuildingModel(options: options, tables: tables, chargePoints: chargePoints)
        observer = TwinObserver(options: options, tables: tables)
        synthesiser = WaveformSynthesiser(
            tables: tables, scales: ChannelScales(options: options), rate: options.sampleRateHz,
            capacity: model.stepFrames, noiseSeed: RandomSource.mix(options.seed),
            voltages: options.voltageWiring, sensors: options.sensorWiring)
        stepBytes = Array(repeating: 0, count: model.stepFrames * WaveformSynthesiser.frameBytes)
    }

    mutating func start(at nanoseconds: Int64) {
        clock.start = nanoseconds
        isStarted = true
    }

    /// Seconds from the start to `nanoseconds`.
    func seconds(at nanoseconds: Int64) -> Double { Double(nanoseconds - clock.start) / 1e9 }

    /// Makes the frames up to `now` and hands them to every open buffer.
    mutating func publish(until now: Int64) {
        guard isStarted else { return }
        let target = clock.frameCount(at: now)
        while publishedFrames < target {
            if publishedFrames == model.frame { advanceModel() }
            let count = Int(min(target, model.frame) - publishedFrames)
            deliver(first: model.stepFrames - Int(model.frame - publishedFrames), count: count)
            publishedFrames += Int64(count)
        }
    }

    private mutating func advanceModel() {
        let result = model.advance()
        observer.observe(result, rate: model.rate, clock: clock)
        lastStep = result.wave
        // Nobody reads: nothing to draw. The next step drawn then has no predecessor.
        if isStepSynthesised && !fifos.contains(where: { $0 != nil }) { synthesiser.restart() }
        isStepSynthesised = false
    }

    private mutating func deliver(first: Int, count: Int) {
        guard fifos.contains(where: { $0 != nil }) else { return }
        if !isStepSynthesised, let lastStep {
            var shown = clock
            shown.start += timestampShift
            synthesiser.synthesise(lastStep, clock: shown, into: &stepBytes)
            isStepSynthesised = true
        }
        let removed = Int(min(framesToRemove, Int64(count)))
        framesToRemove -= Int64(removed)
        removedFrames += Int64(removed)
        let bytes = WaveformSynthesiser.frameBytes
        stepBytes.withUnsafeBytes { step in
            let frames = UnsafeRawBufferPointer(rebasing: step[(first + removed) * bytes..<(first + count) * bytes])
            for index in fifos.indices { fifos[index]?.append(frames) }
        }
    }

    // MARK: The meter's buffers

    /// Opens a buffer that fills from now on.
    ///
    /// - Returns: its key for the calls below.
    mutating func openBuffer(capacityFrames: Int) -> Int {
        let fifo = FrameFIFO(capacityFrames: capacityFrames, frameBytes: WaveformSynthesiser.frameBytes)
        if let free = fifos.firstIndex(where: { $0 == nil }) {
            fifos[free] = fifo
            return free
        }
        fifos.append(fifo)
        return fifos.count - 1
    }

    mutating func closeBuffer(_ key: Int) {
        closedOverrunFrames += fifos[key]?.lostFrames ?? 0
        fifos[key] = nil
    }

    /// Frames that wait in the fullest buffer.
    var largestBufferedCount: Int { fifos.map { $0?.count ?? 0 }.max() ?? 0 }

    /// Frames that buffers, open and closed ones, had no room for.
    var overrunFrames: Int64 { fifos.reduce(closedOverrunFrames) { $0 + ($1?.lostFrames ?? 0) } }

    mutating func noteAnswer(at nanoseconds: Int64) { firstAnswerNanoseconds = firstAnswerNanoseconds ?? nanoseconds }

    /// Takes `frames` frames out of a buffer where there are so many.
    ///
    /// - Returns: nil where they were taken; otherwise the monotonic time at which they will be there.
    mutating func take(_ frames: Int, from key: Int, packing: FramePacking, into output: inout [UInt8]) -> Int64? {
        let count = fifos[key]?.count ?? 0
        if count >= frames {
            if firstReadNanoseconds == nil { firstReadNanoseconds = clock.nanoseconds(ofFrame: publishedFrames) }
            fifos[key]?.remove(frames, packing: packing, into: &output)
            return nil
        }
        return clock.nanoseconds(ofFrame: publishedFrames + framesToRemove + Int64(frames - count) - 1)
    }

    // MARK: The building

    /// Switches an extra load on at the next step of the building.
    ///
    /// - Returns: its place among the observation's steps.
    mutating func switchOn(amperes: Double, phase: Int, seconds: Double) -> Int {
        let step = ScheduledStep(atSeconds: model.seconds, phase: phase, amperes: amperes, seconds: seconds)
        model.add(step)
        observer.add(step)
        return observer.steps.count - 1
    }

    // MARK: The stations

    /// Answers a request that station `index` received at `nanoseconds`.
    mutating func answer(_ request: ModbusRequest, station index: Int, nanoseconds: Int64)
        -> Result<[UInt16], ModbusException>
    {
        guard model.chargePoints[index].answers(unit: request.unit) else { return .failure(.noSuchUnit) }
        let limitBefore = model.chargePoints[index].receivedLimits.last
        let commandedBefore = model.chargePoints[index].commandedAmperes
        let answer = model.chargePoints[index].answer(
            request, volts: model.mains.volts, nanoseconds: nanoseconds, seconds: seconds(at: nanoseconds))
        var isAccepted = false
        if case .success = answer { isAccepted = true }
        model.chargePoints[index].journal.note(request, isAccepted: isAccepted, nanoseconds: nanoseconds)
        if let latest = model.chargePoints[index].receivedLimits.last, latest != limitBefore {
            observer.noteLimit(
                latest.amperes, previous: commandedBefore, phases: model.chargePoints[index].supplyPhases,
                nanoseconds: nanoseconds)
        }
        return answer
    }

    var observation: TwinObservation {
        TwinObservation(
            seconds: Double(publishedFrames) / model.rate, amperes: observer.amperes,
            highestAmperes: observer.highestAmperes, secondsAboveMainLimit: observer.secondsAboveMainLimit,
            secondsAboveMargin: observer.secondsAboveMargin,
            stations: model.chargePoints.map { point in
                TwinStationObservation(
                    name: point.name, energyWattHours: point.energyWattHours, carAmperes: point.carAmperes,
                    carPhaseCount: point.carPhaseCount, loadedSwitchCount: point.loadedSwitchCount,
                    commandedAmperes: point.commandedAmperes,
                    activeAmperes: point.activeAmperes, receivedLimits: point.receivedLimits,
                    status: point.state.words, failSafeAmperes: point.failSafeAmperes,
                    failSafeAfterSeconds: point.watchdogSeconds, isContactLost: point.isContactLost,
                    lastContactNanoseconds: point.journal.lastContact, requestCount: point.journal.requestCount,
                    writeCount: point.journal.writeCount, receivedWrites: point.journal.writes,
                    hastyRequestCount: point.journal.hastyCount)
            },
            steps: observer.steps, frameCount: publishedFrames, overrunFrames: overrunFrames,
            removedFrames: removedFrames, firstAnswerNanoseconds: firstAnswerNanoseconds,
            firstReadNanoseconds: firstReadNanoseconds)
    }
}
