import Glibc
import Realtime
import Synchronization

/// A maker's cloud on the loopback interface: plain HTTP, one thread for each connection.
public final class CloudTwin: Sendable {
    private struct State {
        var model: any CloudTwinModel
        var fault: (fault: CloudTwinFault, path: String)?
        var requests: [(time: Int64, line: String)] = []
        var connections: [(thread: RealtimeThread, wake: WakeUp)] = []
    }

    private let state: Mutex<State>
    private let port: LoopbackPort
    private let isStopping = Atomic<Bool>(false)
    private let wake: WakeUp
    private let thread = Mutex<RealtimeThread?>(nil)

    /// `http://127.0.0.1:PORT`
    public var baseAddress: String { "http://127.0.0.1:\(port.port)" }

    package init(_ model: some CloudTwinModel) throws(TwinError) {
        state = Mutex(State(model: model))
        port = try LoopbackPort()
        guard let wake = WakeUp() else { throw .descriptor(purpose: "cloud") }
        self.wake = wake
        let listener = try port.listen()
        let started = RealtimeThread(name: "twin-cloud", stackBytes: 256 * 1024) { [self] _ in run(listener) }
        guard let started else {
            close(listener)
            throw .thread(name: "twin-cloud")
        }
        thread.withLock { $0 = started }
    }

    /// Ends all connections and threads.
    public func stop() {
        isStopping.store(true, ordering: .releasing)
        wake.signal()
        thread.withLock { thread in
            thread?.join()
            thread = nil
        }
        let open = state.withLock { state in
            defer { state.connections = [] }
            return state.connections
        }
        for connection in open { connection.wake.signal() }
        for connection in open { connection.thread.join() }
    }

    /// From now on requests whose path holds `path` go wrong; nil: no longer.
    public func set(_ fault: CloudTwinFault?, at path: String = "") {
        state.withLock { $0.fault = fault.map { ($0, path) } }
    }

    /// The requests so far, `POST /path`, with their time in monotonic nanoseconds.
    public func requests() -> [(time: Int64, line: String)] { state.withLock { $0.requests } }

    /// Looks at the model, or changes it. `Model` must be what the twin was made with.
    package func withModel<Model: CloudTwinModel, Result: Sendable>(
        _ type: Model.Type, _ body: (inout Model) -> Result
    ) -> Result? {
        state.withLock { state in
            guard var model = state.model as? Model else { return nil }
            defer { state.model = model }
            return body(&model)
        }
    }

    private func run(_ listener: CInt) {
        defer { close(listener) }
        while !isStopping.load(ordering: .acquiring) {
            var items = [wake.descriptor, listener].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            _ = poll(&items, 2, -1)
            guard items[1].revents != 0, let client = LoopbackPort.accept(from: listener) else { continue }
            guard let wake = WakeUp() else {
                close(client)
                continue
            }
            let thread = RealtimeThread(name: "twin-cloud-c", stackBytes: 512 * 1024) { [self] _ in
                serve(client, wake)
                close(client)
            }
            guard let thread else {
                close(client)
                continue
            }
            state.withLock { $0.connections.append((thread, wake)) }
        }
    }

    private func serve(_ client: CInt, _ wake: WakeUp) {
        var wire = Wire(descriptor: client, wake: wake) { [self] in !isStopping.load(ordering: .acquiring) }
        do throws(Wire.Failure) {
            while try serveOne(&wire, wake) {}
        } catch {
            // The peer has gone, or the twin stops.
        }
    }

    /// - Returns: false where the connection ends.
    private func serveOne(_ wire: inout Wire, _ wake: WakeUp) throws(Wire.Failure) -> Bool {
        let parts = try wire.readLine().split(separator: " ").map(String.init)
        guard parts.count == 3 else { return false }
        var request = CloudTwinRequest(method: parts[0], path: parts[1])
        var length = 0
        while case let line = try wire.readLine(), !line.isEmpty {
            let header = line.split(separator: ":", maxSplits: 1).map(String.init)
            guard header.count == 2 else { return false }
            let value = header[1].drop { $0 == " " }
            switch header[0].lowercased() {
            case "content-length": length = Int(value) ?? 0
            case "authorization" where value.hasPrefix("Bearer "): request.token = String(value.dropFirst(7))
            default: break
            }
        }
        guard (0...65_536).contains(length) else { return false }
        request.body = try wire.read(count: length)
        let now = MonotonicClock.nanoseconds()
        let fault = state.withLock { state -> CloudTwinFault? in
            state.requests.append((now, "\(request.method) \(request.path)"))
            guard let fault = state.fault, fault.path.isEmpty || request.path.contains(fault.path) else { return nil }
            return fault.fault
        }
        switch fault {
        case .hang?: try wire.sleep(until: .max)
        case .cut?: return false
        case .notHTTP?:
            try wire.send(Array("SSH-2.0-OpenSSH_9.2p1\r\n\r\n".utf8))
            return false
        case .cutInBody?:
            try wire.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"Id\":".utf8))
            return false
        case .slow(let seconds)?: try wire.sleep(until: now + Int64(seconds * 1e9))
        default: break
        }
        let answer = fault?.answer ?? state.withLock { $0.model.answer(request, at: MonotonicClock.nanoseconds()) }
        let body = Array(answer.body.utf8)
        var head =
            "HTTP/1.1 \(answer.status) Status\r\nContent-Type: application/json\r\nContent-Length: \(body.count)\r\n"
        if let wait = answer.retryAfterSeconds { head += "Retry-After: \(wait)\r\n" }
        if fault == .redirect { head += "Location: /elsewhere\r\n" }
        try wire.send(Array((head + "\r\n").utf8) + body)
        return true
    }
}
