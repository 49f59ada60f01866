import Glibc
import Realtime
import Synchronization

/// The network protocol of iiod 0.24 on a port of the loopback interface: one thread for each connection.
final class IIOServer: Sendable {
    let port: LoopbackPort
    let plant: Plant
    private let scheduling: RealtimeThread.Scheduling
    let device: IIODevice
    /// What clients set, as in iiod for all of them: time-out in milliseconds (0: none), blocks of a buffer.
    let timeoutMilliseconds = Atomic<Int>(2500)
    let bufferCount = Atomic<Int>(4)
    /// Fault: nothing is answered any more.
    let isStalled = Atomic<Bool>(false)
    /// Every buffer opened from now on carries all channels, as iiod's do while another client reads them.
    let sendsAllChannels = Atomic<Bool>(false)
    private let isRefusing = Atomic<Bool>(false)
    private let isStopping = Atomic<Bool>(false)
    private let wake: WakeUp
    private let clients = Mutex<[Client]>([])
    private let acceptor = Mutex<RealtimeThread?>(nil)

    /// Connections at a time; more are closed at once.
    private static let largestClientCount = 32

    private struct Client {
        let connection: IIOConnection
        let thread: RealtimeThread
    }

    init(device: IIODevice, plant: Plant, scheduling: RealtimeThread.Scheduling) throws(TwinError) {
        self.device = device
        self.plant = plant
        self.scheduling = scheduling
        port = try LoopbackPort()
        guard let wake = WakeUp() else { throw .descriptor(purpose: "meter server") }
        self.wake = wake
    }

    func start() throws(TwinError) {
        let listener = try port.listen()
        let thread = RealtimeThread(name: "twin-iiod", scheduling: scheduling) { [self] _ in accept(from: listener) }
        guard let thread else {
            close(listener)
            throw .thread(name: "twin-iiod")
        }
        acceptor.withLock { $0 = thread }
    }

    /// Ends all connections and threads; returns when they have ended.
    func stop() {
        isStopping.store(true, ordering: .releasing)
        wake.signal()
        let thread = acceptor.withLock { thread in
            defer { thread = nil }
            return thread
        }
        thread?.join()
        for client in clients.withLock({ $0 }) { client.connection.end(byReset: false) }
        reap(all: true)
    }

    /// Fault: closes the port to new connections, or opens it again.
    func refuse(_ refuses: Bool) {
        isRefusing.store(refuses, ordering: .releasing)
        wake.signal()
    }

    /// Fault: ends every connection by a reset.
    func dropConnections() {
        clients.withLock { for client in $0 { client.connection.end(byReset: true) } }
    }

    /// Called by a connection's thread as its last act.
    func noteEnded() { wake.signal() }

    private func accept(from first: CInt) {
        var listener: CInt? = first
        while !isStopping.load(ordering: .acquiring) {
            if isRefusing.load(ordering: .acquiring) {
                if let open = listener { close(open) }
                listener = nil
            } else if listener == nil {
                listener = try? port.listen()
            }
            var items = [
                pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0),
                // poll passes over a negative descriptor.
                pollfd(fd: listener ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            // A listener that could not be opened is tried again.
            let mustRetry = listener == nil && !isRefusing.load(ordering: .acquiring)
            _ = poll(&items, 2, mustRetry ? 100 : -1)
            if items[0].revents != 0 { wake.wait(until: 0) }
            reap(all: false)
            if items[1].revents != 0, let open = listener, let descriptor = LoopbackPort.accept(from: open) {
                serve(descriptor)
            }
        }
        if let open = listener { close(open) }
    }

    private func serve(_ descriptor: CInt) {
        guard clients.withLock({ $0.count }) < Self.largestClientCount, let wake = WakeUp() else {
            close(descriptor)
            return
        }
        let connection = IIOConnection(descriptor: descriptor, server: self, wake: wake)
        guard
            let thread = RealtimeThread(name: "twin-iiod-conn", scheduling: scheduling, body: { _ in connection.run() })
        else {
            close(descriptor)
            return
        }
        clients.withLock { $0.append(Client(connection: connection, thread: thread)) }
    }

    private func reap(all: Bool) {
        let ended = clients.withLock { clients in
            let ended = clients.filter { all || $0.connection.hasEnded }
            clients.removeAll { client in ended.contains { $0.connection === client.connection } }
            return ended
        }
        for client in ended { client.thread.join() }
    }
}
