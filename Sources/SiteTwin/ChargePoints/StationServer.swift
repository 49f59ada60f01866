import Glibc
import Realtime
import Synchronization

/// How a station misbehaves.
public struct StationFaults: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// It accepts connections and requests and never answers; the requests do not count as a sign of life.
    public static let silent = StationFaults(rawValue: 1)
    /// It refuses connections and resets those that are open.
    public static let down = StationFaults(rawValue: 2)
    /// It accepts limits and reads them back, but offers the car what it offered before.
    public static let ignoresLimits = StationFaults(rawValue: 4)
}

/// One station's Modbus TCP server: a thread of its own, several clients.
final class StationServer: Sendable {
    let port: LoopbackPort
    private let index: Int
    private let plant: Plant
    private let faults = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    private let wake: WakeUp
    private let thread = Mutex<RealtimeThread?>(nil)

    /// Connections at a time; more are closed at once.
    private static let largestClientCount = 8

    init(index: Int, plant: Plant) throws(TwinError) {
        self.index = index
        self.plant = plant
        port = try LoopbackPort()
        guard let wake = WakeUp() else { throw .descriptor(purpose: "station \(index + 1)") }
        self.wake = wake
    }

    func start() throws(TwinError) {
        let name = "twin-station\(index + 1)"
        let listener = try port.listen()
        let started = RealtimeThread(name: name, stackBytes: 256 * 1024) { [self] _ in run(listener: listener) }
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

    func set(_ newFaults: StationFaults) {
        faults.store(newFaults.rawValue, ordering: .releasing)
        plant.withState { $0.model.chargePoints[index].ignoresLimits = newFaults.contains(.ignoresLimits) }
        wake.signal()
    }

    private var currentFaults: StationFaults { StationFaults(rawValue: faults.load(ordering: .acquiring)) }

    private func run(listener first: CInt) {
        guard var responder = ModbusResponder() else {
            close(first)
            return
        }
        var listener: CInt? = first
        var clients: [CInt] = []
        while !isStopping.load(ordering: .acquiring) {
            if currentFaults.contains(.down) {
                if let open = listener { close(open) }
                listener = nil
                for client in clients { LoopbackPort.reset(client) }
                clients = []
            } else if listener == nil {
                listener = try? port.listen()
            }
            var items = [wake.descriptor, listener ?? -1].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            items += clients.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let mustRetry = listener == nil && !currentFaults.contains(.down)
            _ = poll(&items, UInt(items.count), mustRetry ? 100 : -1)
            if items[0].revents != 0 { wake.wait(until: 0) }
            for item in items.dropFirst(2) where item.revents != 0 {
                guard !serve(item.fd, &responder) else { continue }
                close(item.fd)
                clients.removeAll { $0 == item.fd }
            }
            if items[1].revents != 0, let open = listener, let client = LoopbackPort.accept(from: open) {
                // libmodbus waits with select, which ends the program at a higher descriptor.
                let isUsable = client < 1024 && clients.count < Self.largestClientCount
                if isUsable { clients.append(client) } else { close(client) }
            }
        }
        if let open = listener { close(open) }
        for client in clients { close(client) }
    }

    /// - Returns: false where the connection is to be closed.
    private func serve(_ client: CInt, _ responder: inout ModbusResponder) -> Bool {
        guard let request = responder.receive(from: client) else { return false }
        let received = MonotonicClock.nanoseconds()
        if currentFaults.contains(.silent) { return true }
        let answer = plant.withState(at: received) { $0.answer(request, station: index, nanoseconds: received) }
        return responder.reply(request, answer)
    }
}
