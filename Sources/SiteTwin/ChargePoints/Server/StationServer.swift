import Glibc
import Realtime
import Stations
import Synchronization

/// One station's Modbus server: a thread of its own, several clients, faults of the connection.
final class StationServer: Sendable {
    let port: LoopbackPort
    let framing: ModbusFraming
    private let index: Int
    private let plant: Plant
    private let scheduling: RealtimeThread.Scheduling
    private let settings = Mutex(FaultSettings())
    private let isStopping = Atomic<Bool>(false)
    private let wake: WakeUp
    private let thread = Mutex<RealtimeThread?>(nil)

    /// How it misbehaves.
    struct FaultSettings: Sendable {
        var faults: StationFaults = []
        var exception: UInt8 = 4
        var delaySeconds = 2.0
        /// Counts the calls that break all connections.
        var breaks = 0
    }

    /// - Parameter options: of all stations; empty: two kinds by hand, on Modbus TCP.
    init(
        index: Int, plant: Plant, options: [TwinStation], scheduling: RealtimeThread.Scheduling
    ) throws(TwinError) {
        self.index = index
        self.plant = plant
        self.scheduling = scheduling
        framing = options.isEmpty || options[index].transport == .tcp ? .tcp : .rtu
        port = try LoopbackPort(options.isEmpty ? 0 : options[index].port ?? 0)
        guard let wake = WakeUp() else { throw .descriptor(purpose: "station \(index + 1)") }
        self.wake = wake
    }

    func start() throws(TwinError) {
        let name = "twin-station\(index + 1)"
        let listener = try port.listen()
        let started = RealtimeThread(name: name, scheduling: scheduling, stackBytes: 256 * 1024) { [self] _ in
            run(listener: listener)
        }
        guard let started else {
            close(listener)
            throw .thread(name: name)
        }
        thread.withLock { $0 = started }
    }

    func stop() {
        isStopping.store(true, ordering: .releasing)
        wake.signal()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        running?.join()
    }

    func set(_ faults: StationFaults, exception: UInt8, delaySeconds: Double) {
        settings.withLock { ($0.faults, $0.exception, $0.delaySeconds) = (faults, exception, delaySeconds) }
        plant.withState {
            $0.model.chargePoints[index].faults = faults
            $0.model.chargePoints[index].ignoresLimits = !faults.isDisjoint(with: [.ignoresLimits, .liesInReadBack])
        }
        wake.signal()
    }

    func reboot() {
        plant.withState { $0.model.chargePoints[index].reboot(at: $0.seconds(at: MonotonicClock.nanoseconds())) }
        settings.withLock { $0.breaks += 1 }
        wake.signal()
    }

    private func run(listener: CInt) {
        var state = StationServerState(
            index: index, port: port, framing: framing, plant: plant, listener: listener)
        while !isStopping.load(ordering: .acquiring) {
            state.apply(settings.withLock { $0 })
            state.step(wake)
        }
        state.closeAll()
    }
}
