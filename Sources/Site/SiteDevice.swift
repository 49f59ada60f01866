import Acquisition
import Allocation
import CloudStations
import MeterDSP
import Realtime
import Stations
import Synchronization
import Wiring

/// The running device: one real-time thread that measures and decides, one writer per station. Everything else looks
/// at its snapshots.
public final class SiteDevice: Sendable {
    public let settings: SiteSettings
    let outlets: LoopOutlets
    let wishes: OutsideWishes
    let inputs: UtilityInputs?
    private let running = Mutex<Running?>(nil)
    private let shared: LoopShared
    private let wiringWatch: WiringWatch
    private let stationLines: StationLines

    private struct Running {
        var threads: [RealtimeThread]
        var writers: [StationWriter] = []
    }

    /// - Parameter inputs: read instead of the inputs that `settings.utilitySignal` names; for tests and simulation.
    public init(_ settings: SiteSettings, inputs: (any DigitalInputs)? = nil) {
        self.settings = settings
        shared = LoopShared(blockTimeoutSeconds: settings.longestBlockWaitSeconds)
        wiringWatch = WiringWatch(settings.supply)
        let count = settings.stations.count + settings.cloudStations.count
        outlets = LoopOutlets(stationCount: count, groupCount: settings.groups.count)
        stationLines = StationLines(stationCount: count)
        let wishes = OutsideWishes(stationCount: count)
        self.wishes = wishes
        self.inputs = settings.utilitySignal.map { signal in
            UtilityInputs(signal, inputs ?? LinuxInputs(signal), wishes: wishes)
        }
    }

    deinit { stop() }

    /// Opens the ADC, then starts the writers and the real-time thread. Blocks until frames can be read.
    ///
    /// - Parameter whileAlive: called four times a second, by a thread of its own, as long as the real-time thread
    ///   shows signs of life: for a watchdog.
    /// - Throws: what is missing; nothing runs then. Call once.
    public func start(whileAlive: @escaping @Sendable () -> Void = {}) throws(SiteError) {
        let settings = settings
        let outlets = outlets
        let wishes = wishes
        let lines = stationLines
        let shared = shared
        guard let ready = WakeUp(), let go = WakeUp() else { throw .exhausted("file") }
        let outcome = Handover<Result<IIOConnector, SiteError>>()
        let handover = Handover<[StationWriter]>()
        let scheduling = RealtimeThread.Scheduling(
            fifoPriority: settings.realtime.priority, cpu: settings.realtime.cpu,
            lockedStackBytes: settings.realtime.locksMemory ? 128 * 1024 : nil)
        let thread = RealtimeThread(name: "measure", scheduling: scheduling) { warnings in
            shared.warnings.withLock { $0 = warnings }
            do throws(SiteError) {
                var source = try settings.openSource(shared.canceller)
                let configuration = try settings.meterConfiguration(source)
                let connector = try settings.connector(of: source)
                outcome.set(.success(connector))
                ready.signal()
                // The writers start only when the ADC has answered: nothing is half-done.
                go.wait(until: .max)
                guard let writers = handover.value else { return }
                var control = try ControlLoop(
                    settings, configuration: configuration, writers: writers, outlets: outlets, wishes: wishes,
                    lines: lines, now: MonotonicTime(nanoseconds: MonotonicClock.nanoseconds()))
                MeasuringThread.run(&source, &control, connector: connector, shared: shared)
            } catch {
                outcome.set(.failure(error))
                shared.lastError.withLock { $0 = "\(error)" }
                ready.signal()
            }
        }
        guard let thread else { throw .exhausted("thread") }
        var running = Running(threads: [thread])
        ready.wait(until: .max)
        do throws(SiteError) {
            guard let connector = try outcome.value?.get() else { throw .exhausted("thread") }
            running.threads.append(try connectThread(connector))
            running.threads.append(try watchThread(whileAlive))
            if let thread = try inputsThread() { running.threads.append(thread) }
            // However long the ADC took to answer: its silence counts from here.
            shared.heartbeat.beat(at: MonotonicClock.nanoseconds())
            running.writers = try startWriters()
            running.threads.append(try wiringThread(running.writers))
        } catch {
            running.writers.forEach { $0.requestStop() }
            running.writers.forEach { $0.stop() }
            shared.stop()
            go.signal()
            running.threads.forEach { $0.join() }
            throw error
        }
        handover.set(running.writers)
        go.signal()
        self.running.withLock { $0 = running }
    }

    /// Ends measuring and leaves every station at its fail-safe limit: all at the same time, within about 2 s, whatever
    /// they do. Returns then, or when libiio gives up connecting to an ADC that does not answer, some 5 s later.
    ///
    /// - Returns: the names of the stations that could not be told: their own time-out has to bring them down.
    @discardableResult
    public func stop() -> [String] {
        guard
            let running = running.withLock({ state in
                defer { state = nil }
                return state
            })
        else { return [] }
        shared.requestStop()
        for writer in running.writers { writer.requestStop() }
        var untold: [String] = []
        for writer in running.writers {
            let hasEnded = writer.stop()
            if !hasEnded || !writer.diagnostics().isLeftAtFailSafe { untold.append(writer.name) }
        }
        shared.stop()
        running.threads.forEach { $0.join() }
        return untold.sorted()
    }

    /// The latest state of measuring. Any thread, no lock.
    public func snapshot() -> SiteSnapshot { outlets.snapshots.load() }

    /// What a station was told and what it does: those of the settings' `stations`, then `cloudStations`, in their order.
    /// Empty before `start`.
    public func stations() -> [StationSnapshot] {
        writers.enumerated().map { index, writer in
            StationSnapshot(
                name: writer.name, profileName: writer.modelName,
                limit: outlets.published[index].load(), report: writer.report(), diagnostics: writer.diagnostics())
        }
    }

    /// What is known of how sensors and stations are connected. Any thread.
    public func wiring() -> WiringReport { wiringWatch.report() }

    /// What could not be set up as wished, and the ADC's last error, in words.
    public func messages() -> [String] {
        shared.warnings.withLock { $0 } + [meterError, inputs?.problem].compactMap(\.self)
    }

    /// Why the ADC cannot be measured at the moment, with what to do; nil: nothing is known to be wrong with it.
    public var meterError: String? { shared.lastError.withLock { $0 } }

    /// Those of the settings' `stations`, then `cloudStations`. Empty before `start`.
    var writers: [StationWriter] { running.withLock { $0?.writers ?? [] } }

    private func startWriters() throws(SiteError) -> [StationWriter] {
        var writers: [StationWriter] = []
        // A lower limit has to get out beside whatever else the machine does, but never before it is decided.
        let scheduling = RealtimeThread.Scheduling(fifoPriority: settings.realtime.priority.map { max(1, $0 - 10) })
        do throws(StationError) {
            for station in settings.stations {
                writers.append(try StationWriter(station, scheduling: scheduling, heartbeat: shared.heartbeat))
            }
            for installation in settings.cloudStations {
                writers.append(try StationWriter(installation, heartbeat: shared.heartbeat))
            }
        } catch {
            writers.forEach { $0.requestStop() }
            writers.forEach { $0.stop() }
            throw .station(error)
        }
        return writers
    }

    /// The thread that reads the utility's receiver; nil where there is none.
    private func inputsThread() throws(SiteError) -> RealtimeThread? {
        guard let inputs else { return nil }
        let shared = shared
        let thread = RealtimeThread(name: "inputs") { _ in inputs.run { shared.isStopping } }
        guard let thread else { throw .exhausted("thread") }
        return thread
    }

    /// Finds out how sensors and stations are connected, from what everybody may see.
    private func wiringThread(_ writers: [StationWriter]) throws(SiteError) -> RealtimeThread {
        let shared = shared
        let outlets = outlets
        let watch = wiringWatch
        let wishes = wishes
        let testsPhases = settings.policy.testsPhases
        let lines = stationLines
        let thread = RealtimeThread(name: "wiring") { _ in
            watch.run(
                stationCount: writers.count, lines: lines,
                test: { station, amperes in
                    guard testsPhases else { return false }
                    let now = MonotonicTime(nanoseconds: MonotonicClock.nanoseconds())
                    wishes.set(
                        phaseTest: .init(amperes: amperes, expires: now.advanced(bySeconds: TestStep.holdSeconds)),
                        station: station)
                    return true
                },
                isStopping: { shared.isStopping },
                snapshot: { outlets.snapshots.load() },
                station: {
                    WiringWatch.Station(limit: outlets.published[$0].load(), report: writers[$0].report())
                })
        }
        guard let thread else { throw .exhausted("thread") }
        return thread
    }

    /// The thread that connects to the ADC anew.
    private func connectThread(_ connector: IIOConnector) throws(SiteError) -> RealtimeThread {
        let shared = shared
        let thread = RealtimeThread(name: "connect") { _ in
            connector.run(policy: MeasuringThread.reconnecting) { error in
                shared.lastError.withLock { $0 = "\(error)" }
            }
        }
        guard let thread else { throw .exhausted("thread") }
        return thread
    }

    /// libiio may block past its time-out when a cable is pulled: this thread interrupts it then. And it tells while the
    /// real-time thread lives.
    private func watchThread(_ whileAlive: @escaping @Sendable () -> Void) throws(SiteError) -> RealtimeThread {
        let shared = shared
        let longestWait = 2 * settings.longestBlockWaitSeconds
        let thread = RealtimeThread(name: "watch") { _ in
            while !shared.isStopping {
                MonotonicClock.sleep(until: MonotonicClock.nanoseconds() + 250_000_000)
                _ = shared.canceller.interrupt(whereWaitingLongerThan: longestWait)
                if !shared.heartbeat.isSilent() { whileAlive() }
            }
        }
        guard let thread else { throw .exhausted("thread") }
        return thread
    }
}

/// A station as people see it.
public struct StationSnapshot: Sendable {
    public var name: String
    public var profileName: String
    public var limit: StationLimit
    public var report: StationReport
    public var diagnostics: StationDiagnostics
}

/// Hands a value from one thread to another, once.
private final class Handover<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)
    func set(_ value: Value) { state.withLock { $0 = value } }
    var value: Value? { state.withLock { $0 } }
}
